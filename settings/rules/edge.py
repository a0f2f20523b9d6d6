"""Rules about the way in, and about moving from one to another."""

from collections.abc import Iterator

from settings.model import Settings
from stackfile.report import Path, Violation
from stackfile.routes import (
    GatewayRoute,
    IngressRoute,
    ListenerSet,
    LoadBalancerRoute,
    NoRoute,
    OwnGateway,
)

Way = IngressRoute | GatewayRoute | LoadBalancerRoute | NoRoute


def ways(settings: Settings) -> Iterator[tuple[Path, Way]]:
    """Yield the way in, and the former one during a move, with their places."""
    yield ("edge",), settings.edge
    if settings.edge.moving_from is not None:
        yield ("edge", "movingFrom"), settings.edge.moving_from


def terminator(settings: Settings) -> Iterator[Violation]:
    """Refuse a load balancer behind which nothing ends TLS, and a terminator nobody comes to."""
    kinds = [way.kind for _, way in ways(settings)]
    if not settings.frontend_cache.terminates_tls:
        for path, way in ways(settings):
            if way.kind == "load-balancer":
                yield Violation(
                    (*path, "kind"),
                    "nothing behind the load balancer ends TLS",
                    "set frontendCache.mode to varnish and frontendCache.terminator to true",
                )
        return
    if settings.edge.tls.mode in {"none", "elsewhere"}:
        yield Violation(
            ("frontendCache", "terminator"),
            f"has no certificate: edge.tls.mode is {settings.edge.tls.mode}",
            "use mode secret, certificate or letsencrypt, or leave the terminator out",
        )
    if not {"load-balancer", "none"} & {*kinds}:
        yield Violation(
            ("frontendCache", "terminator"),
            f"edge.kind {settings.edge.kind} ends TLS itself",
            "leave it out, or use edge.kind load-balancer or none",
        )


def listeners(settings: Settings) -> Iterator[Violation]:
    """Refuse routes to a Gateway that has no listener to attach them to."""
    for path, way in ways(settings):
        if not isinstance(way, GatewayRoute) or way.parent.mode != "existing":
            continue
        if way.parent.http_section is None and (
            way.parent.https_section is None or not settings.secure
        ):
            yield Violation(
                (*path, "parent", "httpSection"),
                "no listener is left that the routes could be attached to",
                "name the Gateway's listener",
            )


def moving(settings: Settings) -> Iterator[Violation]:
    """Refuse to move from a way in to itself."""
    former = settings.edge.moving_from
    if former is not None and _target(former) == _target(settings.edge):
        yield Violation(
            ("edge", "movingFrom"),
            "is the way in that edge describes already",
            "describe the former one, or remove it when the move is over",
        )


def _target(way: Way) -> tuple[str | None, ...]:
    if isinstance(way, IngressRoute):
        return way.kind, way.class_name
    if isinstance(way, GatewayRoute):
        parent = way.parent
        if isinstance(parent, OwnGateway):
            return parent.mode, parent.class_name
        return parent.mode, parent.namespace, parent.name
    if isinstance(way, NoRoute):
        return way.kind, way.controller_namespace
    return (way.kind,)


def holds_certificate(way: Way) -> bool:
    """Return whether a way in ends TLS with a certificate of the shop's own."""
    if isinstance(way, GatewayRoute):
        return isinstance(way.parent, OwnGateway | ListenerSet)
    return isinstance(way, IngressRoute)
