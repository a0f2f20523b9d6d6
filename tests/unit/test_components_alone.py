"""Each component by itself: it needs nothing but its arguments, and knows no other one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pytest

import components
from components.cache.cache import CacheArgs
from components.cron import CronRunnerArgs
from components.database.database import DatabaseArgs
from components.edge.certificate import CertificateArgs, GivenCertificate
from components.edge.edge import EdgeArgs
from components.frontend_cache.frontend_cache import FrontendCacheArgs
from components.kit.metadata import ShopArgs
from components.kit.pods import PodArgs
from components.mail import MailArgs
from components.media import MediaArgs
from components.phpmyadmin import PhpMyAdminArgs
from components.release import ReleaseArgs
from components.tenant import TenantArgs
from components.web import ShopConfigArgs, WebTierArgs
from components.web.php import PhpArgs
from offline.graph import Graph, Resource, masked, plain
from offline.runner import record
from stackfile.databases import VolumeMariaDb
from stackfile.routes import IngressRoute
from stackfile.servers import PersistentRedis, RedisServer, SmtpServer, SqlServer
from stackfile.values import Autoscaling, Placement, Resources, SharedVolume, Storage
from tests.harness import data, spec

NAME = "instance"
"""No component has this name in the program: none may depend on its usual one."""
SMALL = Resources.of(requests=("100m", "128Mi"), limits=("1", "256Mi"))


class Shop(ShopArgs, PodArgs):
    """Arguments of components with pods."""


class Code(ShopArgs, PhpArgs):
    """Arguments of components with the shop's code."""


SHOP: Shop = {
    "namespace": "acme",
    "labels": {"openmage.org/customer": "acme"},
    "service_account": "pods",
    "pull_secrets": [],
}
CODE: Code = {
    **SHOP,
    "image": "registry.example.com/php:1",
    "local_xml": "local-xml",
    "php_config": "php",
    "media_claim": "media",
    "mail": None,
}
JUST_SHOP: ShopArgs = {"namespace": SHOP["namespace"], "labels": SHOP["labels"]}


def cache() -> CacheArgs:
    return {
        **SHOP,
        "image": "valkey:8",
        "engine": "valkey",
        "sessions": PersistentRedis(resources=SMALL, storage=Storage(size="1Gi")),
        "sessions_password": None,
        "cache": RedisServer(host="redis.example.com", port=6380, cidrs=("10.9.0.0/16",)),
        "cache_password": pulumi.Output.secret("hidden"),
    }


def certificate() -> CertificateArgs:
    return {
        **JUST_SHOP,
        "source": GivenCertificate(
            certificate=pulumi.Output.secret("chain"), private_key=pulumi.Output.secret("key")
        ),
    }


def cron() -> CronRunnerArgs:
    return {
        **CODE,
        "placement": Placement(),
        "schedule": "*/5 * * * *",
        "active_deadline_seconds": 1800,
        "resources": SMALL,
        "memory_limit": "1G",
        "depends_on": [],
    }


def database() -> DatabaseArgs:
    return {
        **SHOP,
        "server": VolumeMariaDb.model_validate(
            {
                "storage": Storage(size="8Gi"),
                "resources": SMALL,
                "maxConnections": 50,
                "config": {"max_statement_time": 300},
            }
        ),
        "image": "mariadb:11.8",
        "shared": SharedVolume(storage=Storage(size="5Gi")),
        "retention": {"protect": True, "retain": True},
        "password": None,
        "root_password": None,
    }


def edge() -> EdgeArgs:
    return {
        **JUST_SHOP,
        "route": IngressRoute.model_validate(
            {"kind": "ingress", "className": "nginx", "controllerNamespace": "ingress"}
        ),
        "moving_from": None,
        "backends": [
            {
                "name": name,
                "hosts": [f"{name}.example.com"],
                "service": f"{name}-service",
                "workload": f"{name}-pods",
                "timeout": 60,
            }
            for name in ("shop", "admin")
        ],
        "terminator": None,
        "tls": {"secure": True, "secret": "tls", "issued_later": False},
        "admin_path": "backoffice",
    }


def frontend_cache() -> FrontendCacheArgs:
    return {
        **SHOP,
        "placement": Placement(),
        "image": "varnish:7",
        "resources": SMALL,
        "replicas": 2,
        "storage": 2**27,
        "storefront": "shop-service",
        "workload": "shop-pods",
        "caching": {
            "release": "r1",
            "html": False,
            "restricted": False,
            "admin_path": "backoffice",
            "grace": 3600,
            "timeout": 60,
        },
        "terminator": None,
    }


def mail() -> MailArgs:
    return {
        **JUST_SHOP,
        "server": SmtpServer.model_validate({"host": "smtp.example.com", "from": "a@example.com"}),
        "domain": "shop.example.com",
        "password": None,
        "egress": [{"cidr": "192.0.2.0/24", "ports": [587]}],
    }


def media() -> MediaArgs:
    return {
        **JUST_SHOP,
        "volume": SharedVolume(storage=Storage(size="5Gi")),
        "retention": {"protect": True, "retain": True},
    }


def phpmyadmin() -> PhpMyAdminArgs:
    return {
        **SHOP,
        "placement": Placement(),
        "image": "phpmyadmin:5",
        "resources": SMALL,
        "memory_limit": 2**27,
        "host": "sql.example.com",
        "port": 3307,
        "ca": None,
        "client": "admin-pods",
    }


def release() -> ReleaseArgs:
    return {
        **CODE,
        "placement": Placement(),
        "settings": "{}",
        "admin_password": None,
        "resources": SMALL,
        "memory_limit": "1G",
    }


def shop_config() -> ShopConfigArgs:
    server = RedisServer(host="redis.example.com", cidrs=("10.9.0.0/16",))
    return {
        **JUST_SHOP,
        "database": SqlServer(host="sql.example.com", port=3307, cidrs=("10.9.0.0/16",)),
        "database_password": pulumi.Output.secret("hidden"),
        "root_password": None,
        "sessions": server,
        "sessions_password": pulumi.Output.secret(""),
        "cache": server,
        "cache_password": pulumi.Output.secret(""),
        "crypt_key": None,
        "admin_path": "backoffice",
        "release": "r1",
        "max_concurrency": 6,
        "memory_limit": "256M",
        "sendmail": "false",
        "ini": {},
        "custom_files": {},
        "tiers": {},
        "access_password": None,
        "purge": None,
        "retention": {"protect": False, "retain": False},
    }


def tenant() -> TenantArgs:
    return {
        **JUST_SHOP,
        "create": True,
        "registries": None,
        "retention": {"protect": False, "retain": False},
        "quota": {"cpu": "4", "memory": "8Gi", "pods": 20, "load_balancers": 0, "node_ports": 0},
        "dns": [],
        "egress": [],
    }


def web_tier() -> WebTierArgs:
    return {
        **CODE,
        "placement": Placement(),
        "pods": {"topology": "apache"},
        "php_resources": SMALL,
        "files": {"server": "apache"},
        "htpasswd": None,
        "request_timeout": 60,
        "scale": Autoscaling.model_validate({"minReplicas": 2, "maxReplicas": 6}),
        "depends_on": [],
    }


@dataclass(frozen=True)
class Alone:
    """A component and what it made."""

    graph: Graph
    component: Resource
    outputs: Mapping[str, Any]

    def one(self, kind: str, suffix: str = "") -> Resource:
        """Return an object that is called after the component."""
        return self.graph.one(kind, f"{NAME}{suffix}")


ALL: Mapping[type[pulumi.ComponentResource], Callable[[], Any]] = {
    components.Cache: cache,
    components.Certificate: certificate,
    components.CronRunner: cron,
    components.Database: database,
    components.Edge: edge,
    components.FrontendCache: frontend_cache,
    components.Mail: mail,
    components.Media: media,
    components.PhpMyAdmin: phpmyadmin,
    components.Release: release,
    components.ShopConfig: shop_config,
    components.Tenant: tenant,
    components.WebTier: web_tier,
}


def alone(kind: Any) -> Alone:
    """Make one component on mocks; its outputs are the attributes that its class declares."""
    outputs: dict[str, Any] = {}

    def program() -> None:
        made = kind(NAME, ALL[kind]())
        for key in kind.__annotations__:
            value = getattr(made, key)
            if isinstance(value, pulumi.Output):
                value.apply(lambda known, key=key: outputs.update({key: known}))
            else:
                outputs[key] = value

    graph = record(program)
    [component] = graph.components
    return Alone(graph, component, outputs)


def test_no_component_is_left_out():
    every = {name for name, found in vars(components).items() if isinstance(found, type)}
    assert {kind.__name__ for kind in ALL} == every


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_it_contains_what_it_makes_names_it_after_itself_and_registers_its_outputs(kind):
    found = alone(kind)
    assert found.component.name == NAME
    assert found.component.type == f"openmage:index:{kind.__name__}"
    made = [resource for resource in found.graph if resource.custom]
    assert made
    for resource in made:
        assert resource.parent == found.component.urn, resource.name
        assert resource.name == NAME or resource.name.startswith(f"{NAME}-"), resource.name
    assert found.component.urn in found.graph.finished
    assert set(found.outputs) == set(kind.__annotations__)


def test_a_cache_makes_its_own_stores_and_leads_to_those_of_others():
    found = alone(components.Cache)
    assert found.one("StatefulSet", "-sessions").inputs["metadata"]["namespace"] == "acme"
    assert found.outputs["sessions"].host == f"{NAME}-sessions"
    assert found.outputs["cache"].host == "redis.example.com"
    [egress] = spec(found.one("NetworkPolicy", "-clients"))["egress"]
    assert egress["to"] == [{"ipBlock": {"cidr": "10.9.0.0/16"}}]
    assert egress["ports"] == [{"protocol": "TCP", "port": 6380}]


def test_a_given_certificate_is_in_a_secret_of_the_type_for_tls():
    found = alone(components.Certificate)
    secret = found.one("Secret")
    assert secret.inputs["type"] == "kubernetes.io/tls"
    assert plain(secret.inputs)["stringData"] == {"tls.crt": "chain", "tls.key": "key"}
    assert "chain" not in str(masked(secret.inputs))
    assert found.outputs["secret"] == found.graph.names[secret.urn]


def test_cron_runs_on_its_schedule_and_never_twice_at_once():
    made = spec(alone(components.CronRunner).one("CronJob"))
    assert made["schedule"] == "*/5 * * * *"
    assert made["concurrencyPolicy"] == "Forbid"
    assert made["jobTemplate"]["spec"]["activeDeadlineSeconds"] == 1800


def test_a_database_leads_to_its_server_and_guards_its_data():
    found = alone(components.Database)
    server = found.outputs["server"]
    assert (server.host, server.port, server.ca, server.read) == (NAME, 3306, None, None)
    volume = found.one("PersistentVolumeClaim", "-data")
    assert (volume.protect, volume.retain_on_delete) == (True, True)
    assert "max_statement_time = 300\n" in data(found.graph, f"{NAME}-config")["openmage.cnf"]


def test_an_edge_routes_hosts_to_services_and_opens_their_pods_to_the_controller():
    found = alone(components.Edge)
    rules = spec(found.one("Ingress", "-nginx"))["rules"]
    paths = {rule["host"]: rule["http"]["paths"][0]["backend"]["service"]["name"] for rule in rules}
    assert paths == {"shop.example.com": "shop-service", "admin.example.com": "admin-service"}
    assert found.outputs["admin_url"] == "https://admin.example.com/backoffice/"
    policy = spec(found.one("NetworkPolicy", "-shop-pods"))
    namespace = {"matchLabels": {"kubernetes.io/metadata.name": "ingress"}}
    assert policy["ingress"][0]["from"] == [{"namespaceSelector": namespace}]


def test_a_frontend_cache_asks_the_service_that_it_is_given():
    found = alone(components.FrontendCache)
    assert '.host = "shop-service"' in data(found.graph, f"{NAME}-config")["default.vcl"]
    assert spec(found.one("Deployment"))["replicas"] == 2
    assert found.outputs["service"] == NAME


def test_mail_has_an_account_and_a_way_to_its_server():
    found = alone(components.Mail)
    assert "host smtp.example.com\nport 587\n" in data(found.graph, NAME)["msmtprc"]
    assert found.outputs["account"] == found.graph.names[found.one("Secret").urn]
    [egress] = spec(found.one("NetworkPolicy"))["egress"]
    assert egress["to"] == [{"ipBlock": {"cidr": "192.0.2.0/24"}}]


def test_media_are_on_a_volume_that_outlives_the_stack():
    found = alone(components.Media)
    volume = found.one("PersistentVolumeClaim")
    assert spec(volume)["resources"]["requests"] == {"storage": "5Gi"}
    assert (volume.protect, volume.retain_on_delete) == (True, True)
    assert found.outputs["claim"] == NAME


def test_phpmyadmin_shows_the_one_server_that_it_is_given():
    found = alone(components.PhpMyAdmin)
    [container] = spec(found.one("Deployment"))["template"]["spec"]["containers"]
    environment = {each["name"]: each["value"] for each in container["env"]}
    assert environment == {"PMA_HOST": "sql.example.com", "PMA_PORT": "3307", "PMA_SSL_CA": ""}
    client = {"app.kubernetes.io/name": "openmage", "app.kubernetes.io/instance": "admin-pods"}
    peers = spec(found.one("NetworkPolicy"))["ingress"][0]["from"]
    assert peers == [{"podSelector": {"matchLabels": client}}]


def test_a_release_is_one_job_with_a_password_of_its_own():
    found = alone(components.Release)
    assert spec(found.one("Job"))["backoffLimit"] == 1
    assert found.outputs["admin_password"] == data(found.graph, f"{NAME}-admin")["admin-password"]


def test_the_configuration_names_the_servers_that_it_is_given():
    found = alone(components.ShopConfig)
    files = data(found.graph, NAME)
    assert "<host>sql.example.com:3307</host>" in files["local.xml"]
    assert f"<key>{found.outputs['crypt_key']}</key>" in files["local.xml"]
    assert files["database-ca.pem"] == ""
    assert found.outputs["access_password"] is None


def test_a_tenant_is_a_closed_namespace():
    found = alone(components.Tenant)
    assert found.outputs["namespace"] == "acme"
    labels = found.one("Namespace").inputs["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    assert spec(found.one("NetworkPolicy", "-deny"))["policyTypes"] == ["Ingress", "Egress"]


def test_a_web_tier_leaves_the_number_of_its_pods_to_the_autoscaler():
    found = alone(components.WebTier)
    assert "replicas" not in spec(found.one("Deployment"))
    assert spec(found.one("HorizontalPodAutoscaler"))["maxReplicas"] == 6
    assert spec(found.one("PodDisruptionBudget"))["maxUnavailable"] == 1
    assert found.outputs["service"] == NAME
