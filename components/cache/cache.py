"""A session store and a cache store, apart, each with the eviction and persistence it needs."""

from collections.abc import Sequence
from functools import partial
from typing import Literal, TypedDict

import pulumi

from components.cache.valkey import ValkeyArgs, valkey
from components.kit.metadata import ShopArgs
from components.kit.network_policies import outbound_policy
from components.kit.pods import scratch_volume
from components.kit.volumes import claim
from shop.constants import VALKEY_PORT
from shop.local_xml import Address, Sentinels
from shop.render import valkey_config
from stackfile.values import Storage


class OwnSessionsArgs(ValkeyArgs):
    """A Valkey of the shop's own that holds sessions, and so carts."""

    mode: Literal["own"]
    storage: Storage
    """Volume of the append-only file."""


class OwnCacheArgs(ValkeyArgs):
    """A Valkey of the shop's own that holds the cache."""

    mode: Literal["own"]


class _OthersArgs(ShopArgs):
    port: int
    """Port of the server, or of the servers that Sentinels know."""
    database: int
    """Number of the database on the server."""
    username: str | None
    """User that the password is of; None for the server's default one."""
    password: pulumi.Output[str]
    cidrs: Sequence[str]
    """Networks in which it is."""


class ExternalStoreArgs(_OthersArgs):
    """A Valkey or Redis that somebody else runs."""

    mode: Literal["external"]
    host: str
    tls: bool
    """Whether the connection is encrypted and the server's certificate checked."""
    ca: str | None
    """Certificate authority of the server, PEM; None for those that the image trusts."""


class SentinelSessionsArgs(_OthersArgs):
    """A Valkey or Redis of somebody else's that Sentinels know where to find."""

    mode: Literal["sentinel"]
    sentinels: Sentinels


class CacheArgs(TypedDict):
    """What the two stores are told, each by its mode."""

    sessions: OwnSessionsArgs | ExternalStoreArgs | SentinelSessionsArgs
    cache: OwnCacheArgs | ExternalStoreArgs


class StoreEndpoint(TypedDict):
    """How the shop's code reaches a store. `shop.local_xml.Redis` is this, once it is known."""

    host: pulumi.Output[str]
    """Host to connect to; empty where Sentinels know it."""
    port: int
    database: int
    username: str | None
    password: pulumi.Output[str]
    tls: bool
    ca: str | None
    """Certificate authority of the server, PEM; None for those that the image trusts."""
    sentinels: Sentinels | None


class Cache(pulumi.ComponentResource):
    """Sessions that survive a restart, and a cache that may be lost at any time."""

    sessions: StoreEndpoint
    """Where sessions are."""
    cache: StoreEndpoint
    """Where the cache is."""

    def __init__(
        self, name: str, args: CacheArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Make the stores that are the shop's own, and the way to those that are not."""
        super().__init__("openmage:index:Cache", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        sessions, cache = args["sessions"], args["cache"]
        self.sessions = (
            _own_sessions(f"{name}-sessions", sessions, child)
            if sessions["mode"] == "own"
            else _others(f"{name}-sessions", sessions, child)
        )
        self.cache = (
            _own_cache(name, cache, child)
            if cache["mode"] == "own"
            else _others(name, cache, child)
        )
        self.register_outputs(
            {"sessions_host": self.sessions["host"], "cache_host": self.cache["host"]}
        )


def _own_sessions(name: str, args: OwnSessionsArgs, opts: pulumi.ResourceOptions) -> StoreEndpoint:
    data = claim(f"{name}-data", args, args["storage"], "ReadWriteOnce", opts)
    # When memory is full the sessions that end soonest go: a bot's lives for a minute.
    config = partial(
        valkey_config, maxmemory=args["maxmemory"], policy="volatile-ttl", persistent=True
    )
    return _own(
        *valkey(
            name,
            args,
            config,
            {"name": "data", "persistent_volume_claim": {"claim_name": data}},
            opts,
        )
    )


def _own_cache(name: str, args: OwnCacheArgs, opts: pulumi.ResourceOptions) -> StoreEndpoint:
    # Tags have no lifetime and must stay: without them a cleaned page is served on.
    config = partial(
        valkey_config, maxmemory=args["maxmemory"], policy="volatile-lru", persistent=False
    )
    return _own(*valkey(name, args, config, scratch_volume("data", "64Mi"), opts))


def _own(host: pulumi.Output[str], password: pulumi.Output[str]) -> StoreEndpoint:
    return {
        "host": host,
        "port": VALKEY_PORT,
        "database": 0,
        "username": None,
        "password": password,
        "tls": False,
        "ca": None,
        "sentinels": None,
    }


def _others(
    name: str, args: ExternalStoreArgs | SentinelSessionsArgs, opts: pulumi.ResourceOptions
) -> StoreEndpoint:
    sentinels = args["sentinels"] if args["mode"] == "sentinel" else None
    servers: Sequence[Address] = sentinels["servers"] if sentinels else ()
    ports = sorted({args["port"], *(server["port"] for server in servers)})
    outbound_policy(
        f"{name}-clients", args, [{"cidr": cidr, "ports": ports} for cidr in args["cidrs"]], opts
    )
    return {
        "host": pulumi.Output.from_input(args["host"] if args["mode"] == "external" else ""),
        "port": args["port"],
        "database": args["database"],
        "username": args["username"],
        "password": pulumi.Output.secret(args["password"]),
        "tls": args["mode"] == "external" and args["tls"],
        "ca": args["ca"] if args["mode"] == "external" else None,
        "sentinels": sentinels,
    }
