"""Claims about the modes in which mariadb-operator runs the servers: replicated and galera."""

import json
from xml.etree import ElementTree as ET

import pytest

from tests.harness import PRODUCTION, data, deploy, merge, plain, spec

TWO_DIGESTS = "ghcr.io/mariadb-operator/mariadb-operator:26.6.0@sha256:" + "0" * 64
IN_PRODUCTION = merge(
    PRODUCTION,
    {"database": {"operatorImage": TWO_DIGESTS, "apiServerCidrs": ["10.0.0.1/32"]}},
)
PLACED = {
    "placement": {
        "nodeSelector": {"disk": "fast"},
        "tolerations": [{"key": "database", "effect": "NoSchedule"}],
        "priorityClass": "important",
    }
}
SERVERS = {"app.kubernetes.io/name": "mariadb", "app.kubernetes.io/instance": "database"}
CLIENTS = {"openmage.org/database": "client"}


@pytest.fixture(scope="module", params=["replicated", "galera"])
def mode(request):
    return request.param


@pytest.fixture(scope="module")
def graph(mode):
    return deploy({"database": {"mode": mode}})


@pytest.fixture(scope="module")
def asked(graph):
    return spec(graph.one("MariaDB", "database"))


@pytest.fixture(scope="module")
def topology(asked, mode):
    return asked["replication" if mode == "replicated" else "galera"]


def one(graph, kind, name):
    """Return a custom resource; a component has the kind Database as well."""
    [found] = [r for r in graph if (r.kind, r.name, r.custom) == (kind, name, True)]
    return found


def depends_on(graph, resource, urn):
    """Return whether a resource waits for another one, through whatever is between."""
    seen, queue = set(), [resource]
    while queue:
        for found in queue.pop().depends_on:
            if found == urn:
                return True
            if found not in seen and found in graph.resources:
                seen.add(found)
                queue.append(graph.resources[found])
    return False


def ports(graph, policy, direction, peer):
    """Return the ports that a policy opens for a peer."""
    key = {"Ingress": "from", "Egress": "to"}[direction]
    rules = spec(graph.one("NetworkPolicy", policy))[direction.lower()]
    return {port["port"] for rule in rules if peer in rule[key] for port in rule["ports"]}


def pods(labels):
    return {"podSelector": {"matchLabels": labels}}


OBJECTS = {
    "MariaDB": "database",
    "Database": "database-schema",
    "User": "database-user",
    "Grant": "database-grant",
}


@pytest.mark.parametrize(("kind", "name"), OBJECTS.items())
def test_pulumi_waits_until_an_object_of_the_operator_is_ready(graph, kind, name):
    made = one(graph, kind, name)
    assert plain(made.inputs)["metadata"]["annotations"] == {
        "pulumi.com/waitFor": "condition=Ready"
    }


@pytest.mark.parametrize(
    ("kind", "name"), [("Secret", "config"), ("Job", "release"), ("Deployment", "storefront")]
)
def test_nothing_that_needs_the_database_is_made_before_it_is_ready(graph, kind, name):
    needs = graph.one(kind, name)
    for there in ("MariaDB", "database"), ("User", "database-user"), ("Grant", "database-grant"):
        assert depends_on(graph, needs, one(graph, *there).urn)


def test_openmage_writes_to_the_primary_and_reads_there_too(graph):
    local = ET.fromstring(data(graph, "config")["local.xml"])
    assert local.findtext(".//default_setup/connection/host") == "database-primary:3306"
    assert local.find(".//default_read") is None


def test_reads_go_to_the_others_where_that_is_asked_for(mode):
    graph = deploy({"database": {"mode": mode, "readFromReplicas": True}})
    local = ET.fromstring(data(graph, "config")["local.xml"])
    assert local.findtext(".//default_setup/connection/host") == "database-primary:3306"
    assert local.findtext(".//default_read/connection/host") == "database-secondary:3306"


def test_every_container_of_a_server_passes_pod_security_restricted(asked, topology):
    pod = asked["podSecurityContext"]
    assert pod["runAsNonRoot"] is True
    assert pod["runAsUser"] > 10000
    assert pod["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in (asked, topology["initContainer"], topology["agent"]):
        context = container["securityContext"]
        assert context["allowPrivilegeEscalation"] is False
        assert context["capabilities"] == {"drop": ["ALL"]}
        assert context["readOnlyRootFilesystem"] is True
        assert context["runAsNonRoot"] is True


def test_what_a_server_writes_beside_its_data_has_a_volume(asked):
    scratch = {volume["name"] for volume in asked["volumes"] if volume["emptyDir"]["sizeLimit"]}
    mounts = {mount["mountPath"]: mount["name"] for mount in asked["volumeMounts"]}
    assert set(mounts) == {"/tmp", "/run/mysqld"}  # noqa: S108 (paths in a pod)
    assert set(mounts.values()) == scratch


def test_every_container_says_what_it_needs_or_the_quota_would_refuse_the_pod(
    asked, topology, mode
):
    jobs = [] if mode == "replicated" else [topology["initJob"], topology["recovery"]["job"]]
    for container in (asked, topology["initContainer"], topology["agent"], *jobs):
        assert container["resources"]["requests"]["cpu"]
        assert container["resources"]["limits"]["memory"]


def test_passwords_are_ours_and_no_secret_is_left_for_the_operator_to_make(
    graph, asked, topology, mode
):
    references = [
        asked["rootPasswordSecretKeyRef"],
        spec(graph.one("User", "database-user"))["passwordSecretKeyRef"],
        topology["agent"]["basicAuth"]["passwordSecretKeyRef"],
    ]
    if mode == "replicated":
        references.append(topology["replica"]["replPasswordSecretKeyRef"])
    secrets = {graph.names[r.urn]: data(graph, r.name) for r in graph.of("Secret")}
    for reference in references:
        assert not reference.get("generate")
        assert len(secrets[reference["name"]][reference["key"]]) == 32
    # The agents' is mounted into every container as it is: it must hold nothing else.
    agents = topology["agent"]["basicAuth"]["passwordSecretKeyRef"]["name"]
    assert set(secrets[agents]) == {"password"}


def test_the_password_of_the_shop_is_the_one_that_the_user_gets(graph):
    local = ET.fromstring(data(graph, "config")["local.xml"])
    password = data(graph, "database-passwords")["password"]
    assert local.findtext(".//default_setup/connection/password") == password


def test_the_agents_need_no_role_of_the_whole_cluster(topology):
    assert topology["agent"]["basicAuth"]["enabled"] is True
    assert "kubernetesAuth" not in topology["agent"]


def test_the_user_may_do_everything_on_the_shops_database_and_nothing_beside(graph):
    schema, user, grant = (spec(one(graph, *object_)) for object_ in list(OBJECTS.items())[1:])
    assert schema["name"] == user["name"] == grant["username"] == grant["database"] == "openmage"
    assert user["host"] == grant["host"] == "%"
    assert grant["privileges"] == ["ALL PRIVILEGES"]
    assert grant["table"] == "*"
    assert grant["grantOption"] is False
    assert {object_["mariaDbRef"]["name"] for object_ in (schema, user, grant)} == {"database"}


def test_the_user_may_hold_every_connection_that_the_settings_count_with(mode):
    # The operator's own default is 10, and 20 for a user that the MariaDB object names.
    graph = deploy({"database": {"mode": mode, "maxConnections": 77}})
    assert spec(graph.one("User", "database-user"))["maxUserConnections"] == 77
    assert not {"username", "database"} & set(spec(graph.one("MariaDB", "database")))


def test_taking_an_object_away_drops_no_user_no_database_and_no_volume(graph, asked):
    for kind, name in list(OBJECTS.items())[1:]:
        assert spec(one(graph, kind, name))["cleanupPolicy"] == "Skip"
    assert asked["storage"]["pvcRetentionPolicy"] == {
        "whenDeleted": "Retain",
        "whenScaled": "Retain",
    }


def test_the_servers_are_protected_in_production_only(mode):
    changes = merge(IN_PRODUCTION, {"database": {"mode": mode}})
    assert deploy(changes).one("MariaDB", "database").protect
    assert not deploy({"database": {"mode": mode}}).one("MariaDB", "database").protect


def test_a_drain_takes_one_server_and_is_never_blocked_for_good(asked):
    assert asked["podDisruptionBudget"] == {"maxUnavailable": 1}
    assert asked["replicas"] > 1


def test_no_node_has_two_servers_unless_the_cluster_has_one_node(mode):
    for spread, rule in (
        ("required", "requiredDuringSchedulingIgnoredDuringExecution"),
        ("preferred", "preferredDuringSchedulingIgnoredDuringExecution"),
    ):
        graph = deploy({"database": {"mode": mode, "spread": spread}})
        [only] = spec(graph.one("MariaDB", "database"))["affinity"]["podAntiAffinity"].items()
        assert only[0] == rule
        term = only[1][0].get("podAffinityTerm", only[1][0])
        assert term["labelSelector"] == {"matchLabels": SERVERS}
        assert term["topologyKey"] == "kubernetes.io/hostname"


def test_servers_run_where_they_are_placed(mode):
    asked = spec(deploy({"database": {"mode": mode, **PLACED}}).one("MariaDB", "database"))
    assert asked["nodeSelector"] == {"disk": "fast"}
    assert asked["tolerations"] == [
        {"key": "database", "operator": "Exists", "effect": "NoSchedule"}
    ]
    assert asked["priorityClassName"] == "important"


def test_a_server_with_everything_to_copy_is_not_taken_for_a_dead_one(mode):
    def seconds(size):
        changes = {"database": {"mode": mode, "storage": {"size": size}}}
        probe = spec(deploy(changes).one("MariaDB", "database"))["startupProbe"]
        return probe["periodSeconds"] * probe["failureThreshold"]

    assert seconds("8Gi") == 600
    # 200 GiB at 50 MiB a second.
    assert seconds("200Gi") == 4095


def test_a_primary_that_hangs_is_given_up_within_twenty_seconds(asked):
    probe = asked["readinessProbe"]
    assert probe["periodSeconds"] * probe["failureThreshold"] + probe["timeoutSeconds"] <= 20


def test_mariadb_is_configured_as_in_the_other_modes_and_the_volume_never_fills_with_logs(mode):
    changes = {"mode": mode, "maxConnections": 77, "config": {"slow_query_log": 1}}
    graph = deploy({"database": changes})
    lines = spec(graph.one("MariaDB", "database"))["myCnf"].splitlines()
    assert lines[0] == "[mysqld]"
    assert "max_connections = 77" in lines
    assert "slow_query_log = 1" in lines
    assert "innodb_flush_log_at_trx_commit = 1" in lines
    # The default is to keep binary logs indefinitely; Galera writes none.
    assert ("binlog_expire_logs_seconds = 259200" in lines) is (mode == "replicated")


def test_the_storage_class_is_named_only_where_the_settings_name_one(mode, asked):
    assert "storageClassName" not in asked["storage"]
    changes = {"mode": mode, "storage": {"size": "9Gi", "storageClass": "fast"}}
    storage = spec(deploy({"database": changes}).one("MariaDB", "database"))["storage"]
    assert (storage["size"], storage["storageClassName"]) == ("9Gi", "fast")


def test_clients_reach_the_servers_and_both_ends_are_open(graph):
    assert ports(graph, "database", "Ingress", pods(CLIENTS)) == {3306}
    assert ports(graph, "database-clients", "Egress", pods(SERVERS)) == {3306}
    chosen = spec(graph.one("NetworkPolicy", "database-clients"))["podSelector"]
    assert chosen == {"matchLabels": CLIENTS}


def test_servers_reach_each_other_on_what_their_topology_speaks(graph, mode):
    expected = {3306} if mode == "replicated" else {3306, 4444, 4567, 4568}
    assert ports(graph, "database", "Ingress", pods(SERVERS)) == expected
    assert ports(graph, "database-servers", "Egress", pods(SERVERS)) == expected
    for policy in ("database", "database-servers"):
        chosen = spec(graph.one("NetworkPolicy", policy))["podSelector"]
        assert chosen == {"matchLabels": SERVERS}


def test_only_the_operators_namespace_reaches_the_agents(mode):
    graph = deploy({"database": {"mode": mode, "operatorNamespace": "databases"}})
    operator = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "databases"}}}
    assert ports(graph, "database", "Ingress", operator) == {3306, 5555}
    rules = spec(graph.one("NetworkPolicy", "database"))["ingress"]
    agents = [rule["from"] for rule in rules if {"protocol": "TCP", "port": 5555} in rule["ports"]]
    assert agents == [[operator]]


def test_servers_reach_the_api_server_that_the_settings_name_and_nothing_else_outside(mode):
    graph = deploy({"database": {"mode": mode, "apiServerCidrs": ["10.0.0.1/32"]}})
    rules = spec(graph.one("NetworkPolicy", "database-servers"))["egress"]
    outside = [(p["ipBlock"], r["ports"]) for r in rules for p in r["to"] if "ipBlock" in p]
    [(block, opened)] = outside
    assert block == {"cidr": "10.0.0.1/32"}
    assert {port["port"] for port in opened} == {443, 6443}


def test_a_commit_is_on_two_servers_before_anybody_sees_it():
    changes = {"mode": "replicated", "semiSyncTimeoutSeconds": 7, "maxLagSeconds": 3}
    asked = spec(deploy({"database": changes}).one("MariaDB", "database"))["replication"]
    assert asked["semiSyncEnabled"] is True
    assert asked["semiSyncWaitPoint"] == "AfterSync"
    assert asked["semiSyncAckTimeout"] == "7s"
    assert asked["syncBinlog"] == 1
    assert asked["gtidStrictMode"] is True
    assert asked["replica"]["maxLagSeconds"] == 3
    assert asked["primary"]["autoFailover"] is True


def test_galera_copies_over_tls_and_recovers_with_one_server_left():
    asked = spec(deploy({"database": {"mode": "galera"}}).one("MariaDB", "database"))
    assert asked["tls"] == {"enabled": True, "required": False, "galeraSSTEnabled": True}
    galera = asked["galera"]
    assert galera["recovery"]["minClusterSize"] == 1
    assert galera["availableWhenDonor"] is True
    assert galera["config"] == {"reuseStorageVolume": True}


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("volume", []), ("replicated", ["MyISAM", "MEMORY"]), ("galera", ["MyISAM"])],
)
def test_the_release_converts_the_tables_that_servers_would_not_hold_alike(mode, expected):
    released = data(deploy({"database": {"mode": mode}}), "release-scripts")["release.json"]
    assert json.loads(released)["convertedEngines"] == expected


def test_a_preview_shows_the_servers_and_everything_around_them(mode):
    changes = {"database": {"mode": mode}}
    made = {(r.type, r.name) for r in deploy(changes)}
    assert {(r.type, r.name) for r in deploy(changes, preview=True)} == made
