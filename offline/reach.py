"""Who may reach whom on which port, as the rendered network policies say it."""

# Manifests have no type here; Kubernetes' own schemas check them in the tests.
# pyright: reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from itertools import product
from typing import Any

from components.database.operated_network import server_labels
from components.edge.network_policies import SOLVERS
from offline.graph import Graph, masked

_WORKLOADS = ("Deployment", "StatefulSet", "Job", "CronJob")
_NAMESPACE = "kubernetes.io/metadata.name"
_USUAL = (22, 25, 53, 80, 443, 3306, 6379, 6443, 8080, 10250)
"""Ports that are asked for although no policy may name them."""
_OUTSIDE = {
    "internet": ("9.9.9.9", "2620:fe::fe"),
    "private networks": ("10.200.0.7", "172.20.0.7", "192.168.200.7", "fd00:200::7"),
    "metadata service": ("169.254.169.254", "fd00:ec2::254"),
    "node": ("10.250.0.7", "fd00:250::7"),
    "API server": ("10.96.0.1", "fd00:96::1"),
}
DNS = ("kube-system", {"k8s-app": "kube-dns"})
Port = tuple[str, int]
"""A protocol and a number."""
Matrix = dict[str, dict[str, tuple[str, ...]]]
"""Ports by source and destination, such as `53/udp` and `443`; nothing where all are closed."""


@dataclass(frozen=True)
class End:
    """A pod, or an address outside of the cluster's pods."""

    address: str
    namespace: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Reach:
    """A shop's namespace with its policies, its pods, and other endpoints."""

    namespace: str
    policies: Sequence[Mapping[str, Any]]
    pods: Mapping[str, End]
    """Pods of the shop, by name of their workload; those that operators start among them."""
    others: Mapping[str, Sequence[End]]
    """Endpoints that are not pods of the shop, by name, each in the forms that it may take."""
    ports: Sequence[Port]
    """What is asked for."""

    def matrix(self) -> Matrix:
        """Return what is open between each two of whom at least one is a pod of the shop."""
        own = {name: (pod,) for name, pod in self.pods.items()}
        endpoints: dict[str, Sequence[End]] = {**own, **self.others}
        found: Matrix = {}
        for source, destination in product(endpoints, endpoints):
            if source in own or destination in own:
                pairs = list(product(endpoints[source], endpoints[destination]))
                ports = tuple(_named(port) for port in self.ports if self._any(pairs, port))
                if ports:
                    found.setdefault(source, {})[destination] = ports
        return found

    def is_open(self, source: End, destination: End, port: Port) -> bool:
        """Return whether policies let a packet out of its source and into its destination."""
        out = self._lets("Egress", source, destination, port)
        return out and self._lets("Ingress", destination, source, port)

    def _any(self, pairs: Iterable[tuple[End, End]], port: Port) -> bool:
        return any(self.is_open(source, end, port) for source, end in pairs)

    def _lets(self, direction: str, own: End, peer: End, port: Port) -> bool:
        if own.namespace != self.namespace:
            return True
        chosen = [
            policy
            for policy in self.policies
            if direction in policy["policyTypes"] and _selects(policy["podSelector"], own.labels)
        ]
        key = {"Egress": "to", "Ingress": "from"}[direction]
        rules = [rule for policy in chosen for rule in policy.get(direction.lower()) or []]
        return not chosen or any(
            _is_port(rule.get("ports"), port)
            and (not rule.get(key) or any(self._is_peer(each, peer) for each in rule[key]))
            for rule in rules
        )

    def _is_peer(self, peer: Mapping[str, Any], end: End) -> bool:
        if block := peer.get("ipBlock"):
            address = ip_address(end.address)
            within = [ip_network(each) for each in (block["cidr"], *block.get("except", []))]
            return address in within[0] and not any(address in each for each in within[1:])
        if end.namespace is None:
            return False
        spaces = peer.get("namespaceSelector", {"matchLabels": {_NAMESPACE: self.namespace}})
        there = _selects(spaces, {_NAMESPACE: end.namespace})
        return there and _selects(peer.get("podSelector", {}), end.labels)


def reach(graph: Graph) -> Reach:
    """Return the reach of a rendered shop."""
    policies = [_plain(each)["spec"] for each in graph.of("NetworkPolicy")]
    namespace = _plain(graph.of("NetworkPolicy")[0])["metadata"]["namespace"]
    labels = dict(_pods(graph))
    pods = {
        name: End(f"10.244.0.{number}", namespace, each)
        for number, (name, each) in enumerate(sorted(labels.items()), 10)
    }
    return Reach(namespace, policies, pods, dict(_others(policies, pods)), _ports(policies))


def text(found: Reach) -> str:
    """Return the matrix as lines: who, and below it whom they reach at which ports."""
    matrix = found.matrix()
    own = [matrix.get(name, {}) for name in found.pods]
    common = {
        end: ports
        for end, ports in own[0].items()
        if all(set(ports) <= set(each.get(end, ())) for each in own)
    }
    rows = {"every pod of the shop": common, **matrix}
    lines = ["Who may reach whom (a node always reaches its own pods, for probes):"]
    for source, ends in rows.items():
        without = common if source in found.pods else {}
        shown = {end: ports for end, ports in ends.items() if without.get(end) != ports}
        lines += [f"  {source}"] if shown else []
        lines += [f"    {end:24} {' '.join(ports)}" for end, ports in shown.items()]
    return "\n".join(lines)


def _pods(graph: Graph) -> Iterator[tuple[str, Mapping[str, str]]]:
    for resource in graph:
        if resource.kind in _WORKLOADS:
            spec = _plain(resource)["spec"]
            spec = spec["jobTemplate"]["spec"] if resource.kind == "CronJob" else spec
            yield resource.name, spec["template"]["metadata"]["labels"]
        elif resource.kind == "MariaDB":
            yield "database servers", server_labels(resource.name)
        elif resource.kind == "PhysicalBackup":
            yield "database copy", _plain(resource)["spec"]["podMetadata"]["labels"]
        elif resource.kind == "Issuer":
            yield "certificate solver", SOLVERS
        elif resource.kind == "Gateway":
            name = _plain(resource)["metadata"]["name"]
            yield "gateway", {"gateway.networking.k8s.io/gateway-name": name}


def _others(
    policies: Sequence[Mapping[str, Any]], pods: Mapping[str, End]
) -> Iterator[tuple[str, Sequence[End]]]:
    yield "stranger", [End("10.244.1.1", "elsewhere")]
    yield "another shop", [End("10.244.1.2", "another-shop", pod.labels) for pod in pods.values()]
    for space in sorted(set(_spaces(policies))):
        yield f"pods in {space}", [End("10.244.1.3", space, {"app.kubernetes.io/name": "any"})]
    yield "cluster DNS", [End("10.244.1.4", *DNS)]
    yield "DNS on the node", [End("169.254.20.10"), End("169.254.25.10")]
    for name, addresses in _OUTSIDE.items():
        yield name, [End(address) for address in addresses]
    for cidr in sorted(set(_networks(policies))):
        yield cidr, [End(str(ip_network(cidr)[0]))]


def _spaces(policies: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the namespaces whose pods come in."""
    for peer in _peers(policies, "ingress", "from"):
        if "namespaceSelector" in peer:
            yield peer["namespaceSelector"]["matchLabels"][_NAMESPACE]


def _networks(policies: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the networks that the settings name, but for those of name servers."""
    for peer in _peers(policies, "ingress", "from"):
        if ip_network(peer.get("ipBlock", {}).get("cidr", "0.0.0.0/0")).prefixlen:
            yield peer["ipBlock"]["cidr"]
    for policy in policies:
        for rule in policy.get("egress") or []:
            if not any(each.get("protocol") == "UDP" for each in rule.get("ports", [])):
                blocks = [peer["ipBlock"]["cidr"] for peer in rule["to"] if "ipBlock" in peer]
                yield from (cidr for cidr in blocks if ip_network(cidr).prefixlen)


def _peers(
    policies: Sequence[Mapping[str, Any]], direction: str, key: str
) -> Iterator[Mapping[str, Any]]:
    for policy in policies:
        for rule in policy.get(direction) or []:
            yield from rule.get(key, [])


def _ports(policies: Sequence[Mapping[str, Any]]) -> list[Port]:
    rules = [r for p in policies for key in ("ingress", "egress") for r in p.get(key) or []]
    named = {(e.get("protocol", "TCP"), e["port"]) for rule in rules for e in rule.get("ports", [])}
    return sorted({*named, *(("TCP", port) for port in _USUAL), ("UDP", 53)}, key=lambda e: e[::-1])


def _selects(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    if unknown := set(selector) - {"matchLabels"}:
        raise NotImplementedError(unknown)
    return selector.get("matchLabels", {}).items() <= labels.items()


def _is_port(ports: Sequence[Mapping[str, Any]] | None, port: Port) -> bool:
    return not ports or any((each.get("protocol", "TCP"), each["port"]) == port for each in ports)


def _named(port: Port) -> str:
    protocol, number = port
    return str(number) if protocol == "TCP" else f"{number}/{protocol.lower()}"


def _plain(resource: Any) -> Any:
    return masked(resource.inputs)
