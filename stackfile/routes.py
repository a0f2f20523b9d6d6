"""Routes to Services: by Ingress, by Gateway API, by a load balancer, or made by others.

Each kind answers for itself: `holds_certificate`, whether it terminates TLS with a certificate of
the stack's own; `load_balancers`, how many Services of type LoadBalancer it may need in the stack's
namespace, and how many node ports; `target`, what tells it from other routes.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from stackfile.needs import Api, Named, Prerequisites
from stackfile.report import Path
from stackfile.section import Section
from stackfile.types import Cidr, DnsName, ForeignNamespace, LabelKey, Name, Port

GATEWAY_API = "gateway.networking.k8s.io/v1"

_IngressClass = Annotated[DnsName, Field(max_length=50, examples=["traefik"])]
"""Class of a controller; it becomes part of object names."""


_GatewayClass = Annotated[Name, Field(max_length=50, examples=["envoy"])]
"""The same, without dots: controllers name a Service after the Gateway."""


_GatewayName = Annotated[DnsName, Field(max_length=128, examples=["public"])]
"""Name of an existing Gateway; it becomes part of the names of its routes."""


class _Route(Section):
    holds_certificate: ClassVar[bool] = True
    load_balancers: ClassVar[tuple[int, int]] = (0, 0)


class _SharedGateway(_Route):
    name: _GatewayName
    namespace: ForeignNamespace = Field(examples=["gateways"])
    """Namespace of the Gateway."""

    def prerequisites(self, path: Path) -> Prerequisites:
        """Yield what the cluster must have."""
        where = f"/apis/{GATEWAY_API}/namespaces/{self.namespace}/gateways"
        needed = (self.name, self.namespace, "gateway.shared")
        yield Named((*path, "name"), "Gateway", where, *needed)


class OwnGateway(_Route):
    """A dedicated Gateway in the shop's namespace."""

    # A controller may put its Service beside the Gateway, with ports of its own.
    load_balancers: ClassVar = (1, 4)

    mode: Literal["own"]
    class_name: _GatewayClass
    """GatewayClass of the cluster."""
    http_port: Port = 80
    """Port of the http listener. A controller whose listener ports differ from its Service's
    ports, such as Traefik, needs its own port here, for example 8000."""
    https_port: Port = 443
    """Port of the listener for https."""
    annotations: Annotated[dict[LabelKey, str], Field(max_length=16)] = Field(default_factory=dict)
    """Annotations for the load balancer that the controller creates; default: none."""

    @property
    def target(self) -> tuple[str, ...]:
        """What tells it from other parents."""
        return self.mode, self.class_name

    def prerequisites(self, path: Path) -> Prerequisites:
        """Yield what the cluster must have."""
        where = f"/apis/{GATEWAY_API}/gatewayclasses"
        yield Named((*path, "className"), "GatewayClass", where, self.class_name, part="gateway")


class ListenerSet(_SharedGateway):
    """A ListenerSet in the shop's namespace, attached to a shared Gateway."""

    mode: Literal["listener-set"]
    name: _GatewayName
    """Name of the Gateway; its `allowedListeners` must admit the shop's namespace."""
    http_port: Port = 80
    """Port of the http listeners, as for a dedicated Gateway."""
    https_port: Port = 443
    """Port of the listeners for https."""

    @property
    def target(self) -> tuple[str, ...]:
        """What tells it from other parents."""
        return self.mode, self.namespace, self.name

    def prerequisites(self, path: Path) -> Prerequisites:
        """Yield what the cluster must have."""
        yield Api((*path, "mode"), GATEWAY_API, "gateway", "ListenerSet")
        yield from super().prerequisites(path)


class ExistingListeners(_SharedGateway):
    """Existing listeners of a Gateway, which also has the certificates."""

    holds_certificate: ClassVar = False

    mode: Literal["existing"]
    name: _GatewayName
    """Name of the Gateway; its listeners must admit routes from the shop's namespace."""
    http_section: DnsName | None = "http"
    """Name of its http listener; `null` if it has none."""
    https_section: DnsName | None = "https"
    """Name of its https listener; `null` if TLS is terminated in front of the Gateway."""

    @property
    def target(self) -> tuple[str, ...]:
        """What tells it from other parents."""
        return self.mode, self.namespace, self.name


class IngressRoute(_Route):
    """An Ingress, of any class."""

    kind: Literal["ingress"]
    class_name: _IngressClass
    """IngressClass of the cluster's controller."""
    controller_namespace: ForeignNamespace = Field(examples=["traefik"])
    """Namespace of the controller's pods; only they can reach the web pods."""

    @property
    def target(self) -> tuple[str, ...]:
        """What tells it from other routes."""
        return self.kind, self.class_name

    def prerequisites(self, path: Path) -> Prerequisites:
        """Yield what the cluster must have."""
        where = "/apis/networking.k8s.io/v1/ingressclasses"
        yield Named((*path, "className"), "IngressClass", where, self.class_name, part="gateway")


class GatewayRoute(Section):
    """HTTPRoutes of the Gateway API."""

    kind: Literal["gateway"]
    parent: Annotated[OwnGateway | ListenerSet | ExistingListeners, Field(discriminator="mode")]
    """Gateway or ListenerSet that the routes attach to."""
    controller_namespace: ForeignNamespace = Field(examples=["envoy-gateway-system"])
    """Namespace of the Gateway's pods; only they can reach the web pods, apart from pods that a
    controller runs in the shop's namespace for a dedicated Gateway."""
    timeouts: bool = True
    """Whether routes set a request timeout: many controllers give up after 15 seconds
    otherwise. Set it to false for controllers that refuse routes with timeouts."""

    @property
    def target(self) -> tuple[str, ...]:
        """What tells it from other routes."""
        return self.parent.target

    @property
    def holds_certificate(self) -> bool:
        """Whether it terminates TLS with a certificate of the shop's own."""
        return self.parent.holds_certificate

    @property
    def load_balancers(self) -> tuple[int, int]:
        """Services of type LoadBalancer in the shop's namespace, and node ports."""
        return self.parent.load_balancers

    def prerequisites(self, path: Path) -> Prerequisites:
        """Yield what the cluster must have."""
        yield Api((*path, "kind"), GATEWAY_API, "gateway")


class LoadBalancerRoute(_Route):
    """A Service of type LoadBalancer that leads to the terminator, `frontendCache.terminator`."""

    holds_certificate: ClassVar = False
    load_balancers: ClassVar = (1, 2)

    kind: Literal["load-balancer"]
    class_name: LabelKey | None = None
    """Class of the load balancer; default: the cluster's default."""
    annotations: dict[LabelKey, str] = Field(default_factory=dict)
    """Annotations of the Service, as required by the provider; default: none."""
    source_ranges: tuple[Cidr, ...] = ()
    """Networks that may reach it; default: all."""

    @property
    def target(self) -> tuple[str, ...]:
        """What tells it from other routes: a shop has one load balancer."""
        return (self.kind,)


class NoRoute(_Route):
    """No route is made: something else routes to the shop's Services."""

    holds_certificate: ClassVar = False

    kind: Literal["none"]
    controller_namespace: ForeignNamespace = Field(examples=["traefik"])
    """Namespace of the pods that may reach the web pods; nothing else can."""

    @property
    def target(self) -> tuple[str, ...]:
        """What tells it from other routes."""
        return self.kind, self.controller_namespace


Route = Annotated[
    IngressRoute | GatewayRoute | LoadBalancerRoute | NoRoute, Field(discriminator="kind")
]
