"""Exceptions to default-deny for traffic that comes from outside of the namespace."""

from collections.abc import Mapping, Sequence
from typing import TypeGuard, assert_never

import pulumi
import pulumi_kubernetes as k8s

from components.edge.routes import route_name
from components.kit.metadata import ShopArgs, named, selector
from components.kit.pods import match
from shop.constants import HTTP_PORT
from stackfile.routes import (
    GatewayRoute,
    IngressRoute,
    LoadBalancerRoute,
    NoRoute,
    OwnGateway,
    Route,
)

_EVERYBODY = ("0.0.0.0/0", "::/0")
SOLVERS = {"acme.cert-manager.io/http01-solver": "true"}
"""Label of the pods by which cert-manager answers a certificate authority."""
SOLVER_PORT = 8089
Peer = k8s.networking.v1.NetworkPolicyPeerArgsDict


def let_in(  # noqa: PLR0913 (a rule has these parts)
    name: str,
    args: ShopArgs,
    peers: Sequence[Peer],
    *,
    pods: Mapping[str, str],
    ports: Sequence[int],
    opts: pulumi.ResourceOptions,
) -> None:
    """Let these peers reach these ports of these pods."""
    k8s.networking.v1.NetworkPolicy(
        name,
        metadata=named(name, args),
        spec={
            "pod_selector": match(pods),
            "policy_types": ["Ingress"],
            "ingress": [{"from_": list(peers), "ports": _ports(ports)}],
        },
        opts=opts,
    )


def controllers(edge: str, routes: Sequence[Route]) -> list[Peer]:
    """Return the pods of the controllers that reach the shop's pods, each once."""
    namespaces = sorted(
        {route.controller_namespace for route in routes if not isinstance(route, LoadBalancerRoute)}
    )
    peers: list[Peer] = [_namespace(namespace) for namespace in namespaces]
    own = (route for route in routes if has_pods(route))
    return [*peers, *({"pod_selector": match(_pods_of(edge, route))} for route in own)]


def visitors(edge: str, route: Route) -> list[Peer]:
    """Return the peers of one route that reach pods which terminate TLS."""
    match route:
        case LoadBalancerRoute():
            return [{"ip_block": {"cidr": cidr}} for cidr in route.source_ranges or _EVERYBODY]
        case NoRoute():
            return controllers(edge, [route])
        case IngressRoute() | GatewayRoute():
            # A controller terminates TLS itself, and leads past the terminator.
            return []
        case _:
            assert_never(route)


def gateway_policy(
    edge: str,
    args: ShopArgs,
    route: GatewayRoute,
    workloads: Sequence[str],
    opts: pulumi.ResourceOptions,
) -> None:
    """Let a Gateway's pods work in the shop's namespace: visitors in; shop and controller out.

    Some controllers run the pods of a Gateway beside themselves, others beside the Gateway.
    """
    name = f"{route_name(edge, route)}-pods"
    reached = [(selector(workload), HTTP_PORT) for workload in workloads]
    reached.append((SOLVERS, SOLVER_PORT))
    k8s.networking.v1.NetworkPolicy(
        name,
        metadata=named(name, args),
        spec={
            "pod_selector": match(_pods_of(edge, route)),
            "policy_types": ["Ingress", "Egress"],
            "ingress": [{}],
            "egress": [
                {"to": [_namespace(route.controller_namespace)]},
                *(
                    {"to": [{"pod_selector": match(pods)}], "ports": _ports([port])}
                    for pods, port in reached
                ),
            ],
        },
        opts=opts,
    )


def has_pods(route: Route) -> TypeGuard[GatewayRoute]:
    """Return whether a controller may run pods in the shop's namespace."""
    return isinstance(route, GatewayRoute) and isinstance(route.parent, OwnGateway)


def _pods_of(edge: str, route: GatewayRoute) -> dict[str, str]:
    return {"gateway.networking.k8s.io/gateway-name": route_name(edge, route)}


def _namespace(name: str) -> Peer:
    return {"namespace_selector": match({"kubernetes.io/metadata.name": name})}


def _ports(ports: Sequence[int]) -> list[k8s.networking.v1.NetworkPolicyPortArgsDict]:
    return [{"protocol": "TCP", "port": port} for port in ports]
