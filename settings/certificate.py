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
from stackfile.section import Section
from stackfile.types import CertificateName, DnsName
from stackfile.values import Container

_SECRETS = ("tlsCertificate", "tlsPrivateKey")


def _no_solvers(_: Section, names: int) -> Iterator[Container]:
    """Yield the pods that answer HTTP-01 for that many names: none."""
    del names
    yield from ()


class NoTls(Section):
    """No TLS; for dev."""

    secure: ClassVar = False
    needs_certificate: ClassVar = False

    mode: Literal["none"]

    def secret_uses(self) -> Iterator[SecretUse]:
        """Yield what becomes of the secrets of a certificate."""
        return _unread(self.mode)

    solvers = _no_solvers


class SecretTls(Section):
    """An existing certificate in the shop's namespace."""

    secure: ClassVar = True
    needs_certificate: ClassVar = True

    mode: Literal["secret"]
    secret_name: DnsName
    """Name of a Secret of type kubernetes.io/tls."""

    def secret_uses(self) -> Iterator[SecretUse]:
        """Yield what becomes of the secrets of a certificate."""
        return _unread(self.mode)

    solvers = _no_solvers


class CertificateTls(Section):
    """A certificate in `openmage:tlsCertificate` and `openmage:tlsPrivateKey`."""

    secure: ClassVar = True
    needs_certificate: ClassVar = True

    mode: Literal["certificate"]

    def secret_uses(self) -> Iterator[SecretUse]:
        """Yield what becomes of the secrets of a certificate."""
        for key in _SECRETS:
            yield SecretUse(key, required="edge.tls.mode is certificate, and it is missing")

    solvers = _no_solvers


class ElsewhereTls(Section):
    """TLS is terminated in front of the edge: at a shared Gateway or a load balancer."""

    secure: ClassVar = True
    needs_certificate: ClassVar = False

    mode: Literal["elsewhere"]

    def secret_uses(self) -> Iterator[SecretUse]:
        """Yield what becomes of the secrets of a certificate."""
        return _unread(self.mode)

    solvers = _no_solvers


class LetsEncryptTls(Section):
    """A certificate by cert-manager, which renews it."""

    secure: ClassVar = True
    needs_certificate: ClassVar = True

    mode: Literal["letsencrypt"]
    issuer: Annotated[OwnIssuer | NamedIssuer, Field(discriminator="mode")]
    """Issuer that validates the names."""
    secret_name: DnsName = "shop-tls"  # noqa: S105 (the name of a Secret, not what is in it)
    """Secret for the certificate. An existing one is served until it is replaced."""
    names: tuple[CertificateName, ...] = ()
    """Names in the certificate; default: all hosts. A wildcard needs a `named` issuer with a DNS-01
    solver."""

    def secret_uses(self) -> Iterator[SecretUse]:
        """Yield what becomes of the secrets of a certificate."""
        return _unread(self.mode)

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


def _unread(mode: str) -> Iterator[SecretUse]:
    for key in _SECRETS:
        yield SecretUse(key, unread=f"edge.tls.mode is {mode}")
