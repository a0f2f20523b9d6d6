"""Rules about sessions and cache."""

from collections.abc import Iterator
from typing import assert_never

from settings.cache import ExternalStore, OwnCache, OwnSessions, SentinelStore
from settings.model import Settings
from settings.needs import images
from stackfile.report import Violation
from stackfile.types import network

_ENGINES = {"valkey": "redis", "redis": "valkey"}
"""Each engine and its counterpart."""


def same_store(settings: Settings) -> Iterator[Violation]:
    """Refuse sessions and cache in the same database."""
    sessions, cache = settings.cache.sessions, settings.cache.cache
    if not isinstance(sessions, ExternalStore) or not isinstance(cache, ExternalStore):
        return
    if (sessions.host.lower(), sessions.port) != (cache.host.lower(), cache.port):
        return
    if sessions.database == cache.database:
        yield Violation(
            ("cache", "cache", "database"),
            "is also the sessions' database: flushing the cache would delete every cart",
            "use another server, or another database number",
        )
    elif settings.production:
        yield Violation(
            ("cache", "cache", "host"),
            "is also the sessions' server: a full cache would evict carts",
            "use another server; databases of one server share its memory",
        )


def engine(settings: Settings) -> Iterator[Violation]:
    """Refuse an image of the other engine: the pod's command would not exist."""
    if "valkey" not in images(settings):
        return
    chosen = settings.cache.engine
    repository = settings.images.valkey.partition("@")[0].rsplit("/", 1)[-1].partition(":")[0]
    if _ENGINES[chosen] in repository:
        yield Violation(
            ("images", "valkey"),
            f"is a {_ENGINES[chosen]} image, but cache.engine is {chosen}",
            f"name a {chosen} image, or set cache.engine to {_ENGINES[chosen]}",
        )


def encryption(settings: Settings) -> Iterator[Violation]:
    """Refuse passwords and carts in clear text, and a certificate authority without a use."""
    for name, store in (("sessions", settings.cache.sessions), ("cache", settings.cache.cache)):
        match store:
            case OwnSessions() | OwnCache():
                pass
            case ExternalStore():
                yield from _external(settings, name, store)
            case SentinelStore():
                yield from _sentinel(settings, store)
            case _:
                assert_never(store)


def _external(settings: Settings, name: str, store: ExternalStore) -> Iterator[Violation]:
    if settings.production and not store.tls:
        yield Violation(
            ("cache", name, "tls"),
            "the password would be sent in plaintext",
            "set it to true",
        )
    if store.ca is not None and not store.tls:
        yield Violation(
            ("cache", name, "ca"),
            "has no effect: the connection is not encrypted",
            f"set cache.{name}.tls to true, or remove it",
        )


def _sentinel(settings: Settings, store: SentinelStore) -> Iterator[Violation]:
    for index, cidr in enumerate(store.cidrs):
        if settings.production and network(cidr).is_global:
            yield Violation(
                ("cache", "sessions", "cidrs", index),
                "is a public network, and OpenMage cannot encrypt connections through Sentinel",
                "use servers in a private network, or mode external with tls",
            )
