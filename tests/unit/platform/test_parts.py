"""What a cluster gets: each part on or off, pinned, closed, without a default password."""

import re

import pytest

from offline.graph import masked, plain
from parts._charts import chart
from tests.unit.platform.harness import FOLDER, before, deploy, values

DNS = {
    "name": "dns",
    "email": "ops@example.com",
    "solver": {
        "mode": "dns-01",
        "provider": "cloudflare",
        "config": {"apiTokenSecretRef": {"name": "dns-token", "key": "token"}},
    },
}
ENVOY = {
    "controller": "envoy",
    "shared": {"listeners": [{"hostname": "*.example.com", "issuer": "dns"}], "listenerSets": True},
}
GRAYLOG = {"destination": "graylog", "host": "graylog.example.com"}
ALL = {
    "certManager": {"enabled": True, "issuers": [DNS]},
    "databaseOperator": {"enabled": True},
    "gateway": ENVOY,
    "metricsServer": {"enabled": True},
    "monitoring": {"enabled": True},
    "logs": GRAYLOG,
}
SECRETS = {"dnsToken": "canary-dns-token"}
PARTS = [
    ({"certManager": {"enabled": True}}, "cert-manager"),
    ({"databaseOperator": {"enabled": True}}, "mariadb-operator"),
    ({"gateway": {"controller": "traefik"}}, "gateway"),
    ({"gateway": {"controller": "envoy"}}, "gateway"),
    ({"metricsServer": {"enabled": True}}, "metrics-server"),
    ({"monitoring": {"enabled": True}}, "monitoring"),
    ({"logs": GRAYLOG}, "logs"),
]
SOURCES = {
    "cert-manager": "oci://quay.io/jetstack/charts/cert-manager v1.21.1",
    "mariadb-operator": "oci://ghcr.io/mariadb-operator/charts/mariadb-operator 26.6.0",
    "traefik": "oci://ghcr.io/traefik/helm/traefik 41.3.0",
    "gateway-helm": "oci://docker.io/envoyproxy/gateway-helm v1.9.0",
    "metrics-server": "https://kubernetes-sigs.github.io/metrics-server/ metrics-server 3.13.1",
    "kube-prometheus-stack": (
        "oci://ghcr.io/prometheus-community/charts/kube-prometheus-stack 88.5.3"
    ),
    "fluent-bit": "https://fluent.github.io/helm-charts fluent-bit 0.58.1",
}
DEFINITIONS = {
    "mariadb-operator-definitions": (
        "oci://ghcr.io/mariadb-operator/charts/mariadb-operator-crds 26.6.0"
    ),
    "gateway-envoy-definitions": "oci://docker.io/envoyproxy/gateway-crds-helm v1.9.0",
    "monitoring-definitions": (
        "oci://ghcr.io/prometheus-community/charts/prometheus-operator-crds 31.0.1"
    ),
}


@pytest.fixture(scope="module")
def everything():
    return deploy(ALL, secrets=SECRETS)


def test_a_cluster_without_parts_gets_nothing():
    assert [resource.kind for resource in deploy()] == ["kubernetes"]


@pytest.mark.parametrize(("part", "name"), PARTS)
def test_a_part_that_is_on_brings_itself_and_no_other(part, name):
    assert [component.name for component in deploy(part).components if _own(component)] == [name]


def test_every_chart_comes_from_its_own_project_at_one_version(everything):
    traefik = deploy({"gateway": {"controller": "traefik"}})
    releases = [*everything.of("Release"), *traefik.of("Release")]
    found = {resource.inputs["name"]: _source(resource) for resource in releases}
    assert found == SOURCES
    assert {resource.name: _source(resource) for resource in everything.of("Chart")} == DEFINITIONS


def test_every_chart_stands_in_a_file_of_its_name():
    files = {path.stem for path in (FOLDER / "parts" / "charts").glob("*.yaml")} - {"grafana"}
    assert {chart(name).release for name in files} == files


def test_the_gateway_api_is_the_projects_release_of_the_standard_channel(everything):
    [file] = everything.of("ConfigFile")
    assert re.fullmatch(
        r"https://github\.com/kubernetes-sigs/gateway-api/releases/download"
        r"/v1\.6\.\d+/standard-install\.yaml",
        file.inputs["file"],
    )


def test_a_cluster_that_brings_the_gateway_api_keeps_its_own():
    graph = deploy({"gateway": {"controller": "traefik", "definitions": False}})
    assert graph.of("ConfigFile") == []
    assert graph.of("GatewayClass") != []


def test_definitions_go_with_no_part(everything):
    guarded = [*everything.of("Chart"), *everything.of("ConfigFile")]
    assert len(guarded) == 4
    assert all(resource.protect and resource.retain_on_delete for resource in guarded)
    assert values(everything, "cert-manager")["crds"] == {"enabled": True, "keep": True}


def test_only_two_namespaces_are_more_than_restricted(everything):
    levels = {
        metadata["name"]: metadata["labels"]
        for resource in everything.of("Namespace")
        for metadata in [resource.inputs["metadata"]]
    }
    prefix = "pod-security.kubernetes.io"
    more = {n for n, labels in levels.items() if labels[f"{prefix}/enforce"] != "restricted"}
    # Fluent Bit reads the nodes' logs, and the exporter the nodes themselves.
    assert more == {"logs", "node-exporter"}
    assert len(levels) == 7
    for labels in levels.values():
        assert {labels[f"{prefix}/{mode}-version"] for mode in ("enforce", "warn", "audit")} == {
            "v1.34"
        }


def test_every_release_goes_into_a_namespace_of_this_program(everything):
    made = {resource.inputs["metadata"]["name"] for resource in everything.of("Namespace")}
    assert {resource.inputs["namespace"] for resource in everything.of("Release")} <= made


def test_only_the_gateway_is_public(everything):
    assert everything.of("Ingress") == everything.of("HTTPRoute") == everything.of("Service") == []
    for release in everything.of("Release"):
        for path, value in _leaves(plain(release.inputs)["values"]):
            assert value not in {"LoadBalancer", "NodePort"}, (release.name, path)
            assert "ingress" not in path, (release.name, path)
            assert "route" not in path, (release.name, path)


def test_no_helm_values_hold_a_secret():
    secrets = {
        **SECRETS,
        "logsPassword": "canary-logs",
        "grafanaPassword": "canary-grafana",
        "alertmanagerConfig": "route: {receiver: canary}\nreceivers: []\n",
    }
    loki = {"destination": "loki", "host": "loki.example.com", "username": "shops"}
    graph = deploy({**ALL, "logs": loki}, secrets=secrets)
    for resource in graph:
        if resource.kind != "Secret":
            assert "canary" not in repr(plain(resource.inputs)), resource.name
    assert "canary" not in repr([masked(resource.inputs) for resource in graph])
    held = {r.name: plain(r.inputs)["stringData"] for r in graph.of("Secret")}
    assert held["cert-manager-dns-token"] == {"token": "canary-dns-token"}
    assert held["logs-password"] == {"password": "canary-logs"}
    assert held["monitoring-grafana"]["admin-password"] == "canary-grafana"
    assert "canary" in held["monitoring-alertmanager"]["alertmanager.yaml"]


def test_grafanas_password_is_generated(everything):
    [password] = everything.of("RandomPassword")
    assert password.inputs["length"] == 32
    secret = everything.one("Secret", "monitoring-grafana")
    assert password.urn in secret.depends_on
    grafana = values(everything, "monitoring")["grafana"]
    assert grafana["admin"]["existingSecret"] == everything.names[secret.urn]
    assert "adminPassword" not in grafana
    assert grafana["grafana.ini"]["auth.anonymous"] == {"enabled": False}


def test_no_grafana_needs_no_password():
    graph = deploy({"monitoring": {"enabled": True, "grafana": False}})
    assert graph.of("RandomPassword") == graph.of("Secret") == []
    assert values(graph, "monitoring")["grafana"] == {"enabled": False}


def test_a_configuration_of_alertmanager_reaches_it():
    config = "route: {receiver: x}\nreceivers: [{name: x}]\n"
    graph = deploy({"monitoring": {"enabled": True}}, secrets={"alertmanagerConfig": config})
    secret = graph.one("Secret", "monitoring-alertmanager")
    told = values(graph, "monitoring")["alertmanager"]["alertmanagerSpec"]
    assert told["useExistingSecret"] is True
    assert told["configSecret"] == graph.names[secret.urn]


def test_prometheus_stops_before_its_volume_is_full():
    graph = deploy({"monitoring": {"enabled": True, "storage": {"size": "100Gi"}}})
    told = values(graph, "monitoring")["prometheus"]["prometheusSpec"]
    assert told["retentionSize"] == "92160MB"
    claim = told["storageSpec"]["volumeClaimTemplate"]["spec"]
    assert claim["resources"]["requests"]["storage"] == "100Gi"
    assert "storageClassName" not in claim


def test_prometheus_watches_what_shops_bring(everything):
    told = values(everything, "monitoring")["prometheus"]["prometheusSpec"]
    chosen = [key for key, value in told.items() if key.endswith("NilUsesHelmValues") and not value]
    assert {"podMonitorSelectorNilUsesHelmValues", "ruleSelectorNilUsesHelmValues"} <= set(chosen)


def test_charts_are_watched_where_there_is_a_prometheus(everything):
    alone = {key: value for key, value in ALL.items() if key != "monitoring"}
    for graph, watched in ((everything, True), (deploy(alone, secrets=SECRETS), False)):
        prometheus = values(graph, "cert-manager")["prometheus"]
        assert prometheus["servicemonitor"]["enabled"] is watched
        assert values(graph, "mariadb-operator")["metrics"]["enabled"] is watched
        assert values(graph, "logs")["serviceMonitor"]["enabled"] is watched
        assert values(graph, "metrics-server")["serviceMonitor"]["enabled"] is watched


@pytest.mark.parametrize(
    ("kind", "later", "sooner"),
    [
        ("Release", "mariadb-operator-chart", "mariadb-operator-definitions"),
        ("Release", "monitoring-chart", "monitoring-definitions"),
        ("Release", "monitoring-chart", "monitoring-nodes"),
        ("Release", "cert-manager-chart", "gateway-definitions"),
        ("Release", "cert-manager-chart", "monitoring-definitions"),
        ("Release", "gateway-chart", "gateway-definitions"),
        ("Release", "gateway-chart", "gateway-envoy-definitions"),
        ("ClusterIssuer", "cert-manager-dns", "cert-manager-chart"),
        ("ClusterIssuer", "cert-manager-dns", "cert-manager-dns-token"),
        ("GatewayClass", "gateway-class", "gateway-chart"),
        ("GatewayClass", "gateway-class", "gateway-proxy"),
        ("Gateway", "shared-gateway", "gateway-class"),
        ("Certificate", "shared-gateway-https", "cert-manager-dns"),
    ],
)
def test_nothing_comes_before_what_it_needs(everything, kind, later, sooner):
    assert sooner in before(everything, everything.one(kind, later))


def test_the_operators_own_values_come_last():
    own = {"resources": {"limits": {"memory": "1Gi"}}, "image": {"tag": "x"}, "tolerations": [{}]}
    graph = deploy({"databaseOperator": {"enabled": True, "values": own}})
    told = values(graph, "mariadb-operator")
    assert told["resources"]["limits"]["memory"] == "1Gi"
    assert told["resources"]["requests"]["memory"] == "128Mi"
    assert told["image"] == {"tag": "x"}
    assert told["tolerations"] == [{}]


def test_kubelets_are_believed_only_on_demand(everything):
    assert values(everything, "metrics-server")["args"] == []
    local = deploy({"metricsServer": {"enabled": True, "kubeletInsecureTls": True}})
    assert values(local, "metrics-server")["args"] == ["--kubelet-insecure-tls"]


def test_everything_is_in_a_component_and_on_the_clusters_own_provider(everything):
    assert [r.name for r in everything.orphans if not r.is_provider] == []
    for resource in everything:
        if resource.type.startswith("kubernetes:"):
            assert "::cluster::" in resource.provider, resource.name
    own = {component.urn for component in everything.components if _own(component)}
    assert own <= everything.finished


def test_a_preview_shows_what_an_update_makes(everything):
    shown = deploy(ALL, secrets=SECRETS, preview=True)
    assert {r.urn for r in shown} == {r.urn for r in everything}


def _own(component):
    return component.type.startswith("openmage:platform:")


def _source(resource):
    inputs = resource.inputs
    repository = inputs.get("repositoryOpts", {}).get("repo")
    return " ".join(filter(None, (repository, inputs["chart"], inputs["version"])))


def _leaves(node, path=()):
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _leaves(value, (*path, key))
    elif isinstance(node, list):
        for value in node:
            yield from _leaves(value, path)
    else:
        yield path, node
