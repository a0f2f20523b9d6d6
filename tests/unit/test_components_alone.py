"""Each component is made alone, of its arguments: it asks neither settings nor its like."""

from typing import Any

import pulumi
import pulumi_kubernetes as k8s
import pytest

from components.cache import Cache
from components.certificate import Certificate
from components.cron_runner import CronRunner
from components.database import Database
from components.edge import Edge
from components.frontend_cache import FrontendCache
from components.mail import Mail
from components.media import Media
from components.php_my_admin import PhpMyAdmin
from components.release import Release
from components.tenant import Tenant
from components.web_tier import WebTier
from offline import record
from offline.graph import Secret

SHOP: Any = {"namespace": "acme", "labels": {"openmage.org/customer": "acme"}}
AMOUNTS = {"cpu": "100m", "memory": "128Mi"}
RESOURCES = {"requests": AMOUNTS, "limits": AMOUNTS}
STORAGE = {"size": "1Gi", "storage_class": None}
KEPT = {"protect": True, "retain": True}
PODS: Any = {
    **SHOP,
    "placement": {"node_selector": {}, "tolerations": [], "priority_class": None},
    "service_account": "shop",
    "pull_secrets": [],
}
CODE: Any = {
    **PODS,
    "image": "example.com/php:1",
    "local_xml": "config",
    "php_config": "config-php",
    "media_claim": "media",
    "mail": None,
}
VALKEY: Any = {
    **PODS,
    "mode": "own",
    "image": "example.com/valkey:8",
    "engine": "valkey",
    "resources": RESOURCES,
    "maxmemory": 64 * 2**20,
    "password": None,
}


def job():
    """Return a release of somebody else's."""
    return k8s.batch.v1.Job("before", metadata={}, spec={"template": {"spec": {"containers": []}}})


def tenant(opts):
    quota = {"cpu": "1", "memory": "1Gi", "pods": 9, "load_balancers": 0, "node_ports": 0}
    args: Any = {**SHOP, "retention": KEPT, "quota": quota, "egress": []}
    return Tenant("one", args, opts)


def media(opts):
    args: Any = {**SHOP, "storage": STORAGE, "access_mode": "ReadWriteMany", "retention": KEPT}
    return Media("one", args, opts)


def mail(opts):
    return Mail("one", {"mode": "none"}, opts)


def database(opts):
    args: Any = {
        **PODS,
        "mode": "volume",
        "image": "example.com/mariadb:11.8",
        "resources": RESOURCES,
        "buffer_pool": 64 * 2**20,
        "max_connections": 20,
        "config": {},
        "retention": KEPT,
        "password": None,
        "root_password": None,
        "storage": STORAGE,
    }
    return Database("one", args, opts)


def cache(opts):
    args: Any = {"sessions": {**VALKEY, "storage": STORAGE}, "cache": VALKEY}
    return Cache("one", args, opts)


def certificate(opts):
    given: Any = {
        "mode": "certificate",
        "certificate": pulumi.Output.secret("chain"),
        "private_key": pulumi.Output.secret("key"),
    }
    args: Any = {**SHOP, "given": given}
    return Certificate("one", args, opts)


def release(opts):
    args: Any = {
        **CODE,
        "settings": "{}",
        "admin_password": None,
        "resources": RESOURCES,
        "memory_limit": "512M",
    }
    return Release("one", args, opts)


def cron(opts):
    args: Any = {
        **CODE,
        "schedule": "* * * * *",
        "active_deadline_seconds": 3600,
        "resources": RESOURCES,
        "memory_limit": "512M",
        "release": job(),
    }
    return CronRunner("one", args, opts)


def web_tier(opts):
    args: Any = {
        **CODE,
        "topology": "apache",
        "nginx": None,
        "php_resources": RESOURCES,
        "server_config": "config-apache",
        "htpasswd": None,
        "request_timeout": 60,
        "replicas": 1,
        "release": job(),
        "after": [],
    }
    return WebTier("one", args, opts)


def php_my_admin(opts):
    args: Any = {
        **PODS,
        "image": "example.com/phpmyadmin:5",
        "resources": RESOURCES,
        "memory_limit": 64 * 2**20,
        "host": "database",
        "port": 3306,
        "ca": None,
        "routed": False,
    }
    return PhpMyAdmin("one", args, opts)


def frontend_cache(opts):
    args: Any = {
        **PODS,
        "image": "example.com/varnish:7",
        "resources": RESOURCES,
        "storage": 32 * 2**20,
        "request_timeout": 60,
        "terminator": None,
        "replicas": 1,
        "storefront": "storefront",
        "release": "1",
        "html": False,
        "restricted": False,
        "admin_path": "backoffice",
        "grace": 60,
    }
    return FrontendCache("one", args, opts)


def edge(opts):
    route: Any = {"workload": "storefront", "service": "storefront", "seconds": 60}
    args: Any = {
        **SHOP,
        "way": {"kind": "ingress", "class_name": "public", "controller_namespace": "edge"},
        "former": None,
        "routes": [
            {**route, "name": "shop", "hosts": ["shop.example.com"]},
            {**route, "name": "admin", "hosts": ["admin.example.com"]},
        ],
        "terminator": None,
        "tls": {"secure": False, "secret": None, "issued_later": False},
        "admin_path": "backoffice",
    }
    return Edge("one", args, opts)


@pytest.fixture(
    params=[
        *(tenant, media, mail, database, cache, certificate, release, cron, web_tier),
        *(php_my_admin, frontend_cache, edge),
    ],
    ids=lambda make: make.__name__,
)
def graph(request):
    def program():
        provider = k8s.Provider("elsewhere", context="elsewhere")
        request.param(pulumi.ResourceOptions(provider=provider))

    return record(program)


def test_it_registers_its_outputs(graph):
    [component] = graph.components
    assert component.name == "one"
    assert component.urn in graph.finished
    assert [
        key for key, value in graph.outputs[component.urn].items() if isinstance(value, Secret)
    ] == []


def test_its_parts_are_its_children_and_go_to_the_provider_that_it_was_given(graph):
    for resource in graph:
        if resource.custom and not resource.is_provider and resource.name != "before":
            assert graph.resources[resource.parent].name == "one", resource.name
            if resource.type.startswith("kubernetes:"):
                assert graph.provider_of(resource) == graph.one("kubernetes", "elsewhere")


def test_its_parts_are_named_after_it(graph):
    parts = [r.name for r in graph.children_of("one")]
    assert [name for name in parts if name != "one" and not name.startswith("one-")] == []
