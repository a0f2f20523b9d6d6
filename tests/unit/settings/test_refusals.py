"""What a stack file must not say: each mistake is refused with its place, reason and fix."""

import copy
from collections.abc import Mapping
from typing import Any

import pulumi
import pytest
import yaml

from stackfile.report import dotted
from tests import cases
from tests.harness import DEV, EXTERNAL, PRODUCTION, deploy, refusal

DEV_TREE: dict[str, Any] = dict(DEV.shop)


def _write(changes: Mapping[str, Any], *, remove: str | None = None) -> str:
    from stackfile.merge import merge

    tree = merge(copy.deepcopy(DEV_TREE), changes)
    if remove:
        *parents, last = remove.split(".")
        node = tree
        for key in parents:
            node = node[key]
        del node[last]
    return yaml.safe_dump({"config": {"openmage:shop": tree}}, sort_keys=False)


def _refuse(changes: Mapping[str, Any], path: str, *, remove: str | None = None):
    """Return the problem at a path, after checking that the report names file, line and value."""
    text = _write(changes, remove=remove)
    error = refusal(text)
    found = {dotted(problem.path): problem for problem in error.problems}
    path = f"openmage:shop.{path}" if path else "openmage:shop"
    assert path in found, f"{path} is not among {sorted(found)}"
    problem = found[path]
    assert problem.line is not None
    assert f"Pulumi.test.yaml:{problem.line}  {path}" in str(error)
    assert f"why: {problem.reason}" in str(error)
    assert f"fix: {problem.fix}" in str(error)
    key = path.rsplit(".", 1)[-1].split("[", maxsplit=1)[0]
    if problem.value is not None:
        line = text.splitlines()[problem.line - 1]
        assert key in line or line.lstrip().startswith("- ")
    return problem


CASES = [
    (
        "a misspelt key is refused with the nearest right one",
        {"web": {"storefront": {"autoscaling": {"minReplcas": 2}}}},
        "web.storefront.autoscaling.minReplcas",
        "not a known setting",
        "did you mean minReplicas?",
    ),
    (
        "text where a number belongs",
        {"web": {"admin": {"replicas": "2"}}},
        "web.admin.replicas",
        "valid integer",
        "without quotes",
    ),
    (
        "text where a truth value belongs",
        {"retainData": "yes"},
        "retainData",
        "valid boolean",
        "true or false",
    ),
    ("a number where text belongs", {"customer": 3}, "customer", "valid string", "in quotes"),
    ("a list where a mapping belongs", {"hosts": ["shop.test"]}, "hosts", "valid", "mapping"),
    ("no host at all", {"hosts": {"shop": []}}, "hosts.shop", "at least 1", "docs/settings.md"),
    (
        "a host with a scheme",
        {"hosts": {"shop": ["https://shop.test"]}},
        "hosts.shop[0]",
        "scheme or a path",
        "bare host",
    ),
    (
        "a host with a port",
        {"hosts": {"admin": "admin.shop.test:8080"}},
        "hosts.admin",
        "has a port",
        "bare host",
    ),
    (
        "a host in upper case",
        {"hosts": {"admin": "Admin.shop.test"}},
        "hosts.admin",
        "upper case",
        "neither",
    ),
    (
        "a label of 64 characters",
        {"hosts": {"admin": f"{'a' * 64}.test"}},
        "hosts.admin",
        "not a host name",
        "1 to 63",
    ),
    (
        "a host of 254 characters",
        {"hosts": {"admin": ".".join(["a" * 49] * 5) + ".test"}},
        "hosts.admin",
        "not a host name",
        "1 to 63",
    ),
    (
        "an address as host",
        {"hosts": {"admin": "10.0.0.1"}},
        "hosts.admin",
        "is an IP address",
        "use a host name",
    ),
    (
        "a wildcard host",
        {"hosts": {"admin": "*.shop.test"}},
        "hosts.admin",
        "wildcard",
        "name each host",
    ),
    (
        "a host that is listed twice",
        {"hosts": {"shop": ["shop.test", "shop.test"]}},
        "hosts.shop[1]",
        "listed twice",
        "remove one",
    ),
    (
        "the admin on the shop's host",
        {"hosts": {"admin": "shop.test"}},
        "hosts.admin",
        "needs its own host",
        "admin.shop.test",
    ),
    (
        "a customer's name that is too long",
        {"customer": "a" * 31},
        "customer",
        "too long",
        "30 characters",
    ),
    (
        "a customer's name that is no Kubernetes name",
        {"customer": "Acme_1"},
        "customer",
        "not a Kubernetes name",
        "lower-case",
    ),
    (
        "the default namespace",
        {"namespace": "default"},
        "namespace",
        "is a system namespace",
        "leave it out",
    ),
    (
        "a namespace of the cluster",
        {"namespace": "kube-system"},
        "namespace",
        "is a system namespace",
        "leave it out",
    ),
    (
        "an image without a tag",
        {"images": {"php": "registry.test:5000/shop/php"}},
        "images.php",
        "has no version",
        "digest",
    ),
    (
        "an image tagged latest",
        {"images": {"php": "shop/php:latest"}},
        "images.php",
        "has no version",
        "is never moved",
    ),
    (
        "an image reference in upper case",
        {"images": {"php": "Shop/php:1"}},
        "images.php",
        "not an image reference",
        "lower case",
    ),
    (
        "a MariaDB without support",
        {"images": {"mariadb": "docker.io/library/mariadb:10.6"}},
        "images.mariadb",
        "long-term support",
        "11.8",
    ),
    (
        "a schedule of six fields",
        {"cron": {"schedule": "0 * * * * *"}},
        "cron.schedule",
        "6 fields",
        "minute hour day month weekday",
    ),
    (
        "a schedule with L",
        {"cron": {"schedule": "0 0 L * *"}},
        "cron.schedule",
        "uses L, W, # or ?",
        "numbers",
    ),
    (
        "a schedule with 60 minutes",
        {"cron": {"schedule": "60 * * * *"}},
        "cron.schedule",
        "never fires",
        "ranges",
    ),
    (
        "the 31st of February",
        {"cron": {"schedule": "0 0 31 2 *"}},
        "cron.schedule",
        "never fires",
        "ranges",
    ),
    (
        "a schedule with a time zone",
        {"cron": {"schedule": "CRON_TZ=UTC 0 * * * *"}},
        "cron.schedule",
        "time zone",
        "five fields",
    ),
    (
        "an unknown time zone",
        {"store": {"timezone": "Europe/Berln"}},
        "store.timezone",
        "not in the IANA time zone database",
        "Europe/Berlin",
    ),
    (
        "memory in GB",
        {"database": {"mode": "volume", "storage": {"size": "8GB"}}},
        "database.storage.size",
        "not a memory quantity",
        "512Mi",
    ),
    (
        "memory of nothing",
        {"cache": {"cache": {"resources": {"limits": {"memory": "0Mi"}}}}},
        "cache.cache.resources.limits.memory",
        "not a memory quantity",
        "512Mi",
    ),
    (
        "memory with a space",
        {"media": {"storage": {"size": "1 Gi"}}},
        "media.storage.size",
        "not a memory quantity",
        "512Mi",
    ),
    (
        "CPU with a comma",
        {"cron": {"resources": {"limits": {"cpu": "1,5"}}}},
        "cron.resources.limits.cpu",
        "not a CPU quantity",
        "500m",
    ),
    (
        "a limit below its request",
        {"cron": {"resources": {"requests": {"memory": "2Gi"}}}},
        "cron.resources.limits.memory",
        "below the request",
        "raise the limit",
    ),
    (
        "memory for fewer than two workers",
        {"web": {"storefront": {"php": {"resources": {"limits": {"memory": "520Mi"}}}}}},
        "web.storefront.php.resources.limits.memory",
        "has room for 1 workers",
        "569Mi or more",
    ),
    (
        "more workers than connections",
        {"database": {"mode": "volume", "maxConnections": 30}},
        "database.maxConnections",
        "may open 38 connections",
        "38 or more",
    ),
    (
        "a memory_limit above the pod's",
        {"php": {"memoryLimit": "1G"}},
        "php.memoryLimit",
        "a single request may use more than",
        "lower it",
    ),
    (
        "cron's memory_limit above its pod's",
        {"cron": {"memoryLimit": "2G"}},
        "cron.memoryLimit",
        "exceeds the memory limit",
        "lower it",
    ),
    (
        "several pods on a volume of one node",
        {"media": {"accessMode": "ReadWriteOnce"}},
        "media.accessMode",
        "allows one node only",
        "ReadWriteMany",
    ),
    (
        "a maximum below the minimum",
        {"web": {"storefront": {"autoscaling": {"minReplicas": 5}}}},
        "web.storefront.autoscaling.maxReplicas",
        "below minReplicas",
        "raise it",
    ),
    (
        "an option of the other database mode",
        {"database": {**EXTERNAL, "storage": {}}},
        "database.storage",
        "another choice",
        "remove it",
    ),
    (
        "an unknown database mode",
        {"database": {"mode": "managed"}},
        "database.mode",
        "not one of the choices",
        "volume, node-local, replicated, galera, external",
    ),
    (
        "root as the shop's user",
        {"database": {**EXTERNAL, "username": "root"}},
        "database.username",
        "all privileges on the server",
        "this database only",
    ),
    (
        "the server's own database",
        {"database": {**EXTERNAL, "name": "mysql"}},
        "database.name",
        "is a system database",
        "dedicated to the shop",
    ),
    (
        "a network without a prefix",
        {"network": {"egress": [{"cidr": "10.1.2.3", "ports": [443]}]}},
        "network.egress[0].cidr",
        "no prefix length",
        "10.1.2.3/32",
    ),
    (
        "a network with bits behind its prefix",
        {"network": {"egress": [{"cidr": "10.1.2.3/8", "ports": [443]}]}},
        "network.egress[0].cidr",
        "bits set",
        "10.0.0.0/8",
    ),
    (
        "admin as admin path",
        {"admin": {"path": "admin"}},
        "admin.path",
        "easily guessed",
        "another word",
    ),
    (
        "an admin path with a slash",
        {"admin": {"path": "back/office"}},
        "admin.path",
        "not a front name",
        "letters, digits and underscores",
    ),
    (
        "an ini line that the program owns",
        {"php": {"ini": {"memory_limit": "1G"}}},
        "php.ini.memory_limit",
        "cannot be set here",
        "php.memoryLimit",
    ),
    (
        "an ini line with a line break",
        {"php": {"ini": {"date.timezone": "a\nextension=x"}}},
        "php.ini.date.timezone",
        "line break",
        "one line",
    ),
    (
        "a [mysqld] line that could harm the data",
        {"database": {"mode": "volume", "config": {"innodb_force_recovery": 6}}},
        "database.config.innodb_force_recovery",
        "list of safe options",
        "use one of",
    ),
    (
        "an nginx file that takes a port",
        {"web": {"nginx": {"http": {"x": "listen 80;"}}}},
        "web.nginx.http.x",
        "contains listen",
        "remove it",
    ),
    (
        "an nginx file with an open block",
        {"web": {"nginx": {"server": {"x": "location / {"}}}},
        "web.nginx.server.x",
        "unbalanced",
        "close every block",
    ),
    (
        "exceeds the limit of a ConfigMap",
        {"web": {"nginx": {"server": {"x": "# comment\n" * 120000}}}},
        "web.nginx",
        "1 MiB",
        "into the image",
    ),
]


@cases.each(("changes", "path", "reason", "fix"), CASES)
def test_it_is_refused(changes, path, reason, fix):
    problem = _refuse(changes, path)
    assert reason in problem.reason
    assert fix in problem.fix


STRICTER = [
    ("a tag without a digest", {"images": {"php": "shop/php:1"}}, "images.php", "tested"),
    (
        "one storefront pod",
        {"web": {"storefront": {"autoscaling": {"minReplicas": 1}}}},
        "web.storefront.autoscaling.minReplicas",
        "takes the shop down",
    ),
    ("no TLS", {"edge": {"tls": {"mode": "none"}}}, "edge.tls.mode", "readable"),
    (
        "a trusted proxy of any address",
        {"edge": {"trustedProxies": ["0.0.0.0/0"]}},
        "edge.trustedProxies[0]",
        "forge its address",
    ),
    ("data that dies with the stack", {"retainData": False}, "retainData", "survive"),
    ("an external database in clear text", {"database": EXTERNAL}, "database.ca", "plaintext"),
]


@cases.each(("changes", "path", "reason"), STRICTER)
def test_production_refuses(changes, path, reason):
    from stackfile.merge import merge

    production = merge(PRODUCTION, changes)
    if changes.get("edge", {}).get("tls"):
        production["edge"]["tls"] = changes["edge"]["tls"]
    problem = _refuse(production, path)
    assert reason in problem.reason
    assert problem.fix


def test_production_as_it_should_be_is_accepted():
    assert deploy(PRODUCTION).components


def test_a_missing_setting_is_reported_at_the_line_of_its_section():
    problem = _refuse({}, "hosts.admin", remove="hosts.admin")
    assert problem.reason == "is required and missing"
    assert problem.line == _write({}, remove="hosts.admin").splitlines().index("    hosts:") + 1


def test_all_problems_are_reported_at_once_in_the_order_of_the_file():
    error = refusal(
        _write({"customer": "A", "preset": "tiny", "hosts": {"admin": "x"}, "retainData": 1})
    )
    assert len(error.problems) == 4
    assert [p.line for p in error.problems] == sorted(p.line or 0 for p in error.problems)
    assert "4 problems" in str(error)


def test_a_secret_among_the_settings_is_refused_unseen():
    problem = _refuse({"admin": {"email": {"secure": "v1:abcdef"}}}, "admin.email")
    assert "config set --secret" in problem.fix


def test_a_value_of_a_secret_looking_key_is_never_shown():
    error = refusal(_write({"admin": {"password": "hunter2hunter2"}}))
    assert "hunter2" not in str(error)
    assert "[secret]" in str(error)


SECRETS = [
    ("cryptKey", "too-short", "32 letters and digits"),
    ("adminPassword", "onlyletterslongenough", "14 characters"),
    ("databasePassword", 'quote"inside', "quote"),
    ("databasePassword", "line\nbreak", "control character"),
    ("tlsCertificate", "nonsense", "PEM"),
    ("tlsPrivateKey", "nonsense", "PEM"),
]


@pytest.mark.parametrize(("key", "value", "reason"), SECRETS)
def test_a_secret_that_cannot_be_used_is_refused_unseen(key, value, reason):
    with pytest.raises(pulumi.RunError, match=reason) as refused:
        deploy(secrets={key: value})
    assert value not in str(refused.value)


def test_an_external_database_needs_its_password():
    with pytest.raises(pulumi.RunError, match="openmage:databasePassword"):
        deploy({"database": EXTERNAL})


def test_a_certificate_needs_both_of_its_parts():
    with pytest.raises(pulumi.RunError, match="tlsPrivateKey") as refused:
        deploy({"edge": {"tls": {"mode": "certificate"}}})
    assert "tlsCertificate" in str(refused.value)


def test_a_masked_secret_of_an_offline_preview_is_accepted():
    assert deploy(secrets={"cryptKey": "[secret]"}).components


def test_a_duplicate_key_is_refused_with_its_line():
    error = refusal("config:\n  openmage:shop:\n    customer: a\n    customer: b\n")
    assert "duplicate key" in str(error)
    assert error.problems[0].line == 4


def test_a_tab_is_refused_with_its_line():
    error = refusal("config:\n  openmage:shop:\n\tcustomer: a\n")
    assert error.problems[0].line == 3


def test_an_anchor_is_as_good_as_its_text():
    text = _write({}).replace("admin: admin.shop.test", "admin: &host admin.shop.test")
    assert "&host" in text
    from settings.validate import validate
    from stackfile.source import read_source

    tree = yaml.safe_load(text)["config"]["openmage:shop"]
    assert validate(tree, read_source("x", text)).hosts.admin == "admin.shop.test"


def test_a_volume_that_shrinks_is_kubernetes_to_refuse():
    # Its size is no part of the claim's identity: the change is an update, never a replacement.
    smaller = deploy({"database": {"mode": "volume", "storage": {"size": "1Gi"}}})
    for graph in (deploy(), smaller):
        claim = graph.one("PersistentVolumeClaim", "database-data")
        assert claim.replace_on_changes == ()
        assert claim.inputs["metadata"]["name"] == "database-data"


def test_a_missing_tree_is_one_problem():
    error = refusal("config:\n  openmage:shop: 3\n")
    assert [dotted(problem.path) for problem in error.problems] == ["openmage:shop"]
