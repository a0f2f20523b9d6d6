"""Arguments of the Release."""

import hashlib

from components.release import ReleaseArgs
from settings import Secrets, Settings
from shop.release import Store, release_settings
from wiring.common import CodeArgs
from wiring.web import further_sites


def args(settings: Settings, secrets: Secrets, code: CodeArgs) -> ReleaseArgs:
    """Return the arguments of the Release."""
    return {
        **code,
        "placement": settings.cron.placement,
        "settings": release_settings(_store(settings)),
        "admin_password": secrets.admin_password,
        "resources": settings.cron.resources,
        "memory_limit": settings.cron.memory_limit,
    }


def _store(settings: Settings) -> Store:
    return {
        "shop_host": settings.hosts.shop[0],
        "sites": further_sites(settings),
        "admin_host": settings.hosts.admin,
        "secure": settings.secure,
        "locale": settings.store.locale,
        "timezone": settings.store.timezone,
        "currency": settings.store.currency,
        "username": settings.admin.username,
        "email": settings.admin.email,
        "first_name": settings.admin.first_name,
        "last_name": settings.admin.last_name,
        "converted_engines": settings.database.converted_engines,
    }


def release_id(settings: Settings) -> str:
    """Return the cache prefix, which changes whenever code or configuration does."""
    content = settings.images.php + release_settings(_store(settings))
    return hashlib.sha256(content.encode()).hexdigest()[:8]
