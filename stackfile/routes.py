"""Routes to Services: by Ingress, by Gateway API, by a load balancer, or made by others."""

from typing import Annotated, Literal

from pydantic import Field

from stackfile.section import Section
from stackfile.types import Cidr, DnsName, LabelKey, Name, Port

_IngressClass = Annotated[DnsName, Field(max_length=50, examples=["traefik"])]
"""Class of a controller; names of objects are made of it."""


_GatewayClass = Annotated[Name, Field(max_length=50, examples=["envoy"])]
"""The same. Controllers name a Service after the Gateway, and a Service's name has no dots."""


_GatewayName = Annotated[DnsName, Field(max_length=128, examples=["public"])]
"""Name of somebody else's Gateway; names of the routes to it are made of it."""


class OwnGateway(Section):
    """A Gateway of the shop's own, in its namespace."""

    mode: Literal["own"]
    class_name: _GatewayClass
    """GatewayClass of the cluster."""
    http_port: Port = 80
    """Port of the listener for http. A controller whose listeners are its own ports behind a
    Service, as Traefik's, wants those, such as 8000."""
    https_port: Port = 443
    """Port of the listener for https."""
    annotations: Annotated[dict[LabelKey, str], Field(max_length=16)] = Field(default_factory=dict)
    """Annotations for the load balancer that the controller makes; default: none."""


class ListenerSet(Section):
    """Listeners of the shop's own on a Gateway that several shops share."""

    mode: Literal["listener-set"]
    name: _GatewayName
    """Name of the Gateway; its `allowedListeners` must admit the shop's namespace."""
    namespace: Name = Field(examples=["gateways"])
    """Namespace of the Gateway."""
    http_port: Port = 80
    """Port of the listeners for http, as for a Gateway of the shop's own."""
    https_port: Port = 443
    """Port of the listeners for https."""


class ExistingListeners(Section):
    """Listeners that a Gateway has already; it also holds the certificates."""

    mode: Literal["existing"]
    name: _GatewayName
    """Name of the Gateway; its listeners must admit routes of the shop's namespace."""
    namespace: Name = Field(examples=["gateways"])
    """Namespace of the Gateway."""
    http_section: DnsName | None = "http"
    """Name of its listener for http; `null` if it has none."""
    https_section: DnsName | None = "https"
    """Name of its listener for https; `null` if TLS ends in front of the Gateway."""


class IngressRoute(Section):
    """An Ingress, of any class."""

    kind: Literal["ingress"]
    class_name: _IngressClass
    """IngressClass of the cluster's controller."""
    controller_namespace: Name = Field(examples=["traefik"])
    """Namespace of the controller's pods; only they reach the web pods."""


class GatewayRoute(Section):
    """HTTPRoutes of the Gateway API."""

    kind: Literal["gateway"]
    parent: Annotated[OwnGateway | ListenerSet | ExistingListeners, Field(discriminator="mode")]
    """What the routes are attached to."""
    controller_namespace: Name = Field(examples=["envoy-gateway-system"])
    """Namespace of the Gateway's pods; only they reach the web pods. Pods that a controller runs
    in the shop's namespace, for a Gateway of its own, do so as well."""
    timeouts: bool = True
    """Whether routes say how long a request may take: many controllers give up after 15 seconds
    otherwise. Set it to false for one that refuses routes which say so."""


class LoadBalancerRoute(Section):
    """A Service of type LoadBalancer that leads to the terminator, `frontendCache.terminator`."""

    kind: Literal["load-balancer"]
    class_name: LabelKey | None = None
    """Class of the load balancer; default: the cluster's own."""
    annotations: dict[LabelKey, str] = Field(default_factory=dict)
    """What the provider wants to be told on the Service; default: nothing."""
    source_ranges: tuple[Cidr, ...] = ()
    """Networks that may reach it; default: everybody."""


class NoRoute(Section):
    """No way in is made: the shop's Services are routed by somebody else."""

    kind: Literal["none"]
    controller_namespace: Name = Field(examples=["traefik"])
    """Namespace of the pods that may reach the web pods."""


Route = Annotated[
    IngressRoute | GatewayRoute | LoadBalancerRoute | NoRoute, Field(discriminator="kind")
]
