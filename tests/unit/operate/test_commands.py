"""The commands say what they do, and what is missing."""

import os
import subprocess
import sys

import pulumi
import pytest

from offline import find_stack_file, read_stack_file, run
from operate import engine, tools
from operate.__main__ import _README, main, with_picture
from tests.harness import DEV, ROOT


def _run(*words, path="/usr/bin:/bin", **environment):
    return subprocess.run(
        [sys.executable, "-m", "operate", *words],
        cwd=ROOT,
        env={"PATH": path, "HOME": os.environ["HOME"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """Return what puts programs of our own on the PATH."""

    def make(**scripts):
        for name, script in scripts.items():
            file = tmp_path / name.replace("_", "-")
            file.write_text(f"#!/bin/sh\n{script}\n")
            file.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    monkeypatch.setenv("PATH", str(tmp_path))
    return make


def test_a_preview_says_that_it_is_offline_and_why(tmp_path):
    shown = _run("preview", path=str(tmp_path))
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.startswith(
        "Offline preview of dev, without CLI and cluster (the pulumi CLI"
    )
    assert "at rest  requests" in shown.stdout


def test_a_preview_writes_one_manifest_an_object_and_the_same_ones_twice(tmp_path):
    for folder in ("a", "b"):
        shown = _run("preview", "--offline", "--out", str(tmp_path / folder))
        assert shown.returncode == 0, shown.stderr
    first, second = (
        {file.name: file.read_bytes() for file in (tmp_path / folder).iterdir()}
        for folder in ("a", "b")
    )
    assert len(first) > 40
    assert first == second
    assert b"[secret]" in next(v for k, v in first.items() if k.startswith("secret-config-"))


def test_up_lists_everything_that_is_missing_with_how_to_get_it(tmp_path):
    shown = _run("up", path=str(tmp_path), KUBECONFIG=str(tmp_path / "none"))
    assert shown.returncode == 1
    assert "https://www.pulumi.com/docs/install/" in shown.stderr
    assert "make cluster" in shown.stderr
    assert "Traceback" not in shown.stderr


def test_a_missing_plugin_is_named_with_the_command_that_installs_it(
    programs, monkeypatch, tmp_path
):
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path))
    programs(pulumi="exit 0", pulumi_language_python="exit 0")
    found = "\n".join(tools.missing(DEV))
    assert "pulumi plugin install resource kubernetes v4." in found
    assert "pulumi plugin install resource random v4." in found


def test_an_unknown_stack_is_one_sentence(tmp_path):
    shown = _run("preview", "--stack", "missing")
    assert shown.returncode == 1
    assert "there is no Pulumi.missing.yaml; stacks with a file: " in shown.stderr
    assert "dev" in shown.stderr


def test_a_wrong_stack_file_is_a_report_and_not_a_traceback(tmp_path):
    file = tmp_path / "Pulumi.wrong.yaml"
    text = (ROOT / "Pulumi.dev.yaml").read_text().replace("environment: dev", "environment: prod")
    file.write_text(text)
    shown = _run("preview", "--offline", "--stack", str(file))
    assert shown.returncode == 1
    assert "openmage:shop.environment: prod" in shown.stderr
    assert "Traceback" not in shown.stderr + shown.stdout


MISSHAPEN = {
    "nothing": ("", "openmage:shop\n    why: the shop's settings are missing"),
    "a text": ("text", "openmage:shop: text\n    why: the shop's settings are not a mapping"),
    "a tag": ("!tag {}", "the tag '!tag'"),
    "a list as a key": ("{? [a] : b}", "a key that is not a string"),
    "a circle": ("&a {b: *a}", "refers to itself"),
}


@pytest.mark.parametrize(("value", "reason"), MISSHAPEN.values(), ids=MISSHAPEN)
def test_settings_of_any_shape_are_a_report_with_a_line(
    tmp_path, monkeypatch, capsys, value, reason
):
    file = tmp_path / "Pulumi.wrong.yaml"
    file.write_text(f"config:\n  openmage:shop: {value}\n")
    monkeypatch.setattr(sys, "argv", ["operate", "preview", "--offline", "--stack", str(file)])
    assert main() == 1
    shown = capsys.readouterr().err
    assert "Pulumi.wrong.yaml:2" in shown
    assert reason in shown


def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path, monkeypatch, capsys):
    folder = tmp_path / "Pulumi.folder.yaml"
    folder.mkdir()
    monkeypatch.setattr(sys, "argv", ["operate", "preview", "--offline", "--stack", str(folder)])
    assert main() == 1
    assert str(folder) in capsys.readouterr().err


def test_a_file_that_is_given_by_its_path_is_the_one_that_reports_speak_of(tmp_path):
    # Another file of that name is in the tree.
    file = tmp_path / "Pulumi.dev.yaml"
    text = (ROOT / "Pulumi.dev.yaml").read_text().replace("environment: dev", "environment: prod")
    before = text.splitlines()
    file.write_text("# one\n# two\n" + text + "  openmage:cryptkey: x\n")
    with pytest.raises(pulumi.RunError) as refused:
        run(read_stack_file(file))
    wrong = next(n for n, line in enumerate(before, 3) if "environment: prod" in line)
    assert f"Pulumi.dev.yaml:{wrong}  openmage:shop.environment: prod" in str(refused.value)
    assert f"Pulumi.dev.yaml:{len(before) + 3}  openmage:cryptkey" in str(refused.value)
    assert "did you mean openmage:cryptKey?" in str(refused.value)


def test_a_production_shop_is_not_taken_down_by_a_command():
    from dataclasses import replace

    production = replace(DEV, config={"openmage:shop": '{"environment": "production"}'})
    with pytest.raises(engine.NotPossibleError, match="its data is protected"):
        engine.down(production, yes=True)


def test_the_picture_in_the_readme_is_current():
    committed = read_stack_file(find_stack_file(ROOT, "dev"))
    assert with_picture(committed) == _README.read_text(encoding="utf-8"), "run make picture"
