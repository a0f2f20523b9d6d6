"""Arguments of database servers that mariadb-operator runs."""

from collections.abc import Sequence
from typing import Literal, TypedDict

from components.database.own import OwnDatabaseArgs
from stackfile.values import Storage


class OperatedDatabaseArgs(OwnDatabaseArgs):
    """Arguments in both modes of the operator; `image` has a tag, in which it finds the version."""

    operator_image: str
    """Image of the operator, in the version that the cluster runs."""
    operator_namespace: str
    """Namespace of mariadb-operator's pods."""
    api_server: Sequence[str]
    """Networks of the cluster's API server, in CIDR notation."""
    replicas: int
    """Number of servers."""
    storage: Storage
    """Volume of each server."""
    spread: Literal["required", "preferred"]
    """Whether two servers may share a node."""
    copy_seconds: int
    """How long a server may take to start, including a full copy."""
    read_from_replicas: bool
    """Whether reads go to the replicas."""


class Rebuild(TypedDict):
    """When a replica is rebuilt, and the volume that the copy goes through."""

    storage: Storage
    """Volume with room for all data."""
    access_mode: str
    """ReadWriteMany where the two servers may be on different nodes."""
    after_minutes: int
    """How long a replica may fail to replicate before it is rebuilt."""


class ReplicatedDatabaseArgs(OperatedDatabaseArgs):
    """A primary and its replicas."""

    mode: Literal["replicated"]
    """Replication, with one primary."""
    max_lag_seconds: int
    """Lag above which a replica serves no reads and cannot become primary."""
    semi_sync_timeout_seconds: int
    """How long a commit waits for a replica's acknowledgement."""
    rebuild: Rebuild
    """When and how a replica is filled again."""


class GaleraDatabaseArgs(OperatedDatabaseArgs):
    """A Galera cluster."""

    mode: Literal["galera"]
    """A Galera cluster."""
