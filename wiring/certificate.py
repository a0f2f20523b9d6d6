"""Arguments of the certificate."""

from typing import assert_never

from components import Tenant
from components.edge.cert_manager import Http01
from components.edge.certificate import (
    CertificateArgs,
    GivenCertificate,
    IssuedCertificate,
    Source,
)
from settings import Secrets, Settings
from settings.certificate import CertificateTls, ElsewhereTls, LetsEncryptTls, NoTls, SecretTls
from stackfile.certificates import NamedIssuer, OwnIssuer
from stackfile.routes import GatewayRoute, IngressRoute
from wiring import names
from wiring.common import given, of_shop
from wiring.edge import hosts


def args(settings: Settings, secrets: Secrets, tenant: Tenant) -> CertificateArgs:
    """Return the arguments of the certificate."""
    return {**of_shop(settings, tenant), "source": _source(settings, secrets)}


def _source(settings: Settings, secrets: Secrets) -> Source:
    match tls := settings.edge.tls:
        case NoTls() | ElsewhereTls():
            return None
        case SecretTls():
            return tls.secret_name
        case CertificateTls():
            return GivenCertificate(given(secrets.tls_certificate), given(secrets.tls_private_key))
        case LetsEncryptTls():
            return _issued(settings, tls)
        case _:
            assert_never(tls)


def _issued(settings: Settings, tls: LetsEncryptTls) -> IssuedCertificate:
    every = [*hosts(settings)["shop"], *hosts(settings)["admin"]]
    return IssuedCertificate(
        secret=tls.secret_name,
        issuer=tls.issuer,
        http01=_http01(settings, every) if isinstance(tls.issuer, OwnIssuer) else None,
        names=tls.names or every,
        # Pods that terminate TLS do not start without it. HTTP-01 needs the edge first.
        awaited=settings.frontend_cache.terminates_tls and isinstance(tls.issuer, NamedIssuer),
    )


def _http01(settings: Settings, every: list[str]) -> Http01:
    route = settings.edge
    if not isinstance(route, IngressRoute | GatewayRoute):
        message = "HTTP-01 without a controller although the settings were validated"
        raise AssertionError(message)  # noqa: TRY004 (no wrong argument: a rule is missing)
    return {
        "route": route,
        "edge": names.EDGE,
        "hosts": every,
        "placement": settings.web.storefront.placement,
    }
