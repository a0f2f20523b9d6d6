"""Rules about certificates."""

from collections.abc import Iterator
from typing import assert_never

from settings.certificate import LetsEncryptTls, OwnIssuer
from settings.model import Settings
from settings.rules.edge import routes
from settings.rules.hosts import named
from stackfile.report import Violation
from stackfile.routes import (
    ExistingListeners,
    GatewayRoute,
    IngressRoute,
    LoadBalancerRoute,
    NoRoute,
)

_MOST_NAMES = 100
"""Maximum number of names in one Let's Encrypt certificate."""
_NOT_PUBLIC = {"test", "example", "invalid", "localhost", "local", "internal"}
"""Top-level domains that do not exist in public DNS."""


def needed(settings: Settings) -> Iterator[Violation]:
    """Require TLS outside dev."""
    if settings.environment != "dev" and not settings.secure:
        yield Violation(
            ("edge", "tls", "mode"),
            f"{settings.environment} requires TLS: without it passwords are readable",
            "use mode letsencrypt, secret or certificate",
        )


def used(settings: Settings) -> Iterator[Violation]:
    """Refuse a certificate that nothing would serve."""
    if not settings.edge.tls.needs_certificate or settings.frontend_cache.terminates_tls:
        return
    if any(route.holds_certificate for _, route in routes(settings)):
        return
    match edge := settings.edge:
        case GatewayRoute():
            yield Violation(
                ("edge", "tls", "mode"),
                "existing listeners have their own certificate",
                "use mode elsewhere, or parent.mode listener-set for a certificate of the shop's"
                " own",
            )
        case NoRoute():
            yield Violation(
                ("edge", "tls", "mode"),
                "edge.kind is none: TLS is terminated by whatever routes to the shop's Services",
                "use mode elsewhere, or frontendCache.terminator to terminate TLS in the shop's"
                " pods",
            )
        case LoadBalancerRoute() | IngressRoute():
            # Without a terminator a load balancer is refused as such.
            pass
        case _:
            assert_never(edge)


def issuer(settings: Settings) -> Iterator[Violation]:
    """Refuse an issuer that cannot validate the hosts."""
    chosen, edge = settings.edge.tls, settings.edge
    if not isinstance(chosen, LetsEncryptTls) or not isinstance(chosen.issuer, OwnIssuer):
        return
    path = ("edge", "tls", "issuer")
    match edge:
        case NoRoute() | LoadBalancerRoute():
            yield Violation(
                (*path, "mode"),
                f"HTTP-01 challenges need a controller at the edge, and edge.kind is {edge.kind}",
                "use an existing issuer with a DNS-01 solver (mode named)",
            )
        case GatewayRoute(parent=ExistingListeners(http_section=None)):
            yield Violation(
                (*path, "mode"),
                "HTTP-01 challenges arrive over http, and edge.parent.httpSection is null",
                "name the Gateway's http listener, or use an issuer with a DNS-01 solver",
            )
        case GatewayRoute() | IngressRoute():
            pass
        case _:
            assert_never(edge)
    public = chosen.issuer.server in {"staging", "production"}
    if public and chosen.issuer.ca is not None:
        yield Violation(
            (*path, "ca"),
            "has no effect: Let's Encrypt's own certificate is publicly trusted",
            "remove it, or give the directory of your ACME server as issuer.server",
        )
    for place, host in named(settings):
        if public and host.rpartition(".")[2] in _NOT_PUBLIC:
            yield Violation(
                place,
                "is not in public DNS: Let's Encrypt cannot reach it",
                "use a public name, or tls.mode secret or certificate",
            )


def names(settings: Settings) -> Iterator[Violation]:
    """Refuse a list of names that the certificate authority would reject."""
    chosen = settings.edge.tls
    if not isinstance(chosen, LetsEncryptTls):
        return
    own = chosen.issuer.mode == "http-01"
    hosts = {host for _, host in named(settings)}
    if len(chosen.names or hosts) > _MOST_NAMES:
        yield Violation(
            ("edge", "tls", "names"),
            f"has {len(chosen.names or hosts)} names; Let's Encrypt allows {_MOST_NAMES}",
            "use wildcards, with an issuer that has a DNS-01 solver (issuer.mode named)",
        )
    for index, name in enumerate(chosen.names):
        path = ("edge", "tls", "names", index)
        if name.startswith("*.") and own:
            yield Violation(
                path,
                "HTTP-01 cannot validate a wildcard",
                "use an issuer with a DNS-01 solver (issuer.mode named), or list each host",
            )
        elif name not in hosts and own:
            yield Violation(
                path,
                "HTTP-01 can only validate hosts that lead to the shop, and this one does not",
                "remove it, or add it to hosts",
            )
        elif name in chosen.names[:index] or _wildcard(name) in {*chosen.names} - {name}:
            yield Violation(
                path, "is covered by another name: Let's Encrypt rejects duplicates", "remove it"
            )


def covered(settings: Settings) -> Iterator[Violation]:
    """Refuse a certificate that does not cover every host."""
    chosen = settings.edge.tls
    if not isinstance(chosen, LetsEncryptTls) or not chosen.names:
        return
    for path, host in named(settings):
        if host not in chosen.names and _wildcard(host) not in chosen.names:
            yield Violation(path, "the certificate does not cover it", f"add {host} to tls.names")


def _wildcard(host: str) -> str:
    """Return the wildcard that covers a host."""
    return f"*.{host.partition('.')[2]}"
