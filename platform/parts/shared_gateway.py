"""A Gateway that several shops attach to."""

from collections.abc import Sequence
from typing import Any, TypedDict

import pulumi
import pulumi_kubernetes as k8s

from parts._install import ROUTES
from values.gateways import SharedGateway as Chosen
from values.gateways import SharedListener


class SharedGatewayArgs(TypedDict):
    """Arguments of the Gateway."""

    gateway: Chosen
    """The Gateway."""
    namespace: str
    """Namespace of the controller."""
    class_name: str
    """Name of its GatewayClass."""
    after: Sequence[pulumi.Resource]
    """Resources of its class and its issuers."""


class SharedGateway(pulumi.ComponentResource):
    """One address for several shops; only their namespaces may attach routes."""

    def __init__(
        self, name: str, args: SharedGatewayArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Create the Gateway, and a certificate for each https listener."""
        super().__init__("openmage:platform:SharedGateway", name, None, opts)
        child = pulumi.ResourceOptions(parent=self, depends_on=list(args["after"]))
        gateway = k8s.apiextensions.CustomResource(
            name,
            api_version="gateway.networking.k8s.io/v1",
            kind="Gateway",
            # Not awaited: Traefik accepts it only once its certificates exist.
            metadata={"name": args["gateway"].name, "namespace": args["namespace"]},
            spec=_spec(args),
            opts=child,
        )
        # HTTP-01 goes through the Gateway itself, so it is created before its certificates.
        served = pulumi.ResourceOptions(parent=self, depends_on=[gateway])
        for listener in args["gateway"].listeners:
            _certificate(f"{name}-{listener.name}", args, listener, served)
        self.register_outputs({})


def _spec(args: SharedGatewayArgs) -> dict[str, Any]:
    shops = {"namespaces": {"from": "Selector", "selector": {"matchLabels": ROUTES}}}
    listeners: list[dict[str, Any]] = [
        {"name": "http", "protocol": "HTTP", "port": 80, "allowedRoutes": shops}
    ]
    listeners += [
        {
            "name": listener.name,
            "protocol": "HTTPS",
            "port": 443,
            "hostname": listener.hostname,
            "tls": {"mode": "Terminate", "certificateRefs": [{"name": _secret(args, listener)}]},
            "allowedRoutes": shops,
        }
        for listener in args["gateway"].listeners
    ]
    spec: dict[str, Any] = {"gatewayClassName": args["class_name"], "listeners": listeners}
    if args["gateway"].listener_sets:
        spec["allowedListeners"] = shops
    return spec


def _certificate(
    name: str, args: SharedGatewayArgs, listener: SharedListener, opts: pulumi.ResourceOptions
) -> None:
    k8s.apiextensions.CustomResource(
        name,
        api_version="cert-manager.io/v1",
        kind="Certificate",
        metadata={"name": _secret(args, listener), "namespace": args["namespace"]},
        spec={
            "secretName": _secret(args, listener),
            "dnsNames": [listener.hostname],
            "issuerRef": {"kind": "ClusterIssuer", "name": listener.issuer},
            "privateKey": {"rotationPolicy": "Always"},
        },
        opts=opts,
    )


def _secret(args: SharedGatewayArgs, listener: SharedListener) -> str:
    return f"{args['gateway'].name}-{listener.name}"
