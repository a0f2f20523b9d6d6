"""Settings of the database, by mode."""

from typing import Annotated, Literal

from pydantic import Field

from settings import sizing
from stackfile.section import Section
from stackfile.types import Certificate, Cidr, Hostname, ImageReference, Line, Name, Port, bytes_of
from stackfile.values import Placement, Resources, Storage

MysqldKey = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", title="variable of MariaDB")]
DatabaseName = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$", title="letters, digits, `_` and `-`, 64 at most")
]
Mode = Literal["node-local", "volume", "replicated", "galera", "external"]

MARIADB_VERSIONS = ("10.11", "11.4", "11.8", "12.3")
"""MariaDB's long-term versions that are maintained in 2026, in their order."""
ANYWHERE = ("0.0.0.0/0",)
"""Where the API server is, as long as nobody has said it."""
_COPIED_PER_SECOND = 50 * sizing.MIB
"""What a slow volume takes."""


class _OwnDatabase(Section):
    resources: Resources
    """From the preset; requested and limited memory are the same."""
    max_connections: Annotated[int, Field(ge=10, le=10000)]
    """Connections at most. From the preset; every worker may hold one."""
    config: dict[MysqldKey, Line | int] = Field(default_factory=dict)
    """The customer's own lines for [mysqld], from a list of harmless ones."""
    password_changed: bool = False
    """Whether somebody has given the database the new password; without it another one than the
    data was made with is refused. To be removed after the update."""
    placement: Placement = Placement()

    @property
    def buffer_pool(self) -> int:
        """Bytes of InnoDB's buffer pool."""
        return sizing.buffer_pool(bytes_of(self.resources.limits.memory))

    @property
    def reads_elsewhere(self) -> bool:
        """Whether reads go to another server than writes."""
        return False


class VolumeDatabase(_OwnDatabase):
    """A MariaDB of the shop's own, on one volume."""

    mode: Literal["volume"]
    storage: Storage
    """Volume of the data."""


AbsolutePath = Annotated[
    str,
    Field(
        pattern=r"^/[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)+$",
        title="absolute path",
        examples=["/srv/databases/acme"],
    ),
]


class NodeLocalDatabase(_OwnDatabase):
    """A MariaDB of the shop's own, on the disk of one node."""

    mode: Literal["node-local"]
    node: Hostname
    """Node, by its label `kubernetes.io/hostname`; the database runs nowhere else."""
    path: AbsolutePath
    """Directory on the node; it must exist, and belongs to this shop alone."""
    storage: Storage
    """Size of the volume; nothing enforces it. No storage class is used."""
    accept_loss_of_node: bool
    """Must be true: the shop is down while the node is, and its data is lost with the disk."""


class _Operated(_OwnDatabase):
    storage: Storage
    """Volume of each server."""
    operator_namespace: Name = "mariadb-operator"
    """Namespace of mariadb-operator's pods, which reach the servers."""
    operator_image: ImageReference = "ghcr.io/mariadb-operator/mariadb-operator:26.6.0"
    """Image of the cluster's mariadb-operator, in the same version: it also runs beside each
    server, as an agent."""
    api_server_cidrs: Annotated[tuple[Cidr, ...], Field(min_length=1)] = ANYWHERE
    """Addresses of the cluster's API server, which the agents ask; default: any, on 443 and 6443.
    Production wants them named."""
    read_from_replicas: bool = False
    """Whether OpenMage reads from the other servers. It then reads its own writes late."""
    spread: Literal["required", "preferred"] = "required"
    """Whether two servers never share a node; `preferred` is for a cluster of one node, in dev."""

    @property
    def reads_elsewhere(self) -> bool:
        """Whether reads go to another server than writes."""
        return self.read_from_replicas

    @property
    def copy_seconds(self) -> int:
        """How long a server may take to start: to copy a full volume from another one."""
        return max(600, bytes_of(self.storage.size) // _COPIED_PER_SECOND)


class ReplicatedDatabase(_Operated):
    """One MariaDB that is written to and others that follow it, by mariadb-operator."""

    mode: Literal["replicated"]
    replicas: Annotated[int, Field(ge=2, le=9)] = 3
    """Number of servers, the primary among them."""
    max_lag_seconds: Annotated[int, Field(ge=1, le=3600)] = 10
    """Lag at which a replica serves no reads and cannot become primary."""
    semi_sync_timeout_seconds: Annotated[int, Field(ge=1, le=60)] = 5
    """How long a commit waits for an acknowledgement, while replicas are connected. After that it
    is confirmed without one, until a replica has caught up."""
    rebuild_storage: Storage | None = None
    """Volume through which a replica that has lost its data is filled from another one; pods on all
    nodes must be able to mount it. Default: as large as `storage`, of the class of
    `media.storage`."""
    rebuild_after_minutes: Annotated[int, Field(ge=1, le=10080)] = 60
    """How long a replica may fail to follow before its data is thrown away and copied anew. Time to
    look at it: with the primary gone it may be the only one that has the last orders. One that
    has missed too much to catch up is not waited for."""


class GaleraDatabase(_Operated):
    """MariaDB servers that all have every commit, by mariadb-operator; one is written to."""

    mode: Literal["galera"]
    replicas: Annotated[int, Field(ge=3, le=9)] = 3
    """Number of servers; an odd one, so that a majority decides."""


class Endpoint(Section):
    """An address of a database server."""

    host: Hostname
    port: Port = 3306


class ExternalDatabase(Section):
    """A MySQL or MariaDB that somebody else runs."""

    mode: Literal["external"]
    host: Hostname
    """Name or address of the server."""
    port: Port = 3306
    name: DatabaseName = "openmage"
    """Database; it must exist."""
    username: DatabaseName = "openmage"
    """User with all rights on the database; its password is `openmage:databasePassword`."""
    cidrs: Annotated[tuple[Cidr, ...], Field(min_length=1)]
    """Networks in which the server is; nothing else is opened."""
    ca: Certificate | None = None
    """Certificate authority of the server, PEM; default: no TLS. Required in production."""
    read: Endpoint | None = None
    """Replica for reads; default: none. OpenMage then reads its own writes late."""
    max_connections: Annotated[int, Field(ge=10, le=100000)] = 150
    """Connections that the server grants to this shop."""
    copied_from: Mode | None = None
    """Mode that the data was in before it was copied to this server. Without it another mode, host
    or name is refused, as the shop would be installed anew. To be removed afterwards."""

    @property
    def reads_elsewhere(self) -> bool:
        """Whether reads go to another server than writes."""
        return self.read is not None


Database = Annotated[
    VolumeDatabase | NodeLocalDatabase | ReplicatedDatabase | GaleraDatabase | ExternalDatabase,
    Field(discriminator="mode"),
]
