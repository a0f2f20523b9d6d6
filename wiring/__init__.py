"""What each component is told: settings on one side, arguments on the other."""

from wiring.cache import cache
from wiring.certificate import certificate
from wiring.check import check_cluster
from wiring.code import code, cron, release, shop_config
from wiring.database import database
from wiring.edge import edge
from wiring.frontend import frontend_cache, php_my_admin
from wiring.mail import mail
from wiring.records import fingerprints, record
from wiring.surroundings import media, pods, tenant
from wiring.web import admin, storefront

__all__ = [
    "admin",
    "cache",
    "certificate",
    "check_cluster",
    "code",
    "cron",
    "database",
    "edge",
    "fingerprints",
    "frontend_cache",
    "mail",
    "media",
    "php_my_admin",
    "pods",
    "record",
    "release",
    "shop_config",
    "storefront",
    "tenant",
]
