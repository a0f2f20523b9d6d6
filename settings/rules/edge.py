"""Rules about the edge, and about moving from one route to another."""

from collections.abc import Iterator
from typing import assert_never

from settings.model import Settings
from stackfile.report import Path, Violation
from stackfile.routes import (
    ExistingListeners,
    GatewayRoute,
    IngressRoute,
    LoadBalancerRoute,
    NoRoute,
    Route,
)


def routes(settings: Settings) -> Iterator[tuple[Path, Route]]:
    """Yield the route, and the former one during a move, with their places."""
    yield ("edge",), settings.edge
    if settings.edge.moving_from is not None:
        yield ("edge", "movingFrom"), settings.edge.moving_from


def terminator(settings: Settings) -> Iterator[Violation]:
    """Refuse a load balancer that leads to nothing with TLS, and a terminator without traffic."""
    terminates = settings.frontend_cache.terminates_tls
    reached = False
    for path, route in routes(settings):
        match route:
            case LoadBalancerRoute():
                reached = True
                if not terminates:
                    yield Violation(
                        (*path, "kind"),
                        "nothing behind the load balancer terminates TLS",
                        "set frontendCache.mode to varnish and frontendCache.terminator to true",
                    )
            case NoRoute():
                reached = True
            case IngressRoute() | GatewayRoute():
                pass
            case _:
                assert_never(route)
    if terminates and not settings.edge.tls.needs_certificate:
        yield Violation(
            ("frontendCache", "terminator"),
            f"needs a certificate, and edge.tls.mode is {settings.edge.tls.mode}",
            "use mode secret, certificate or letsencrypt, or leave the terminator out",
        )
    if terminates and not reached:
        yield Violation(
            ("frontendCache", "terminator"),
            f"edge.kind {settings.edge.kind} terminates TLS itself",
            "leave it out, or use edge.kind load-balancer or none",
        )


def listeners(settings: Settings) -> Iterator[Violation]:
    """Refuse routes without a listener to attach to."""
    for path, route in routes(settings):
        match route:
            case GatewayRoute(parent=ExistingListeners(http_section=None, https_section=https)):
                if https is None or not settings.secure:
                    yield Violation(
                        (*path, "parent", "httpSection"),
                        "no listener is left to attach the routes to",
                        "name the Gateway's listener",
                    )
            case GatewayRoute() | IngressRoute() | LoadBalancerRoute() | NoRoute():
                pass
            case _:
                assert_never(route)


def moving(settings: Settings) -> Iterator[Violation]:
    """Refuse to move from a route to itself."""
    former = settings.edge.moving_from
    if former is not None and former.target == settings.edge.target:
        yield Violation(
            ("edge", "movingFrom"),
            "is identical to the edge",
            "describe the former one, or remove it when the move is over",
        )
