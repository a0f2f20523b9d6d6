"""Settings of what else holds data: sessions and cache."""

from typing import Annotated, Literal

from pydantic import Field

from settings import sizing
from stackfile.section import Section
from stackfile.servers import RedisSentinels, RedisServer
from stackfile.types import bytes_of
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


class ExternalStore(RedisServer):
    """A Valkey or Redis that somebody else runs."""

    mode: Literal["external"]


class SentinelStore(RedisSentinels):
    """A Valkey or Redis of somebody else's, found by Sentinels. OpenMage cannot encrypt it."""

    mode: Literal["sentinel"]


class Cache(Section):
    """Two stores, apart: sessions must not be evicted by the cache."""

    engine: Literal["valkey", "redis"] = "valkey"
    """What the image `images.valkey` holds: its programs are named after it. `redis` needs such
    an image there."""
    sessions: Annotated[OwnSessions | ExternalStore | SentinelStore, Field(discriminator="mode")]
    """Default: mode `own`. The secret `sessionsPassword` opens an external one."""
    cache: Annotated[OwnCache | ExternalStore, Field(discriminator="mode")]
    """Default: mode `own`. The secret `cachePassword` opens an external one."""
