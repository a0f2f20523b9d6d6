"""Exceptions to the shop's default-deny: who may talk to whom, on which port."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

import pulumi
import pulumi_kubernetes as k8s

from components._objects import ShopArgs, named, selector
from components._pods import match

PHP_PODS = {"openmage.org/runs": "php"}
"""Label of every pod that runs the shop's code, whatever starts it: web, cron, release."""


class EgressRule(TypedDict):
    """A network that the shop's code may reach."""

    cidr: str
    """Addresses, in CIDR notation."""
    ports: Sequence[int]
    """TCP ports."""
    excluded: NotRequired[Sequence[str]]
    """Addresses inside `cidr` that stay closed."""


def store_policies(name: str, args: ShopArgs, port: int, opts: pulumi.ResourceOptions) -> None:
    """Let the shop's code, and nothing else, reach a store of this shop on its one port."""
    ports: list[k8s.networking.v1.NetworkPolicyPortArgsDict] = [{"protocol": "TCP", "port": port}]
    k8s.networking.v1.NetworkPolicy(
        name,
        metadata=named(name, args),
        spec={
            "pod_selector": match(selector(name)),
            "policy_types": ["Ingress"],
            "ingress": [{"from_": [{"pod_selector": match(PHP_PODS)}], "ports": ports}],
        },
        opts=opts,
    )
    k8s.networking.v1.NetworkPolicy(
        f"{name}-clients",
        metadata=named(f"{name}-clients", args),
        spec={
            "pod_selector": match(PHP_PODS),
            "policy_types": ["Egress"],
            "egress": [{"to": [{"pod_selector": match(selector(name))}], "ports": ports}],
        },
        opts=opts,
    )


def outbound_policy(
    name: str, args: ShopArgs, rules: Sequence[EgressRule], opts: pulumi.ResourceOptions
) -> None:
    """Let the shop's code reach these networks outside of its namespace."""
    k8s.networking.v1.NetworkPolicy(
        name,
        metadata=named(name, args),
        spec={
            "pod_selector": match(PHP_PODS),
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


def allow_from_namespace(  # noqa: PLR0913 (a rule has these parts)
    name: str,
    args: ShopArgs,
    *,
    workload: str,
    namespace: str,
    port: int,
    opts: pulumi.ResourceOptions,
) -> None:
    """Let the pods of another namespace reach one port of a workload."""
    k8s.networking.v1.NetworkPolicy(
        name,
        metadata=named(name, args),
        spec={
            "pod_selector": match(selector(workload)),
            "policy_types": ["Ingress"],
            "ingress": [
                {
                    "from_": [
                        {"namespace_selector": match({"kubernetes.io/metadata.name": namespace})}
                    ],
                    "ports": [{"protocol": "TCP", "port": port}],
                }
            ],
        },
        opts=opts,
    )
