"""Stack files: found by name, read without a passphrase."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline import StackFile, find_stack_file, read_stack_file
from stackfile.report import SettingsError


def _written(folder, text, name="Pulumi.acme.yaml"):
    file = folder / name
    file.write_text(text)
    return file


def test_a_stack_file_beside_the_program_comes_before_an_example(tmp_path):
    (tmp_path / "stacks").mkdir()
    example = _written(tmp_path / "stacks", "config: {}\n")
    assert find_stack_file(tmp_path, "acme") == example
    own = _written(tmp_path, "config: {}\n")
    assert find_stack_file(tmp_path, "acme") == own


def test_a_stack_can_be_named_by_the_path_of_its_file(tmp_path):
    file = _written(tmp_path, "config: {}\n")
    assert find_stack_file(tmp_path / "elsewhere", str(file)) == file
    assert read_stack_file(file).stack == "acme"


def test_a_stack_without_a_file_is_refused_with_those_that_have_one(tmp_path):
    _written(tmp_path, "config: {}\n")
    (tmp_path / "stacks").mkdir()
    _written(tmp_path / "stacks", "config: {}\n", "Pulumi.other.yaml")
    with pytest.raises(FileNotFoundError, match=r"no Pulumi\.acmee\.yaml.*: acme, other$"):
        find_stack_file(tmp_path, "acmee")


def test_an_encrypted_value_becomes_a_mask_and_its_key_is_secret(tmp_path):
    text = "config:\n  openmage:cryptKey:\n    secure: v1:abc\n  openmage:shop: {customer: a}\n"
    stack_file = read_stack_file(_written(tmp_path, text))
    assert stack_file.secrets == {"openmage:cryptKey"}
    assert stack_file.config["openmage:cryptKey"] == "[secret]"
    assert "v1:abc" not in json.dumps(dict(stack_file.config))


def test_structured_values_are_handed_over_as_the_engine_does(tmp_path):
    text = "config:\n  openmage:shop: {customer: acme, php: {ini: {}}}\n  a:list: [one]\n"
    config = read_stack_file(_written(tmp_path, text)).config
    assert json.loads(config["openmage:shop"]) == {"customer": "acme", "php": {"ini": {}}}
    assert json.loads(config["a:list"]) == ["one"]


def test_a_stack_file_that_is_no_yaml_is_refused_with_the_line(tmp_path):
    file = _written(tmp_path, "config:\n  openmage:shop: [\n")
    with pytest.raises(SettingsError, match=r"Pulumi\.acme\.yaml:\d"):
        read_stack_file(file)


BROKEN = {
    "a tag that means something to a program": ("{a: !tag b}", 2, "the tag '!tag'"),
    "a list as a key": ("{? [a, b] : c}", 2, "a key that is not a string"),
    "a mapping as a key": ("{? {a: b} : c}", 2, "unhashable key"),
    "a list as a key further down": (
        "\n    php:\n      ? [a, b]\n      : c",
        3,
        "a key that is not a string",
    ),
    "a date as a key": ("{2020-01-01: a}", 2, "a key that is not a string"),
    "an alias to its own parent": ("&here\n    php: *here", 3, "refers to itself"),
    "an alias to its own list": ("\n    list: &here [*here]", 3, "refers to itself"),
    "a merge of a mapping into itself": ("&here {<<: *here}", None, "refers to itself"),
    "a thousand lists in each other": ("[" * 1000 + "]" * 1000, None, "is nested too deeply"),
    "a day that never comes": ("{a: 2020-13-45}", None, "looks like a date"),
    "a control character": ("\n    customer: \a", 3, "control character"),
    "letters of another encoding": ("\n    customer: \udce4", 3, "UTF-8"),
}


@pytest.mark.parametrize(("value", "line", "reason"), BROKEN.values(), ids=BROKEN)
def test_what_the_engine_cannot_hand_over_is_refused_with_its_line(tmp_path, value, line, reason):
    file = tmp_path / "Pulumi.acme.yaml"
    file.write_bytes(f"config:\n  openmage:shop: {value}\n".encode(errors="surrogateescape"))
    with pytest.raises(SettingsError) as refused:
        read_stack_file(file)
    [problem] = refused.value.problems
    assert problem.line == line
    assert reason in problem.reason
    assert problem.fix


def test_an_anchor_that_is_used_twice_is_no_circle(tmp_path):
    text = "config:\n  openmage:shop: {a: &x {b: 1}, c: *x, d: [*x, *x]}\n"
    assert read_stack_file(_written(tmp_path, text)).shop["d"] == [{"b": 1}, {"b": 1}]


@pytest.mark.parametrize("value", ["", "a text", "{secure: v1:abc}", "[]", "7"])
def test_what_stands_in_place_of_the_settings_is_none_to_the_commands(tmp_path, value):
    stack_file = read_stack_file(_written(tmp_path, f"config:\n  openmage:shop: {value}\n"))
    assert (dict(stack_file.shop), stack_file.context) == ({}, "")


@pytest.mark.parametrize("text", ["", "- a\n", "config:\n", "config: []\n", "text\n"])
def test_a_file_of_another_shape_has_no_settings(tmp_path, text):
    stack_file = read_stack_file(_written(tmp_path, text))
    assert (dict(stack_file.config), dict(stack_file.shop), stack_file.context) == ({}, {}, "")


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@given(_ANYTHING | st.fixed_dictionaries({"cluster": _ANYTHING}))
def test_the_context_is_a_text_whatever_stands_there(tmp_path_factory, shop):
    path = tmp_path_factory.getbasetemp() / "Pulumi.any.yaml"
    stack_file = StackFile("any", path, {"openmage:shop": json.dumps(shop)}, frozenset())
    assert isinstance(stack_file.context, str)
    assert isinstance(stack_file.server, str)
