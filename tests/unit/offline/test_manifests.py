"""Manifests: one file an object, readable, and without a secret."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from offline.graph import Graph, Resource, Secret
from offline.manifests import manifests, text, write


def _object(kind, name, **inputs):
    inputs = {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}, **inputs}
    return Resource(
        urn=f"urn:{kind}::{name}",
        type=f"kubernetes:core/v1:{kind}",
        name=name,
        custom=True,
        parent="",
        inputs=inputs,
        protect=False,
        retain_on_delete=False,
        provider="",
        aliases=(),
        ignore_changes=(),
        depends_on=(),
    )


def _graph(*resources):
    return Graph({r.urn: r for r in resources}, names={r.urn: r.name for r in resources})


def _read(yaml: str) -> Any:
    parser: Any = YAML(typ="safe", pure=True)
    return parser.load(yaml)


def test_files_are_named_by_kind_and_name_in_lower_case():
    graph = _graph(_object("ConfigMap", "web"), _object("Service", "web"))
    assert list(manifests(graph)) == ["configmap-web.yaml", "service-web.yaml"]


def test_only_kubernetes_objects_have_manifests():
    password = Resource(
        "urn:p",
        "random:index/randomPassword:RandomPassword",
        "p",
        custom=True,
        parent="",
        inputs={"length": 8},
        protect=False,
        retain_on_delete=False,
        provider="",
        aliases=(),
        ignore_changes=(),
        depends_on=(),
    )
    assert list(manifests(_graph(password, _object("Service", "web")))) == ["service-web.yaml"]


def test_an_automatic_name_stands_in_the_manifest():
    unnamed = _object("ConfigMap", "web")
    unnamed = Resource(
        **{**vars(unnamed), "inputs": {**unnamed.inputs, "metadata": {"labels": {}}}}
    )
    graph = _graph(unnamed)
    graph.names[unnamed.urn] = "web-12345678"
    [manifest] = manifests(graph).values()
    assert manifest["metadata"]["name"] == "web-12345678"


def test_the_keys_that_people_look_for_come_first():
    manifest = _object("Thing", "web", zeta=1, alpha={"b": 1, "a": 2}, spec={})
    shuffled = {key: manifest.inputs[key] for key in reversed(list(manifest.inputs))}
    [found] = manifests(_graph(Resource(**{**vars(manifest), "inputs": shuffled}))).values()
    assert list(found) == ["apiVersion", "kind", "metadata", "spec", "alpha", "zeta"]
    assert list(found["alpha"]) == ["a", "b"]


@pytest.mark.parametrize(
    "data", [{"key": "hush"}, Secret({"key": "hush"}), {"key": Secret("hush")}]
)
def test_a_secret_shows_its_keys_and_none_of_its_values(data):
    [manifest] = manifests(_graph(_object("Secret", "web", stringData=data))).values()
    assert manifest["stringData"] == {"key": "[secret]"}


def test_a_secret_value_is_masked_wherever_it_stands():
    resource = _object("Thing", "web", spec={"list": [{"env": Secret("hush")}]})
    [manifest] = manifests(_graph(resource)).values()
    assert manifest["spec"] == {"list": [{"env": "[secret]"}]}


def test_files_inside_of_an_object_are_readable_as_they_are():
    shown = text({"data": {"php.ini": "one = 1\ntwo = 2\n"}})
    assert "  php.ini: |\n    one = 1\n    two = 2\n" in shown


@given(
    st.text(st.characters(categories=["L", "N", "P", "S"], include_characters=" \n"), max_size=30)
)
def test_what_is_written_is_read_again_unchanged(value):
    manifest = {"data": {"file": value}, "list": [value]}
    assert _read(text(manifest)) == manifest


def test_writing_again_leaves_no_object_of_before(tmp_path):
    assert write(_graph(_object("Service", "old"), _object("Service", "kept")), tmp_path) == 2
    assert write(_graph(_object("Service", "kept")), tmp_path) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["service-kept.yaml"]
