"""Exceptions to the shop's default-deny for database servers that mariadb-operator runs."""

from collections.abc import Sequence
from typing import TypedDict

import pulumi
import pulumi_kubernetes as k8s

from components.kit.metadata import ShopArgs, named
from components.kit.network_policies import DATABASE_CLIENTS
from components.kit.pods import match
from shop.constants import MARIADB_PORT

_AGENT = 5555
"""Port of the agent beside each server, which does what the operator tells it."""
_GALERA = (4444, 4567, 4568)
"""A whole copy, the cluster itself, the missing part of a copy."""
_API_SERVER = (443, 6443)
"""Ports that clusters serve their API on, behind their Service as well as in front of it."""


class Neighbours(TypedDict):
    """Who talks to the servers, and to whom they talk, besides the shop."""

    operator_namespace: str
    """Namespace of mariadb-operator's pods."""
    api_server: Sequence[str]
    """Networks of the API server, in CIDR notation."""
    galera: bool
    """Whether the servers are a Galera cluster."""


def server_labels(name: str) -> dict[str, str]:
    """Return the labels that the operator gives to the servers of a MariaDB, to them only."""
    return {"app.kubernetes.io/name": "mariadb", "app.kubernetes.io/instance": name}


def operated_policies(
    name: str, args: ShopArgs, neighbours: Neighbours, opts: pulumi.ResourceOptions
) -> None:
    """Let clients, servers and operator reach the servers, and the servers reach the API server.

    Of the operator's jobs the one that copies a server is a client; the others work on a volume.
    """
    selected = match(server_labels(name))
    servers: list[k8s.networking.v1.NetworkPolicyPeerArgsDict] = [{"pod_selector": selected}]
    between = (MARIADB_PORT, *_GALERA) if neighbours["galera"] else (MARIADB_PORT,)
    operator = {"kubernetes.io/metadata.name": neighbours["operator_namespace"]}
    _policy(
        name,
        args,
        {
            "pod_selector": selected,
            "policy_types": ["Ingress"],
            "ingress": [
                {
                    "from_": [{"pod_selector": match(DATABASE_CLIENTS)}],
                    "ports": _ports(MARIADB_PORT),
                },
                {"from_": servers, "ports": _ports(*between)},
                {
                    "from_": [{"namespace_selector": match(operator)}],
                    "ports": _ports(MARIADB_PORT, _AGENT),
                },
            ],
        },
        opts,
    )
    api_server: list[k8s.networking.v1.NetworkPolicyPeerArgsDict] = [
        {"ip_block": {"cidr": cidr}} for cidr in neighbours["api_server"]
    ]
    _policy(
        f"{name}-servers",
        args,
        {
            "pod_selector": selected,
            "policy_types": ["Egress"],
            "egress": [
                {"to": servers, "ports": _ports(*between)},
                # The agent reads its MariaDB object: how far a replica may lag behind.
                {"to": api_server, "ports": _ports(*_API_SERVER)},
            ],
        },
        opts,
    )
    _policy(
        f"{name}-clients",
        args,
        {
            "pod_selector": match(DATABASE_CLIENTS),
            "policy_types": ["Egress"],
            "egress": [{"to": servers, "ports": _ports(MARIADB_PORT)}],
        },
        opts,
    )


def _policy(
    name: str,
    args: ShopArgs,
    spec: k8s.networking.v1.NetworkPolicySpecArgsDict,
    opts: pulumi.ResourceOptions,
) -> None:
    k8s.networking.v1.NetworkPolicy(name, metadata=named(name, args), spec=spec, opts=opts)


def _ports(*ports: int) -> list[k8s.networking.v1.NetworkPolicyPortArgsDict]:
    return [{"protocol": "TCP", "port": port} for port in ports]
