"""What a shop is made of: one promise a component, a file or a folder each."""

from components.cache import Cache
from components.cron import CronRunner
from components.database import Database
from components.edge import Certificate, Edge
from components.frontend_cache import FrontendCache
from components.mail import Mail
from components.media import Media
from components.phpmyadmin import PhpMyAdmin
from components.release import Release
from components.tenant import Tenant
from components.web import ShopConfig, WebTier

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
