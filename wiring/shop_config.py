"""Arguments of what the shop's code and its web servers are configured with."""

from components import Cache, Database, Mail, Tenant
from components.web.shop_config import ShopConfigArgs
from settings import Secrets, Settings
from wiring import web
from wiring.common import of_shop, retention
from wiring.frontend_cache import purge
from wiring.release import release_id


def args(  # noqa: PLR0913, PLR0917 (the code is configured to reach these)
    settings: Settings,
    secrets: Secrets,
    tenant: Tenant,
    mail: Mail,
    database: Database,
    cache: Cache,
) -> ShopConfigArgs:
    """Return the arguments of local.xml and the configuration files."""
    return {
        **of_shop(settings, tenant),
        "database": database.server,
        "database_password": database.password,
        "root_password": database.root_password,
        "sessions": cache.sessions,
        "sessions_password": cache.sessions_password,
        "cache": cache.cache,
        "cache_password": cache.cache_password,
        "crypt_key": secrets.crypt_key,
        "admin_path": settings.admin.path,
        "release": release_id(settings),
        "max_concurrency": settings.session_concurrency,
        "memory_limit": settings.php.memory_limit,
        "sendmail": mail.sendmail,
        "ini": settings.php.ini,
        "custom_files": web.custom_files(settings),
        "tiers": web.tiers(settings),
        "access_password": secrets.access_password,
        "purge": purge(settings),
        "retention": retention(settings),
    }
