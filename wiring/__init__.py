"""What each component is told: settings on one side, arguments on the other."""

from wiring.code import admin, code, cron, release, shop_config, storefront
from wiring.surroundings import cache, database, edge, media, pods, tenant

__all__ = [
    "admin",
    "cache",
    "code",
    "cron",
    "database",
    "edge",
    "media",
    "pods",
    "release",
    "shop_config",
    "storefront",
    "tenant",
]
