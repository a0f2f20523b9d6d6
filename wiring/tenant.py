"""Arguments of the namespace, and who may be reached from it."""

from collections.abc import Iterator, Sequence

from components.kit.network_policies import EgressRule, addresses, pods_in
from components.tenant import Resolver, TenantArgs
from settings import Settings
from settings.load import Secrets
from settings.needs import quota
from settings.tenant import Dns
from stackfile.networks import private_in
from stackfile.types import network
from wiring.common import retention


def args(settings: Settings, secrets: Secrets) -> TenantArgs:
    """Return the arguments of the namespace."""
    cpu, memory, pods = quota(settings)
    routes = (route for route in (settings.edge, settings.edge.moving_from) if route is not None)
    balancers = [route.load_balancers for route in routes]
    return {
        "namespace": settings.namespace_name,
        "labels": settings.labels,
        "create": settings.create_namespace,
        "registries": secrets.registry_credentials,
        "retention": retention(settings),
        "quota": {
            "cpu": f"{cpu}m",
            "memory": str(memory),
            "pods": pods,
            "load_balancers": sum(services for services, _ in balancers),
            "node_ports": sum(ports for _, ports in balancers),
        },
        "dns": list(_resolvers(settings.network.dns)),
        "egress": [egress_to(rule.cidr, rule.ports) for rule in settings.network.egress],
    }


def _resolvers(dns: Dns) -> Iterator[Resolver]:
    for pods in dns.peers:
        yield {"peers": [pods_in(pods.namespace, pods.labels)], "ports": pods.ports}
    if dns.cidrs:
        yield {"peers": addresses(dns.cidrs), "ports": dns.ports}


def egress_to(cidr: str, ports: Sequence[int]) -> EgressRule:
    """Return egress to a network, excluding private networks inside it."""
    return {"cidr": cidr, "ports": ports, "excluded": private_in(network(cidr))}
