"""Arguments of the namespace, and who may be reached from it."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network

from components.kit.network_policies import EgressRule
from components.tenant import TenantArgs
from settings import Settings
from stackfile.routes import GatewayRoute
from stackfile.types import network
from wiring.common import retention

_PRIVATE_V4 = tuple(
    IPv4Network(cidr)
    for cidr in ("10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16")
)
_PRIVATE_V6 = tuple(IPv6Network(cidr) for cidr in ("fc00::/7", "fe80::/10"))
"""Addresses inside of data centres, cloud metadata among them."""


def args(settings: Settings) -> TenantArgs:
    """Return the arguments of the namespace."""
    cpu, memory, pods = settings.quota()
    balancers, node_ports = _load_balancers(settings)
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


def _load_balancers(settings: Settings) -> tuple[int, int]:
    """Return how many LoadBalancer Services the ways in need, and how many ports of nodes."""
    ways = [way for way in (settings.edge, settings.edge.moving_from) if way is not None]
    own = sum(isinstance(way, GatewayRoute) and way.parent.mode == "own" for way in ways)
    balancers = sum(way.kind == "load-balancer" for way in ways)
    # A Gateway's controller may put its Service beside it, with ports of its own.
    return own + balancers, 4 * own + 2 * balancers


def egress(cidr: str, ports: Sequence[int]) -> EgressRule:
    """Return a way out into a network, private ones inside of it left out."""
    allowed = network(cidr)
    if isinstance(allowed, IPv4Network):
        inside = [private for private in _PRIVATE_V4 if private.subnet_of(allowed)]
    else:
        inside = [private for private in _PRIVATE_V6 if private.subnet_of(allowed)]
    excluded = [str(private) for private in inside if private != allowed]
    return {"cidr": cidr, "ports": ports, "excluded": excluded}
