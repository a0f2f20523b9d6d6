"""Private registries, and a namespace that others have made: what the first update needs."""

import base64
import json

import pulumi
import pytest

from cluster.check import check_cluster
from offline.manifests import manifests, text
from settings.changes import changes
from settings.model import SHOP
from settings.recorded import record
from stackfile.merge import merge
from stackfile.needs import Closed
from stackfile.secret_keys import registries
from tests.harness import DEV, deploy, plain, pods, spec, validated

WORD = "s3cret-of-the-registry"
AUTH = base64.b64encode(f"robot:{WORD}".encode()).decode()
GIVEN = json.dumps({"auths": {"registry.example.com": {"auth": AUTH}}})
LOGIN = {"username": "robot", "password": WORD}
LABELS = {"pod-security.kubernetes.io/enforce": "restricted"}
WRONG = {
    "no JSON": WORD,
    "no object": f'["{WORD}"]',
    "a Kubernetes Secret": json.dumps({".dockerconfigjson": AUTH}),
    "no registry": '{"auths": {}}',
    "a keychain": json.dumps({"auths": {"r.example.com": {}}, "credsStore": "desktop"}),
    "one of two": json.dumps({"auths": {"a.example.com": LOGIN, "b.example.com": {}}}),
    "no base64": json.dumps({"auths": {"r.example.com": {"auth": f"robot:{WORD}"}}}),
    "no user": json.dumps({"auths": {"r.example.com": {"auth": base64.b64encode(b"x").decode()}}}),
    "no password": json.dumps({"auths": {"r.example.com": {"username": "robot"}}}),
    "a list": json.dumps({"auths": [LOGIN]}),
}


@pytest.mark.parametrize("value", [GIVEN, json.dumps({"auths": {"r.example.com": LOGIN}})])
def test_what_docker_writes_is_taken(value):
    assert registries(value) is None


@pytest.mark.parametrize("value", WRONG.values(), ids=WRONG)
def test_what_the_kubelet_could_not_use_is_refused_and_not_shown(value):
    with pytest.raises(pulumi.RunError) as refused:
        deploy(secrets={"registryCredentials": value})
    said = str(refused.value)
    assert "openmage:registryCredentials" in said
    assert WORD not in said
    assert AUTH not in said


@pytest.mark.parametrize("mode", ["volume", "replicated", "galera"])
def test_every_pod_pulls_with_the_credentials_that_the_program_makes(mode):
    own = {"images": {"pullSecrets": ["old"]}, "database": {"mode": mode}}
    graph = deploy(own, secrets={"registryCredentials": GIVEN})
    secret = graph.one("Secret", "tenant-registries")
    made = plain(secret.inputs)
    assert made["type"] == "kubernetes.io/dockerconfigjson"
    assert made["stringData"] == {".dockerconfigjson": GIVEN}
    expected = [{"name": "old"}, {"name": made["metadata"]["name"]}]
    for name, pod in pods(graph).items():
        assert pod["spec"]["imagePullSecrets"] == expected, name
    for kind in ("MariaDB", "PhysicalBackup"):
        for resource in graph.of(kind):
            assert spec(resource)["imagePullSecrets"] == expected, kind
    assert secret.urn in graph.one("ServiceAccount", "tenant-pods").depends_on
    assert not any(WORD in text(each) or AUTH in text(each) for each in manifests(graph).values())


def test_without_credentials_there_is_no_secret():
    graph = deploy()
    assert "tenant-registries" not in {r.name for r in graph.of("Secret")}
    assert all(pod["spec"]["imagePullSecrets"] == [] for pod in pods(graph).values())


def test_a_namespace_of_others_is_used_and_not_made():
    graph = deploy({"namespace": "team-shop", "createNamespace": False})
    assert list(graph.of("Namespace")) == []
    spaces = {plain(r.inputs).get("metadata", {}).get("namespace") for r in graph if r.custom}
    assert spaces - {None} == {"team-shop"}


def test_a_namespace_that_the_stack_has_made_is_not_let_go():
    own = validated(DEV.shop)
    others = validated(merge(DEV.shop, {"createNamespace": False}))
    [found] = changes(others, record(own))
    assert found.path == ("createNamespace",)
    assert "it would be deleted" in found.reason
    before = {key: value for key, value in record(own).items() if key != "createNamespace"}
    assert [each.path for each in changes(others, before)] == [("createNamespace",)]
    assert list(changes(own, record(others))) == []
    assert list(changes(others, record(others))) == []


def space(labels=LABELS, *names):
    """Return the answers of a cluster with the shop's namespace, and pods of others in it."""
    own = {"metadata": {"name": "web", "labels": LABEL}}
    listed = [own, *({"metadata": {"name": name}} for name in names)]
    path = "/api/v1/namespaces/demo-dev"
    return {path: {"metadata": {"labels": labels}}, f"{path}/pods": {"items": listed}}


LABEL = {"openmage.org/customer": "demo", "openmage.org/environment": "dev"}
CLOSED = Closed(("createNamespace",), "demo-dev", LABEL)
UNFIT = {
    "it is not there": ({"/api/v1/namespaces": {"items": []}}, "has no namespace demo-dev"),
    "no level": (space({}), "no Pod Security level"),
    "baseline": (space({"pod-security.kubernetes.io/enforce": "baseline"}), "level baseline"),
}


@pytest.mark.parametrize(("cluster", "reason"), UNFIT.values(), ids=UNFIT)
def test_a_namespace_that_is_not_fit_is_refused(cluster, reason):
    with pytest.raises(pulumi.RunError, match=reason):
        check_cluster(SHOP, [CLOSED], cluster.get)


@pytest.mark.parametrize("cluster", [space(), {}], ids=["fit", "not permitted to look"])
def test_a_fit_namespace_is_taken_in_silence(cluster, monkeypatch):
    monkeypatch.setattr(pulumi.log, "warn", pytest.fail)
    check_cluster(SHOP, [CLOSED], cluster.get)


def test_pods_of_others_in_it_are_a_warning(monkeypatch):
    found = []
    monkeypatch.setattr(pulumi.log, "warn", found.append)
    check_cluster(SHOP, [CLOSED], space(LABELS, "guest").get)
    assert "cut off guest" in found[0]
