"""What holds data and what is around it: namespace, stores, edge."""

from ipaddress import IPv4Network

from components import Tenant, WebTier
from components._network import EgressRule
from components.cache import CacheArgs
from components.database import Endpoint as EndpointArgs
from components.database import ExternalDatabaseArgs, VolumeDatabaseArgs
from components.edge import Certificate, EdgeArgs, ExistingSecret, NoTls
from components.media import MediaArgs
from components.tenant import TenantArgs
from settings import Secrets, Settings
from settings.edge import Egress
from settings.stores import Endpoint, ExternalDatabase
from settings.types import network
from wiring._common import ShopPodArgs, given, of_shop, resources, retention, storage

_PRIVATE = tuple(
    IPv4Network(cidr)
    for cidr in ("10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16")
)
"""Addresses inside of data centres, cloud metadata among them."""


def tenant(settings: Settings) -> TenantArgs:
    """Return what the namespace is told."""
    cpu, memory, pods = settings.quota()
    return {
        "namespace": settings.namespace_name,
        "labels": settings.labels,
        "retention": retention(settings),
        "quota": {"cpu": f"{cpu}m", "memory": str(memory), "pods": pods},
        "egress": [_egress(rule) for rule in settings.network.egress],
    }


def pods(settings: Settings, tenant: Tenant) -> ShopPodArgs:
    """Return what every pod is told."""
    return {
        **of_shop(settings, tenant),
        "service_account": tenant.service_account,
        "pull_secrets": settings.images.pull_secrets,
    }


def media(settings: Settings, tenant: Tenant) -> MediaArgs:
    """Return what the media volume is told."""
    return {
        **of_shop(settings, tenant),
        "storage": storage(settings.media.storage),
        "access_mode": settings.media.access_mode,
        "retention": retention(settings),
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
            "password": given(secrets.database_password),
            "ca": chosen.ca,
            "read": _endpoint(chosen.read),
            "cidrs": chosen.cidrs,
        }
    return {
        **pods,
        "mode": "volume",
        "image": settings.images.mariadb,
        "storage": storage(chosen.storage),
        "resources": resources(chosen.resources),
        "buffer_pool": chosen.buffer_pool,
        "max_connections": chosen.max_connections,
        "config": chosen.config,
        "retention": retention(settings),
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
            "resources": resources(sessions.resources),
            "maxmemory": sessions.maxmemory,
            "password": secrets.sessions_password,
            "storage": storage(sessions.storage),
        },
        "cache": {
            "resources": resources(store.resources),
            "maxmemory": store.maxmemory,
            "password": secrets.cache_password,
        },
    }


def edge(
    settings: Settings, secrets: Secrets, tenant: Tenant, storefront: WebTier, admin: WebTier
) -> EdgeArgs:
    """Return what the way in is told."""
    return {
        **of_shop(settings, tenant),
        "class_name": settings.edge.class_name,
        "controller_namespace": settings.edge.controller_namespace,
        "shop_hosts": list(settings.hosts.shop),
        "admin_host": settings.hosts.admin,
        "admin_path": settings.admin.path,
        "storefront": storefront.service,
        "admin": admin.service,
        "tls": _tls(settings, secrets),
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
            "certificate": given(secrets.tls_certificate),
            "private_key": given(secrets.tls_private_key),
        }
    return {"mode": "none"}
