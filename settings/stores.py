"""Settings of what holds data: database, sessions, cache, media."""

from typing import Annotated, Literal

from pydantic import Field

from settings import sizing
from settings._base import Section
from settings.types import Certificate, Cidr, Line, Name, Port, StorageSize, bytes_of
from settings.web import Resources


class Storage(Section):
    """A volume to claim."""

    size: StorageSize
    """Kubernetes quantity such as `8Gi`; it can grow, never shrink."""
    storage_class: Name | None = None
    """Storage class; default: the cluster's default."""


MysqldKey = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class VolumeDatabase(Section):
    """A MariaDB of the shop's own, on one volume."""

    mode: Literal["volume"]
    storage: Storage
    """Volume of the data."""
    resources: Resources
    """From the preset; requested and limited memory are the same."""
    max_connections: Annotated[int, Field(ge=10, le=10000)]
    """Connections at most. From the preset; every php-fpm worker may hold one."""
    config: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], Line | int] = Field(
        default_factory=dict
    )
    """The customer's own lines for [mysqld], from a list of harmless ones."""

    @property
    def buffer_pool(self) -> int:
        """Bytes of InnoDB's buffer pool."""
        return sizing.buffer_pool(bytes_of(self.resources.limits.memory))


DatabaseHost = Annotated[str, Field(pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$")]
DatabaseName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{1,64}$")]


class Endpoint(Section):
    """An address of a database server."""

    host: DatabaseHost
    port: Port = 3306


class ExternalDatabase(Section):
    """A MySQL or MariaDB that somebody else runs."""

    mode: Literal["external"]
    host: DatabaseHost
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


class Sessions(Section):
    """The Valkey that holds sessions, and so carts."""

    resources: Resources
    """From the preset."""
    storage: Storage
    """Volume of the append-only file. From the preset."""

    @property
    def maxmemory(self) -> int:
        """Bytes of data."""
        return sizing.valkey_memory(bytes_of(self.resources.limits.memory), 60)


class CacheStore(Section):
    """The Valkey that holds the cache."""

    resources: Resources
    """From the preset."""

    @property
    def maxmemory(self) -> int:
        """Bytes of data."""
        return sizing.valkey_memory(bytes_of(self.resources.limits.memory), 80)


class Cache(Section):
    """Two Valkeys, apart: sessions must not be evicted by the cache."""

    sessions: Sessions
    cache: CacheStore


class Media(Section):
    """The volume with the media files."""

    storage: Storage
    """From the preset."""
    access_mode: Literal["ReadWriteMany", "ReadWriteOnce"] = "ReadWriteMany"
    """`ReadWriteOnce` is for a cluster of one node, in dev only."""
