"""cert-manager and its issuers."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

import pulumi
import pulumi_kubernetes as k8s

from parts._charts import CERT_MANAGER
from parts._install import PartArgs, child_of, install, namespace, overlaid, sized
from stackfile.certificates import AcmeAccount

NAMESPACE = "cert-manager"
TOKEN_KEY = "token"  # noqa: S105 (the name of a file)
_REGISTRATION_TIMEOUT = "180"


class IssuerArgs(TypedDict):
    """A ClusterIssuer by ACME."""

    name: str
    account: AcmeAccount
    solver: Mapping[str, Any]
    """cert-manager's solver."""


class CertManagerArgs(PartArgs):
    """Arguments of cert-manager."""

    gateway_api: bool
    """Whether it supports Gateways."""
    listener_sets: bool
    """Whether it supports ListenerSets as well."""
    issuers: Sequence[IssuerArgs]
    token_secret: str
    """Name of the Secret that solvers refer to."""
    token: pulumi.Output[str] | None
    """Credential of the DNS provider."""


class CertManager(pulumi.ComponentResource):
    """Issues and renews certificates for every namespace."""

    issuers: Sequence[pulumi.Resource]
    """The registered ClusterIssuers."""

    def __init__(
        self, name: str, args: CertManagerArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Install cert-manager, then create the issuers."""
        super().__init__("openmage:platform:CertManager", name, None, opts)
        child = child_of(self, args)
        space = namespace(name, NAMESPACE, "restricted", child)
        release = install(name, CERT_MANAGER, space, overlaid(_values(args), args), child)
        before: list[pulumi.Resource] = [release]
        if args["token"] is not None:
            token = k8s.core.v1.Secret(
                f"{name}-dns-token",
                metadata={"name": args["token_secret"], "namespace": space.metadata.name},
                type="Opaque",
                string_data={TOKEN_KEY: args["token"]},
                opts=child,
            )
            before.append(token)
        # The webhook must respond before an issuer is created; the chart's own check waits for it.
        ready = pulumi.ResourceOptions(parent=self, depends_on=before)
        self.issuers = [
            _issuer(f"{name}-{issuer['name']}", issuer, ready) for issuer in args["issuers"]
        ]
        self.register_outputs({})


def _values(args: CertManagerArgs) -> dict[str, Any]:
    gateway: dict[str, Any] = {}
    if args["gateway_api"]:
        gateway = {"config": {"gatewayAPI": {"enabled": True}}}
        if args["listener_sets"]:
            gateway["config"]["gatewayAPI"]["enableListenerSet"] = True
            gateway["config"]["featureGates"] = {"ListenerSets": True}
    return {
        # The chart keeps its CRDs when it is uninstalled.
        "crds": {"enabled": True, "keep": True},
        "resources": sized("10m", "64Mi", "256Mi"),
        "webhook": {"resources": sized("10m", "32Mi", "128Mi")},
        "cainjector": {"resources": sized("10m", "64Mi", "256Mi")},
        "startupapicheck": {"resources": sized("10m", "32Mi", "64Mi")},
        "prometheus": {"servicemonitor": {"enabled": args["monitored"]}},
        **gateway,
    }


def _issuer(name: str, issuer: IssuerArgs, opts: pulumi.ResourceOptions) -> pulumi.Resource:
    acme = issuer["account"].acme(f"{issuer['name']}-account", issuer["solver"])
    return k8s.apiextensions.CustomResource(
        name,
        api_version="cert-manager.io/v1",
        kind="ClusterIssuer",
        metadata={
            "name": issuer["name"],
            "annotations": {
                "pulumi.com/waitFor": "condition=Ready",
                "pulumi.com/timeoutSeconds": _REGISTRATION_TIMEOUT,
            },
        },
        spec={"acme": acme},
        opts=opts,
    )
