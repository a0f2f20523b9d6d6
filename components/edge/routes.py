"""Arguments of every kind of route: hosts, where they lead, and how TLS is served."""

from collections.abc import Sequence
from typing import TypedDict, assert_never

import pulumi

from components.kit.metadata import ShopArgs
from stackfile.routes import (
    ExistingListeners,
    GatewayRoute,
    IngressRoute,
    ListenerSet,
    LoadBalancerRoute,
    NoRoute,
    OwnGateway,
    Route,
)


class Backend(TypedDict):
    """Hosts, and the pods that answer them."""

    name: str
    """Kind of route: `shop` or `admin`."""
    hosts: Sequence[str]
    """Host names; the first one is canonical."""
    service: pulumi.Input[str]
    """Service that serves them, on its port named http."""
    workload: str
    """Workload behind the Service, by its instance label."""
    timeout: int
    """Seconds that a request may take."""


class Tls(TypedDict):
    """How visitors connect."""

    secure: bool
    """Whether they use https, wherever it is terminated."""
    secret: pulumi.Input[str] | None
    """Secret with the certificate; None where TLS is terminated elsewhere, or not at all."""
    issued_later: bool
    """Whether the certificate may be issued only once the route is there."""


class RouteArgs(ShopArgs):
    """Arguments of every kind of route."""

    backends: Sequence[Backend]
    """Routes that controllers serve."""
    terminator: str | None
    """Workload that terminates TLS for all hosts, by its instance label: where a load balancer
    leads, or a proxy of others that does not terminate TLS."""
    tls: Tls
    """How visitors connect."""


def every_host(args: RouteArgs) -> list[str]:
    """Return all hosts, in the order of the backends."""
    return [host for backend in args["backends"] for host in backend["hosts"]]


def route_name(edge: str, route: Route) -> str:
    """Return what the objects of a route are called.

    The name says what it is, not whether it is the current one or the former: a move touches
    nothing that serves.
    """
    match route:
        case IngressRoute():
            return f"{edge}-{route.class_name}"
        case LoadBalancerRoute() | NoRoute():
            return f"{edge}-{route.kind}"
        case GatewayRoute():
            return f"{edge}-{_parent_name(route)}"
        case _:
            assert_never(route)


def _parent_name(route: GatewayRoute) -> str:
    match parent := route.parent:
        case OwnGateway():
            return parent.class_name
        case ListenerSet():
            return f"set-{parent.namespace}-{parent.name}"
        case ExistingListeners():
            return f"on-{parent.namespace}-{parent.name}"
        case _:
            assert_never(parent)
