"""What a run records of each resource."""

import json

import pytest

from offline import StackFile, run
from offline.graph import Secret, masked, plain

PROGRAM = """
import pulumi
import pulumi_kubernetes as k8s
import pulumi_random

class Group(pulumi.ComponentResource):
    def __init__(self, name, opts=None, finish=True):
        super().__init__("test:index:Group", name, None, opts)
        self.child = pulumi.ResourceOptions(parent=self)
        if finish:
            self.register_outputs({})

provider = k8s.Provider("cluster", context="c")
group = Group("group", pulumi.ResourceOptions(provider=provider, protect=True))
password = pulumi_random.RandomPassword(
    "group-password", length=9,
    opts=pulumi.ResourceOptions(
        parent=group, ignore_changes=["*"], retain_on_delete=True, protect=False
    ),
)
secret = k8s.core.v1.Secret(
    "group", metadata={}, string_data={"key": password.result}, opts=group.child
)
k8s.core.v1.ConfigMap(
    "group-config",
    metadata={},
    data={"secret": secret.metadata.name, "hidden": pulumi.Output.secret("hush")},
    opts=pulumi.ResourceOptions(parent=group, aliases=[pulumi.Alias(name="old-config")]),
)
k8s.apps.v1.Deployment(
    "group", metadata={}, opts=pulumi.ResourceOptions(parent=group, depends_on=[password]),
    spec={"replicas": 2, "selector": {"matchLabels": {"a": "b"}},
          "template": {"spec": {"containers": [{"name": "c", "image": "i"}]}}},
)
Group("unfinished", finish=False)
k8s.core.v1.ConfigMap("stray", metadata={}, data={}, opts=pulumi.ResourceOptions(provider=provider))
"""


@pytest.fixture(scope="module")
def graph(tmp_path_factory):
    root = tmp_path_factory.mktemp("program")
    (root / "__main__.py").write_text(PROGRAM)
    config = {"openmage:shop": json.dumps({"cluster": {"context": "c"}})}
    return run(StackFile("test", root / "none", config, frozenset()), root=root)


def test_a_component_without_outputs_is_told_apart(graph):
    unfinished = [c.name for c in graph.components if c.urn not in graph.finished]
    assert unfinished == ["unfinished"]


def test_what_no_component_contains_is_an_orphan(graph):
    assert {resource.name for resource in graph.orphans} == {"cluster", "stray"}


def test_the_children_of_a_component_are_its_own(graph):
    names = {(r.kind, r.name) for r in graph.children_of("group")}
    assert names == {
        ("RandomPassword", "group-password"),
        ("Secret", "group"),
        ("ConfigMap", "group-config"),
        ("Deployment", "group"),
    }


def test_protection_is_inherited_and_can_be_lifted(graph):
    assert graph.one("Secret", "group").protect
    assert not graph.one("RandomPassword", "group-password").protect
    assert not graph.one("ConfigMap", "stray").protect


def test_options_are_recorded(graph):
    password = graph.one("RandomPassword", "group-password")
    assert password.ignore_changes == ("*",)
    assert password.retain_on_delete
    assert not graph.one("Secret", "group").retain_on_delete


def test_the_provider_of_a_component_is_that_of_its_children(graph):
    assert "::cluster::" in graph.one("Secret", "group").provider
    assert graph.one("kubernetes", "cluster").is_provider


def test_dependencies_by_data_and_by_order_are_both_seen(graph):
    password = graph.one("RandomPassword", "group-password").urn
    assert password in graph.one("Secret", "group").depends_on
    assert password in graph.one("Deployment", "group").depends_on
    assert graph.one("Secret", "group").urn in graph.one("ConfigMap", "group-config").depends_on


def test_secrets_stay_marked_however_deep(graph):
    assert isinstance(graph.one("Secret", "group").inputs["stringData"], Secret)
    config = graph.one("ConfigMap", "group-config").inputs
    assert config["data"]["hidden"] == Secret("hush")
    assert "hush" not in json.dumps(masked(config))
    assert plain(config)["data"]["hidden"] == "hush"


def test_whole_numbers_are_no_floats(graph):
    replicas = graph.one("Deployment", "group").inputs["spec"]["replicas"]
    assert (replicas, type(replicas)) == (2, int)


def test_automatic_names_follow_the_resource(graph):
    names = [graph.names[graph.one("Secret", n).urn] for n in ("group",)]
    names += [graph.names[graph.one("ConfigMap", n).urn] for n in ("group-config", "stray")]
    assert [name.rsplit("-", 1)[0] for name in names] == ["group", "group-config", "stray"]
    assert all(len(name.rsplit("-", 1)[1]) == 8 for name in names)
    assert graph.one("ConfigMap", "group-config").inputs["data"]["secret"] == names[0]


def test_asking_for_one_of_two_is_an_error(graph):
    with pytest.raises(ValueError, match="unpack"):
        graph.one("ConfigMap", "nothing of that name")
