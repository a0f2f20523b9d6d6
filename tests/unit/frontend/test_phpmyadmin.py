"""Claims about phpMyAdmin: who reaches it, and what it lets people do."""

import json
import shutil
import subprocess

import pytest

from tests.harness import EXTERNAL, ROOT, containers, data, deploy, plain, pods, spec

ON = {"phpMyAdmin": {"enabled": True}}
ROUTED = {
    "phpMyAdmin": {"enabled": True, "host": "db.shop.test", "allow": ["203.0.113.0/24"]},
}
PEM = "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n"


def environment(graph):
    [container] = containers(pods(graph)["phpmyadmin"])
    return {each["name"]: each["value"] for each in container["env"]}


def policies(graph):
    return {
        policy.name: spec(policy)
        for policy in graph.of("NetworkPolicy")
        if spec(policy)["podSelector"].get("matchLabels", {}).get("app.kubernetes.io/instance")
        == "phpmyadmin"
    }


def test_there_is_none_unless_it_is_asked_for():
    assert "phpmyadmin" not in {resource.name for resource in deploy()}


def test_without_a_host_nothing_in_the_cluster_reaches_it():
    graph = deploy(ON)
    assert policies(graph) == {}
    [ingress] = graph.of("Ingress")
    assert "phpmyadmin" not in json.dumps(spec(ingress))
    assert "proxy_pass" not in data(graph, "config-admin-nginx")["nginx.conf"]


def test_with_a_host_only_the_admin_pods_reach_it():
    graph = deploy(ROUTED)
    [policy] = policies(graph).values()
    [rule] = policy["ingress"]
    [peer] = rule["from"]
    assert peer["podSelector"]["matchLabels"]["app.kubernetes.io/instance"] == "admin"
    assert [port["port"] for port in rule["ports"]] == [8080]
    [ingress] = graph.of("Ingress")
    services = {
        each["host"]: each["http"]["paths"][0]["backend"]["service"]["name"]
        for each in spec(ingress)["rules"]
    }
    assert services["db.shop.test"] == "admin"
    assert "phpmyadmin" not in services.values()


@pytest.mark.parametrize(
    ("database", "host"),
    [
        ({"mode": "volume"}, "database"),
        (
            {"mode": "node-local", "node": "n1", "path": "/data/shop", "acceptLossOfNode": True},
            "database",
        ),
        ({"mode": "replicated"}, "database-primary"),
        ({"mode": "galera"}, "database-primary"),
        (EXTERNAL, "mysql.example.com"),
    ],
    ids=lambda value: value["mode"] if isinstance(value, dict) else "",
)
def test_it_may_reach_the_database_and_is_no_pod_of_the_shops_code(database, host):
    graph = deploy({**ON, "database": database}, secrets={"databasePassword": "one-two-3"})
    labels = pods(graph)["phpmyadmin"]["metadata"]["labels"]
    assert labels["openmage.org/database"] == "client"
    assert "openmage.org/runs" not in labels
    assert environment(graph)["PMA_HOST"] == host
    assert environment(graph)["PMA_PORT"] == "3306"
    client = {"matchLabels": {"openmage.org/database": "client"}}
    rules = [spec(policy) for policy in graph.of("NetworkPolicy")]
    out = [r for policy in rules if policy["podSelector"] == client for r in policy["egress"]]
    assert 3306 in {port["port"] for rule in out for port in rule["ports"]}
    into = [r for policy in rules for r in policy.get("ingress", [])]
    let_in = [r for r in into if {"podSelector": client} in r.get("from", [])]
    assert [port["port"] for r in let_in for port in r["ports"]] == (
        [] if database is EXTERNAL else [3306]
    )


def test_the_connection_is_encrypted_where_the_database_has_a_certificate():
    graph = deploy(
        {**ON, "database": {**EXTERNAL, "ca": PEM}}, secrets={"databasePassword": "one-two-3"}
    )
    assert data(graph, "phpmyadmin-config")["database-ca.pem"] == PEM
    assert environment(graph)["PMA_SSL_CA"] == "/etc/openmage/phpmyadmin/database-ca.pem"
    assert environment(deploy(ON))["PMA_SSL_CA"] == ""


def test_it_has_no_password_of_the_database():
    graph = deploy(ON, secrets={"databasePassword": "one-two-3", "databaseRootPassword": "root-4"})
    for name in ("phpmyadmin-config", "phpmyadmin-cookies"):
        assert "one-two-3" not in json.dumps(data(graph, name))
    assert "one-two-3" not in json.dumps(pods(graph)["phpmyadmin"])


def test_the_key_of_its_cookies_is_made_once_and_has_the_length_that_it_needs():
    graph = deploy(ON)
    [made] = [r for r in graph.of("RandomPassword") if r.name == "phpmyadmin-cookies"]
    assert plain(made.inputs)["length"] == 32


def test_people_are_signed_in_at_one_pod_only():
    assert spec(deploy(ON).one("Deployment", "phpmyadmin"))["replicas"] == 1


def configured(tmp_path, **environment):
    """Return what phpMyAdmin is configured with."""
    text = (ROOT / "shop" / "php" / "phpmyadmin.php").read_text()
    key = tmp_path / "cookies"
    key.write_text("k" * 32)
    path = "/etc/openmage/phpmyadmin-secret/cookies"
    assert path in text
    (tmp_path / "config.php").write_text(text.replace(path, str(key)))
    shown = subprocess.run(
        ["php", "-r", f"require '{tmp_path}/config.php'; echo json_encode($cfg);"],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": "/usr/bin:/bin", **environment},
    )
    return json.loads(shown.stdout)


@pytest.mark.skipif(shutil.which("php") is None, reason="php is not on the PATH")
def test_nobody_chooses_a_server_or_gets_in_as_root_or_without_a_password(tmp_path):
    found = configured(tmp_path, PMA_HOST="database", PMA_PORT="3307", PMA_SSL_CA="")
    assert found["AllowArbitraryServer"] is False
    [(number, server)] = found["Servers"].items()
    assert number == "1"
    assert (server["host"], server["port"]) == ("database", "3307")
    assert server["auth_type"] == "cookie"
    assert server["AllowNoPassword"] is False
    assert server["AllowRoot"] is False
    assert "ssl" not in server
    assert found["blowfish_secret"] == "k" * 32


@pytest.mark.skipif(shutil.which("php") is None, reason="php is not on the PATH")
def test_a_certificate_authority_is_used_to_check_the_server(tmp_path):
    found = configured(tmp_path, PMA_HOST="database", PMA_PORT="3306", PMA_SSL_CA="/ca.pem")
    server = found["Servers"]["1"]
    assert (server["ssl"], server["ssl_ca"], server["ssl_verify"]) == (True, "/ca.pem", True)
