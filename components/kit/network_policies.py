"""Exceptions to the shop's default-deny: who may talk to whom, on which port."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi
import pulumi_kubernetes as k8s

from components.kit.metadata import ShopArgs, named, selector
from components.kit.pods import match

PHP_PODS = {"openmage.org/runs": "php"}
"""Label of every pod that runs the shop's code, whatever starts it: web, cron, release."""
DATABASE_CLIENTS = {"openmage.org/database": "client"}
"""Label of every pod that may reach the database: the shop's code, and phpMyAdmin."""


class EgressRule(TypedDict):
    """A network that the shop's code may reach."""

    cidr: str
    """Addresses, in CIDR notation."""
    ports: Sequence[int]
    """TCP ports."""
    excluded: NotRequired[Sequence[str]]
    """Addresses inside `cidr` that stay closed."""


def store_policies(
    name: str,
    args: ShopArgs,
    port: int,
    opts: pulumi.ResourceOptions,
    clients: Mapping[str, str] = PHP_PODS,
) -> None:
    """Let the pods that need a store of this shop, and nothing else, reach it on its one port."""
    _pair(name, args, (selector(name), clients), port, opts)


def allow_between(  # noqa: PLR0913 (a rule has these parts)
    name: str,
    args: ShopArgs,
    *,
    workload: str,
    client: str,
    port: int,
    opts: pulumi.ResourceOptions,
) -> None:
    """Let the pods of one workload reach one port of another of the shop's."""
    _pair(name, args, (selector(workload), selector(client)), port, opts)


def _pair(
    name: str,
    args: ShopArgs,
    pods: tuple[Mapping[str, str], Mapping[str, str]],
    port: int,
    opts: pulumi.ResourceOptions,
) -> None:
    """Open both ends: into the serving pods, and out of their clients."""
    serving, clients = pods
    ports: list[k8s.networking.v1.NetworkPolicyPortArgsDict] = [{"protocol": "TCP", "port": port}]
    k8s.networking.v1.NetworkPolicy(
        name,
        metadata=named(name, args),
        spec={
            "pod_selector": match(serving),
            "policy_types": ["Ingress"],
            "ingress": [{"from_": [{"pod_selector": match(clients)}], "ports": ports}],
        },
        opts=opts,
    )
    k8s.networking.v1.NetworkPolicy(
        f"{name}-clients",
        metadata=named(f"{name}-clients", args),
        spec={
            "pod_selector": match(clients),
            "policy_types": ["Egress"],
            "egress": [{"to": [{"pod_selector": match(serving)}], "ports": ports}],
        },
        opts=opts,
    )


def outbound_policy(
    name: str,
    args: ShopArgs,
    rules: Sequence[EgressRule],
    opts: pulumi.ResourceOptions,
    clients: Mapping[str, str] = PHP_PODS,
) -> None:
    """Let the shop's code, or other pods, reach these networks outside of its namespace."""
    k8s.networking.v1.NetworkPolicy(
        name,
        metadata=named(name, args),
        spec={
            "pod_selector": match(clients),
            "policy_types": ["Egress"],
            "egress": [_egress(rule) for rule in rules],
        },
        opts=opts,
    )


def _egress(rule: EgressRule) -> k8s.networking.v1.NetworkPolicyEgressRuleArgsDict:
    block: k8s.networking.v1.IPBlockArgsDict = {"cidr": rule["cidr"]}
    if excluded := rule.get("excluded"):
        block["except_"] = excluded
    return {
        "to": [{"ip_block": block}],
        "ports": [{"protocol": "TCP", "port": port} for port in rule["ports"]],
    }
