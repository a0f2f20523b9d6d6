"""Exceptions to the shop's default-deny: allowed connections, by port."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi
import pulumi_kubernetes as k8s

from components.kit.metadata import ShopArgs, named
from components.kit.pods import match

PHP_PODS = {"openmage.org/runs": "php"}
"""Label of every pod that runs the shop's code: web, cron, release."""
DATABASE_CLIENTS = {"openmage.org/database": "client"}
"""Label of every pod that may connect to the database: the shop's code, and phpMyAdmin."""

Peer = k8s.networking.v1.NetworkPolicyPeerArgsDict
Ingress = k8s.networking.v1.NetworkPolicyIngressRuleArgsDict
Egress = k8s.networking.v1.NetworkPolicyEgressRuleArgsDict


class EgressRule(TypedDict):
    """A network outside of the cluster that pods may reach."""

    cidr: str
    """Addresses, in CIDR notation."""
    ports: Sequence[int]
    """TCP ports."""
    excluded: NotRequired[Sequence[str]]
    """Networks inside `cidr` that stay closed, in CIDR notation."""


def policy(  # noqa: PLR0913 (a policy has these parts)
    name: str,
    args: ShopArgs,
    pods: Mapping[str, str],
    opts: pulumi.ResourceOptions,
    *,
    ingress: Sequence[Ingress] | None = None,
    egress: Sequence[Egress] | None = None,
) -> None:
    """Open pods with these labels to what is listed; a direction of None is left to others."""
    spec: k8s.networking.v1.NetworkPolicySpecArgsDict = {"pod_selector": match(pods)}
    types: list[str] = []
    if ingress is not None:
        spec["ingress"] = ingress
        types.append("Ingress")
    if egress is not None:
        spec["egress"] = egress
        types.append("Egress")
    spec["policy_types"] = types
    k8s.networking.v1.NetworkPolicy(name, metadata=named(name, args), spec=spec, opts=opts)


def allow(  # noqa: PLR0913 (a connection has these parts)
    name: str,
    args: ShopArgs,
    port: int,
    opts: pulumi.ResourceOptions,
    *,
    pods: Mapping[str, str],
    clients: Mapping[str, str] = PHP_PODS,
) -> None:
    """Let clients reach one port of other pods of the shop: into those, and out of the clients."""
    policy(name, args, pods, opts, ingress=[from_peers([pods_with(clients)], port)])
    policy(f"{name}-clients", args, clients, opts, egress=[to_peers([pods_with(pods)], port)])


def outbound_policy(
    name: str,
    args: ShopArgs,
    rules: Sequence[EgressRule],
    opts: pulumi.ResourceOptions,
    clients: Mapping[str, str] = PHP_PODS,
) -> None:
    """Allow egress from the shop's code, or other pods, to networks outside the namespace."""
    policy(name, args, clients, opts, egress=[_to_network(rule) for rule in rules])


def from_peers(peers: Sequence[Peer], *ports: int) -> Ingress:
    """Return the rule that lets peers in, on TCP ports."""
    return {"from_": peers, "ports": _tcp(ports)}


def to_peers(peers: Sequence[Peer], *ports: int) -> Egress:
    """Return the rule that lets pods out to peers, on TCP ports."""
    return {"to": peers, "ports": _tcp(ports)}


def pods_with(labels: Mapping[str, str]) -> Peer:
    """Return the shop's pods with these labels as a peer."""
    return {"pod_selector": match(labels)}


def pods_in(namespace: str, labels: Mapping[str, str] | None = None) -> Peer:
    """Return the pods of a namespace as a peer: all, or those with these labels."""
    found: Peer = {"namespace_selector": match({"kubernetes.io/metadata.name": namespace})}
    return {**found, "pod_selector": match(labels)} if labels else found


def addresses(cidrs: Sequence[str]) -> list[Peer]:
    """Return networks in CIDR notation as peers."""
    return [{"ip_block": {"cidr": cidr}} for cidr in cidrs]


def _to_network(rule: EgressRule) -> Egress:
    block: k8s.networking.v1.IPBlockArgsDict = {"cidr": rule["cidr"]}
    if excluded := rule.get("excluded"):
        block["except_"] = excluded
    return to_peers([{"ip_block": block}], *rule["ports"])


def _tcp(ports: Sequence[int]) -> list[k8s.networking.v1.NetworkPolicyPortArgsDict]:
    return [{"protocol": "TCP", "port": port} for port in ports]
