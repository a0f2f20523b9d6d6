"""The commands behind the make targets, and what is generated for editors and people."""

import json
import re
import subprocess
import sys

import jsonschema
import pytest
import ruamel.yaml

import parts
from generate import PROJECT
from offline import run
from stackfile.schema import schema
from tests.harness import ROOT
from tests.unit.platform.harness import COMMAND, FOLDER, deploy

STACKS = sorted(FOLDER.glob("Pulumi.*.yaml"))


def _python(*words, cwd=ROOT):
    return subprocess.run(
        [sys.executable, *words], cwd=cwd, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("path", STACKS, ids=lambda path: path.name)
def test_every_stack_file_is_accepted_by_program_and_editors(path):
    assert run(COMMAND.read(path), root=FOLDER).components
    reader = ruamel.yaml.YAML(typ="safe", pure=True)
    jsonschema.validate(reader.load(path), schema(PROJECT))
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert (
        path.parent / first.partition("$schema=")[2]
    ).resolve() == FOLDER / "choices" / "schema.json"


@pytest.mark.parametrize("path", STACKS, ids=lambda path: path.name)
def test_no_stack_lets_a_default_provider_touch_another_cluster(path):
    config = COMMAND.read(path).config
    assert json.loads(config["pulumi:disable-default-providers"]) == ["kubernetes"]


def test_the_example_shows_every_part():
    graph = run(COMMAND.read(FOLDER / "Pulumi.example.yaml"), root=FOLDER)
    classes = {component.kind for component in graph.components}
    every = {name for name, found in vars(parts).items() if isinstance(found, type)}
    assert {name for name in every if not name.endswith("Args")} <= classes


def test_editors_refuse_what_the_program_refuses():
    tree = {
        "config": {"openmage-platform:platform": {"cluster": {"context": "x"}, "monitorng": {}}}
    }
    with pytest.raises(jsonschema.ValidationError, match="monitorng"):
        jsonschema.validate(tree, schema(PROJECT))


def test_every_setting_has_a_meaning():
    rows = re.findall(
        r"^\| `(\w+)`[^|]*\|.*\| (.*) \|$",
        (FOLDER.parent / "docs" / "platform-settings.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    assert len(rows) > 50
    assert [key for key, meaning in rows if not meaning.strip()] == []


def test_a_preview_shows_parts_charts_and_pod_security():
    shown = _python("platform/command.py", "preview", "--offline", "--stack", "example")
    assert shown.returncode == 0, shown.stderr
    assert "cert-manager v1.21.1" not in shown.stdout
    for text in (
        "cert-manager-chart v1.21.1 from oci://quay.io/jetstack/charts/cert-manager",
        "logs (privileged)",
        "cert-manager (restricted)",
        "(protected, retained)",
    ):
        assert text in shown.stdout


def test_it_can_be_called_from_its_own_folder():
    shown = _python("command.py", "preview", "--offline", cwd=FOLDER)
    assert "gateway (Gateway)" in shown.stdout


def test_a_cluster_without_parts_is_shown_as_such():
    assert COMMAND.tree(deploy()) == "Every part is off."


def test_a_wrong_stack_file_gives_a_report_and_no_traceback(tmp_path):
    path = tmp_path / "Pulumi.wrong.yaml"
    path.write_text("config:\n  openmage-platform:platform:\n    cluster: {}\n")
    shown = _python("platform/command.py", "preview", "--offline", "--stack", str(path))
    assert shown.returncode == 1
    assert "openmage-platform:platform.cluster.context" in shown.stderr
    assert "Traceback" not in shown.stderr


WRONG = {
    "nothing": ("", 2, "the platform's settings are missing"),
    "a text": ("text", 2, "the platform's settings are not a mapping"),
    "a list as a key": ("{? [a] : b}", 2, "a key that is not a string"),
    "a misspelt secret": (
        "{cluster: {context: c}}\n  openmage-platform:dnstoken: x",
        3,
        "not a known configuration key",
    ),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_file_given_by_its_path_is_refused_with_its_own_lines(
    tmp_path, monkeypatch, capsys, wrong
):
    text, line, reason = wrong
    path = tmp_path / "Pulumi.wrong.yaml"
    path.write_text(f"config:\n  openmage-platform:platform: {text}\n")
    monkeypatch.setattr(sys, "argv", ["platform", "preview", "--offline", "--stack", str(path)])
    assert COMMAND.main() == 1
    shown = capsys.readouterr().err
    assert f"Pulumi.wrong.yaml:{line}" in shown
    assert reason in shown


def test_an_unknown_stack_is_answered_with_those_that_are_there():
    shown = _python("platform/command.py", "preview", "--offline", "--stack", "nowhere")
    assert shown.returncode == 1
    assert "dev, example" in shown.stderr


def test_the_standard_librarys_module_stays_what_it_is():
    # The folder has its name, and both the root and the folder may be on the path.
    code = "import sys; sys.path[:0] = ['.', 'platform']; import platform; print(platform.system())"
    assert _python("-c", code).stdout.strip() == "Linux"
