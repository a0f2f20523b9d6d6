"""Claims about the whole program, on mocks."""

import json

import pulumi
import pytest

from offline.graph import Secret
from offline.manifests import manifests, text
from offline.tree import requests, tree
from tests.harness import (
    EXTERNAL,
    PRODUCTION,
    containers,
    data,
    deploy,
    plain,
    pods,
    spec,
    stack_file,
)

PASSWORD = {"databasePassword": "a1" * 16}
VARIANTS = {
    "dev": ({}, {}),
    "production": (PRODUCTION, {}),
    "external": ({"database": EXTERNAL}, PASSWORD),
}


@pytest.fixture(params=VARIANTS, scope="module")
def graph(request):
    changes, secrets = VARIANTS[request.param]
    return deploy(changes, secrets=secrets)


def test_every_component_registers_its_outputs(graph):
    assert {c.name for c in graph.components if c.urn not in graph.finished} == set()


def test_nothing_but_the_provider_sits_at_the_root(graph):
    assert [r.name for r in graph.orphans] == ["cluster"]
    assert graph.orphans[0].is_provider


def test_children_carry_the_name_of_their_component(graph):
    assert [
        (c.name, r.name)
        for c in graph.components
        for r in graph.children_of(c.name)
        if r.name != c.name and not r.name.startswith(f"{c.name}-")
    ] == []


def test_every_kubernetes_object_uses_the_stacks_own_provider(graph):
    assert [
        r.name
        for r in graph
        if r.type.startswith("kubernetes:") and "::cluster::" not in r.provider
    ] == []


def test_preview_shows_exactly_what_an_update_creates():
    names = {(r.type, r.name) for r in deploy(PRODUCTION)}
    assert {(r.type, r.name) for r in deploy(PRODUCTION, preview=True)} == names


def test_what_holds_data_is_protected_and_retained_in_production():
    graph = deploy(PRODUCTION)
    holds = {
        "Namespace": ["tenant"],
        "PersistentVolumeClaim": ["media", "database-data"],
        "Secret": ["config-recovery"],
    }
    for kind, names in holds.items():
        for name in names:
            assert graph.one(kind, name).protect, name
            assert graph.one(kind, name).retain_on_delete, name
    keys = ["config-crypt-key", "database-password", "database-root-password"]
    assert [k for k in keys if not graph.one("RandomPassword", k).protect] == []


def test_what_is_protected_stays_where_a_secret_is_given_later():
    # Pulumi would refuse to delete it, and the update with it.
    given = deploy(PRODUCTION, secrets={"cryptKey": "c" * 32, **PASSWORD})
    assert given.one("RandomPassword", "config-crypt-key").protect
    assert given.one("RandomPassword", "database-password").protect
    assert "c" * 32 in data(given, "config")["local.xml"]


def test_nothing_that_changes_often_is_protected():
    # A protected object cannot be replaced: the next change of a setting would fail.
    often = {"ConfigMap", "Job", "Deployment", "StatefulSet", "CronJob", "Service"}
    assert [r.name for r in deploy(PRODUCTION) if r.kind in often and r.protect] == []


def test_a_dev_shop_can_be_destroyed_without_a_trace():
    assert [r.name for r in deploy() if r.protect or r.retain_on_delete] == []


def test_no_generated_password_is_ever_generated_again(graph):
    assert [r.name for r in graph.of("RandomPassword") if r.ignore_changes != ("*",)] == []


def test_a_given_secret_is_used_in_place_of_a_generated_one():
    graph = deploy(secrets={"cryptKey": "c" * 32})
    assert "config-crypt-key" not in [r.name for r in graph.of("RandomPassword")]
    assert f"<key>{'c' * 32}</key>" in data(graph, "config")["local.xml"]


def test_selectors_are_the_immutable_part_of_the_pods_labels(graph):
    for workload in (r for r in graph if r.kind in {"Deployment", "StatefulSet"}):
        selected = spec(workload)["selector"]["matchLabels"]
        assert set(selected) == {"app.kubernetes.io/name", "app.kubernetes.io/instance"}
        assert selected.items() <= spec(workload)["template"]["metadata"]["labels"].items()


def test_every_pod_meets_pod_security_restricted(graph):
    for name, pod in pods(graph).items():
        assert pod["spec"]["securityContext"]["runAsNonRoot"] is True, name
        assert pod["spec"]["securityContext"]["runAsUser"] > 10000, name
        assert pod["spec"]["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert pod["spec"]["automountServiceAccountToken"] is False, name
        for container in containers(pod):
            context = container["securityContext"]
            assert context["allowPrivilegeEscalation"] is False, name
            assert context["readOnlyRootFilesystem"] is True, name
            assert context["capabilities"] == {"drop": ["ALL"]}, name


def test_every_container_has_requests_and_limits(graph):
    for name, pod in pods(graph).items():
        for container in containers(pod):
            for part in ("requests", "limits"):
                assert {"cpu", "memory", "ephemeral-storage"} == set(
                    container["resources"][part]
                ), name


def test_every_serving_container_has_all_three_probes(graph):
    for name, pod in pods(graph).items():
        if name in {"cron", "release"}:
            continue
        for container in containers(pod):
            wanted = {"startupProbe", "livenessProbe"}
            if container["name"] != "php":
                # nginx' readiness asks PHP: the pod is ready when both are.
                wanted |= {"readinessProbe"}
                assert container["livenessProbe"] != container["readinessProbe"], name
            assert wanted <= set(container), name


def _secret_values(graph):
    found = {str(v.value) for r in graph for v in r.inputs.values() if isinstance(v, Secret)}
    for secret in graph.of("Secret"):
        found |= set(data(graph, secret.name).values())
    for password in graph.of("RandomPassword"):
        found.add(_result(password.name))
    return {value for value in found if len(value) > 8}


def _result(name):
    import hashlib

    return hashlib.sha256(name.encode()).hexdigest()[:20]


def test_no_secret_reaches_a_config_map_an_argument_or_a_variable(graph):
    public = [plain(r.inputs) for r in graph if r.kind not in {"Secret", "RandomPassword"}]
    shown = json.dumps(public)
    assert [value for value in _secret_values(graph) if value in shown] == []


def test_the_values_of_secrets_are_marked_secret(graph):
    for secret in graph.of("Secret"):
        assert isinstance(secret.inputs["stringData"], Secret), secret.name


def test_everything_is_denied_but_what_is_opened(graph):
    policies = {r.name: spec(r) for r in graph.of("NetworkPolicy")}
    assert policies["tenant-deny"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    peers = [p for s in policies.values() for rule in s.get("ingress", []) for p in rule["from"]]
    assert peers
    assert all(peer for peer in peers)


def test_the_private_port_is_behind_no_service_and_no_policy(graph):
    services = [p["targetPort"] for r in graph.of("Service") for p in spec(r)["ports"]]
    opened = [
        port["port"]
        for r in graph.of("NetworkPolicy")
        for rule in spec(r).get("ingress", [])
        for port in rule["ports"]
    ]
    assert 8081 not in services + opened


def test_no_service_is_public(graph):
    assert {spec(r).get("type", "ClusterIP") for r in graph.of("Service")} == {"ClusterIP"}


def test_what_pods_mount_has_an_automatic_name(graph):
    mounted = [r for r in graph if r.kind in {"ConfigMap", "Secret"}]
    assert [r.name for r in mounted if "name" in plain(r.inputs)["metadata"]] == []


def test_replicas_are_not_declared_under_an_autoscaler(graph):
    assert "replicas" not in spec(graph.one("Deployment", "storefront"))
    assert spec(graph.one("Deployment", "admin"))["replicas"] == 1


def test_new_pods_wait_for_the_release(graph):
    job = graph.one("Job", "release").urn
    waiting = [("Deployment", "storefront"), ("Deployment", "admin"), ("CronJob", "cron")]
    assert [name for kind, name in waiting if job not in graph.one(kind, name).depends_on] == []


def test_a_change_of_the_image_makes_a_new_release_with_a_cache_of_its_own():
    def prefix(graph):
        xml = data(graph, "config")["local.xml"]
        return xml.partition("<id_prefix>")[2].partition("<")[0]

    changed = deploy({"images": {"php": "openmage.local/php:2"}})
    assert prefix(changed) != prefix(deploy())
    assert prefix(deploy()) == prefix(deploy())


def test_a_pod_outlives_its_longest_request(graph):
    pod = pods(graph)["storefront"]["spec"]
    [nginx] = pod["containers"]
    sleep = nginx["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert pod["terminationGracePeriodSeconds"] >= sleep + 60 + 10


def test_php_is_a_sidecar_and_so_ends_after_nginx(graph):
    [php] = pods(graph)["storefront"]["spec"]["initContainers"]
    assert (php["name"], php["restartPolicy"]) == ("php", "Always")


def test_cron_always_names_its_mode_and_never_runs_twice(graph):
    job = spec(graph.one("CronJob", "cron"))
    assert job["concurrencyPolicy"] == "Forbid"
    [container] = job["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    assert container["command"][-1] == "-mdefault"
    assert job["jobTemplate"]["spec"]["backoffLimit"] == 0


def test_sessions_persist_and_the_cache_keeps_its_tags(graph):
    sessions, cache = (
        data(graph, f"{n}-config")["valkey.conf"] for n in ("cache-sessions", "cache")
    )
    assert "maxmemory-policy volatile-ttl" in sessions
    assert "appendonly yes" in sessions
    assert "maxmemory-policy volatile-lru" in cache
    assert "appendonly no" in cache


def test_an_external_database_makes_no_database_here():
    graph = deploy({"database": EXTERNAL}, secrets=PASSWORD)
    assert [r.name for r in graph.of("StatefulSet")] == ["cache-sessions"]
    [policy] = [spec(r) for r in graph.of("NetworkPolicy") if r.name == "database-clients"]
    assert policy["egress"][0]["to"] == [{"ipBlock": {"cidr": "10.20.0.0/16"}}]
    assert "<host>mysql.example.com:3306</host>" in data(graph, "config")["local.xml"]


def test_a_read_endpoint_lifts_the_default_use():
    graph = deploy(
        {"database": {**EXTERNAL, "read": {"host": "replica.example.com"}}}, secrets=PASSWORD
    )
    xml = data(graph, "config")["local.xml"]
    assert "<use />" in xml.partition("<default_read>")[2]
    assert "replica.example.com:3306" in xml


def test_a_tls_database_gets_a_connection_type_where_openmage_looks_for_it():
    from xml.etree import ElementTree as ET

    pem = "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n"
    files = data(deploy({"database": {**EXTERNAL, "ca": pem}}, secrets=PASSWORD), "config")
    root = ET.fromstring(files["local.xml"])
    chosen = root.findtext("global/resources/default_setup/connection/type")
    assert root.findtext(f"global/resource/connection/types/{chosen}/class") is not None
    assert files["database-ca.pem"] == pem


def test_a_password_with_signs_of_xml_arrives_whole():
    from xml.etree import ElementTree as ET

    odd = "a]]><b>&amp;%20{x}"
    xml = data(deploy(secrets={"databasePassword": odd}), "config")["local.xml"]
    path = "global/resources/default_setup/connection/password"
    assert ET.fromstring(xml).findtext(path) == odd


def test_private_networks_stay_closed_behind_an_open_rule(graph):
    rule, _ = spec(graph.one("NetworkPolicy", "tenant-outbound"))["egress"]
    assert "169.254.0.0/16" in rule["to"][0]["ipBlock"]["except"]
    assert "10.0.0.0/8" in rule["to"][0]["ipBlock"]["except"]


def test_private_networks_of_ipv6_stay_closed_as_well():
    graph = deploy({"network": {"egress": [{"cidr": "::/0", "ports": [443]}]}})
    [rule] = spec(graph.one("NetworkPolicy", "tenant-outbound"))["egress"]
    assert rule["to"][0]["ipBlock"]["except"][:2] == ["fc00::/7", "fe80::/10"]


def test_the_small_preset_requests_at_most_half_a_cpu_and_two_gib():
    cpu, memory = requests(deploy(), peak=False)
    assert cpu <= 500
    assert memory <= 2 * 2**30


def test_the_same_stack_file_gives_the_same_manifests_byte_for_byte():
    first, second = (
        {name: text(manifest) for name, manifest in manifests(deploy(PRODUCTION)).items()}
        for _ in range(2)
    )
    assert first == second


def test_no_manifest_shows_a_secret(graph):
    shown = json.dumps(manifests(graph))
    assert [value for value in _secret_values(graph) if value in shown] == []


def test_the_tree_names_hosts_sizes_and_counts(graph):
    shown = tree(graph)
    scaler = spec(graph.one("HorizontalPodAutoscaler", "storefront"))
    count = f"{scaler['minReplicas']}-{scaler['maxReplicas']} pods"
    for part in ("shop.test, admin.shop.test", "at rest", "HorizontalPodAutoscaler", count):
        assert part in shown, part


def test_a_wrong_stack_file_registers_nothing():
    from offline import monitor

    seen = []
    original = monitor.Recorder.RegisterResource
    monitor.Recorder.RegisterResource = lambda self, request: (
        seen.append(request.type),
        original(self, request),
    )[1]
    try:
        with pytest.raises(pulumi.RunError, match="2 problems"):
            deploy({"custommer": "x", "preset": "tiny"})
    finally:
        monitor.Recorder.RegisterResource = original
    assert [kind for kind in seen if kind != "pulumi:pulumi:Stack"] == []


def test_a_context_that_is_not_there_is_refused():
    from cluster import connect

    class Wanted:
        context = "nowhere"
        server = None
        adopt = False

    with pytest.raises(pulumi.RunError, match="no such context"):
        connect.provider(Wanted())


def test_a_context_of_another_server_is_refused(monkeypatch):
    from cluster import connect

    class Wanted:
        context = "acme"
        server = "https://kubernetes.example.com"
        adopt = False

    monkeypatch.setattr(connect, "contexts", lambda: {"acme": "https://other.example.com"})
    with pytest.raises(pulumi.RunError, match="which is another cluster"):
        connect.provider(Wanted())


def test_no_preset_warns_of_itself():
    from settings.presets import PRESETS
    from tests.harness import DEV, merge, validated

    for preset in PRESETS:
        assert validated(merge(DEV.shop, {"preset": preset})).warnings == []


def test_adopting_needs_the_keys_of_the_data():
    with pytest.raises(pulumi.RunError, match="cryptKey") as refused:
        deploy({"cluster": {"adopt": True}})
    assert "openmage:databasePassword" in str(refused.value)
    assert "openmage:databaseRootPassword" in str(refused.value)
    secrets = {"cryptKey": "c" * 32, **PASSWORD, "databaseRootPassword": "b2" * 16}
    provider = deploy({"cluster": {"adopt": True}}, secrets=secrets).orphans[0]
    assert str(provider.inputs["upsertExistingObjects"]).lower() == "true"


def test_a_secret_in_clear_text_is_refused_without_being_shown():
    clear = stack_file({}, {"adminPassword": "letMeIn12345678"})
    from dataclasses import replace

    from offline import run

    with pytest.raises(pulumi.RunError, match="plaintext") as refused:
        run(replace(clear, secrets=frozenset()))
    assert "letMeIn" not in str(refused.value)
