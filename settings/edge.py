"""Settings of the way in and the way out."""

from typing import Annotated

from pydantic import Field

from settings.certificate import Tls
from stackfile.routes import GatewayRoute, IngressRoute, LoadBalancerRoute, NoRoute, Route
from stackfile.section import Section
from stackfile.types import Cidr


class _Front(Section):
    trusted_proxies: tuple[Cidr, ...] = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
    """Networks whose X-Forwarded-For names the client: the controller's pods."""
    tls: Tls
    moving_from: Route | None = None
    """The former way in, kept beside the new one until no visitor comes by it; default: none."""


class IngressEdge(_Front, IngressRoute):
    """An Ingress, of any class."""


class GatewayEdge(_Front, GatewayRoute):
    """HTTPRoutes of the Gateway API."""


class LoadBalancerEdge(_Front, LoadBalancerRoute):
    """A Service of type LoadBalancer that leads to the terminator, `frontendCache.terminator`."""


class NoEdge(_Front, NoRoute):
    """No way in is made: the shop's Services are routed by somebody else."""


Edge = Annotated[IngressEdge | GatewayEdge | LoadBalancerEdge | NoEdge, Field(discriminator="kind")]
