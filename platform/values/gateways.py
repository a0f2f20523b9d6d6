"""Settings of the ingress controller or Gateway."""

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field

from stackfile.section import Section
from stackfile.types import CertificateName, Cidr, Line, Name


class NoGateway(Section):
    """No controller is installed; the cluster may have its own."""

    controller: Literal["none"]

    @property
    def installed(self) -> None:
        """The controller that is installed."""


class LoadBalancer(Section):
    """The Service that the world comes in by."""

    type: Literal["LoadBalancer", "NodePort", "ClusterIP"] = "LoadBalancer"
    """Type of the Service; clusters without load balancers, such as kind, need another type."""
    annotations: dict[Line, Line] = Field(default_factory=dict)
    """Annotations for the cloud's load balancer."""
    source_ranges: tuple[Cidr, ...] = ()
    """Networks that may reach it; default: all."""


class SharedListener(Section):
    """A listener for https on the shared Gateway."""

    name: Name = "https"
    """Name of the listener, which shops refer to as `httpsSection`."""
    hostname: CertificateName
    """Host name that it serves; usually a wildcard, such as `*.preview.example.com`."""
    issuer: Name
    """One of `certManager.issuers`, which signs its certificate."""


class SharedGateway(Section):
    """A Gateway for http, and for https on its listeners; only shops may attach to it."""

    name: Name = "shared"
    """Name of the Gateway, in the controller's namespace."""
    listeners: Annotated[tuple[SharedListener, ...], Field(max_length=63)] = ()
    """Listeners for https that shops share."""
    listener_sets: bool = False
    """Whether shops may attach their own listeners: `parent.mode` `listener-set`."""


class _Gateway(Section):
    serves_ingress: ClassVar[bool]
    """Whether it serves Ingress."""
    supports_listener_sets: ClassVar[bool]
    """Whether shops can attach their own listeners to a Gateway."""
    replicas: Annotated[int, Field(ge=1, le=20)] = 2
    """Number of proxy pods."""
    load_balancer: LoadBalancer = LoadBalancer()
    """The Service that the world comes in by."""
    definitions: bool = True
    """Whether the Gateway API's CRDs, standard channel, are installed; false if the
    cluster has them already."""
    shared: SharedGateway | None = None
    """A Gateway for several shops; default: each shop has its own."""
    values: dict[str, Any] = Field(default_factory=dict)
    """Helm values merged over those of this program; they are not validated."""

    @property
    def installed(self) -> Self:
        """The controller that is installed."""
        return self


class TraefikGateway(_Gateway):
    """Traefik, for Ingress and Gateway API. All Gateways share its pods and load balancer."""

    serves_ingress = True
    supports_listener_sets = False
    controller: Literal["traefik"]
    class_name: Name = "traefik"
    """Name of the IngressClass and of the GatewayClass."""


class EnvoyGateway(_Gateway):
    """Envoy Gateway, for the Gateway API. Each Gateway has its own pods and load balancer."""

    serves_ingress = False
    supports_listener_sets = True
    controller: Literal["envoy"]
    class_name: Name = "envoy"
    """Name of the GatewayClass."""


Controller = TraefikGateway | EnvoyGateway
Gateway = Annotated[NoGateway | Controller, Field(discriminator="controller")]
