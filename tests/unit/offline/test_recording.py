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
volume = k8s.core.v1.PersistentVolumeClaim(
    "group-data", metadata={},
    opts=pulumi.ResourceOptions(
        parent=group, replace_on_changes=["spec"], delete_before_replace=True,
        custom_timeouts=pulumi.CustomTimeouts(create="90s", update="2m"),
    ),
)
k8s.batch.v1.Job(
    "group", metadata={}, opts=pulumi.ResourceOptions(parent=group, deleted_with=volume)
)
pulumi.export("password", password.result)
pulumi.export("made", {"of": pulumi.Output.concat("user:", password.result)})
pulumi.export("name", volume.metadata.name)
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
        ("PersistentVolumeClaim", "group-data"),
        ("Job", "group"),
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


def test_times_and_ways_to_go_are_recorded(graph):
    volume, job = graph.one("PersistentVolumeClaim", "group-data"), graph.one("Job", "group")
    assert dict(volume.custom_timeouts) == {"create": "90s", "update": "2m"}
    assert volume.replace_on_changes == ("spec",)
    assert volume.delete_before_replace
    assert job.deleted_with == volume.urn
    assert dict(job.custom_timeouts) == {}
    assert job.replace_on_changes == ()
    assert not job.delete_before_replace
    assert volume.deleted_with == ""


def test_what_a_provider_is_told_is_recorded(graph):
    [provider] = graph.providers
    assert provider.inputs["context"] == "c"
    assert graph.provider_of(graph.one("ConfigMap", "stray")) == provider
    assert graph.provider_of(graph.one("RandomPassword", "group-password")) is None


def test_what_a_provider_keeps_secret_is_secret_in_all_that_is_made_of_it(graph):
    password = graph.one("RandomPassword", "group-password")
    assert "result" in password.additional_secret_outputs
    assert isinstance(graph.exports["password"], Secret)
    assert masked(graph.exports["made"]) == {"of": "[secret]"}
    assert plain(graph.exports["made"])["of"] == f"user:{plain(graph.exports['password'])}"


def test_what_the_stack_exports_is_recorded_once_it_is_known(graph):
    assert set(graph.exports) == {"password", "made", "name"}
    assert (
        graph.exports["name"] == graph.names[graph.one("PersistentVolumeClaim", "group-data").urn]
    )


def test_a_run_knows_nothing_of_an_earlier_one(graph, tmp_path):
    (tmp_path / "__main__.py").write_text('import pulumi\npulumi.export("own", 1)\n')
    config = {"openmage:shop": json.dumps({"cluster": {"context": "c"}})}
    later = run(StackFile("later", tmp_path / "none", config, frozenset()), root=tmp_path)
    assert later.exports == {"own": 1}
    assert [resource.name for resource in later.resources.values()] == ["openmage-later"]


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
