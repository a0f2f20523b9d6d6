"""What the frontend cache and phpMyAdmin are told, where a shop has them."""

import hashlib

import pulumi

from components import Database, WebTier
from components._terminator import TerminatorArgs
from components.frontend_cache import FrontendCacheArgs, purge_address
from components.php_my_admin import PhpMyAdminArgs
from settings import Settings
from settings.extras import VarnishCache
from shop.purge import Purge
from wiring._common import ShopPodArgs, given, placement, resources
from wiring.edge import hosts

NAME = "frontend-cache"
"""Name of the frontend cache's workload and Service."""


def frontend_cache(
    settings: Settings,
    pods: ShopPodArgs,
    storefront: WebTier,
    admin: WebTier,
    tls_secret: pulumi.Output[str] | None,
) -> FrontendCacheArgs | None:
    """Return what the frontend cache is told; None where there is none."""
    front, access = settings.frontend_cache, settings.access.shop
    if not isinstance(front, VarnishCache):
        return None
    return {
        **pods,
        "placement": placement(front.placement),
        "image": settings.images.varnish,
        "replicas": front.replicas,
        "resources": resources(front.resources),
        "storage": front.storage,
        "storefront": storefront.service,
        "release": _content(settings),
        "html": front.html,
        "restricted": bool(access.allow or access.basic_auth),
        "admin_path": settings.admin.path,
        "grace": front.grace_seconds,
        "request_timeout": settings.web.storefront.request_timeout_seconds,
        "terminator": _terminator(settings, front, admin, tls_secret) if front.terminator else None,
    }


def purge(settings: Settings) -> Purge | None:
    """Return what the shop's code is told of the frontend cache; None where there is none."""
    front = settings.frontend_cache
    if not isinstance(front, VarnishCache):
        return None
    return {"address": purge_address(NAME), "pages": front.html}


def php_my_admin(
    settings: Settings, pods: ShopPodArgs, database: Database
) -> PhpMyAdminArgs | None:
    """Return what phpMyAdmin is told; None where there is none."""
    chosen = settings.php_my_admin
    if not chosen.enabled:
        return None
    return {
        **pods,
        "placement": placement(chosen.placement),
        "image": settings.images.phpmyadmin,
        "resources": resources(chosen.resources),
        "memory_limit": chosen.memory_limit,
        "host": database.host,
        "port": database.port,
        "ca": database.ca,
        "routed": chosen.host is not None,
    }


def _terminator(
    settings: Settings,
    front: VarnishCache,
    admin: WebTier,
    tls_secret: pulumi.Output[str] | None,
) -> TerminatorArgs:
    web, found = settings.web, hosts(settings)
    return {
        # One image may carry both.
        "image": settings.images.nginx or settings.images.php,
        "resources": resources(front.terminator_resources),
        "shop_hosts": found["shop"],
        "admin_hosts": found["admin"],
        "admin": admin.service,
        "request_timeout": max(
            web.storefront.request_timeout_seconds, web.admin.request_timeout_seconds
        ),
        "tls_secret": given(tls_secret),
    }


def _content(settings: Settings) -> str:
    """Return what is new whenever files or pages may be: then the cache starts anew."""
    made_of = settings.model_dump_json(
        include={"images": {"php", "nginx"}, "hosts": True, "store": True, "admin": {"path"}}
    )
    return hashlib.sha256(made_of.encode()).hexdigest()[:8]
