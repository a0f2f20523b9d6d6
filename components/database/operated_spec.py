"""The MariaDB object's spec: a primary with replicas, or a Galera cluster."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypedDict

import pulumi

from components.database.operated_pod import Spec, beside, operated_pod
from components.database.own import OwnDatabaseArgs
from components.kit.containers import container_resources
from stackfile.databases import GaleraMariaDb, OperatedMariaDb, ReplicatedMariaDb
from stackfile.values import Storage

_REPLICATION: Mapping[str, str | int] = {
    # By default MariaDB keeps binary logs until the volume is full. A replica that was away for
    # longer than this is rebuilt from a backup.
    "binlog_expire_logs_seconds": 3 * 86400,
    "max_binlog_size": "128M",
    # A primary without connected replicas, as after a failover, does not wait for any.
    "rpl_semi_sync_master_wait_no_slave": "OFF",
}
_GALERA = (4444, 4567, 4568)
"""Galera's ports: full state transfer, group communication, incremental state transfer."""


class Topology(NamedTuple):
    """How the servers keep each other's data."""

    field: str
    """Field of the MariaDB object that describes it."""
    spec: Spec
    """What is in that field, without what all topologies have in it."""
    lines: Mapping[str, str | int]
    """Lines for [mysqld]."""
    ports: Sequence[int]
    """Ports that the servers use between each other beside MariaDB's."""
    encrypts_transfers: bool
    """Whether full state transfers exist, which TLS has to be switched on for."""


class ServerSecrets(TypedDict):
    """Names of the Secrets that servers and operator read."""

    passwords: pulumi.Input[str]
    """With the keys root-password and replication-password."""
    agent: pulumi.Input[str]
    """With the key password only: it is mounted as a whole."""


def mariadb_spec(
    name: str,
    args: OwnDatabaseArgs,
    server: OperatedMariaDb,
    topology: Topology,
    secrets: ServerSecrets,
) -> Spec:
    """Return the spec of the MariaDB object."""
    return {
        **operated_pod(name, args, server, topology.lines),
        "replicas": server.replicas,
        "rootPasswordSecretKeyRef": _key(secrets["passwords"], "root-password"),
        "storage": _storage(server.storage),
        # Between the servers, and for the agents' password.
        "tls": {
            "enabled": True,
            "required": False,
            "galeraSSTEnabled": topology.encrypts_transfers,
        },
        "podDisruptionBudget": {"maxUnavailable": 1},
        # Agents are not updated until the settings name another image.
        "updateStrategy": {"type": "ReplicasFirstPrimaryLast", "autoUpdateDataPlane": False},
        "inheritMetadata": {"labels": {**args["labels"], "app.kubernetes.io/part-of": "openmage"}},
        topology.field: {
            **topology.spec,
            "enabled": True,
            "initContainer": beside(server),
            "agent": {**beside(server), "basicAuth": _agent_password(secrets)},
        },
    }


def replication(name: str, server: ReplicatedMariaDb, rebuilt: Spec) -> Topology:
    """Return a primary with replicas; `rebuilt` says how they are filled again."""
    spec: Spec = {
        "gtidStrictMode": True,
        "semiSyncEnabled": True,
        "semiSyncAckTimeout": f"{server.semi_sync_timeout_seconds}s",
        # An order becomes visible only when it is on two servers.
        "semiSyncWaitPoint": "AfterSync",
        "syncBinlog": 1,
        # No delay: the readiness probe has already waited.
        "primary": {"autoFailover": True, "autoFailoverDelay": "0s"},
        "replica": {
            **rebuilt,
            # With MariaDB's default, a failover waits a minute for a disconnected replica.
            "connectionRetrySeconds": 1,
            "maxLagSeconds": server.max_lag_seconds,
            "replPasswordSecretKeyRef": _key(f"{name}-passwords", "replication-password"),
        },
    }
    return Topology("replication", spec, _REPLICATION, (), encrypts_transfers=False)


def galera(server: GaleraMariaDb) -> Topology:
    """Return a Galera cluster."""
    wait = f"{server.copy_seconds}s"
    jobs = {"resources": container_resources(server.resources, "1Gi")}
    spec: Spec = {
        "primary": {"autoFailover": True},
        "sst": "mariabackup",
        # The last server of three keeps serving while it is the donor.
        "availableWhenDonor": True,
        "config": {"reuseStorageVolume": True},
        "initJob": jobs,
        "recovery": {
            "enabled": True,
            # A stricter probe would restart healthy servers while others are down.
            "minClusterSize": 1,
            "clusterBootstrapTimeout": wait,
            "podRecoveryTimeout": wait,
            "podSyncTimeout": wait,
            "job": jobs,
        },
    }
    return Topology("galera", spec, {}, _GALERA, encrypts_transfers=True)


def _agent_password(secrets: ServerSecrets) -> Spec:
    # The alternative, the operator's token, needs a cluster-wide role per database, which
    # the operator leaves behind.
    return {
        "enabled": True,
        "username": "mariadb-operator",
        "passwordSecretKeyRef": _key(secrets["agent"], "password"),
    }


def _storage(storage: Storage) -> Spec:
    found: Spec = {
        "size": storage.size,
        "pvcRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
    }
    if storage.storage_class is not None:
        found["storageClassName"] = storage.storage_class
    return found


def _key(secret: pulumi.Input[str], key: str) -> Spec:
    return {"name": secret, "key": key, "generate": False}
