"""The way in: hosts, TLS and who may reach the web pods."""

from typing import Literal, TypedDict

import pulumi
import pulumi_kubernetes as k8s

from components._network import allow_from_namespace
from components._objects import ShopArgs, auto_named, named
from components._web_pod import HTTP_PORT


class ExistingSecret(TypedDict):
    """A certificate that is in the namespace already."""

    mode: Literal["secret"]
    secret: str
    """Name of the Secret, of type kubernetes.io/tls."""


class Certificate(TypedDict):
    """A certificate that is given with the stack's secrets."""

    mode: Literal["certificate"]
    certificate: pulumi.Output[str]
    """Certificate chain, PEM."""
    private_key: pulumi.Output[str]
    """Private key, PEM."""


class NoTls(TypedDict):
    """No TLS of the shop's own."""

    mode: Literal["none"]


class EdgeArgs(ShopArgs):
    """What the edge is told."""

    class_name: str
    """IngressClass of the controller."""
    controller_namespace: str
    """Namespace of the controller's pods; only they reach the web pods."""
    shop_hosts: list[str]
    """Hosts of the shop, the canonical one first."""
    admin_host: str
    admin_path: str
    storefront: pulumi.Input[str]
    """Service of the storefront."""
    admin: pulumi.Input[str]
    """Service of the admin tier."""
    tls: ExistingSecret | Certificate | NoTls


class Edge(pulumi.ComponentResource):
    """One Ingress, without annotations: it works with the controller of any class."""

    shop_url: pulumi.Output[str]
    """Address of the shop."""
    admin_url: pulumi.Output[str]
    """Address of the admin area."""

    def __init__(
        self, name: str, args: EdgeArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Make the Ingress, its certificate and the policy that lets its controller in."""
        super().__init__("openmage:index:Edge", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        ingress = k8s.networking.v1.Ingress(
            name,
            metadata=named(name, args),
            spec=_ingress(args, _tls_secret(name, args, child)),
            opts=child,
        )
        for tier in ("storefront", "admin"):
            allow_from_namespace(
                f"{name}-{tier}",
                args,
                workload=tier,
                namespace=args["controller_namespace"],
                port=HTTP_PORT,
                opts=child,
            )
        scheme = "http" if args["tls"]["mode"] == "none" else "https"
        # The address is good once the controller has taken the Ingress.
        ready = ingress.metadata.name
        self.shop_url = ready.apply(lambda _: f"{scheme}://{args['shop_hosts'][0]}/")
        self.admin_url = ready.apply(
            lambda _: f"{scheme}://{args['admin_host']}/{args['admin_path']}/"
        )
        self.register_outputs({"shop_url": self.shop_url, "admin_url": self.admin_url})


def _tls_secret(
    name: str, args: EdgeArgs, child: pulumi.ResourceOptions
) -> pulumi.Input[str] | None:
    tls = args["tls"]
    if tls["mode"] == "none":
        return None
    if tls["mode"] == "secret":
        return tls["secret"]
    secret = k8s.core.v1.Secret(
        f"{name}-tls",
        metadata=auto_named(name, args),
        type="kubernetes.io/tls",
        string_data={"tls.crt": tls["certificate"], "tls.key": tls["private_key"]},
        opts=child,
    )
    return secret.metadata.name


def _ingress(
    args: EdgeArgs, tls_secret: pulumi.Input[str] | None
) -> k8s.networking.v1.IngressSpecArgsDict:
    shop, admin = args["shop_hosts"], args["admin_host"]
    spec: k8s.networking.v1.IngressSpecArgsDict = {
        "ingress_class_name": args["class_name"],
        "rules": [
            *(_rule(host, args["storefront"]) for host in shop),
            _rule(admin, args["admin"]),
        ],
    }
    if tls_secret is not None:
        spec["tls"] = [{"hosts": [*shop, admin], "secret_name": tls_secret}]
    return spec


def _rule(host: str, service: pulumi.Input[str]) -> k8s.networking.v1.IngressRuleArgsDict:
    backend: k8s.networking.v1.IngressBackendArgsDict = {
        "service": {"name": service, "port": {"name": "http"}}
    }
    return {
        "host": host,
        "http": {"paths": [{"path": "/", "path_type": "Prefix", "backend": backend}]},
    }
