"""Separate session and cache stores, each with the eviction and persistence it needs."""

from functools import partial
from typing import TypeVar, assert_never

import pulumi

from components.cache.valkey import ValkeyArgs, valkey
from components.kit.metadata import ShopArgs
from components.kit.network_policies import EgressRule, outbound_policy
from components.kit.passwords import supplied
from components.kit.volumes import claim, claim_volume, scratch_volume
from shop.render import valkey_config
from stackfile.servers import OwnRedis, PersistentRedis, RedisSentinels, RedisServer

_Server = TypeVar("_Server", bound=RedisServer | RedisSentinels)


class CacheArgs(ValkeyArgs):
    """Arguments of the two stores; a password is generated where it is None."""

    sessions: PersistentRedis | RedisServer | RedisSentinels
    """Store of the sessions, and so of carts: what to create, or where an external one is."""
    sessions_password: pulumi.Output[str] | None
    """Password of that store."""
    cache: OwnRedis | RedisServer
    """Store of the cache: what to create, or where an external one is."""
    cache_password: pulumi.Output[str] | None
    """Password of that store."""


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
        self.sessions, self.sessions_password = _sessions(f"{name}-sessions", args, child)
        self.cache, self.cache_password = _cache(name, args, child)
        self.register_outputs(
            {
                "sessions_host": self.sessions.apply(_host),
                "cache_host": self.cache.apply(_host),
            }
        )


def _host(server: RedisServer | RedisSentinels) -> str | None:
    return None if isinstance(server, RedisSentinels) else server.host


def _sessions(
    name: str, args: CacheArgs, opts: pulumi.ResourceOptions
) -> tuple[pulumi.Output[RedisServer | RedisSentinels], pulumi.Output[str]]:
    password = args["sessions_password"]
    match server := args["sessions"]:
        case PersistentRedis():
            data = claim_volume("data", claim(f"{name}-data", args, server.storage, opts))
            # When memory is full, evict the sessions that expire soonest: a bot's lives for a
            # minute.
            config = partial(valkey_config, policy="volatile-ttl", persistent=True)
            return valkey(name, args, server, password, config, data, opts)
        case RedisServer() | RedisSentinels():
            return _external(name, args, server, password, opts)
        case _:
            assert_never(server)


def _cache(
    name: str, args: CacheArgs, opts: pulumi.ResourceOptions
) -> tuple[pulumi.Output[RedisServer], pulumi.Output[str]]:
    password = args["cache_password"]
    match server := args["cache"]:
        case OwnRedis():
            data = scratch_volume("data", "64Mi")
            # Tags have no TTL and must stay: without them invalidated pages would still be served.
            config = partial(valkey_config, policy="volatile-lru", persistent=False)
            return valkey(name, args, server, password, config, data, opts)
        case RedisServer():
            return _external(name, args, server, password, opts)
        case _:
            assert_never(server)


def _external(
    name: str,
    args: ShopArgs,
    server: _Server,
    password: pulumi.Output[str] | None,
    opts: pulumi.ResourceOptions,
) -> tuple[pulumi.Output[_Server], pulumi.Output[str]]:
    rules: list[EgressRule] = [{"cidr": cidr, "ports": server.ports} for cidr in server.cidrs]
    outbound_policy(f"{name}-clients", args, rules, opts)
    return pulumi.Output.from_input(server), supplied(password)
