"""Settings of ingress and egress."""

from typing import Annotated

from pydantic import Field

from settings.certificate import Tls
from stackfile.networks import INSIDE
from stackfile.routes import GatewayRoute, IngressRoute, LoadBalancerRoute, NoRoute, Route
from stackfile.section import Section
from stackfile.types import Cidr


class _Front(Section):
    trusted_proxies: tuple[Cidr, ...] = INSIDE
    """Networks whose X-Forwarded-For is trusted: those of the controller's pods."""
    tls: Tls
    moving_from: Route | None = None
    """The former edge, kept next to the new one until no visitor uses it; default: none."""


class IngressEdge(_Front, IngressRoute):
    """An Ingress, of any class."""


class GatewayEdge(_Front, GatewayRoute):
    """HTTPRoutes of the Gateway API."""


class LoadBalancerEdge(_Front, LoadBalancerRoute):
    """A Service of type LoadBalancer that leads to the terminator, `frontendCache.terminator`."""


class NoEdge(_Front, NoRoute):
    """No route is made: something else routes to the shop's Services."""


Edge = Annotated[IngressEdge | GatewayEdge | LoadBalancerEdge | NoEdge, Field(discriminator="kind")]
