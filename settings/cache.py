"""Settings of what else holds data: sessions, cache, media."""

from typing import Annotated, Literal

from pydantic import Field

from settings import sizing
from stackfile.section import Section
from stackfile.types import Certificate, Cidr, Hostname, Line, Port, bytes_of
from stackfile.values import Placement, Resources, Storage


class OwnSessions(Section):
    """A Valkey of the shop's own that holds sessions, and so carts."""

    mode: Literal["own"]
    resources: Resources
    """From the preset."""
    storage: Storage
    """Volume of the append-only file. From the preset."""
    placement: Placement = Placement()

    @property
    def maxmemory(self) -> int:
        """Bytes of data."""
        return sizing.valkey_memory(bytes_of(self.resources.limits.memory), 60)


class OwnCache(Section):
    """A Valkey of the shop's own that holds the cache."""

    mode: Literal["own"]
    resources: Resources
    """From the preset."""
    placement: Placement = Placement()

    @property
    def maxmemory(self) -> int:
        """Bytes of data."""
        return sizing.valkey_memory(bytes_of(self.resources.limits.memory), 80)


class _Others(Section):
    database: Annotated[int, Field(ge=0, le=15)] = 0
    """Number of the database on the server."""
    username: Annotated[str, Field(pattern=r"^[!-~]{1,100}$")] | None = None
    """User that the password is of; default: the server's default one."""
    cidrs: Annotated[tuple[Cidr, ...], Field(min_length=1)]
    """Networks in which it is; nothing else is opened."""


class ExternalStore(_Others):
    """A Valkey or Redis that somebody else runs."""

    mode: Literal["external"]
    host: Hostname
    """Name or address of the server."""
    port: Port = 6379
    tls: bool = False
    """Whether the connection is encrypted and the server's certificate checked. Required in
    production."""
    ca: Certificate | None = None
    """Certificate authority of the server, PEM; default: those that the image `php` trusts."""


class Sentinel(Section):
    """An address of a Sentinel."""

    host: Hostname
    port: Port = 26379


class SentinelStore(_Others):
    """A Valkey or Redis of somebody else's, found by Sentinels. OpenMage cannot encrypt it."""

    mode: Literal["sentinel"]
    master: Line
    """Name that the Sentinels know the primary by."""
    sentinels: Annotated[tuple[Sentinel, ...], Field(min_length=1)]
    """Sentinels; three or more survive the loss of one. They ask for the same password, or for
    none."""
    port: Port = 6379
    """Port of the servers themselves."""


class Cache(Section):
    """Two stores, apart: sessions must not be evicted by the cache."""

    engine: Literal["valkey", "redis"] = "valkey"
    """What the image `images.valkey` holds: its programs are named after it. `redis` needs such
    an image there."""
    sessions: Annotated[OwnSessions | ExternalStore | SentinelStore, Field(discriminator="mode")]
    """Default: mode `own`. The secret `sessionsPassword` opens an external one."""
    cache: Annotated[OwnCache | ExternalStore, Field(discriminator="mode")]
    """Default: mode `own`. The secret `cachePassword` opens an external one."""
