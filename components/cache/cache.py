"""Separate session and cache stores, each with the eviction and persistence it needs."""

from functools import partial
from typing import Literal, TypedDict

import pulumi

from components.cache.valkey import ValkeyArgs, valkey
from components.kit.metadata import ShopArgs
from components.kit.network_policies import EgressRule, outbound_policy
from components.kit.volumes import claim, claim_volume, scratch_volume
from shop.render import valkey_config
from stackfile.servers import RedisSentinels, RedisServer
from stackfile.values import Storage

_Own = tuple[pulumi.Output[RedisServer], pulumi.Output[str]]
"""A server of the shop's own, and its password."""


class OwnSessionsArgs(ValkeyArgs):
    """A Valkey in the shop's namespace for sessions, and so for carts."""

    mode: Literal["own"]
    """It is made here."""
    storage: Storage
    """Volume of the append-only file."""


class OwnCacheArgs(ValkeyArgs):
    """A Valkey in the shop's namespace for the cache."""

    mode: Literal["own"]
    """It is made here."""


class ExternalSessionsArgs(ShopArgs):
    """An external Valkey or Redis for sessions, with or without Sentinels."""

    mode: Literal["external"]
    """It is there already."""
    server: RedisServer | RedisSentinels
    """Where it is."""
    password: pulumi.Output[str]
    """Its password."""


class ExternalCacheArgs(ShopArgs):
    """An external Valkey or Redis for the cache."""

    mode: Literal["external"]
    """It is there already."""
    server: RedisServer
    """Where it is."""
    password: pulumi.Output[str]
    """Its password."""


class CacheArgs(TypedDict):
    """Arguments of the two stores, each by its mode."""

    sessions: OwnSessionsArgs | ExternalSessionsArgs
    """Store of the sessions."""
    cache: OwnCacheArgs | ExternalCacheArgs
    """Store of the cache."""


class Cache(pulumi.ComponentResource):
    """Sessions that survive a restart, and a cache that may be lost at any time."""

    sessions: pulumi.Output[RedisServer | RedisSentinels]
    """Endpoint of the session store."""
    sessions_password: pulumi.Output[str]
    """Password of that store."""
    cache: pulumi.Output[RedisServer]
    """Endpoint of the cache store."""
    cache_password: pulumi.Output[str]
    """Password of that store."""

    def __init__(
        self, name: str, args: CacheArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Create the stores in the namespace, and the egress policies for external ones."""
        super().__init__("openmage:index:Cache", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        sessions, cache = args["sessions"], args["cache"]
        if sessions["mode"] == "own":
            made = _own_sessions(f"{name}-sessions", sessions, child)
            self.sessions, self.sessions_password = made
        else:
            _outbound(f"{name}-sessions-clients", sessions, child)
            self.sessions = pulumi.Output.from_input(sessions["server"])
            self.sessions_password = pulumi.Output.secret(sessions["password"])
        if cache["mode"] == "own":
            self.cache, self.cache_password = _own_cache(name, cache, child)
        else:
            _outbound(f"{name}-clients", cache, child)
            self.cache = pulumi.Output.from_input(cache["server"])
            self.cache_password = pulumi.Output.secret(cache["password"])
        self.register_outputs(
            {
                "sessions_host": self.sessions.apply(_host),
                "cache_host": self.cache.apply(_host),
            }
        )


def _host(server: RedisServer | RedisSentinels) -> str | None:
    return None if isinstance(server, RedisSentinels) else server.host


def _own_sessions(name: str, args: OwnSessionsArgs, opts: pulumi.ResourceOptions) -> _Own:
    data = claim(f"{name}-data", args, args["storage"], "ReadWriteOnce", opts)
    # When memory is full, evict the sessions that expire soonest: a bot's lives for a minute.
    config = partial(
        valkey_config, maxmemory=args["maxmemory"], policy="volatile-ttl", persistent=True
    )
    return valkey(name, args, config, claim_volume("data", data), opts)


def _own_cache(name: str, args: OwnCacheArgs, opts: pulumi.ResourceOptions) -> _Own:
    # Tags have no TTL and must stay: without them invalidated pages would still be served.
    config = partial(
        valkey_config, maxmemory=args["maxmemory"], policy="volatile-lru", persistent=False
    )
    return valkey(name, args, config, scratch_volume("data", "64Mi"), opts)


def _outbound(
    name: str, args: ExternalSessionsArgs | ExternalCacheArgs, opts: pulumi.ResourceOptions
) -> None:
    ports = args["server"].ports
    rules: list[EgressRule] = [{"cidr": cidr, "ports": ports} for cidr in args["server"].cidrs]
    outbound_policy(name, args, rules, opts)
