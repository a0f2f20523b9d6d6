"""The MariaDB object's spec: a primary with replicas, or a Galera cluster."""

from collections.abc import Mapping
from typing import TypedDict

import pulumi

from components.database.operated_args import GaleraDatabaseArgs, ReplicatedDatabaseArgs
from components.database.operated_pod import Spec, beside, operated_pod
from components.kit.containers import container_resources
from stackfile.values import Storage

_REPLICATION: Mapping[str, str | int] = {
    # By default MariaDB keeps binary logs until the volume is full. A replica that was away for
    # longer than this is rebuilt from a backup.
    "binlog_expire_logs_seconds": 3 * 86400,
    "max_binlog_size": "128M",
    # A primary without connected replicas, as after a failover, does not wait for any.
    "rpl_semi_sync_master_wait_no_slave": "OFF",
}


class ServerSecrets(TypedDict):
    """Names of the Secrets that servers and operator read."""

    passwords: pulumi.Input[str]
    """With the keys root-password and replication-password."""
    agent: pulumi.Input[str]
    """With the key password only: it is mounted as a whole."""


def mariadb_spec(
    name: str,
    args: ReplicatedDatabaseArgs | GaleraDatabaseArgs,
    secrets: ServerSecrets,
    rebuilt: Spec,
) -> Spec:
    """Return the spec of the MariaDB object; `rebuilt` says how replicas are rebuilt."""
    if args["mode"] == "replicated":
        key, topology = "replication", _replication(args, secrets, rebuilt)
        pod = operated_pod(name, args, _REPLICATION)
    else:
        key, topology = "galera", _galera(args)
        pod = operated_pod(name, args, {})
    return {
        **pod,
        "replicas": args["replicas"],
        "rootPasswordSecretKeyRef": _key(secrets["passwords"], "root-password"),
        "storage": _storage(args["storage"]),
        # Between the servers, and for the agents' password.
        "tls": {"enabled": True, "required": False, "galeraSSTEnabled": args["mode"] == "galera"},
        "podDisruptionBudget": {"maxUnavailable": 1},
        # Agents are not updated until the settings name another image.
        "updateStrategy": {"type": "ReplicasFirstPrimaryLast", "autoUpdateDataPlane": False},
        "inheritMetadata": {"labels": {**args["labels"], "app.kubernetes.io/part-of": "openmage"}},
        key: {
            **topology,
            "enabled": True,
            "initContainer": beside(args),
            "agent": {**beside(args), "basicAuth": _agent_password(secrets)},
        },
    }


def _replication(args: ReplicatedDatabaseArgs, secrets: ServerSecrets, rebuilt: Spec) -> Spec:
    return {
        "gtidStrictMode": True,
        "semiSyncEnabled": True,
        "semiSyncAckTimeout": f"{args['semi_sync_timeout_seconds']}s",
        # An order becomes visible only when it is on two servers.
        "semiSyncWaitPoint": "AfterSync",
        "syncBinlog": 1,
        # No delay: the readiness probe has already waited.
        "primary": {"autoFailover": True, "autoFailoverDelay": "0s"},
        "replica": {
            **rebuilt,
            # With MariaDB's default, a failover waits a minute for a disconnected replica.
            "connectionRetrySeconds": 1,
            "maxLagSeconds": args["max_lag_seconds"],
            "replPasswordSecretKeyRef": _key(secrets["passwords"], "replication-password"),
        },
    }


def _galera(args: GaleraDatabaseArgs) -> Spec:
    wait = f"{args['copy_seconds']}s"
    jobs = {"resources": container_resources(args["resources"], "1Gi")}
    return {
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
