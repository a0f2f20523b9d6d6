"""Claims about the pods of the frontend cache, and who may talk to them."""

import json
from typing import Any

import pytest

from offline import StackFile, run
from stackfile.types import bytes_of
from tests.harness import (
    DEV,
    DIGEST,
    containers,
    data,
    deploy,
    merge,
    plain,
    pods,
    spec,
    validated,
)

VARNISH = {"frontendCache": {"mode": "varnish"}}
PAGES = {"frontendCache": {"mode": "varnish", "html": True}}


@pytest.fixture(scope="module")
def graph():
    return deploy(VARNISH)


@pytest.fixture(scope="module")
def terminated():
    tree = merge(dict(DEV.shop), {"frontendCache": {"mode": "varnish", "terminator": True}})
    tls = {"mode": "secret", "secretName": "shop-tls"}
    # Not merged: what is right for an Ingress is not for another way in.
    tree["edge"] = {"kind": "none", "controllerNamespace": "balancers", "tls": tls}
    config = {**DEV.config, "openmage:shop": json.dumps(tree)}
    return run(StackFile("test", DEV.path, config, frozenset()))


def container(graph, name):
    [found] = [c for c in containers(pods(graph)["frontend-cache"]) if c["name"] == name]
    return found


def vcl(graph):
    return data(graph, "frontend-cache-config")["default.vcl"]


def flows(graph, workload):
    """Return who may reach a workload's pods, and where these may go: (peer, port)."""
    into, out = set(), set()
    for policy in graph.of("NetworkPolicy"):
        rules = spec(policy)
        labels = rules["podSelector"].get("matchLabels", {})
        if labels.get("app.kubernetes.io/instance") != workload:
            continue
        for rule in rules.get("ingress", []):
            into |= {(_peer(p), q["port"]) for p in rule["from"] for q in rule["ports"]}
        for rule in rules.get("egress", []):
            out |= {(_peer(p), q["port"]) for p in rule["to"] for q in rule["ports"]}
    return into, out


def _peer(peer):
    if "namespaceSelector" in peer:
        return (
            f"namespace {peer['namespaceSelector']['matchLabels']['kubernetes.io/metadata.name']}"
        )
    labels = peer["podSelector"]["matchLabels"]
    return labels.get("app.kubernetes.io/instance") or next(iter(labels.values()))


def test_without_it_there_is_nothing_of_it():
    graph = deploy()
    assert "frontend-cache" not in {resource.name for resource in graph}
    assert "purge" not in data(graph, "config")["local.xml"]


def test_visitors_come_by_the_edge_and_only_the_shops_code_comes_to_purge(graph):
    into, out = flows(graph, "frontend-cache")
    assert into == {("namespace traefik", 8080), ("php", 8082)}
    assert out == {("storefront", 8080)}
    assert ("frontend-cache", 8080) in flows(graph, "storefront")[0]


def test_no_way_of_visitors_leads_to_the_port_of_purges(graph, terminated):
    for found in (graph, terminated):
        ports = spec(found.one("Service", "frontend-cache"))["ports"]
        assert 8082 not in [port["targetPort"] for port in ports]
        into = flows(found, "frontend-cache")[0]
        assert [peer for peer, port in into if port == 8082] == ["php"]


def test_every_pod_has_an_address_for_purges_ready_or_not(graph):
    service = spec(graph.one("Service", "frontend-cache-pods"))
    assert service["clusterIP"] == "None"
    assert service["publishNotReadyAddresses"] is True
    [port] = service["ports"]
    local_xml = data(graph, "config")["local.xml"]
    assert f"<purge>frontend-cache-pods:{port['port']}</purge>" in local_xml
    assert service["selector"] == spec(graph.one("Service", "frontend-cache"))["selector"]


def test_the_shop_says_which_files_have_changed_and_pages_only_where_they_are_kept(graph):
    files = data(graph, "config")["local.xml"]
    assert "<clean_media_cache_after>" in files
    assert "application_clean_cache" not in files
    pages = data(deploy(PAGES), "config")["local.xml"]
    assert "<application_clean_cache>" in pages
    assert "page_response" in vcl(deploy(PAGES))
    assert "page_response" not in vcl(graph)


def test_the_code_that_purges_is_in_every_pod_with_the_shops_code(graph):
    assert "class OpenMage_Kubernetes_Purge" in data(graph, "config-php")["purge.php"]
    for name in ("storefront", "admin", "cron", "release"):
        mounts = [
            mount
            for each in containers(pods(graph)[name])
            for mount in each["volumeMounts"]
            if mount["mountPath"] == "/etc/openmage/purge.php"
        ]
        assert [mount["subPath"] for mount in mounts] == ["purge.php"], name


@pytest.mark.parametrize(
    "change",
    [
        {"images": {"php": "openmage.local/php:2"}},
        {"images": {"nginx": "openmage.local/nginx:2"}},
        {"hosts": {"shop": ["new.test"]}},
    ],
)
def test_a_release_starts_with_an_empty_cache(graph, change):
    assert vcl(deploy({**VARNISH, **change})) != vcl(graph)


def test_what_has_nothing_to_do_with_files_leaves_the_cache_as_it_is(graph):
    assert vcl(deploy({**VARNISH, "images": {"valkey": f"valkey:9{DIGEST}"}})) == vcl(graph)
    assert vcl(deploy({**VARNISH, "cron": {"memoryLimit": "900M"}})) == vcl(graph)


def test_a_new_configuration_gives_new_pods(graph):
    config = graph.one("ConfigMap", "frontend-cache-config")
    assert "name" not in plain(config.inputs)["metadata"]


def test_the_cache_leaves_room_in_the_pods_memory(graph):
    for preset in ("small", "medium", "large"):
        settings = validated(merge(dict(DEV.shop), {**VARNISH, "preset": preset}))
        front: Any = settings.frontend_cache
        assert 0.35 < front.storage / bytes_of(front.resources.limits.memory) < 0.5
    command = container(graph, "varnish")["command"]
    assert f"malloc,{54 * 2**20}" in command
    assert "vsl_space=4M" in command


def test_a_rollout_loses_no_request(graph, terminated):
    for found in (graph, terminated):
        deployment = spec(found.one("Deployment", "frontend-cache"))
        assert deployment["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
        pod = deployment["template"]["spec"]
        seconds = pod["terminationGracePeriodSeconds"]
        drain = container(found, "varnish")["lifecycle"]["preStop"]["exec"]["command"][-1]
        longest = 300 if found is terminated else 60
        assert f"seq {longest}" in drain
        assert seconds == 10 + longest + 10


def test_varnish_is_asked_itself_whether_it_is_ready(graph):
    probes = container(graph, "varnish")
    for kind in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert probes[kind]["httpGet"]["port"] == 8082


def test_the_requested_number_of_pods_is_there_and_one_may_be_drained():
    graph = deploy({"frontendCache": {"mode": "varnish", "replicas": 3}})
    assert spec(graph.one("Deployment", "frontend-cache"))["replicas"] == 3
    assert spec(graph.one("PodDisruptionBudget", "frontend-cache"))["maxUnavailable"] == 1


@pytest.mark.parametrize("access", [{"allow": ["203.0.113.0/24"]}, {"basicAuth": True}])
def test_a_shop_that_not_everybody_may_see_is_not_cached(graph, access):
    closed = vcl(deploy({**VARNISH, "access": {"shop": access}}))
    assert "return (hash)" not in closed
    assert "return (hash)" in vcl(graph)
    admin_only = deploy({**VARNISH, "access": {"admin": access}})
    assert "return (hash)" in vcl(admin_only)


def test_a_terminator_takes_http_and_https_before_varnish(terminated):
    ports = spec(terminated.one("Service", "frontend-cache"))["ports"]
    named = {port["name"]: (port["port"], port["targetPort"]) for port in ports}
    assert named == {"http": (80, 8080), "https": (443, 8443)}
    assert "http=127.0.0.1:8000,HTTP" in container(terminated, "varnish")["command"]
    into, out = flows(terminated, "frontend-cache")
    assert into == {("namespace balancers", 8080), ("namespace balancers", 8443), ("php", 8082)}
    assert out == {("storefront", 8080), ("admin", 8080)}


def test_a_terminator_has_the_certificate_as_a_folder_so_that_it_sees_a_new_one(terminated):
    [tls] = [
        volume
        for volume in pods(terminated)["frontend-cache"]["spec"]["volumes"]
        if volume["name"] == "tls"
    ]
    assert tls["secret"]["secretName"] == "shop-tls"
    [mount] = [m for m in container(terminated, "nginx")["volumeMounts"] if m["name"] == "tls"]
    assert "subPath" not in mount
    assert (
        "ssl_certificate $tls/tls.crt;" in data(terminated, "frontend-cache-config")["nginx.conf"]
    )


def test_varnish_holds_no_secret_and_no_code(graph):
    pod = pods(graph)["frontend-cache"]
    assert not [volume for volume in pod["spec"]["volumes"] if "secret" in volume]
    assert "openmage.org/runs" not in pod["metadata"]["labels"]
