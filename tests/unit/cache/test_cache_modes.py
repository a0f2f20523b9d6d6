"""Claims about sessions and cache in each of their modes, on mocks."""

from xml.etree import ElementTree as ET

import pytest

from tests.harness import containers, data, deploy, pods, spec

PEM = "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n"
PASSWORDS = {"sessionsPassword": "s3" * 16, "cachePassword": "c4" * 16}
EXTERNAL = {
    "mode": "external",
    "host": "redis.example.com",
    "port": 6380,
    "tls": True,
    "username": "shop",
    "cidrs": ["10.30.0.0/16", "10.31.0.0/16"],
}
SENTINEL = {
    "mode": "sentinel",
    "master": "carts",
    "sentinels": [{"host": "one.example.com"}, {"host": "two.example.com", "port": 26380}],
    "cidrs": ["10.40.0.0/16"],
}


def with_stores(sessions=None, cache=None):
    chosen = {"sessions": sessions, "cache": cache}
    outside = {name: store for name, store in chosen.items() if store}
    secrets = {f"{name}Password": PASSWORDS[f"{name}Password"] for name in outside}
    return deploy({"cache": outside}, secrets=secrets)


@pytest.fixture(scope="module")
def external():
    return with_stores({**EXTERNAL, "ca": PEM}, {**EXTERNAL, "database": 3})


@pytest.fixture(scope="module")
def sentinel():
    return with_stores(sessions=SENTINEL)


def at(element, path):
    [found] = element.findall(path)
    return found


def local_xml(graph):
    return at(ET.fromstring(data(graph, "config")["local.xml"]), "global")


def made(graph):
    """Return what the component has made, by kind."""
    return sorted((r.kind, r.name) for r in graph.children_of("cache"))


def opened(graph, name):
    """Return what a policy opens: networks and ports."""
    [rule] = [r for r in graph.of("NetworkPolicy") if r.name == name]
    assert spec(rule)["podSelector"] == {"matchLabels": {"openmage.org/runs": "php"}}
    return {
        (peer["ipBlock"]["cidr"], port["port"])
        for each in spec(rule)["egress"]
        for peer in each["to"]
        for port in each["ports"]
    }


def test_stores_of_somebody_else_leave_nothing_here_but_the_way_to_them(external):
    assert made(external) == [
        ("NetworkPolicy", "cache-clients"),
        ("NetworkPolicy", "cache-sessions-clients"),
    ]
    networks = {("10.30.0.0/16", 6380), ("10.31.0.0/16", 6380)}
    assert opened(external, "cache-sessions-clients") == networks
    assert opened(external, "cache-clients") == networks


def test_each_store_is_reached_with_a_user_a_password_and_a_database_of_its_own(external):
    xml = local_xml(external)
    sessions, cache = at(xml, "redis_session"), at(xml, "cache/backend_options")
    assert (sessions.findtext("username"), cache.findtext("username")) == ("shop", "shop")
    assert sessions.findtext("password") == PASSWORDS["sessionsPassword"]
    assert cache.findtext("password") == PASSWORDS["cachePassword"]
    assert (sessions.findtext("db"), cache.findtext("database")) == ("0", "3")
    assert (sessions.findtext("port"), cache.findtext("port")) == ("6380", "6380")


def test_tls_is_said_in_the_host_as_the_libraries_read_it(external):
    xml = local_xml(external)
    assert xml.findtext("redis_session/host") == "tls://redis.example.com"
    assert xml.findtext("cache/backend_options/server") == "tls://redis.example.com"


def mounted(graph):
    """Return path to key, for the files of local.xml's Secret, in each pod with the code."""
    return {
        name: {
            mount["mountPath"]: mount["subPath"]
            for container in containers(pod)
            for mount in container["volumeMounts"]
            if mount["name"] == "local-xml"
        }
        for name, pod in pods(graph).items()
        if "openmage.org/runs" in pod["metadata"]["labels"]
    }


def test_the_sessions_authority_is_where_local_xml_says_in_every_pod_with_the_code(external):
    path = local_xml(external).findtext("redis_session/tls_options/cafile")
    found = mounted(external)
    assert {"storefront", "admin", "cron", "release"} <= set(found)
    assert {files[path] for files in found.values()} == {"sessions-ca.pem"}
    assert data(external, "config")["sessions-ca.pem"] == PEM


def test_without_an_authority_of_its_own_a_server_is_checked_with_those_of_the_image(external):
    assert local_xml(external).findtext("cache/backend") == "Cm_Cache_Backend_Redis"
    assert data(external, "config")["cache-ca.pem"] == ""
    graph = with_stores(EXTERNAL)
    assert local_xml(graph).find("redis_session/tls_options") is None
    assert local_xml(graph).findtext("redis_session/host") == "tls://redis.example.com"


def test_a_cache_with_an_authority_of_its_own_gets_the_backend_that_knows_it():
    graph = with_stores(cache={**EXTERNAL, "ca": PEM})
    backend = local_xml(graph).findtext("cache/backend")
    assert (
        f"class {backend} extends Cm_Cache_Backend_Redis"
        in data(graph, "config-php")["includes.php"]
    )
    assert data(graph, "config")["cache-ca.pem"] == PEM
    assert {files["/etc/openmage/cache-ca.pem"] for files in mounted(graph).values()} == {
        "cache-ca.pem"
    }


def test_one_store_may_be_outside_and_the_other_the_shops_own():
    graph = with_stores(cache=EXTERNAL)
    assert [r.name for r in graph.of("StatefulSet") if r.name.startswith("cache")] == [
        "cache-sessions"
    ]
    assert local_xml(graph).findtext("redis_session/host") == "cache-sessions"
    assert "cache-password" not in [r.name for r in graph.of("RandomPassword")]


def test_sentinels_are_asked_for_the_primary_and_must_be_right(sentinel):
    sessions = at(local_xml(sentinel), "redis_session")
    assert sessions.findtext("sentinel_servers") == (
        "tcp://one.example.com:26379,tcp://two.example.com:26380"
    )
    assert sessions.findtext("sentinel_master") == "carts"
    assert sessions.findtext("sentinel_verify_master") == "1"
    assert sessions.findtext("password") == PASSWORDS["sessionsPassword"]
    assert sessions.find("host") is None


def test_sentinels_and_the_servers_that_they_name_are_both_reached(sentinel):
    assert opened(sentinel, "cache-sessions-clients") == {
        ("10.40.0.0/16", port) for port in (6379, 26379, 26380)
    }


@pytest.mark.parametrize("engine", ["valkey", "redis"])
def test_a_pod_runs_and_asks_the_programs_of_its_engine(engine):
    image = f"registry.example.com/{engine}:8"
    graph = deploy({"cache": {"engine": engine}, "images": {"valkey": image}})
    for name in ("cache", "cache-sessions"):
        [container] = containers(pods(graph)[name])
        assert container["image"] == image
        assert container["args"][0] == f"{engine}-server"
        for probe in ("startupProbe", "readinessProbe"):
            assert f" {engine}-cli ping" in container[probe]["exec"]["command"][-1]


def test_each_store_is_placed_by_itself():
    disks = {"placement": {"nodeSelector": {"disk": "fast"}}}
    found = pods(deploy({"cache": {"sessions": disks}}))
    assert found["cache-sessions"]["spec"]["nodeSelector"] == {"disk": "fast"}
    assert "nodeSelector" not in found["cache"]["spec"]


def test_a_given_password_is_that_of_the_shops_own_store_too():
    graph = deploy(secrets=PASSWORDS)
    assert [r.name for r in graph.of("RandomPassword") if r.name.startswith("cache")] == []
    for name, key in (("cache-sessions", "sessionsPassword"), ("cache", "cachePassword")):
        files = data(graph, f"{name}-config")
        assert files["password"] == PASSWORDS[key]
        assert f"requirepass {PASSWORDS[key]}\n" in files["valkey.conf"]
    xml = local_xml(graph)
    assert xml.findtext("redis_session/password") == PASSWORDS["sessionsPassword"]
    assert xml.findtext("cache/backend_options/password") == PASSWORDS["cachePassword"]


def test_no_size_is_asked_for_a_store_of_somebody_else(external):
    def quota(graph):
        return spec(graph.one("ResourceQuota", "tenant-quota"))["hard"]["limits.memory"]

    assert int(quota(external)) < int(quota(deploy()))
