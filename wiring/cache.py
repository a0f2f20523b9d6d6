"""Arguments of the session store and the cache store, by mode."""

import pulumi

from components.cache.cache import (
    CacheArgs,
    ExternalCacheArgs,
    ExternalSessionsArgs,
    OwnCacheArgs,
    OwnSessionsArgs,
)
from settings import Secrets, Settings
from settings.cache import OwnCache, OwnSessions
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
    chosen = settings.cache.sessions
    if isinstance(chosen, OwnSessions):
        return {
            **_own(settings, chosen, pods, secrets.sessions_password),
            "storage": chosen.storage,
        }
    return {
        "namespace": pods["namespace"],
        "labels": pods["labels"],
        "mode": "external",
        "server": chosen,
        "password": given(secrets.sessions_password),
    }


def _cache(
    settings: Settings, secrets: Secrets, pods: ShopPodArgs
) -> OwnCacheArgs | ExternalCacheArgs:
    chosen = settings.cache.cache
    if isinstance(chosen, OwnCache):
        return _own(settings, chosen, pods, secrets.cache_password)
    return {
        "namespace": pods["namespace"],
        "labels": pods["labels"],
        "mode": "external",
        "server": chosen,
        "password": given(secrets.cache_password),
    }


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
