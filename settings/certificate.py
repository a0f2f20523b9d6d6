"""Settings of certificates.

Each mode answers for itself: `secure`, whether visitors use https; `needs_certificate`, whether
something of the shop has to show one.
"""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from stackfile.certificates import CERT_MANAGER_API, SOLVER_RESOURCES, NamedIssuer, OwnIssuer
from stackfile.needs import Api, Prerequisites, SecretUse
from stackfile.report import Path
from stackfile.section import Section, choice
from stackfile.types import CertificateName, DnsName
from stackfile.values import Container

_SECRETS = ("tlsCertificate", "tlsPrivateKey")


class _Tls(Section):
    secure: ClassVar = True
    needs_certificate: ClassVar = True

    def secret_uses(self) -> Iterator[SecretUse]:
        """Yield what becomes of the secrets of a certificate."""
        for key in _SECRETS:
            yield SecretUse(key, unread=f"edge.tls.mode is {choice(type(self))['mode']}")

    def solvers(self, names: int) -> Iterator[Container]:
        """Yield the pods that answer HTTP-01 for that many names."""
        del names
        yield from ()


class NoTls(_Tls):
    """No TLS; for dev."""

    secure: ClassVar = False
    needs_certificate: ClassVar = False

    mode: Literal["none"]


class SecretTls(_Tls):
    """An existing certificate in the shop's namespace."""

    mode: Literal["secret"]
    secret_name: DnsName
    """Name of a Secret of type kubernetes.io/tls."""


class CertificateTls(_Tls):
    """A certificate in `openmage:tlsCertificate` and `openmage:tlsPrivateKey`."""

    mode: Literal["certificate"]

    def secret_uses(self) -> Iterator[SecretUse]:
        """Yield what becomes of the secrets of a certificate."""
        for key in _SECRETS:
            yield SecretUse(key, required="edge.tls.mode is certificate, and it is missing")


class ElsewhereTls(_Tls):
    """TLS is terminated in front of the edge: at a shared Gateway or a load balancer."""

    needs_certificate: ClassVar = False

    mode: Literal["elsewhere"]


class LetsEncryptTls(_Tls):
    """A certificate by cert-manager, which renews it."""

    mode: Literal["letsencrypt"]
    issuer: Annotated[OwnIssuer | NamedIssuer, Field(discriminator="mode")]
    """Issuer that validates the names."""
    secret_name: DnsName = "shop-tls"  # noqa: S105 (the name of a Secret, not what is in it)
    """Secret for the certificate. An existing one is served until it is replaced."""
    names: tuple[CertificateName, ...] = ()
    """Names in the certificate; default: all hosts. A wildcard needs a `named` issuer with a DNS-01
    solver."""

    def solvers(self, names: int) -> Iterator[Container]:
        """Yield the pods that answer HTTP-01 for that many names."""
        if isinstance(self.issuer, OwnIssuer):
            yield Container(("edge", "tls", "issuer"), SOLVER_RESOURCES, names)

    def prerequisites(self, path: Path) -> Prerequisites:
        """Yield what the cluster must have."""
        yield Api((*path, "mode"), CERT_MANAGER_API, "certManager")


Tls = Annotated[
    NoTls | SecretTls | CertificateTls | ElsewhereTls | LetsEncryptTls, Field(discriminator="mode")
]
