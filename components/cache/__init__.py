"""A session store and a cache store."""

from components.cache.cache import Cache, CacheArgs

__all__ = ["Cache", "CacheArgs"]
