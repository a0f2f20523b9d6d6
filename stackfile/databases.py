"""Database servers of a shop's own: on one volume, on a node's disk, or several with copies."""

from typing import Annotated, Literal

from pydantic import Field

from stackfile.needs import Prerequisites
from stackfile.networks import EVERYWHERE
from stackfile.report import Path
from stackfile.section import Section
from stackfile.types import Cidr, ForeignNamespace, Hostname, ImageReference, Line, bytes_of
from stackfile.values import Placement, Resources, Storage

MysqldKey = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", title="variable of MariaDB")]
AbsolutePath = Annotated[
    str,
    Field(
        pattern=r"^/[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)+$",
        title="absolute path",
        examples=["/srv/databases/acme"],
    ),
]

ANYWHERE = EVERYWHERE
"""Addresses allowed for the API server until they are configured."""
_COPIED_PER_SECOND = 50 * 2**20
"""Time that a slow volume needs."""
_POOL_CHUNK = 128 * 2**20
"""InnoDB rounds its buffer pool to multiples of this."""
_GIB = 2**30


class MariaDb(Section):
    """A MariaDB in the shop's namespace."""

    resources: Resources
    """From the preset; the memory request equals the memory limit."""
    max_connections: Annotated[int, Field(ge=10, le=10000)]
    """Maximum number of connections. From the preset; every worker may hold one."""
    config: dict[MysqldKey, Line | int] = Field(default_factory=dict)
    """Custom lines for [mysqld], from a list of safe ones."""
    placement: Placement = Placement()

    @property
    def buffer_pool(self) -> int:
        """Bytes of InnoDB's buffer pool: half of a small memory, up to 70 % of a large one."""
        memory = bytes_of(self.resources.limits.memory)
        percent = 50 if memory <= 2 * _GIB else 65 if memory <= 8 * _GIB else 70
        return max(memory * percent // 100 // _POOL_CHUNK, 1) * _POOL_CHUNK


class VolumeMariaDb(MariaDb):
    """One on a volume."""

    storage: Storage
    """Volume of the data."""


class NodeStorage(Storage):
    """A directory of a node as a volume."""

    def prerequisites(self, path: Path) -> Prerequisites:
        """Yield what the cluster must have: no class makes the volume."""
        del path
        yield from ()


class NodeLocalMariaDb(MariaDb):
    """One on the disk of a node."""

    node: Hostname
    """Node, by its label `kubernetes.io/hostname`; the database runs on this node only."""
    path: AbsolutePath
    """Directory on the node; it must exist and must not be shared with another shop."""
    storage: NodeStorage
    """Size of the volume; it is not enforced. No storage class is used."""


class OperatedMariaDb(MariaDb):
    """Several, run by mariadb-operator; it finds their version in the tag of their image."""

    replicas: int
    """Number of servers."""
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
    def copy_seconds(self) -> int:
        """How long a server may take to start, including a full copy from another one."""
        return max(600, bytes_of(self.storage.size) // _COPIED_PER_SECOND)


class ReplicatedMariaDb(OperatedMariaDb):
    """A primary and its replicas."""

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


class GaleraMariaDb(OperatedMariaDb):
    """A Galera cluster."""

    replicas: Annotated[int, Field(ge=3, le=9)] = 3
    """Number of servers; odd, so that there is always a majority."""
