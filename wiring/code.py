"""What runs the shop's code besides the web tiers: its configuration, the release, cron."""

import hashlib

from components import Cache, Database, Mail, Media, Release, ShopConfig, Tenant
from components.cron_runner import CronRunnerArgs
from components.release import ReleaseArgs
from components.shop_config import ShopConfigArgs
from settings import Secrets, Settings
from shop import Store, release_settings
from wiring._common import CodeArgs, ShopPodArgs, of_shop, placement, resources, retention
from wiring.database import converted_engines
from wiring.frontend import purge
from wiring.mail import sendmail
from wiring.web import further_sites, own_files, tiers


def shop_config(
    settings: Settings, secrets: Secrets, tenant: Tenant, database: Database, cache: Cache
) -> ShopConfigArgs:
    """Return what local.xml and the configuration files are made of."""
    return {
        **of_shop(settings, tenant),
        "database": database,
        "cache": cache,
        "crypt_key": secrets.crypt_key,
        "admin_path": settings.admin.path,
        "release": _release_id(settings),
        "max_concurrency": settings.session_concurrency,
        "memory_limit": settings.php.memory_limit,
        "sendmail": sendmail(settings),
        "ini": settings.php.ini,
        "own": own_files(settings),
        "tiers": tiers(settings),
        "access_password": secrets.access_password,
        "purge": purge(settings),
        "retention": retention(settings),
    }


def code(
    settings: Settings, pods: ShopPodArgs, config: ShopConfig, media: Media, mail: Mail
) -> CodeArgs:
    """Return what every pod with the shop's code is told."""
    return {
        **pods,
        "image": settings.images.php,
        "local_xml": config.local_xml,
        "php_config": config.php,
        "media_claim": media.claim,
        "mail": mail.account,
    }


def release(settings: Settings, secrets: Secrets, code: CodeArgs) -> ReleaseArgs:
    """Return what the Release is told."""
    return {
        **code,
        "placement": placement(settings.cron.placement),
        "settings": release_settings(_store(settings)),
        "admin_password": secrets.admin_password,
        "resources": resources(settings.cron.resources),
        "memory_limit": settings.cron.memory_limit,
    }


def cron(settings: Settings, code: CodeArgs, release: Release) -> CronRunnerArgs:
    """Return what cron is told."""
    return {
        **code,
        "placement": placement(settings.cron.placement),
        "schedule": settings.cron.schedule,
        "active_deadline_seconds": settings.cron.active_deadline_seconds,
        "resources": resources(settings.cron.resources),
        "memory_limit": settings.cron.memory_limit,
        "release": release.job,
    }


def _store(settings: Settings) -> Store:
    return {
        "shop_host": settings.hosts.shop[0],
        "sites": further_sites(settings),
        "admin_host": settings.hosts.admin,
        "admin_path": settings.admin.path,
        "secure": settings.secure,
        "locale": settings.store.locale,
        "timezone": settings.store.timezone,
        "currency": settings.store.currency,
        "username": settings.admin.username,
        "email": settings.admin.email,
        "first_name": settings.admin.first_name,
        "last_name": settings.admin.last_name,
        "converted_engines": converted_engines(settings),
    }


def _release_id(settings: Settings) -> str:
    """Return what is new whenever code or configuration is: then the cache starts anew."""
    content = settings.images.php + release_settings(_store(settings))
    return hashlib.sha256(content.encode()).hexdigest()[:8]
