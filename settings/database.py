"""Settings of the database, by mode.

Each mode answers for itself: `images` that it runs; `data_secrets`, the secrets without which its
data is lost; `converted_engines`, the storage engines that its servers do not hold alike;
`may_take_over`, whether it may hold data that was copied from another mode.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from settings import sizing
from stackfile.needs import Api, Prerequisites, SecretUse
from stackfile.networks import EVERYWHERE
from stackfile.report import Path, Violation
from stackfile.section import Section
from stackfile.servers import SqlServer
from stackfile.types import Cidr, ForeignNamespace, Hostname, ImageReference, Line, bytes_of
from stackfile.values import Container, Placement, Resources, Storage

MysqldKey = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", title="variable of MariaDB")]
Mode = Literal["node-local", "volume", "replicated", "galera", "external"]

Record = Mapping[str, Any]
"""What an update has recorded of the database."""

DATABASE_API = "k8s.mariadb.com/v1alpha1"
ELSEWHERE = "bring up another stack and restore a backup there"
MARIADB_VERSIONS = ("10.11", "11.4", "11.8", "12.3")
"""MariaDB's long-term support versions maintained in 2026, oldest first."""
ANYWHERE = EVERYWHERE
"""Addresses allowed for the API server until they are configured."""
_COPIED_PER_SECOND = 50 * sizing.MIB
"""Time that a slow volume needs."""


class _OwnDatabase(Section):
    resources: Resources
    """From the preset; the memory request equals the memory limit."""
    max_connections: Annotated[int, Field(ge=10, le=10000)]
    """Maximum number of connections. From the preset; every worker may hold one."""
    config: dict[MysqldKey, Line | int] = Field(default_factory=dict)
    """Custom lines for [mysqld], from a list of safe ones."""
    password_changed: bool = False
    """Set it after changing the password in the database; otherwise a password other than the
    original one is refused. Remove it after the update."""
    placement: Placement = Placement()

    images: ClassVar = ("mariadb",)
    data_secrets: ClassVar = ("databasePassword", "databaseRootPassword")
    converted_engines: ClassVar[tuple[str, ...]] = ()
    may_take_over: ClassVar = False
    copied_from: ClassVar = None

    @property
    def buffer_pool(self) -> int:
        """Bytes of InnoDB's buffer pool."""
        return sizing.buffer_pool(bytes_of(self.resources.limits.memory))

    def secret_uses(self) -> Iterator[SecretUse]:
        """Yield what becomes of the database's secrets: what is not given is generated."""
        for key in self.data_secrets:
            yield SecretUse(key)


class _SingleServer(_OwnDatabase):
    reads_elsewhere: ClassVar = False

    def containers(self, path: Path) -> Iterator[Container]:
        """Yield the containers that the database runs."""
        yield Container((*path, "resources"), self.resources, 1)


class VolumeDatabase(_SingleServer):
    """A MariaDB in the shop's namespace, on one volume."""

    mode: Literal["volume"]
    storage: Storage
    """Volume of the data."""

    def record(self, version: str) -> dict[str, str]:
        """Return what the next update has to know; `version` is MariaDB's."""
        return {"mode": self.mode, "version": version, **self.storage.record()}

    def refused_changes(self, before: Record, now: Record) -> Iterator[Violation]:
        """Yield every change to what is recorded that must not be made in place."""
        yield from _older(before, now)
        yield from self.storage.refused_changes(("database", "storage"), before)


AbsolutePath = Annotated[
    str,
    Field(
        pattern=r"^/[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)+$",
        title="absolute path",
        examples=["/srv/databases/acme"],
    ),
]


class NodeStorage(Storage):
    """A directory of a node as a volume."""

    def prerequisites(self, path: Path) -> Prerequisites:
        """Yield what the cluster must have: no class makes the volume."""
        del path
        yield from ()


class NodeLocalDatabase(_SingleServer):
    """A MariaDB in the shop's namespace, on the disk of one node."""

    mode: Literal["node-local"]
    node: Hostname
    """Node, by its label `kubernetes.io/hostname`; the database runs on this node only."""
    path: AbsolutePath
    """Directory on the node; it must exist and must not be shared with another shop."""
    storage: NodeStorage
    """Size of the volume; it is not enforced. No storage class is used."""
    accept_loss_of_node: bool
    """Must be true: the shop is down while the node is, and the data is lost with its disk."""

    def record(self, version: str) -> dict[str, str]:
        """Return what the next update has to know; `version` is MariaDB's."""
        place = {"node": self.node, "path": self.path}
        return {"mode": self.mode, "version": version, **self.storage.record(), **place}

    def refused_changes(self, before: Record, now: Record) -> Iterator[Violation]:
        """Yield every change to what is recorded that must not be made in place."""
        yield from _older(before, now)
        for path, key in ((("node",), "node"), (("path",), "path"), (("storage", "size"), "size")):
            if now[key] != before[key]:
                yield Violation(
                    ("database", *path),
                    "a node-local volume cannot change, and its data does not move",
                    f"write {before[key]}, or {ELSEWHERE}",
                )


class _Operated(_OwnDatabase):
    storage: Storage
    """Volume of each server."""
    operator_namespace: ForeignNamespace = "mariadb-operator"
    """Namespace of mariadb-operator's pods, which may connect to the servers."""
    operator_image: ImageReference = "ghcr.io/mariadb-operator/mariadb-operator:26.6.0"
    """Image of mariadb-operator, in the version that the cluster runs: it also runs next to each
    server, as an agent."""
    api_server_cidrs: Annotated[tuple[Cidr, ...], Field(min_length=1)] = ANYWHERE
    """Addresses of the API server, which the agents query; default: any, on 443 and 6443.
    Required in production."""
    read_from_replicas: bool = False
    """Whether OpenMage reads from the replicas. It then sees its own writes late."""
    spread: Literal["required", "preferred"] = "required"
    """Whether two servers never share a node; `preferred` is for single-node clusters in dev."""

    @property
    def reads_elsewhere(self) -> bool:
        """Whether reads go to another server than writes."""
        return self.read_from_replicas

    def prerequisites(self, path: Path) -> Prerequisites:
        """Yield what the cluster must have."""
        yield Api((*path, "mode"), DATABASE_API, "databaseOperator")

    @property
    def copy_seconds(self) -> int:
        """How long a server may take to start, including a full copy from another one."""
        return max(600, bytes_of(self.storage.size) // _COPIED_PER_SECOND)

    def refused_changes(self, before: Record, now: Record) -> Iterator[Violation]:
        """Yield every change to what is recorded that must not be made in place."""
        yield from _older(before, now)
        yield from _skipped(before, now)
        yield from self.storage.refused_changes(("database", "storage"), before)


class ReplicatedDatabase(_Operated):
    """A MariaDB primary and its replicas, run by mariadb-operator."""

    # A restarted replica has empty MEMORY tables, and its replication stops at the first
    # row that the primary deletes from one.
    converted_engines: ClassVar = ("MyISAM", "MEMORY")

    mode: Literal["replicated"]
    replicas: Annotated[int, Field(ge=2, le=9)] = 3
    """Number of servers, including the primary."""
    max_lag_seconds: Annotated[int, Field(ge=1, le=3600)] = 10
    """Lag above which a replica serves no reads and cannot become primary."""
    semi_sync_timeout_seconds: Annotated[int, Field(ge=1, le=60)] = 5
    """How long a commit waits for a replica's acknowledgement. After that the primary
    acknowledges commits alone until a replica has caught up."""
    rebuild_storage: Storage | None = None
    """Volume through which a replica that lost its data is rebuilt from another server; pods on all
    nodes must be able to mount it. Default: as large as `storage`, of the class of
    `media.storage`."""
    rebuild_after_minutes: Annotated[int, Field(ge=1, le=10080)] = 60
    """How long a replica may fail to replicate before its data is discarded and rebuilt: time to
    investigate, because without the primary it may be the only copy of the last orders. One that
    has fallen too far behind to catch up is rebuilt at once."""

    def containers(self, path: Path) -> Iterator[Container]:
        """Yield the containers that the database runs."""
        # The operator's own containers and jobs briefly need about as much again.
        yield Container((*path, "resources"), self.resources, self.replicas + 1)

    def record(self, version: str) -> dict[str, str]:
        """Return what the next update has to know; `version` is MariaDB's."""
        return {"mode": self.mode, "version": version, **self.storage.record()}


class GaleraDatabase(_Operated):
    """A Galera cluster run by mariadb-operator; OpenMage writes to one of its servers."""

    # MEMORY tables exist on the writer only, which is sufficient: an indexer fills
    # them, reads them and is done. As InnoDB all of it would go to every server.
    converted_engines: ClassVar = ("MyISAM",)

    mode: Literal["galera"]
    replicas: Annotated[int, Field(ge=3, le=9)] = 3
    """Number of servers; odd, so that there is always a majority."""

    def containers(self, path: Path) -> Iterator[Container]:
        """Yield the containers that the database runs."""
        # The operator's own containers and jobs briefly need about as much again.
        yield Container((*path, "resources"), self.resources, self.replicas + 1)

    def record(self, version: str) -> dict[str, str]:
        """Return what the next update has to know; `version` is MariaDB's."""
        return {"mode": self.mode, "version": version, **self.storage.record()}


class ExternalDatabase(SqlServer):
    """An external MySQL or MariaDB."""

    mode: Literal["external"]
    max_connections: Annotated[int, Field(ge=10, le=100000)] = 150
    """Connection limit of the server for this shop."""
    copied_from: Mode | None = None
    """Mode of the database that the data was copied from. Without it a change of mode, host
    or name is refused, because the shop would be reinstalled. Remove it after the update."""

    images: ClassVar = ()
    data_secrets: ClassVar = ("databasePassword",)
    converted_engines: ClassVar = ()
    password_changed: ClassVar = True
    may_take_over: ClassVar = True

    @property
    def reads_elsewhere(self) -> bool:
        """Whether reads go to another server than writes."""
        return self.read is not None

    def containers(self, path: Path) -> Iterator[Container]:
        """Yield the containers that the database runs: none."""
        del path
        yield from ()

    def secret_uses(self) -> Iterator[SecretUse]:
        """Yield what becomes of the database's secrets."""
        reason = "database.mode is external"
        yield SecretUse("databasePassword", required=f"{reason}: supply its password")
        yield SecretUse("databaseRootPassword", unread=reason)

    def record(self, version: str) -> dict[str, str]:
        """Return what the next update has to know; an external server's version is not recorded."""
        del version
        return {"mode": self.mode, "host": self.host, "name": self.name}

    def refused_changes(self, before: Record, now: Record) -> Iterator[Violation]:
        """Yield every change to what is recorded that must not be made in place."""
        if self.copied_from == "external":
            return
        for key in ("host", "name"):
            if now[key] != before[key]:
                yield Violation(
                    ("database", key),
                    f"the data is in {before['name']} at {before['host']}: in an empty database the"
                    " shop would be reinstalled",
                    f"write {before[key]}; if the data was copied, add copiedFrom: external",
                )


Database = Annotated[
    VolumeDatabase | NodeLocalDatabase | ReplicatedDatabase | GaleraDatabase | ExternalDatabase,
    Field(discriminator="mode"),
]


def _older(before: Record, now: Record) -> Iterator[Violation]:
    if _steps(before, now) < 0:
        yield Violation(
            ("images", "mariadb"),
            f"is older than {before['version']}, which has converted the data: it cannot read it",
            f"use {before['version']} or newer; to go back, {ELSEWHERE}",
        )


def _skipped(before: Record, now: Record) -> Iterator[Violation]:
    steps = _steps(before, now)
    if steps > 1:
        old = before["version"]
        yield Violation(
            ("images", "mariadb"),
            f"skips a long-term version after {old}: during a rolling upgrade old and"
            " new servers must be able to replicate",
            f"use {MARIADB_VERSIONS[MARIADB_VERSIONS.index(old) + 1]} first",
        )


def _steps(before: Record, now: Record) -> int:
    """Return how many long-term versions newer MariaDB is; 0 where one is not known."""
    versions = before["version"], now["version"]
    if not {*versions} <= {*MARIADB_VERSIONS}:
        return 0
    old, new = map(MARIADB_VERSIONS.index, versions)
    return new - old
