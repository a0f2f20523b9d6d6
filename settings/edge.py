"""Settings of the way in and the way out."""

from typing import Annotated, Literal

from pydantic import Field

from settings._base import Section
from settings.types import Cidr, Name, Port


class NoTls(Section):
    """No TLS of the shop's own; for dev."""

    mode: Literal["none"]


class SecretTls(Section):
    """A certificate that is in the namespace already."""

    mode: Literal["secret"]
    secret_name: Name
    """Name of a Secret of type kubernetes.io/tls."""


class CertificateTls(Section):
    """A certificate in `openmage:tlsCertificate` and `openmage:tlsPrivateKey`."""

    mode: Literal["certificate"]


class IngressEdge(Section):
    """An Ingress, of any class."""

    kind: Literal["ingress"]
    class_name: Name
    """IngressClass of the cluster's controller."""
    controller_namespace: Name
    """Namespace of the controller's pods; only they reach the web pods."""
    trusted_proxies: tuple[Cidr, ...] = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
    """Networks whose X-Forwarded-For names the client: the controller's pods."""
    tls: Annotated[NoTls | SecretTls | CertificateTls, Field(discriminator="mode")]


class Egress(Section):
    """A network that the shop's code may reach."""

    cidr: Cidr
    ports: Annotated[tuple[Port, ...], Field(min_length=1)]
    """TCP ports."""


class Network(Section):
    """What the shop's code may reach outside of its namespace."""

    egress: tuple[Egress, ...] = (Egress.model_construct(cidr="0.0.0.0/0", ports=(443,)),)
    """Default: https to the internet, for payment and the like. Private networks are left out of
    a network that contains them, so that nobody else's pods or metadata can be reached."""
