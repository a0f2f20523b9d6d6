"""What each component is told: settings on one side, arguments on the other."""

import hashlib
from ipaddress import IPv4Network

import pulumi

from components import Cache, Database, Media, Release, ShopConfig, Tenant, WebTier
from components._claims import Retention
from components._claims import Storage as StorageArgs
from components._network import EgressRule
from components._objects import ShopArgs
from components._php import PhpArgs
from components._pods import PodArgs
from components._pods import Resources as ResourcesArgs
from components.cache import CacheArgs
from components.cron_runner import CronRunnerArgs
from components.database import Endpoint as EndpointArgs
from components.database import ExternalDatabaseArgs, VolumeDatabaseArgs
from components.edge import Certificate, EdgeArgs, ExistingSecret, NoTls
from components.media import MediaArgs
from components.release import ReleaseArgs
from components.shop_config import ShopConfigArgs, TierArgs
from components.tenant import TenantArgs
from components.web_tier import WebTierArgs
from settings import Secrets, Settings
from settings.edge import Egress
from settings.stores import Endpoint, ExternalDatabase, Storage
from settings.types import network
from settings.web import Resources
from shop import Server, Store, release_settings

_PRIVATE = tuple(
    IPv4Network(cidr)
    for cidr in ("10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16")
)
"""Addresses inside of data centres, cloud metadata among them."""


class ShopPodArgs(ShopArgs, PodArgs):
    """What all pods of the shop are told."""


class CodeArgs(ShopArgs, PhpArgs):
    """What all pods with the shop's code are told."""


def tenant(settings: Settings) -> TenantArgs:
    """Return what the namespace is told."""
    cpu, memory, pods = settings.quota()
    return {
        "namespace": settings.namespace_name,
        "labels": settings.labels,
        "retention": _retention(settings),
        "quota": {"cpu": f"{cpu}m", "memory": str(memory), "pods": pods},
        "egress": [_egress(rule) for rule in settings.network.egress],
    }


def pods(settings: Settings, tenant: Tenant) -> ShopPodArgs:
    """Return what every pod is told."""
    return {
        **_shop(settings, tenant),
        "service_account": tenant.service_account,
        "pull_secrets": settings.images.pull_secrets,
    }


def media(settings: Settings, tenant: Tenant) -> MediaArgs:
    """Return what the media volume is told."""
    return {
        **_shop(settings, tenant),
        "storage": _storage(settings.media.storage),
        "access_mode": settings.media.access_mode,
        "retention": _retention(settings),
    }


def database(
    settings: Settings, secrets: Secrets, pods: ShopPodArgs
) -> VolumeDatabaseArgs | ExternalDatabaseArgs:
    """Return what the database of the chosen mode is told."""
    chosen = settings.database
    if isinstance(chosen, ExternalDatabase):
        return {
            "namespace": pods["namespace"],
            "labels": pods["labels"],
            "mode": "external",
            "host": chosen.host,
            "port": chosen.port,
            "database": chosen.name,
            "username": chosen.username,
            "password": _given(secrets.database_password),
            "ca": chosen.ca,
            "read": _endpoint(chosen.read),
            "cidrs": chosen.cidrs,
        }
    return {
        **pods,
        "mode": "volume",
        "image": settings.images.mariadb,
        "storage": _storage(chosen.storage),
        "resources": _resources(chosen.resources),
        "buffer_pool": chosen.buffer_pool,
        "max_connections": chosen.max_connections,
        "config": chosen.config,
        "retention": _retention(settings),
        "password": secrets.database_password,
        "root_password": secrets.database_root_password,
    }


def cache(settings: Settings, secrets: Secrets, pods: ShopPodArgs) -> CacheArgs:
    """Return what the two Valkeys are told."""
    sessions, store = settings.cache.sessions, settings.cache.cache
    return {
        **pods,
        "image": settings.images.valkey,
        "sessions": {
            "resources": _resources(sessions.resources),
            "maxmemory": sessions.maxmemory,
            "password": secrets.sessions_password,
            "storage": _storage(sessions.storage),
        },
        "cache": {
            "resources": _resources(store.resources),
            "maxmemory": store.maxmemory,
            "password": secrets.cache_password,
        },
    }


def shop_config(
    settings: Settings, secrets: Secrets, tenant: Tenant, database: Database, cache: Cache
) -> ShopConfigArgs:
    """Return what local.xml and the configuration files are made of."""
    web, own = settings.web, settings.web.nginx
    return {
        **_shop(settings, tenant),
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
        "retention": _retention(settings),
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
        "resources": _resources(settings.cron.resources),
        "memory_limit": settings.cron.memory_limit,
    }


def storefront(
    settings: Settings, code: CodeArgs, config: ShopConfig, release: Release
) -> WebTierArgs:
    """Return what the pods that customers see are told."""
    tier = settings.web.storefront
    return {
        **code,
        "nginx_image": settings.images.nginx,
        "nginx_config": config.nginx["storefront"],
        "php_fpm_config": config.php_fpm["storefront"],
        "php_resources": _resources(tier.php.resources),
        "nginx_resources": _resources(tier.nginx.resources),
        "request_timeout": tier.request_timeout_seconds,
        "autoscaling": {
            "min_replicas": tier.autoscaling.min_replicas,
            "max_replicas": tier.autoscaling.max_replicas,
            "cpu_percent": tier.autoscaling.cpu_percent,
            "scale_down_seconds": tier.autoscaling.scale_down_seconds,
        },
        "release": release.job,
    }


def admin(settings: Settings, code: CodeArgs, config: ShopConfig, release: Release) -> WebTierArgs:
    """Return what the pods of the admin area are told."""
    tier = settings.web.admin
    return {
        **code,
        "nginx_image": settings.images.nginx,
        "nginx_config": config.nginx["admin"],
        "php_fpm_config": config.php_fpm["admin"],
        "php_resources": _resources(tier.php.resources),
        "nginx_resources": _resources(tier.nginx.resources),
        "request_timeout": tier.request_timeout_seconds,
        "replicas": tier.replicas,
        "release": release.job,
    }


def cron(settings: Settings, code: CodeArgs, release: Release) -> CronRunnerArgs:
    """Return what cron is told."""
    return {
        **code,
        "schedule": settings.cron.schedule,
        "active_deadline_seconds": settings.cron.active_deadline_seconds,
        "resources": _resources(settings.cron.resources),
        "memory_limit": settings.cron.memory_limit,
        "release": release.job,
    }


def edge(
    settings: Settings, secrets: Secrets, tenant: Tenant, storefront: WebTier, admin: WebTier
) -> EdgeArgs:
    """Return what the way in is told."""
    return {
        **_shop(settings, tenant),
        "class_name": settings.edge.class_name,
        "controller_namespace": settings.edge.controller_namespace,
        "shop_hosts": list(settings.hosts.shop),
        "admin_host": settings.hosts.admin,
        "admin_path": settings.admin.path,
        "storefront": storefront.service,
        "admin": admin.service,
        "tls": _tls(settings, secrets),
    }


def _shop(settings: Settings, tenant: Tenant) -> ShopArgs:
    return {"namespace": tenant.namespace, "labels": settings.labels}


def _retention(settings: Settings) -> Retention:
    return {"protect": settings.production, "retain": settings.retain_data}


def _storage(storage: Storage) -> StorageArgs:
    return {"size": storage.size, "storage_class": storage.storage_class}


def _resources(resources: Resources) -> ResourcesArgs:
    requests, limits = resources.requests, resources.limits
    return {
        "requests": {"cpu": requests.cpu, "memory": requests.memory},
        "limits": {"cpu": limits.cpu, "memory": limits.memory},
    }


def _endpoint(endpoint: Endpoint | None) -> EndpointArgs | None:
    return None if endpoint is None else {"host": endpoint.host, "port": endpoint.port}


def _egress(rule: Egress) -> EgressRule:
    allowed = network(rule.cidr)
    inside = [
        str(private)
        for private in _PRIVATE
        if isinstance(allowed, IPv4Network) and private.subnet_of(allowed) and private != allowed
    ]
    return {"cidr": rule.cidr, "ports": rule.ports, "excluded": inside}


def _tls(settings: Settings, secrets: Secrets) -> ExistingSecret | Certificate | NoTls:
    tls = settings.edge.tls
    if tls.mode == "secret":
        return {"mode": "secret", "secret": tls.secret_name}
    if tls.mode == "certificate":
        return {
            "mode": "certificate",
            "certificate": _given(secrets.tls_certificate),
            "private_key": _given(secrets.tls_private_key),
        }
    return {"mode": "none"}


def _given(secret: pulumi.Output[str] | None) -> pulumi.Output[str]:
    """Return a secret that the settings have demanded."""
    if secret is None:
        message = "a required secret passed the settings' checks without being there"
        raise AssertionError(message)
    return secret


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
