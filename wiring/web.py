"""Arguments of the web tiers, and how their servers are configured."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, assert_never

from components import PhpMyAdmin, Release, ShopConfig
from components.web.pods import ApachePods, NginxArgs, SharedPods, SplitPods
from components.web.server_files import TierArgs
from components.web.web_tier import WebTierArgs, fpm_address
from settings import Settings
from settings.access import Access
from settings.web import (
    ApacheAdmin,
    ApacheStorefront,
    ApacheWeb,
    NginxContainer,
    SharedWeb,
    SplitWeb,
)
from shop.limits import rate_limits
from shop.render import LOCAL_FPM, PhpMyAdminProxy, VirtualHost, WebServer
from stackfile.values import Autoscaling
from wiring import names
from wiring.common import CodeArgs


class _Topology(NamedTuple):
    """What a tier owes to the topology."""

    pods: SharedPods | SplitPods | ApachePods
    php: str | None
    """Address at which nginx finds php-fpm; None for Apache."""


def _topologies(settings: Settings) -> Mapping[str, _Topology]:
    match web := settings.web:
        case SharedWeb():
            storefront = _shared(settings, web.storefront.nginx)
            admin = _shared(settings, web.admin.nginx)
        case SplitWeb():
            nginx = web.storefront.nginx
            pods: SplitPods = {
                **_nginx(settings, nginx),
                "topology": "split",
                "autoscaling": nginx.autoscaling,
            }
            storefront = _Topology(pods, fpm_address(names.STOREFRONT))
            # The admin area has few users: scaling nginx separately would gain nothing.
            admin = _shared(settings, web.admin.nginx)
        case ApacheWeb():
            storefront = admin = _Topology({"topology": "apache"}, None)
        case _:
            assert_never(web)
    return {names.STOREFRONT: storefront, names.ADMIN: admin}


def _shared(settings: Settings, nginx: NginxContainer) -> _Topology:
    return _Topology({**_nginx(settings, nginx), "topology": "shared"}, LOCAL_FPM)


def _nginx(settings: Settings, nginx: NginxContainer) -> NginxArgs:
    # One image may carry both.
    image = settings.images.nginx or settings.images.php
    return {"image": image, "resources": nginx.resources}


def tiers(settings: Settings) -> dict[str, TierArgs]:
    """Return the configuration of each tier's web server."""
    web, hosts, access = settings.web, settings.hosts, settings.access
    sites = [_default(hosts.shop[0]), *further_sites(settings)]
    office = [_default(hosts.admin)]
    return {
        names.STOREFRONT: _tier(settings, names.STOREFRONT, web.storefront, sites, access.shop),
        names.ADMIN: _tier(settings, names.ADMIN, web.admin, office, access.admin),
    }


def _tier(
    settings: Settings,
    name: str,
    tier: ApacheStorefront | ApacheAdmin,
    sites: Sequence[VirtualHost],
    access: Access,
) -> TierArgs:
    shop, web = name == names.STOREFRONT, settings.web
    server: WebServer = {
        "tier": name,
        "sites": sites,
        "redirects": settings.hosts.redirects if shop else {},
        "admin_path": settings.admin.path,
        "document_root": web.document_root,
        "api": web.api,
        "secure": settings.secure,
        "hsts": settings.production and settings.secure,
        "trusted_proxies": settings.edge.trusted_proxies,
        "allow": access.allow,
        "basic_auth": access.basic_auth,
        "limits": rate_limits(name, web.limits.per_minute(api=web.api)),
        "phpmyadmin": None if shop else _phpmyadmin(settings),
        "timeout": tier.request_timeout_seconds,
    }
    php = _topologies(settings)[name].php
    return {"server": server, "workers": tier.php.workers, "php": php}


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
    return _web(settings, code, config, release, names.STOREFRONT, tier, tier.autoscaling)


def admin(
    settings: Settings,
    code: CodeArgs,
    config: ShopConfig,
    release: Release,
    phpmyadmin: PhpMyAdmin | None,
) -> WebTierArgs:
    """Return the arguments of the pods of the admin area."""
    tier = settings.web.admin
    args = _web(settings, code, config, release, names.ADMIN, tier, tier.replicas)
    if phpmyadmin is not None:
        # The web server looks its name up when it starts.
        args["depends_on"] = [*args["depends_on"], phpmyadmin]
    return args


def _web(  # noqa: PLR0913, PLR0917 (each is a part of the tier)
    settings: Settings,
    code: CodeArgs,
    config: ShopConfig,
    release: Release,
    name: str,
    tier: ApacheStorefront | ApacheAdmin,
    scale: int | Autoscaling,
) -> WebTierArgs:
    return {
        **code,
        "placement": tier.placement,
        "pods": _topologies(settings)[name].pods,
        "scale": scale,
        "php_resources": tier.php.resources,
        "files": config.files[name],
        "htpasswd": config.htpasswd.get(name),
        "request_timeout": tier.request_timeout_seconds,
        "depends_on": [release.job],
    }


def further_sites(settings: Settings) -> list[VirtualHost]:
    """Return the hosts of stores other than the default one."""
    stores = settings.hosts.stores
    return [{"host": store.host, "code": store.code, "type": store.type} for store in stores]


def _default(host: str) -> VirtualHost:
    return {"host": host, "code": "", "type": "store"}


def _phpmyadmin(settings: Settings) -> PhpMyAdminProxy | None:
    chosen = settings.phpmyadmin
    if not chosen.enabled or chosen.host is None:
        return None
    return {"host": chosen.host, "service": names.PHPMYADMIN, "allow": chosen.allow}
