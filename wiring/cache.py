"""Arguments of the session store and the cache store."""

from components.cache.cache import CacheArgs
from settings import Secrets, Settings
from wiring.common import ShopPodArgs


def args(settings: Settings, secrets: Secrets, pods: ShopPodArgs) -> CacheArgs:
    """Return the arguments of the two stores."""
    return {
        **pods,
        "image": settings.images.valkey,
        "engine": settings.cache.engine,
        "sessions": settings.cache.sessions,
        "sessions_password": secrets.sessions_password,
        "cache": settings.cache.cache,
        "cache_password": secrets.cache_password,
    }
