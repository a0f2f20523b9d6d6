"""Arguments of the frontend cache, where a shop has one."""

import hashlib
from typing import assert_never

import pulumi

from components import WebTier
from components.frontend_cache.frontend_cache import FrontendCacheArgs, purge_address
from components.frontend_cache.terminator import TerminatorArgs
from settings import Settings
from settings.frontend_cache import NoFrontendCache, VarnishCache
from shop.purge import Purge
from wiring import names
from wiring.common import ShopPodArgs, given
from wiring.edge import hosts


def args(
    settings: Settings,
    pods: ShopPodArgs,
    storefront: WebTier,
    admin: WebTier,
    tls_secret: pulumi.Output[str] | None,
) -> FrontendCacheArgs | None:
    """Return the arguments of the frontend cache; None where there is none."""
    front = _chosen(settings)
    if front is None:
        return None
    access = settings.access.shop
    return {
        **pods,
        "placement": front.placement,
        "image": settings.images.varnish,
        "replicas": front.replicas,
        "resources": front.resources,
        "storage": front.storage,
        "storefront": storefront.service,
        "workload": names.STOREFRONT,
        "caching": {
            "release": _content(settings),
            "html": front.html,
            "restricted": bool(access.allow or access.basic_auth),
            "admin_path": settings.admin.path,
            "grace": front.grace_seconds,
            "timeout": settings.web.storefront.request_timeout_seconds,
        },
        "terminator": _terminator(settings, front, admin, tls_secret) if front.terminator else None,
    }


def purge(settings: Settings) -> Purge | None:
    """Return how the shop's code reaches the frontend cache; None where there is none."""
    front = _chosen(settings)
    if front is None:
        return None
    return {"address": purge_address(names.FRONTEND_CACHE), "pages": front.html}


def _chosen(settings: Settings) -> VarnishCache | None:
    match chosen := settings.frontend_cache:
        case NoFrontendCache():
            return None
        case VarnishCache():
            return chosen
        case _:
            assert_never(chosen)


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
        "resources": front.terminator_resources,
        "shop_hosts": found["shop"],
        "admin_hosts": found["admin"],
        "admin": admin.service,
        "admin_workload": names.ADMIN,
        "request_timeout": max(
            web.storefront.request_timeout_seconds, web.admin.request_timeout_seconds
        ),
        "tls_secret": given(tls_secret),
    }


def _content(settings: Settings) -> str:
    """Return the cache's identity, which changes whenever files or pages may have."""
    made_of = settings.model_dump_json(
        include={"images": {"php", "nginx"}, "hosts": True, "store": True, "admin": {"path"}}
    )
    return hashlib.sha256(made_of.encode()).hexdigest()[:8]
