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
"""Names that Let's Encrypt puts into one certificate."""
_NOT_PUBLIC = {"test", "example", "invalid", "localhost", "local", "internal"}
"""Top-level domains that are never in public DNS."""


def needed(settings: Settings) -> Iterator[Violation]:
    """Demand TLS where people come."""
    if settings.environment != "dev" and not settings.secure:
        yield Violation(
            ("edge", "tls", "mode"),
            f"{settings.environment} is reached by people: without TLS passwords are readable",
            "use mode letsencrypt, secret or certificate",
        )


def used(settings: Settings) -> Iterator[Violation]:
    """Refuse a certificate that nothing would show to a browser."""
    if not settings.edge.tls.needs_certificate or settings.frontend_cache.terminates_tls:
        return
    if any(route.holds_certificate for _, route in routes(settings)):
        return
    match edge := settings.edge:
        case GatewayRoute():
            yield Violation(
                ("edge", "tls", "mode"),
                "an existing listener has its own certificate",
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
    """Refuse an issuer that cannot prove the hosts to the certificate authority."""
    chosen, edge = settings.edge.tls, settings.edge
    if not isinstance(chosen, LetsEncryptTls) or not isinstance(chosen.issuer, OwnIssuer):
        return
    path = ("edge", "tls", "issuer")
    match edge:
        case NoRoute() | LoadBalancerRoute():
            yield Violation(
                (*path, "mode"),
                f"HTTP-01 is answered through the edge, and edge.kind is {edge.kind}",
                "use an issuer of the cluster that answers DNS-01 (mode named)",
            )
        case GatewayRoute(parent=ExistingListeners(http_section=None)):
            yield Violation(
                (*path, "mode"),
                "HTTP-01 is asked for over http, and edge.parent.httpSection is null",
                "name the Gateway's listener for http, or use an issuer that answers DNS-01",
            )
        case GatewayRoute() | IngressRoute():
            pass
        case _:
            assert_never(edge)
    public = chosen.issuer.server in {"staging", "production"}
    if public and chosen.issuer.ca is not None:
        yield Violation(
            (*path, "ca"),
            "Let's Encrypt's own address is certified by an authority that everybody knows",
            "remove it, or give the directory of your ACME server as issuer.server",
        )
    for place, host in named(settings):
        if public and host.rpartition(".")[2] in _NOT_PUBLIC:
            yield Violation(
                place,
                "is no name of the public DNS: Let's Encrypt cannot reach it",
                "use a public name, or tls.mode secret or certificate",
            )


def names(settings: Settings) -> Iterator[Violation]:
    """Refuse names that no certificate authority takes together."""
    chosen = settings.edge.tls
    if not isinstance(chosen, LetsEncryptTls):
        return
    own = chosen.issuer.mode == "http-01"
    hosts = {host for _, host in named(settings)}
    if len(chosen.names or hosts) > _MOST_NAMES:
        yield Violation(
            ("edge", "tls", "names"),
            f"{len(chosen.names or hosts)} names; Let's Encrypt takes {_MOST_NAMES} at most",
            "name wildcards, by an issuer that answers DNS-01 (issuer.mode named)",
        )
    for index, name in enumerate(chosen.names):
        path = ("edge", "tls", "names", index)
        if name.startswith("*.") and own:
            yield Violation(
                path,
                "HTTP-01 cannot prove a wildcard",
                "name an issuer that answers DNS-01 (issuer.mode named), or list each host",
            )
        elif name not in hosts and own:
            yield Violation(
                path,
                "HTTP-01 proves hosts that lead to the shop, and it is none of them",
                "remove it, or add it to hosts",
            )
        elif name in chosen.names[:index] or _wildcard(name) in {*chosen.names} - {name}:
            yield Violation(
                path, "the certificate has it already: Let's Encrypt refuses that", "remove it"
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
