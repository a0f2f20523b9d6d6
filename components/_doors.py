"""Exceptions to the shop's default-deny for those who come from outside."""

from collections.abc import Mapping, Sequence
from typing import TypeGuard

import pulumi
import pulumi_kubernetes as k8s

from components._objects import ShopArgs, named, selector
from components._pods import match
from components._ways import Gateway, Way, name_of
from components._web_pod import HTTP_PORT

_EVERYBODY = ("0.0.0.0/0", "::/0")
SOLVERS = {"acme.cert-manager.io/http01-solver": "true"}
"""Label of the pods by which cert-manager answers a certificate authority."""
SOLVER_PORT = 8089
Peer = k8s.networking.v1.NetworkPolicyPeerArgsDict


def let_in(  # noqa: PLR0913 (a rule has these parts)
    name: str,
    args: ShopArgs,
    peers: Sequence[Peer],
    *,
    pods: Mapping[str, str],
    ports: Sequence[int],
    opts: pulumi.ResourceOptions,
) -> None:
    """Let these peers reach these ports of these pods."""
    k8s.networking.v1.NetworkPolicy(
        name,
        metadata=named(name, args),
        spec={
            "pod_selector": match(pods),
            "policy_types": ["Ingress"],
            "ingress": [{"from_": list(peers), "ports": _ports(ports)}],
        },
        opts=opts,
    )


def controllers(edge: str, ways: Sequence[Way]) -> list[Peer]:
    """Return the pods of the controllers that come to the shop's pods, each once."""
    namespaces = sorted(
        {way["controller_namespace"] for way in ways if "controller_namespace" in way}
    )
    peers: list[Peer] = [_namespace(namespace) for namespace in namespaces]
    own = (way for way in ways if has_pods(way))
    return [*peers, *({"pod_selector": match(_pods_of(edge, way))} for way in own)]


def networks(source_ranges: Sequence[str]) -> list[Peer]:
    """Return the networks that come directly, everybody if there are none."""
    return [{"ip_block": {"cidr": cidr}} for cidr in source_ranges or _EVERYBODY]


def gateway_policy(
    edge: str,
    args: ShopArgs,
    way: Gateway,
    workloads: Sequence[str],
    opts: pulumi.ResourceOptions,
) -> None:
    """Let a Gateway's pods work in the shop's namespace: visitors in; shop and controller out.

    Some controllers run the pods of a Gateway beside themselves, others beside the Gateway.
    """
    name = f"{name_of(edge, way)}-pods"
    reached = [(selector(workload), HTTP_PORT) for workload in workloads]
    reached.append((SOLVERS, SOLVER_PORT))
    k8s.networking.v1.NetworkPolicy(
        name,
        metadata=named(name, args),
        spec={
            "pod_selector": match(_pods_of(edge, way)),
            "policy_types": ["Ingress", "Egress"],
            "ingress": [{}],
            "egress": [
                {"to": [_namespace(way["controller_namespace"])]},
                *(
                    {"to": [{"pod_selector": match(pods)}], "ports": _ports([port])}
                    for pods, port in reached
                ),
            ],
        },
        opts=opts,
    )


def has_pods(way: Way) -> TypeGuard[Gateway]:
    """Return whether a controller may run pods in the shop's namespace."""
    return way["kind"] == "gateway" and way["parent"]["mode"] == "own"


def _pods_of(edge: str, way: Gateway) -> dict[str, str]:
    return {"gateway.networking.k8s.io/gateway-name": name_of(edge, way)}


def _namespace(name: str) -> Peer:
    return {"namespace_selector": match({"kubernetes.io/metadata.name": name})}


def _ports(ports: Sequence[int]) -> list[k8s.networking.v1.NetworkPolicyPortArgsDict]:
    return [{"protocol": "TCP", "port": port} for port in ports]
