"""Rules about sessions and cache."""

from collections.abc import Iterator

from settings.cache import ExternalStore, SentinelStore
from settings.model import Settings
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
    if "own" not in {settings.cache.sessions.mode, settings.cache.cache.mode}:
        return
    chosen = settings.cache.engine
    repository = settings.images.valkey.partition("@")[0].rsplit("/", 1)[-1].partition(":")[0]
    if _ENGINES[chosen] in repository:
        yield Violation(
            ("images", "valkey"),
            f"is an image of {_ENGINES[chosen]}, and cache.engine is {chosen}",
            f"name an image of {chosen}, or set cache.engine to {_ENGINES[chosen]}",
        )


def certificate(settings: Settings) -> Iterator[Violation]:
    """Refuse a certificate authority that nobody would ask."""
    for name, store in (("sessions", settings.cache.sessions), ("cache", settings.cache.cache)):
        if isinstance(store, ExternalStore) and store.ca is not None and not store.tls:
            yield Violation(
                ("cache", name, "ca"),
                "is never looked at: the connection is not encrypted",
                f"set cache.{name}.tls to true, or remove it",
            )


def sentinel(settings: Settings) -> Iterator[Violation]:
    """Refuse to send carts and a password in clear text through networks of others."""
    store = settings.cache.sessions
    if not settings.production or not isinstance(store, SentinelStore):
        return
    for index, cidr in enumerate(store.cidrs):
        if network(cidr).is_global:
            yield Violation(
                ("cache", "sessions", "cidrs", index),
                "is on the internet, and OpenMage cannot encrypt what Sentinels lead to",
                "use servers in a private network, or mode external with tls",
            )
