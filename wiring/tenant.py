"""Arguments of the namespace, and who may be reached from it."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network

from components.kit.network_policies import EgressRule
from components.tenant import TenantArgs
from settings import Settings
from settings.needs import quota
from stackfile.types import network
from wiring.common import retention

_PRIVATE_V4 = tuple(
    IPv4Network(cidr)
    for cidr in ("10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16")
)
_PRIVATE_V6 = tuple(IPv6Network(cidr) for cidr in ("fc00::/7", "fe80::/10"))
"""Private and link-local networks, including cloud metadata services."""


def args(settings: Settings) -> TenantArgs:
    """Return the arguments of the namespace."""
    cpu, memory, pods = quota(settings)
    routes = (route for route in (settings.edge, settings.edge.moving_from) if route is not None)
    balancers = [route.load_balancers for route in routes]
    return {
        "namespace": settings.namespace_name,
        "labels": settings.labels,
        "retention": retention(settings),
        "quota": {
            "cpu": f"{cpu}m",
            "memory": str(memory),
            "pods": pods,
            "load_balancers": sum(services for services, _ in balancers),
            "node_ports": sum(ports for _, ports in balancers),
        },
        "egress": [egress_to(rule.cidr, rule.ports) for rule in settings.network.egress],
    }


def egress_to(cidr: str, ports: Sequence[int]) -> EgressRule:
    """Return egress to a network, excluding private networks inside it."""
    allowed = network(cidr)
    if isinstance(allowed, IPv4Network):
        inside = [private for private in _PRIVATE_V4 if private.subnet_of(allowed)]
    else:
        inside = [private for private in _PRIVATE_V6 if private.subnet_of(allowed)]
    excluded = [str(private) for private in inside if private != allowed]
    return {"cidr": cidr, "ports": ports, "excluded": excluded}
