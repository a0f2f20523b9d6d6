"""Exceptions to default-deny for traffic that comes from outside of the namespace."""

from collections.abc import Sequence
from typing import TypeGuard, assert_never

import pulumi

from components.edge.routes import route_name
from components.kit.metadata import ShopArgs, selector
from components.kit.network_policies import (
    Peer,
    addresses,
    pods_in,
    pods_with,
    policy,
    to_peers,
)
from shop.constants import HTTP_PORT
from stackfile.networks import EVERYWHERE
from stackfile.routes import (
    GatewayRoute,
    IngressRoute,
    LoadBalancerRoute,
    NoRoute,
    OwnGateway,
    Route,
)

SOLVERS = {"acme.cert-manager.io/http01-solver": "true"}
"""Label of cert-manager's HTTP-01 solver pods."""
SOLVER_PORT = 8089


def controllers(edge: str, routes: Sequence[Route]) -> list[Peer]:
    """Return the pods of the controllers that reach the shop's pods, each once."""
    namespaces = sorted(
        {route.controller_namespace for route in routes if not isinstance(route, LoadBalancerRoute)}
    )
    own = (route for route in routes if has_pods(route))
    return [*map(pods_in, namespaces), *(pods_with(_labels(edge, route)) for route in own)]


def visitors(edge: str, route: Route) -> list[Peer]:
    """Return the peers of one route that reach pods which terminate TLS."""
    match route:
        case LoadBalancerRoute():
            return addresses(route.source_ranges or EVERYWHERE)
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
    """Allow a Gateway's pods in the shop's namespace: ingress from visitors, egress to the shop.

    Some controllers run a Gateway's pods in their own namespace, others in the Gateway's.
    """
    reached = [(selector(workload), HTTP_PORT) for workload in workloads]
    reached.append((SOLVERS, SOLVER_PORT))
    policy(
        f"{route_name(edge, route)}-pods",
        args,
        _labels(edge, route),
        opts,
        ingress=[{}],
        egress=[
            {"to": [pods_in(route.controller_namespace)]},
            *(to_peers([pods_with(pods)], port) for pods, port in reached),
        ],
    )


def has_pods(route: Route) -> TypeGuard[GatewayRoute]:
    """Return whether a controller may run pods in the shop's namespace."""
    return isinstance(route, GatewayRoute) and isinstance(route.parent, OwnGateway)


def _labels(edge: str, route: GatewayRoute) -> dict[str, str]:
    return {"gateway.networking.k8s.io/gateway-name": route_name(edge, route)}
