"""What a shop is made of: one promise a component, a file or a folder each."""

from components.cache.cache import Cache as Cache
from components.cron import CronRunner as CronRunner
from components.database.database import Database as Database
from components.edge.certificate import Certificate as Certificate
from components.edge.edge import Edge as Edge
from components.frontend_cache.frontend_cache import FrontendCache as FrontendCache
from components.mail import Mail as Mail
from components.media import Media as Media
from components.phpmyadmin import PhpMyAdmin as PhpMyAdmin
from components.release import Release as Release
from components.tenant import Tenant as Tenant
from components.web import ShopConfig as ShopConfig
from components.web import WebTier as WebTier
