"""What the certificate is told."""

from components import Tenant
from components._certificates import NamedIssuer as NamedIssuerArgs
from components._certificates import OwnIssuer as OwnIssuerArgs
from components.certificate import (
    CertificateArgs,
    ExistingSecret,
    GivenCertificate,
    IssuedCertificate,
    NoCertificate,
)
from settings import Secrets, Settings
from settings.edge import GatewayRoute, IngressRoute
from settings.tls import CertificateTls, LetsEncryptTls, NamedIssuer, OwnIssuer, SecretTls
from wiring._common import given, of_shop, placement
from wiring._ways import as_controlled, terminates
from wiring.edge import hosts

DIRECTORIES = {
    "staging": "https://acme-staging-v02.api.letsencrypt.org/directory",
    "production": "https://acme-v02.api.letsencrypt.org/directory",
}
"""Let's Encrypt's two servers."""


def certificate(settings: Settings, secrets: Secrets, tenant: Tenant) -> CertificateArgs:
    """Return what the certificate is told."""
    return {**of_shop(settings, tenant), "given": _given(settings, secrets)}


def _given(
    settings: Settings, secrets: Secrets
) -> NoCertificate | ExistingSecret | GivenCertificate | IssuedCertificate:
    tls = settings.edge.tls
    if isinstance(tls, SecretTls):
        return {"mode": "secret", "secret": tls.secret_name}
    if isinstance(tls, CertificateTls):
        return {
            "mode": "certificate",
            "certificate": given(secrets.tls_certificate),
            "private_key": given(secrets.tls_private_key),
        }
    if isinstance(tls, LetsEncryptTls):
        every = [*hosts(settings)["shop"], *hosts(settings)["admin"]]
        return {
            "mode": "issued",
            "secret": tls.secret_name,
            "issuer": _issuer(settings, tls.issuer),
            "names": tls.names or every,
            "hosts": every,
            # Pods that end TLS do not start without it. HTTP-01 needs the edge first.
            "awaited": terminates(settings) and isinstance(tls.issuer, NamedIssuer),
        }
    return {"mode": "none"}


def _issuer(settings: Settings, issuer: OwnIssuer | NamedIssuer) -> OwnIssuerArgs | NamedIssuerArgs:
    if isinstance(issuer, NamedIssuer):
        return {"mode": "named", "kind": issuer.kind, "name": issuer.name}
    way = settings.edge
    if not isinstance(way, IngressRoute | GatewayRoute):
        message = "HTTP-01 without a controller passed the settings' checks"
        raise AssertionError(message)  # noqa: TRY004 (no wrong argument: a rule is missing)
    return {
        "mode": "http-01",
        "email": issuer.email,
        "server": DIRECTORIES.get(issuer.server, issuer.server),
        "ca": issuer.ca,
        "way": as_controlled(way),
        "edge": "edge",
        "placement": placement(settings.web.storefront.placement),
    }
