"""Varnish between the edge and the storefront."""

from components.frontend_cache.frontend_cache import FrontendCache, FrontendCacheArgs

__all__ = ["FrontendCache", "FrontendCacheArgs"]
