"""Rules about sessions and cache."""

from collections.abc import Iterator
from typing import assert_never

from settings.cache import ExternalStore, OwnCache, OwnSessions, SentinelStore
from settings.model import Settings
from settings.needs import images
from stackfile.report import Violation
from stackfile.types import network

_ENGINES = {"valkey": "redis", "redis": "valkey"}
"""Each engine, and the other one."""


def same_store(settings: Settings) -> Iterator[Violation]:
    """Refuse sessions and cache in the same place."""
    sessions, cache = settings.cache.sessions, settings.cache.cache
    if not isinstance(sessions, ExternalStore) or not isinstance(cache, ExternalStore):
        return
    if (sessions.host.lower(), sessions.port) != (cache.host.lower(), cache.port):
        return
    if sessions.database == cache.database:
        yield Violation(
            ("cache", "cache", "database"),
            "is the same database as the sessions': emptying the cache would empty every cart",
            "use another server, or at least another database number",
        )
    elif settings.production:
        yield Violation(
            ("cache", "cache", "host"),
            "is the sessions' server: when the cache fills it, carts are evicted",
            "use another server; databases of one server share its memory",
        )


def engine(settings: Settings) -> Iterator[Violation]:
    """Refuse an image of the other engine: the pod would not find its program."""
    if "valkey" not in images(settings):
        return
    chosen = settings.cache.engine
    repository = settings.images.valkey.partition("@")[0].rsplit("/", 1)[-1].partition(":")[0]
    if _ENGINES[chosen] in repository:
        yield Violation(
            ("images", "valkey"),
            f"is an image of {_ENGINES[chosen]}, and cache.engine is {chosen}",
            f"name an image of {chosen}, or set cache.engine to {_ENGINES[chosen]}",
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
            "the password would cross the network in clear text",
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
                "is on the internet, and OpenMage cannot encrypt what Sentinels lead to",
                "use servers in a private network, or mode external with tls",
            )
