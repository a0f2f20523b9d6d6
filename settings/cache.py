"""Settings of what else holds data: sessions and cache."""

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from stackfile.needs import SecretUse
from stackfile.report import Path, Violation
from stackfile.section import Section
from stackfile.servers import OwnRedis, PersistentRedis, RedisSentinels, RedisServer
from stackfile.values import Container


class _Own(OwnRedis):
    images: ClassVar = ("valkey",)

    def containers(self, path: Path) -> Iterator[Container]:
        """Yield the containers that the store runs."""
        yield Container((*path, "resources"), self.resources, 1)

    def secret_uses(self, key: str) -> Iterator[SecretUse]:
        """Yield what becomes of the store's password: one that is not given is generated."""
        yield SecretUse(key)


class OwnSessions(_Own, PersistentRedis):
    """A Valkey in the shop's namespace for sessions, and so for carts."""

    mode: Literal["own"]

    def record(self) -> dict[str, str]:
        """Return what the next update has to know."""
        return self.storage.record()

    def refused_changes(self, before: Mapping[str, str]) -> Iterator[Violation]:
        """Yield every change since that record that must not be made in place."""
        # Sessions may come back from a server elsewhere: nothing is recorded then.
        if before:
            yield from self.storage.refused_changes(("cache", "sessions", "storage"), before)


class OwnCache(_Own):
    """A Valkey in the shop's namespace for the cache."""

    mode: Literal["own"]


class _External:
    images: ClassVar = ()

    def containers(self, path: Path) -> Iterator[Container]:
        """Yield the containers that the store runs: none."""
        del path
        yield from ()

    def secret_uses(self, key: str) -> Iterator[SecretUse]:
        """Yield what becomes of the store's password."""
        store = key.removesuffix("Password")
        yield SecretUse(key, required=f"the {store} store is external: supply its password")

    def record(self) -> dict[str, str]:
        """Return what the next update has to know: nothing."""
        return {}

    def refused_changes(self, before: Mapping[str, str]) -> Iterator[Violation]:
        """Yield every change that must not be made in place: sessions may move out."""
        del before
        yield from ()


class ExternalStore(RedisServer, _External):
    """An external Valkey or Redis."""

    mode: Literal["external"]


class SentinelStore(RedisSentinels, _External):
    """An external Valkey or Redis, found through Sentinel. OpenMage cannot encrypt it."""

    mode: Literal["sentinel"]


class Cache(Section):
    """Two separate stores, so that the cache cannot evict sessions."""

    engine: Literal["valkey", "redis"] = "valkey"
    """Engine in the image `images.valkey`; its programs are named after it. `redis` needs a Redis
    image there."""
    sessions: Annotated[OwnSessions | ExternalStore | SentinelStore, Field(discriminator="mode")]
    """Default: mode `own`. `sessionsPassword` is the password of an external one."""
    cache: Annotated[OwnCache | ExternalStore, Field(discriminator="mode")]
    """Default: mode `own`. `cachePassword` is the password of an external one."""
