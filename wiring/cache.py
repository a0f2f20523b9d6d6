"""Arguments of the session store and the cache store, by mode."""

from typing import assert_never

import pulumi

from components.cache.cache import (
    CacheArgs,
    ExternalCacheArgs,
    ExternalSessionsArgs,
    OwnCacheArgs,
    OwnSessionsArgs,
)
from settings import Secrets, Settings
from settings.cache import ExternalStore, OwnCache, OwnSessions, SentinelStore
from wiring.common import ShopPodArgs, given


def args(settings: Settings, secrets: Secrets, pods: ShopPodArgs) -> CacheArgs:
    """Return the arguments of the two stores."""
    return {
        "sessions": _sessions(settings, secrets, pods),
        "cache": _cache(settings, secrets, pods),
    }


def _sessions(
    settings: Settings, secrets: Secrets, pods: ShopPodArgs
) -> OwnSessionsArgs | ExternalSessionsArgs:
    match chosen := settings.cache.sessions:
        case OwnSessions():
            own = _own(settings, chosen, pods, secrets.sessions_password)
            return {**own, "storage": chosen.storage}
        case ExternalStore() | SentinelStore():
            return {
                "namespace": pods["namespace"],
                "labels": pods["labels"],
                "mode": "external",
                "server": chosen,
                "password": given(secrets.sessions_password),
            }
        case _:
            assert_never(chosen)


def _cache(
    settings: Settings, secrets: Secrets, pods: ShopPodArgs
) -> OwnCacheArgs | ExternalCacheArgs:
    match chosen := settings.cache.cache:
        case OwnCache():
            return _own(settings, chosen, pods, secrets.cache_password)
        case ExternalStore():
            return {
                "namespace": pods["namespace"],
                "labels": pods["labels"],
                "mode": "external",
                "server": chosen,
                "password": given(secrets.cache_password),
            }
        case _:
            assert_never(chosen)


def _own(
    settings: Settings,
    chosen: OwnSessions | OwnCache,
    pods: ShopPodArgs,
    password: pulumi.Output[str] | None,
) -> OwnCacheArgs:
    return {
        **pods,
        "mode": "own",
        "image": settings.images.valkey,
        "engine": settings.cache.engine,
        "placement": chosen.placement,
        "resources": chosen.resources,
        "maxmemory": chosen.maxmemory,
        "password": password,
    }
