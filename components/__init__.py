"""What a shop is made of: one promise a component, one component a file."""

from components.cache import Cache
from components.certificate import Certificate
from components.cron_runner import CronRunner
from components.database import Database
from components.edge import Edge
from components.frontend_cache import FrontendCache
from components.mail import Mail
from components.media import Media
from components.php_my_admin import PhpMyAdmin
from components.release import Release
from components.shop_config import ShopConfig
from components.tenant import Tenant
from components.web_tier import WebTier

__all__ = [
    "Cache",
    "Certificate",
    "CronRunner",
    "Database",
    "Edge",
    "FrontendCache",
    "Mail",
    "Media",
    "PhpMyAdmin",
    "Release",
    "ShopConfig",
    "Tenant",
    "WebTier",
]
