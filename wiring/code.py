"""What runs the shop's code: its configuration, the release, web tiers, cron."""

import hashlib

from components import Cache, Database, Media, Release, ShopConfig, Tenant
from components.cron_runner import CronRunnerArgs
from components.release import ReleaseArgs
from components.shop_config import ShopConfigArgs, TierArgs
from components.web_tier import WebTierArgs
from settings import Secrets, Settings
from settings.web import AdminTier, Storefront
from shop import Server, Store, release_settings
from wiring._common import CodeArgs, ShopPodArgs, of_shop, resources, retention


def shop_config(
    settings: Settings, secrets: Secrets, tenant: Tenant, database: Database, cache: Cache
) -> ShopConfigArgs:
    """Return what local.xml and the configuration files are made of."""
    web, own = settings.web, settings.web.nginx
    return {
        **of_shop(settings, tenant),
        "database": database,
        "cache": cache,
        "crypt_key": secrets.crypt_key,
        "admin_path": settings.admin.path,
        "release": _release_id(settings),
        "max_concurrency": settings.session_concurrency,
        "memory_limit": settings.php.memory_limit,
        "ini": settings.php.ini,
        "nginx": {
            f"own-{block}-{name}.conf": text
            for block, files in (("http", own.http), ("server", own.server))
            for name, text in files.items()
        },
        "tiers": {
            "storefront": _tier(
                settings,
                "storefront",
                settings.hosts.shop,
                web.storefront.php.workers,
                web.storefront.request_timeout_seconds,
            ),
            "admin": _tier(
                settings,
                "admin",
                (settings.hosts.admin,),
                web.admin.php.workers,
                web.admin.request_timeout_seconds,
            ),
        },
        "retention": retention(settings),
    }


def code(settings: Settings, pods: ShopPodArgs, config: ShopConfig, media: Media) -> CodeArgs:
    """Return what every pod with the shop's code is told."""
    return {
        **pods,
        "image": settings.images.php,
        "local_xml": config.local_xml,
        "php_config": config.php,
        "media_claim": media.claim,
    }


def release(settings: Settings, secrets: Secrets, code: CodeArgs) -> ReleaseArgs:
    """Return what the Release is told."""
    return {
        **code,
        "settings": release_settings(_store(settings)),
        "admin_password": secrets.admin_password,
        "resources": resources(settings.cron.resources),
        "memory_limit": settings.cron.memory_limit,
    }


def storefront(
    settings: Settings, code: CodeArgs, config: ShopConfig, release: Release
) -> WebTierArgs:
    """Return what the pods that customers see are told."""
    tier = settings.web.storefront
    return {
        **_web(settings, code, config, release, "storefront", tier),
        "autoscaling": {
            "min_replicas": tier.autoscaling.min_replicas,
            "max_replicas": tier.autoscaling.max_replicas,
            "cpu_percent": tier.autoscaling.cpu_percent,
            "scale_down_seconds": tier.autoscaling.scale_down_seconds,
        },
    }


def admin(settings: Settings, code: CodeArgs, config: ShopConfig, release: Release) -> WebTierArgs:
    """Return what the pods of the admin area are told."""
    tier = settings.web.admin
    return {**_web(settings, code, config, release, "admin", tier), "replicas": tier.replicas}


def cron(settings: Settings, code: CodeArgs, release: Release) -> CronRunnerArgs:
    """Return what cron is told."""
    return {
        **code,
        "schedule": settings.cron.schedule,
        "active_deadline_seconds": settings.cron.active_deadline_seconds,
        "resources": resources(settings.cron.resources),
        "memory_limit": settings.cron.memory_limit,
        "release": release.job,
    }


def _web(  # noqa: PLR0913, PLR0917 (each is a part of the tier)
    settings: Settings,
    code: CodeArgs,
    config: ShopConfig,
    release: Release,
    name: str,
    tier: Storefront | AdminTier,
) -> WebTierArgs:
    return {
        **code,
        "nginx_image": settings.images.nginx,
        "nginx_config": config.nginx[name],
        "php_fpm_config": config.php_fpm[name],
        "php_resources": resources(tier.php.resources),
        "nginx_resources": resources(tier.nginx.resources),
        "request_timeout": tier.request_timeout_seconds,
        "release": release.job,
    }


def _tier(
    settings: Settings, tier: str, hosts: tuple[str, ...], workers: int, timeout: int
) -> TierArgs:
    server: Server = {
        "tier": tier,
        "hosts": hosts,
        "admin_path": settings.admin.path,
        "document_root": settings.web.document_root,
        "api": settings.web.api,
        "secure": settings.secure,
        "trusted_proxies": settings.edge.trusted_proxies,
        "timeout": timeout,
    }
    return {"server": server, "workers": workers}


def _store(settings: Settings) -> Store:
    return {
        "shop_host": settings.hosts.shop[0],
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
    }


def _release_id(settings: Settings) -> str:
    """Return what is new whenever code or configuration is: then the cache starts anew."""
    content = settings.images.php + release_settings(_store(settings))
    return hashlib.sha256(content.encode()).hexdigest()[:8]
