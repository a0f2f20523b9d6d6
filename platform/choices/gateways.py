"""Settings of the way into the cluster."""

from typing import Annotated, Any, Literal

from pydantic import Field

from stackfile.section import Section
from stackfile.types import CertificateName, Cidr, Line, Name


class NoGateway(Section):
    """The cluster has its own controller, or none."""

    controller: Literal["none"]


class LoadBalancer(Section):
    """The Service that the world comes in by."""

    type: Literal["LoadBalancer", "NodePort", "ClusterIP"] = "LoadBalancer"
    """Type of the Service; a cluster without load balancers, such as kind, wants another one."""
    annotations: dict[Line, Line] = Field(default_factory=dict)
    """Annotations that the cloud's load balancer understands."""
    source_ranges: tuple[Cidr, ...] = ()
    """Networks that may reach it; default: everybody."""


class SharedListener(Section):
    """A listener for https on the shared Gateway."""

    name: Name = "https"
    """Name of the listener, which a shop gives as `httpsSection`."""
    hostname: CertificateName
    """Name that it serves; usually a wildcard, such as `*.preview.example.com`."""
    issuer: Name
    """One of `certManager.issuers`, which signs its certificate."""


class SharedGateway(Section):
    """A Gateway for http, and https where a listener says so; only shops may attach to it."""

    name: Name = "shared"
    """Name of the Gateway, in the controller's namespace."""
    listeners: Annotated[tuple[SharedListener, ...], Field(max_length=63)] = ()
    """Listeners for https that shops share."""
    listener_sets: bool = False
    """Whether shops bring listeners of their own: `parent.mode` `listener-set`."""


class _Gateway(Section):
    replicas: Annotated[int, Field(ge=1, le=20)] = 2
    """Number of pods that traffic goes through."""
    load_balancer: LoadBalancer = LoadBalancer()
    """The Service that the world comes in by."""
    definitions: bool = True
    """Whether the Gateway API's definitions, standard channel, are installed; false where the
    cluster brings them."""
    shared: SharedGateway | None = None
    """A Gateway for several shops; default: each shop has its own."""
    values: dict[str, Any] = Field(default_factory=dict)
    """Helm values laid over those of this program; nothing checks them."""


class TraefikGateway(_Gateway):
    """Traefik, for Ingress and Gateway API. All Gateways share its pods and load balancer."""

    controller: Literal["traefik"]
    class_name: Name = "traefik"
    """Name of the IngressClass and of the GatewayClass."""


class EnvoyGateway(_Gateway):
    """Envoy Gateway, for the Gateway API. Each Gateway has pods and a load balancer of its own."""

    controller: Literal["envoy"]
    class_name: Name = "envoy"
    """Name of the GatewayClass."""


Gateway = Annotated[NoGateway | TraefikGateway | EnvoyGateway, Field(discriminator="controller")]
