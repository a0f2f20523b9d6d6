"""cert-manager's objects: a dedicated issuer, and the certificate itself.

The Certificate is created here, not by an annotation on Ingress or Gateway: it is the same one
for every edge, survives a move between edges, and shows in a preview.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

import pulumi
import pulumi_kubernetes as k8s

from components.edge.listeners import challenge_refs
from components.kit.metadata import ShopArgs, labels, named
from components.kit.pods import as_custom, placed
from stackfile.certificates import CERT_MANAGER_API, SOLVER_RESOURCES, OwnIssuer
from stackfile.routes import GatewayRoute, IngressRoute
from stackfile.values import Placement


class Http01(TypedDict):
    """Where a certificate authority's HTTP-01 requests arrive."""

    route: IngressRoute | GatewayRoute
    """Route that they take."""
    edge: str
    """Name of the edge."""
    hosts: Sequence[str]
    """Every host of the shop, in the order of the edge's backends."""
    placement: Placement
    """On which nodes cert-manager's pods run that answer."""


def own_issuer(
    name: str, args: ShopArgs, issuer: OwnIssuer, http01: Http01, opts: pulumi.ResourceOptions
) -> tuple[str, pulumi.Resource]:
    """Create an issuer; Pulumi waits until its ACME account is registered."""
    # The name changes with the server: cert-manager only reissues for a new issuer name.
    own = f"{name}-{hashlib.sha256(issuer.directory.encode()).hexdigest()[:8]}"
    acme = issuer.acme(f"{own}-account", {"http01": _solver(http01)})
    return own, _object("Issuer", own, args, {"acme": acme}, opts, awaited=True)


def _solver(http01: Http01) -> Mapping[str, Any]:
    answering = {
        # The default, NodePort, would exceed the namespace's quota.
        "serviceType": "ClusterIP",
        "podTemplate": {
            "spec": {
                "resources": SOLVER_RESOURCES.model_dump(),
                **as_custom(placed(http01["placement"])),
            }
        },
    }
    route = http01["route"]
    if isinstance(route, IngressRoute):
        return {"ingress": {"ingressClassName": route.class_name, **answering}}
    refs = [dict(ref) for ref in challenge_refs(http01["edge"], route, http01["hosts"])]
    return {"gatewayHTTPRoute": {"parentRefs": refs, **answering}}


def certificate(  # noqa: PLR0913 (a certificate has these parts)
    name: str,
    args: ShopArgs,
    *,
    secret: str,
    names: Sequence[str],
    issuer: Mapping[str, str],
    awaited: bool,
    opts: pulumi.ResourceOptions,
) -> pulumi.Output[str]:
    """Request a certificate and return the name of its Secret, which may be created later."""
    spec = {
        "secretName": secret,
        "secretTemplate": {"labels": labels(name, args)},
        "dnsNames": list(names),
        "issuerRef": {"group": "cert-manager.io", **issuer},
        # ECDSA halves the work of a handshake compared with RSA; each renewal has a new key.
        "privateKey": {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always"},
    }
    made = _object("Certificate", name, args, spec, opts, awaited=awaited)
    return made.urn.apply(lambda _: secret)


def _object(  # noqa: PLR0913 (an object has these parts)
    kind: str,
    name: str,
    args: ShopArgs,
    spec: Mapping[str, Any],
    opts: pulumi.ResourceOptions,
    *,
    awaited: bool,
) -> pulumi.Resource:
    metadata = named(name, args, {"pulumi.com/waitFor": "condition=Ready"} if awaited else None)
    return k8s.apiextensions.CustomResource(
        name, api_version=CERT_MANAGER_API, kind=kind, metadata=metadata, spec=spec, opts=opts
    )
