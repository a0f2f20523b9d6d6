"""The ways in: settings on one side, arguments on the other."""

from components._ways import ExistingListeners as ExistingListenersArgs
from components._ways import Gateway, Ingress, SharedGateway, Way
from components._ways import OwnGateway as OwnGatewayArgs
from settings import Settings
from settings.edge import (
    ExistingListeners,
    GatewayRoute,
    IngressRoute,
    ListenerSet,
    LoadBalancerRoute,
    NoRoute,
    OwnGateway,
)
from settings.extras import VarnishCache


def terminates(settings: Settings) -> bool:
    """Return whether TLS ends in the shop's own pods."""
    front = settings.frontend_cache
    return isinstance(front, VarnishCache) and front.terminator


def as_way(way: IngressRoute | GatewayRoute | LoadBalancerRoute | NoRoute) -> Way:
    """Return a way in as the components know it."""
    if isinstance(way, IngressRoute | GatewayRoute):
        return as_controlled(way)
    if isinstance(way, LoadBalancerRoute):
        return {
            "kind": "load-balancer",
            "class_name": way.class_name,
            "annotations": way.annotations,
            "source_ranges": way.source_ranges,
        }
    return {"kind": "none", "controller_namespace": way.controller_namespace}


def as_controlled(way: IngressRoute | GatewayRoute) -> Ingress | Gateway:
    """Return a way in that a controller serves."""
    if isinstance(way, IngressRoute):
        return {
            "kind": "ingress",
            "class_name": way.class_name,
            "controller_namespace": way.controller_namespace,
        }
    return {
        "kind": "gateway",
        "parent": _parent(way.parent),
        "controller_namespace": way.controller_namespace,
        "timeouts": way.timeouts,
    }


def _parent(
    parent: OwnGateway | ListenerSet | ExistingListeners,
) -> OwnGatewayArgs | SharedGateway | ExistingListenersArgs:
    if isinstance(parent, OwnGateway):
        return {
            "mode": "own",
            "class_name": parent.class_name,
            "http_port": parent.http_port,
            "https_port": parent.https_port,
            "annotations": parent.annotations,
        }
    if isinstance(parent, ListenerSet):
        return {
            "mode": "listener-set",
            "name": parent.name,
            "namespace": parent.namespace,
            "http_port": parent.http_port,
            "https_port": parent.https_port,
        }
    return {
        "mode": "existing",
        "name": parent.name,
        "namespace": parent.namespace,
        "http_section": parent.http_section,
        "https_section": parent.https_section,
    }
