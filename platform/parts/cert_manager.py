"""cert-manager and its issuers."""

from collections.abc import Sequence
from typing import Any, assert_never

import pulumi
import pulumi_kubernetes as k8s

from parts._charts import chart
from parts._install import PartArgs, child_of, install, namespace
from stackfile.merge import merge
from values.issuers import TOKEN_SECRET, DnsSolver, GatewaySolver, IngressSolver, Issuer, Solver


class CertManagerArgs(PartArgs):
    """Arguments of cert-manager."""

    gateway_api: bool
    """Whether it supports Gateways."""
    listener_sets: bool
    """Whether it supports ListenerSets as well."""
    issuers: Sequence[Issuer]
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
        space = namespace(name, "cert-manager", "restricted", child)
        release = install(
            name, chart("cert-manager"), space, merge(_values(args), args["values"]), child
        )
        before: list[pulumi.Resource] = [release]
        if args["token"] is not None:
            token = k8s.core.v1.Secret(
                f"{name}-dns-token",
                metadata={"name": TOKEN_SECRET, "namespace": space.metadata.name},
                type="Opaque",
                string_data={"token": args["token"]},
                opts=child,
            )
            before.append(token)
        # The webhook must respond before an issuer is created; the chart's own check waits for it.
        ready = pulumi.ResourceOptions(parent=self, depends_on=before)
        self.issuers = [
            _issuer(f"{name}-{issuer.name}", issuer, ready) for issuer in args["issuers"]
        ]
        self.register_outputs({})


def _values(args: CertManagerArgs) -> dict[str, Any]:
    values: dict[str, Any] = {"prometheus": {"servicemonitor": {"enabled": args["monitored"]}}}
    if args["gateway_api"]:
        values["config"] = {"gatewayAPI": {"enabled": True}}
        if args["listener_sets"]:
            values["config"]["gatewayAPI"]["enableListenerSet"] = True
            values["config"]["featureGates"] = {"ListenerSets": True}
    return values


def _issuer(name: str, issuer: Issuer, opts: pulumi.ResourceOptions) -> pulumi.Resource:
    return k8s.apiextensions.CustomResource(
        name,
        api_version="cert-manager.io/v1",
        kind="ClusterIssuer",
        metadata={
            "name": issuer.name,
            "annotations": {
                "pulumi.com/waitFor": "condition=Ready",
                "pulumi.com/timeoutSeconds": "180",
            },
        },
        spec={"acme": issuer.acme(f"{issuer.name}-account", _solver(issuer.solver))},
        opts=opts,
    )


def _solver(solver: Solver) -> dict[str, Any]:
    """Return cert-manager's solver."""
    match solver:
        case IngressSolver():
            return {"http01": {"ingress": {"ingressClassName": solver.class_name}}}
        case GatewaySolver():
            parent = {"kind": "Gateway", "name": solver.name, "namespace": solver.namespace}
            return {"http01": {"gatewayHTTPRoute": {"parentRefs": [parent]}}}
        case DnsSolver():
            proved: dict[str, Any] = {"dns01": {solver.provider: solver.config}}
            if solver.zones:
                proved["selector"] = {"dnsZones": solver.zones}
            return proved
        case _:
            assert_never(solver)
