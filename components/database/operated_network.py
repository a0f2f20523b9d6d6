"""Exceptions to the shop's default-deny for database servers run by mariadb-operator."""

from collections.abc import Sequence

import pulumi

from components.kit.metadata import ShopArgs
from components.kit.network_policies import (
    DATABASE_CLIENTS,
    addresses,
    from_peers,
    pods_in,
    pods_with,
    policy,
    to_peers,
)
from shop.constants import MARIADB_PORT
from stackfile.databases import OperatedMariaDb

_AGENT = 5555
"""Port of the agent beside each server, which carries out the operator's requests."""
_API_SERVER = (443, 6443)
"""Ports of the API server, behind its Service and in front of it."""


def server_labels(name: str) -> dict[str, str]:
    """Return the labels that the operator sets on a MariaDB's servers only."""
    return {"app.kubernetes.io/name": "mariadb", "app.kubernetes.io/instance": name}


def operated_policies(
    name: str,
    args: ShopArgs,
    server: OperatedMariaDb,
    ports: Sequence[int],
    opts: pulumi.ResourceOptions,
) -> None:
    """Allow clients, servers and operator to reach the servers, and the servers the API server.

    Between each other the servers use `ports` beside MariaDB's.
    Of the operator's jobs only the one that copies a server is a client.
    """
    labels = server_labels(name)
    servers = [pods_with(labels)]
    between = (MARIADB_PORT, *ports)
    operator = [pods_in(server.operator_namespace)]
    policy(
        name,
        args,
        labels,
        opts,
        ingress=[
            from_peers([pods_with(DATABASE_CLIENTS)], MARIADB_PORT),
            from_peers(servers, *between),
            from_peers(operator, MARIADB_PORT, _AGENT),
        ],
    )
    policy(
        f"{name}-servers",
        args,
        labels,
        opts,
        egress=[
            to_peers(servers, *between),
            # The agent reads the maximum replication lag from its MariaDB object.
            to_peers(addresses(server.api_server_cidrs), *_API_SERVER),
        ],
    )
    policy(
        f"{name}-clients", args, DATABASE_CLIENTS, opts, egress=[to_peers(servers, MARIADB_PORT)]
    )
