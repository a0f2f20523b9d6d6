"""Claims about the web tiers in each topology."""

import json

import pytest

from tests.harness import PRODUCTION, containers, data, deploy, merge, pods, spec

SPLIT = {"web": {"topology": "split"}}
ONE_IMAGE = {"images": {"php": "registry.example.com/shop:1", "nginx": None}}


def of(topology, changes=None):
    """Return the shop in a topology, from one image."""
    return deploy(merge({**ONE_IMAGE, "web": {"topology": topology}}, changes or {}))


@pytest.fixture(scope="module")
def split():
    return deploy(SPLIT)


@pytest.fixture(scope="module")
def apache():
    return of("apache")


def names(pod):
    return [container["name"] for container in containers(pod)]


def scaled(graph):
    return {
        r.name: spec(r)["metrics"][0]["containerResource"]["container"]
        for r in graph
        if r.kind == "HorizontalPodAutoscaler"
    }


def selected(graph):
    """Return the pairs of (serving, client) instances that policies open, with the port."""
    found = set()
    for policy in (r for r in graph if r.kind == "NetworkPolicy"):
        for rule in spec(policy).get("ingress", []):
            serving = spec(policy)["podSelector"].get("matchLabels", {})
            for peer in rule.get("from", []):
                client = peer.get("podSelector", {}).get("matchLabels", {})
                key = "app.kubernetes.io/instance"
                found.add((serving.get(key), client.get(key), rule["ports"][0]["port"]))
    return found


def test_nginx_and_php_stand_in_pods_of_their_own(split):
    made = pods(split)
    assert names(made["storefront"]) == ["nginx"]
    assert names(made["storefront-php"]) == ["php"]


def test_each_is_scaled_by_its_own_load(split):
    assert scaled(split) == {"storefront": "nginx", "storefront-php": "php"}


def test_nginx_finds_php_by_its_service(split):
    assert "server storefront-php:9000;" in data(split, "config-storefront-nginx")["nginx.conf"]
    assert "listen = 9000\n" in data(split, "config-storefront-php-fpm")["pool.conf"]
    [service] = [r for r in split if r.kind == "Service" and r.name == "storefront-php"]
    assert [port["port"] for port in spec(service)["ports"]] == [9000]


def test_nginx_alone_reaches_php_and_neither_store_nor_secret(split):
    assert ("storefront-php", "storefront", 9000) in selected(split)
    pod = pods(split)["storefront"]
    assert not {"openmage.org/runs", "openmage.org/database"} & set(pod["metadata"]["labels"])
    assert not [volume for volume in pod["spec"]["volumes"] if "secret" in volume]


def test_nginx_serves_files_while_php_is_away(split):
    [nginx] = containers(pods(split)["storefront"])
    assert nginx["readinessProbe"]["httpGet"]["path"] == "/live"


def test_a_busy_php_pod_is_neither_restarted_nor_taken_away(split):
    [php] = containers(pods(split)["storefront-php"])
    assert php["startupProbe"]["exec"]["command"][-1] == "9000"
    assert php["readinessProbe"]["exec"]["command"][-1] == "9001"
    assert php["livenessProbe"]["exec"]["command"][-1] == "9001"


def test_the_admin_area_keeps_pods_of_its_own(split, apache):
    assert names(pods(split)["admin"]) == ["nginx", "php"]
    assert names(pods(apache)["admin"]) == ["php"]
    assert "server 127.0.0.1:9000;" in data(split, "config-admin-nginx")["nginx.conf"]


@pytest.mark.parametrize("topology", ["shared", "split", "apache"])
def test_a_drain_takes_one_pod_of_each_workload_at_a_time(topology):
    graph = of(topology)
    workloads = {r.name for r in graph if r.kind in {"Deployment", "StatefulSet"}}
    budgets = {r.name: spec(r) for r in graph if r.kind == "PodDisruptionBudget"}
    assert set(budgets) == workloads
    assert {budget["maxUnavailable"] for budget in budgets.values()} == {1}
    assert {budget["unhealthyPodEvictionPolicy"] for budget in budgets.values()} == {"AlwaysAllow"}


def test_apache_is_one_container_that_runs_php_by_itself(apache):
    [container] = containers(pods(apache)["storefront"])
    assert container["command"][:3] == ["apache2", "-f", "/etc/openmage/apache/apache.conf"]
    assert container["image"] == "registry.example.com/shop:1"
    assert scaled(apache) == {"storefront": "php"}
    assert not [r for r in apache if r.kind == "ConfigMap" and "fpm" in r.name]


def test_apache_finds_the_script_that_counts_for_it(apache):
    for tier in ("storefront", "admin"):
        files = data(apache, f"config-{tier}-apache")
        assert "php -n /etc/openmage/apache/limits.php" in files["apache.conf"]
        assert files["limits.php"].startswith("<?php")


def test_one_image_may_carry_both():
    graph = deploy(ONE_IMAGE)
    images = {container["image"] for container in containers(pods(graph)["storefront"])}
    assert images == {"registry.example.com/shop:1"}


def test_each_tier_goes_to_its_own_nodes():
    placement = {
        "nodeSelector": {"pool": "office"},
        "tolerations": [{"key": "pool", "value": "office", "effect": "NoSchedule"}, {"key": "old"}],
        "priorityClass": "shops",
    }
    made = pods(deploy({"web": {"admin": {"placement": placement}}}))
    assert made["admin"]["spec"]["nodeSelector"] == {"pool": "office"}
    assert made["admin"]["spec"]["priorityClassName"] == "shops"
    assert made["admin"]["spec"]["tolerations"][:2] == [
        {"key": "pool", "operator": "Equal", "value": "office", "effect": "NoSchedule"},
        {"key": "old", "operator": "Exists"},
    ]
    assert "nodeSelector" not in made["storefront"]["spec"]


@pytest.mark.parametrize("topology", ["shared", "split", "apache"])
def test_a_password_is_asked_for_where_the_settings_say_so(topology):
    graph = of(topology, {"access": {"shop": {"basicAuth": True}}})
    pod = pods(graph)["storefront"]
    [access] = [volume for volume in pod["spec"]["volumes"] if volume["name"] == "access"]
    assert access["secret"]["secretName"].startswith("config-storefront-access")
    assert data(graph, "config-storefront-access")["htpasswd"].startswith("visitor:{SHA}")
    server = "apache" if topology == "apache" else "nginx"
    text = data(graph, f"config-storefront-{server}")[f"{server}.conf"]
    assert "/etc/openmage/access/htpasswd" in text
    assert "htpasswd" not in data(graph, f"config-admin-{server}")[f"{server}.conf"]


def test_nobody_is_asked_for_a_password_by_default():
    graph = deploy()
    assert not [r for r in graph if "access" in r.name]


def test_a_limit_of_none_is_no_limit():
    limits = {"login": 0, "forms": 0, "checkout": 0, "search": 0, "admin": 0, "api": 0}
    graph = deploy({"web": {"api": True, "limits": limits}})
    for tier in ("storefront", "admin"):
        assert "limit_req" not in data(graph, f"config-{tier}-nginx")["nginx.conf"]
    assert "zone=login" in data(deploy(), "config-storefront-nginx")["nginx.conf"]


def test_browsers_are_told_to_come_by_https_in_production_only():
    tls = {"edge": {"tls": {"mode": "secret", "secretName": "shop-tls"}}}
    header = "Strict-Transport-Security"
    assert header not in data(deploy(tls), "config-storefront-nginx")["nginx.conf"]
    assert header in data(deploy(PRODUCTION), "config-storefront-nginx")["nginx.conf"]


STORES = {
    "hosts": {
        "stores": [
            {"host": "fr.shop.test", "code": "fr", "redirects": ["shop-fr.test"]},
            {"host": "brand.test", "code": "brand", "type": "website"},
        ]
    }
}


def test_each_host_shows_its_store():
    graph = deploy(STORES)
    text = data(graph, "config-storefront-nginx")["nginx.conf"]
    assert "    fr.shop.test fr;\n    brand.test brand;\n" in text
    assert "    fr.shop.test store;\n    brand.test website;\n" in text
    assert "server_name shop.test fr.shop.test brand.test;" in text
    assert "return 301 $forwarded_scheme://fr.shop.test$request_uri;" in text


def test_the_release_knows_the_addresses_of_the_stores():
    stores = json.loads(data(deploy(STORES), "release-scripts")["release.json"])["stores"]
    assert [(store["code"], store["type"], store["unsecure"]) for store in stores] == [
        ("fr", "store", "http://fr.shop.test/"),
        ("brand", "website", "http://brand.test/"),
    ]


def _configured(changes):
    released = json.loads(data(deploy(changes), "release-scripts")["release.json"])
    return {row["path"]: row["value"] for row in released["config"] if row["scope"] == "default"}


def test_people_can_sign_in_where_there_is_no_tls():
    # Of a cookie with SameSite=None OpenMage makes one that is sent by https only.
    assert _configured({})["web/cookie/cookie_samesite"] == "Lax"
    tls = {"mode": "secret", "secretName": "shop-tls"}
    assert "web/cookie/cookie_samesite" not in _configured({"edge": {"tls": tls}})
