"""Arguments of the web tiers, and how their servers are configured."""

from collections.abc import Sequence

from components import PhpMyAdmin, Release, ShopConfig
from components.web.server_files import TierArgs
from components.web.web_tier import WebTierArgs, fpm_address
from settings import Settings
from settings.access import Access
from settings.web import (
    ApacheAdmin,
    ApacheStorefront,
    ApacheWeb,
    SharedAdmin,
    SharedStorefront,
    SharedWeb,
    SplitStorefront,
    SplitWeb,
)
from shop.render import LOCAL_FPM, PhpMyAdminProxy, RateLimit, VirtualHost, WebServer
from wiring import names
from wiring.common import CodeArgs


def tiers(settings: Settings) -> dict[str, TierArgs]:
    """Return the configuration of each tier's web server."""
    storefront, admin = settings.web.storefront, settings.web.admin
    local = None if isinstance(settings.web, ApacheWeb) else LOCAL_FPM
    apart = isinstance(settings.web, SplitWeb)
    return {
        "storefront": {
            "server": _server(
                settings,
                "storefront",
                _sites(settings),
                settings.access.shop,
                storefront.request_timeout_seconds,
            ),
            "workers": storefront.php.workers,
            "php": fpm_address(names.STOREFRONT) if apart else local,
        },
        "admin": {
            "server": _server(
                settings,
                "admin",
                [{"host": settings.hosts.admin, "code": "", "type": "store"}],
                settings.access.admin,
                admin.request_timeout_seconds,
            ),
            "workers": admin.php.workers,
            "php": local,
        },
    }


def custom_files(settings: Settings) -> dict[str, str]:
    """Return the custom files for the web server, by name in the ConfigMap."""
    return {
        f"own-{block}-{name}.conf": text
        for block, files in settings.web.custom_files.items()
        for name, text in files.items()
    }


def storefront(
    settings: Settings, code: CodeArgs, config: ShopConfig, release: Release
) -> WebTierArgs:
    """Return the arguments of the pods that customers see."""
    tier = settings.web.storefront
    args: WebTierArgs = {
        **_web(settings, code, config, release, "storefront", tier),
        "autoscaling": tier.autoscaling,
    }
    if isinstance(settings.web, SplitWeb):
        args["nginx_autoscaling"] = settings.web.storefront.nginx.autoscaling
    return args


def admin(
    settings: Settings,
    code: CodeArgs,
    config: ShopConfig,
    release: Release,
    phpmyadmin: PhpMyAdmin | None,
) -> WebTierArgs:
    """Return the arguments of the pods of the admin area."""
    tier = settings.web.admin
    args = _web(settings, code, config, release, "admin", tier)
    if args["topology"] == "split":
        # The admin area has few users: scaling nginx separately would gain nothing.
        args["topology"] = "shared"
    if phpmyadmin is not None:
        # The web server looks its name up when it starts.
        args["depends_on"] = [*args["depends_on"], phpmyadmin]
    return {**args, "replicas": tier.replicas}


def _web(  # noqa: PLR0913, PLR0917 (each is a part of the tier)
    settings: Settings,
    code: CodeArgs,
    config: ShopConfig,
    release: Release,
    name: str,
    tier: ApacheStorefront | ApacheAdmin,
) -> WebTierArgs:
    args: WebTierArgs = {
        **code,
        "placement": tier.placement,
        "topology": settings.web.topology,
        "nginx": None,
        "php_resources": tier.php.resources,
        "server_config": config.server[name],
        "htpasswd": config.htpasswd.get(name),
        "request_timeout": tier.request_timeout_seconds,
        "depends_on": [release.job],
    }
    if isinstance(tier, SharedStorefront | SplitStorefront | SharedAdmin):
        args["nginx"] = {
            # One image may carry both.
            "image": settings.images.nginx or settings.images.php,
            "resources": tier.nginx.resources,
            "php_fpm_config": config.php_fpm[name],
        }
    return args


def _server(
    settings: Settings, tier: str, sites: Sequence[VirtualHost], access: Access, timeout: int
) -> WebServer:
    shop = tier == "storefront"
    return {
        "tier": tier,
        "sites": sites,
        "redirects": settings.hosts.redirects if shop else {},
        "admin_path": settings.admin.path,
        "document_root": settings.web.document_root,
        "api": settings.web.api,
        "secure": settings.secure,
        "hsts": settings.production and settings.secure,
        "trusted_proxies": settings.edge.trusted_proxies,
        "allow": access.allow,
        "basic_auth": access.basic_auth,
        "limits": _limits(settings.web, tier),
        "phpmyadmin": None if shop else _phpmyadmin(settings),
        "timeout": timeout,
    }


def further_sites(settings: Settings) -> list[VirtualHost]:
    """Return the hosts of stores other than the default one."""
    stores = settings.hosts.stores
    return [{"host": store.host, "code": store.code, "type": store.type} for store in stores]


def _sites(settings: Settings) -> list[VirtualHost]:
    first: VirtualHost = {"host": settings.hosts.shop[0], "code": "", "type": "store"}
    return [first, *further_sites(settings)]


def _phpmyadmin(settings: Settings) -> PhpMyAdminProxy | None:
    chosen = settings.phpmyadmin
    if not chosen.enabled or chosen.host is None:
        return None
    return {"host": chosen.host, "service": names.PHPMYADMIN, "allow": chosen.allow}


def _limits(web: SharedWeb | SplitWeb | ApacheWeb, tier: str) -> list[RateLimit]:
    """Return the request limits: those of OpenMage's sample, plus passwords and searches."""
    chosen = web.limits
    if tier == "admin":
        # The sign-in form is posted to the requested page, which can be any page.
        found = [_limit("admin", "POST", "/", chosen.admin, 20)]
        return [limit for limit in found if limit["per_minute"]]
    forms = "/(customer/account/createpost|newsletter/subscriber/new|review/product/post"
    found = [
        _limit(
            "login", "POST", "/customer/account/(loginpost|forgotpasswordpost)", chosen.login, 5
        ),
        _limit("forms", "(GET|POST)", f"{forms}|wishlist/index/send)", chosen.forms, 2),
        _limit("checkout", "POST", "/checkout/", chosen.checkout, 10),
        _limit("search", "GET", "/catalogsearch/", chosen.search, 10),
    ]
    if web.api:
        found.append(_limit("api", "[A-Z]+", r"/api(\.php|/|$)", chosen.api, 60))
    return [limit for limit in found if limit["per_minute"]]


def _limit(name: str, method: str, path: str, per_minute: int, burst: int) -> RateLimit:
    return {
        "name": name,
        "method": method,
        "path": path,
        "per_minute": per_minute,
        "burst": burst,
    }
