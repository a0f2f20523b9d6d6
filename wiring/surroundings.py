"""What is around the shop: its namespace, its pods, its media volume."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network

from components import Tenant
from components._network import EgressRule
from components.media import MediaArgs
from components.tenant import TenantArgs
from settings import Settings
from settings.edge import GatewayRoute
from settings.types import network
from wiring._common import ShopPodArgs, of_shop, retention, storage

_PRIVATE_V4 = tuple(
    IPv4Network(cidr)
    for cidr in ("10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16")
)
_PRIVATE_V6 = tuple(IPv6Network(cidr) for cidr in ("fc00::/7", "fe80::/10"))
"""Addresses inside of data centres, cloud metadata among them."""


def tenant(settings: Settings) -> TenantArgs:
    """Return what the namespace is told."""
    cpu, memory, pods = settings.quota()
    balancers, node_ports = _doors(settings)
    return {
        "namespace": settings.namespace_name,
        "labels": settings.labels,
        "retention": retention(settings),
        "quota": {
            "cpu": f"{cpu}m",
            "memory": str(memory),
            "pods": pods,
            "load_balancers": balancers,
            "node_ports": node_ports,
        },
        "egress": [egress(rule.cidr, rule.ports) for rule in settings.network.egress],
    }


def _doors(settings: Settings) -> tuple[int, int]:
    """Return how many LoadBalancer Services the ways in need, and how many ports of nodes."""
    ways = [way for way in (settings.edge, settings.edge.moving_from) if way is not None]
    own = sum(isinstance(way, GatewayRoute) and way.parent.mode == "own" for way in ways)
    balancers = sum(way.kind == "load-balancer" for way in ways)
    # A Gateway's controller may put its Service beside it, with ports of its own.
    return own + balancers, 4 * own + 2 * balancers


def pods(settings: Settings, tenant: Tenant) -> ShopPodArgs:
    """Return what every pod is told."""
    return {
        **of_shop(settings, tenant),
        "service_account": tenant.service_account,
        "pull_secrets": settings.images.pull_secrets,
        # A component whose pods belong on certain nodes says so itself.
        "placement": {"node_selector": {}, "tolerations": [], "priority_class": None},
    }


def media(settings: Settings, tenant: Tenant) -> MediaArgs:
    """Return what the media volume is told."""
    return {
        **of_shop(settings, tenant),
        "storage": storage(settings.media.storage),
        "access_mode": settings.media.access_mode,
        "retention": retention(settings),
    }


def egress(cidr: str, ports: Sequence[int]) -> EgressRule:
    """Return a way out into a network, private ones inside of it left out."""
    allowed = network(cidr)
    if isinstance(allowed, IPv4Network):
        inside = [private for private in _PRIVATE_V4 if private.subnet_of(allowed)]
    else:
        inside = [private for private in _PRIVATE_V6 if private.subnet_of(allowed)]
    excluded = [str(private) for private in inside if private != allowed]
    return {"cidr": cidr, "ports": ports, "excluded": excluded}
