"""Settings of certificates."""

from typing import Annotated, Literal

from pydantic import Field

from stackfile.certificates import NamedIssuer, OwnIssuer
from stackfile.section import Section
from stackfile.types import CertificateName, DnsName


class NoTls(Section):
    """No TLS; for dev."""

    mode: Literal["none"]


class SecretTls(Section):
    """A certificate that is in the namespace already."""

    mode: Literal["secret"]
    secret_name: DnsName
    """Name of a Secret of type kubernetes.io/tls."""


class CertificateTls(Section):
    """A certificate in `openmage:tlsCertificate` and `openmage:tlsPrivateKey`."""

    mode: Literal["certificate"]


class ElsewhereTls(Section):
    """TLS ends in front of the edge: at a shared Gateway's listener or a load balancer."""

    mode: Literal["elsewhere"]


class LetsEncryptTls(Section):
    """A certificate by cert-manager, which renews it."""

    mode: Literal["letsencrypt"]
    issuer: Annotated[OwnIssuer | NamedIssuer, Field(discriminator="mode")]
    """Who proves to the certificate authority that the names are ours."""
    secret_name: DnsName = "shop-tls"  # noqa: S105 (the name of a Secret, not what is in it)
    """Secret for the certificate. One that is there is shown until it is replaced."""
    names: tuple[CertificateName, ...] = ()
    """Names in the certificate; default: all hosts. A wildcard needs a `named` issuer that answers
    DNS-01."""


Tls = Annotated[
    NoTls | SecretTls | CertificateTls | ElsewhereTls | LetsEncryptTls, Field(discriminator="mode")
]
