"""What the commands ask of the Pulumi CLI, seen by a CLI that only writes it down."""

import json
import os
import sys
from dataclasses import replace
from types import SimpleNamespace

import pytest

from operate import __main__ as operate
from operate import engine
from tests.harness import DEV, ROOT

OUTPUTS = {
    "shopUrl": "http://shop.test/",
    "adminUrl": "http://admin.shop.test/backoffice/",
    "adminUsername": "shopadmin",
    "adminPassword": "generated-password-1",
}
PULUMI = f"""case "$1 $2" in
"stack output") echo '{json.dumps(OUTPUTS)}';;
esac"""
CONTEXT = DEV.context


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """Return a machine that has all a real update needs; its programs write down their calls."""
    programs, log = tmp_path / "bin", tmp_path / "calls"
    programs.mkdir()

    def program(name, script="exit 0"):
        file = programs / name
        file.write_text(f'#!/bin/sh\necho "{name} $*" >> {log}\n{script}\n')
        file.chmod(0o755)

    def calls(name="pulumi"):
        lines = log.read_text().splitlines() if log.exists() else []
        return [line.partition(" ")[2] for line in lines if line.startswith(f"{name} ")]

    program("pulumi", PULUMI)
    program("kubectl", "echo {}")
    for plugin in ("language-python", "resource-kubernetes", "resource-random"):
        program(f"pulumi-{plugin}")
    kubeconfig = {
        "clusters": [{"name": "c", "cluster": {"server": "https://127.0.0.1:1"}}],
        "contexts": [{"name": CONTEXT, "context": {"cluster": "c", "user": "u"}}],
    }
    (tmp_path / "kubeconfig").write_text(json.dumps(kubeconfig))
    for key in [key for key in os.environ if key.startswith("PULUMI_")]:
        monkeypatch.delenv(key)
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "kubeconfig"))
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(engine, "_STATE", tmp_path / "state")
    return SimpleNamespace(program=program, calls=calls, programs=programs, folder=tmp_path)


def _command(monkeypatch, *words):
    monkeypatch.setattr(sys, "argv", ["operate", *words])
    return operate.main()


def _with_environment(environment):
    shop = {**DEV.shop, "environment": environment}
    return replace(DEV, config={**DEV.config, "openmage:shop": json.dumps(shop)})


def test_a_preview_is_the_engines_where_everything_is_there(machine, monkeypatch, capfd):
    machine.program("pulumi", 'echo "engine: $1 $2"')
    assert _command(monkeypatch, "preview") == 0
    assert "engine: preview --diff" in capfd.readouterr().out
    assert machine.calls()[-1].startswith("preview --diff --stack dev ")


def test_the_program_is_told_which_file_the_engine_was_given(machine, monkeypatch, tmp_path):
    file = tmp_path / "Pulumi.acme.yaml"
    shop = json.dumps({"cluster": {"context": CONTEXT}})
    file.write_text(f"config:\n  openmage:shop: {shop}\n")
    machine.program("pulumi", f'echo "pulumi $OPENMAGE_STACK_FILE" >> {machine.folder}/calls')
    monkeypatch.chdir(tmp_path)
    assert _command(monkeypatch, "preview", "--stack", "Pulumi.acme.yaml") == 0
    assert machine.calls()[-1] == str(file)


def test_an_offline_preview_asks_nobody(machine, monkeypatch, capsys):
    assert _command(monkeypatch, "preview", "--offline") == 0
    assert machine.calls() == machine.calls("kubectl") == []
    assert "(as you asked)" in capsys.readouterr().out.splitlines()[0]


@pytest.mark.parametrize(
    ("gone", "reason"),
    [
        ("pulumi", "the pulumi CLI is not on the PATH: https://www.pulumi.com/docs/install/"),
        ("pulumi-language-python", "pulumi-language-python is not on the PATH"),
        ("pulumi-resource-kubernetes", "pulumi plugin install resource kubernetes v"),
        ("pulumi-resource-random", "pulumi plugin install resource random v"),
        ("kubectl", "kubectl is not on the PATH"),
    ],
)
def test_a_preview_without_one_program_is_offline_and_names_it(
    machine, monkeypatch, capsys, gone, reason
):
    (machine.programs / gone).unlink()
    assert _command(monkeypatch, "preview") == 0
    first = capsys.readouterr().out.splitlines()[0]
    assert first.startswith("Offline preview of dev")
    assert reason in first
    assert machine.calls() == []


def test_a_plugin_that_pulumi_has_installed_counts(machine, monkeypatch):
    (machine.programs / "pulumi-resource-random").unlink()
    (machine.folder / "home" / "plugins" / "resource-random-v4.21.4").mkdir(parents=True)
    assert _command(monkeypatch, "preview") == 0
    assert machine.calls()[-1].startswith("preview")


def test_a_cluster_that_does_not_answer_gives_an_offline_preview_with_its_reason(
    machine, monkeypatch, capsys
):
    machine.program("kubectl", "echo 'connection refused' >&2; exit 1")
    assert _command(monkeypatch, "preview") == 0
    assert "does not answer: connection refused" in capsys.readouterr().out.splitlines()[0]


def test_the_cluster_is_asked_under_the_stacks_own_context(machine, monkeypatch):
    _command(monkeypatch, "up")
    asked = machine.calls("kubectl")
    assert asked
    assert [call for call in asked if not call.startswith(f"--context {CONTEXT} ")] == []


@pytest.mark.parametrize("command", ["up", "down", "admin-password"])
def test_nothing_is_started_where_something_is_missing(machine, monkeypatch, capsys, command):
    (machine.programs / "pulumi-resource-random").unlink()
    (machine.folder / "kubeconfig").write_text("{}")
    assert _command(monkeypatch, command) == 1
    said = capsys.readouterr().err
    assert "resource random" in said
    assert f"kube context {CONTEXT} is not in" in said
    assert machine.calls() == []


def test_up_makes_the_stack_updates_it_and_says_where_the_shop_is(machine, monkeypatch, capfd):
    assert _command(monkeypatch, "up") == 0
    words = [call.split()[:2] for call in machine.calls()]
    assert words == [["stack", "select"], ["up", "--yes"], ["stack", "output"]]
    assert machine.calls()[0] == "stack select --create dev"
    said = capfd.readouterr().out
    assert OUTPUTS["shopUrl"] in said
    assert OUTPUTS["adminUrl"] in said
    assert OUTPUTS["adminPassword"] not in said


@pytest.mark.parametrize(
    ("environment", "yes", "asks"),
    [
        ("dev", False, False),
        ("staging", False, True),
        ("staging", True, False),
        ("production", False, True),
        ("production", True, False),
    ],
)
def test_only_a_dev_shop_is_changed_without_a_question(machine, environment, yes, asks):
    engine.up(_with_environment(environment), yes=yes)
    [update] = [call for call in machine.calls() if call.startswith("up")]
    assert ("--yes" not in update) is asks


def test_the_stack_file_is_named_to_the_engine(machine):
    example = ROOT / "stacks" / "Pulumi.acme-staging.yaml"
    engine.preview(replace(DEV, stack="acme-staging", path=example))
    assert f"--config-file {example}" in machine.calls()[-1]


def test_a_failed_update_is_one_sentence_and_nothing_follows(machine, monkeypatch, capfd):
    machine.program("pulumi", '[ "$1" != up ]')
    assert _command(monkeypatch, "up") == 1
    assert machine.calls()[-1].startswith("up ")
    shown = capfd.readouterr()
    assert "pulumi up" in shown.err
    assert "Traceback" not in shown.err
    assert "shop " not in shown.out


def test_down_destroys_and_names_what_stays(machine, capfd):
    shop = {**DEV.shop, "retainData": True}
    kept = replace(DEV, config={**DEV.config, "openmage:shop": json.dumps(shop)})
    engine.down(kept, yes=False)
    assert machine.calls()[-1].startswith("destroy --yes")
    assert "volumes" in capfd.readouterr().out
    engine.down(DEV, yes=False)
    assert "volumes" not in capfd.readouterr().out


def test_down_asks_nobody_in_production(machine):
    with pytest.raises(engine.NotPossibleError, match="does not destroy a production shop"):
        engine.down(_with_environment("production"), yes=True)
    assert machine.calls() == []


def test_the_admin_password_is_all_that_is_printed(machine, monkeypatch, capfd):
    engine.admin_password(DEV)
    capfd.readouterr()
    assert _command(monkeypatch, "admin-password") == 0
    assert capfd.readouterr().out == f"{OUTPUTS['adminPassword']}\n"


def test_the_access_password_is_shown_where_there_is_one(machine, monkeypatch, capfd):
    assert _command(monkeypatch, "access-password") == 1
    assert "there is no access password" in capfd.readouterr().err
    outputs = json.dumps({**OUTPUTS, "accessPassword": "for-visitors"})
    machine.program("pulumi", f"echo '{outputs}'")
    assert _command(monkeypatch, "access-password") == 0
    assert capfd.readouterr().out.endswith("for-visitors\n")


def test_the_admin_password_of_a_shop_that_is_not_up_is_refused(machine, monkeypatch, capfd):
    machine.program("pulumi", "exit 0")
    assert _command(monkeypatch, "admin-password") == 1
    assert "run `make up` first" in capfd.readouterr().err


def _environment_of_pulumi(machine):
    machine.program(
        "pulumi",
        "for v in BACKEND_URL CONFIG_PASSPHRASE CONFIG_PASSPHRASE_FILE; do "
        f'eval "echo $v=\\${{PULUMI_$v-}}"; done > {machine.folder}/environment',
    )
    engine.preview(DEV)
    lines = (machine.folder / "environment").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines)


def test_state_and_passphrase_stay_in_the_project_by_default(machine, capsys):
    seen = _environment_of_pulumi(machine)
    state = machine.folder / "state"
    assert seen["BACKEND_URL"] == f"file://{state}/pulumi"
    passphrase = state / "passphrase"
    assert seen["CONFIG_PASSPHRASE_FILE"] == str(passphrase)
    assert passphrase.stat().st_mode & 0o777 == 0o600
    assert "Keep both" in capsys.readouterr().out
    first = passphrase.read_text()
    assert len(first) >= 32
    _environment_of_pulumi(machine)
    assert passphrase.read_text() == first
    assert "Keep both" not in capsys.readouterr().out


@pytest.mark.parametrize("own", ["PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"])
def test_a_passphrase_of_ones_own_is_used(machine, monkeypatch, own):
    monkeypatch.setenv(own, "mine")
    assert _environment_of_pulumi(machine)[own.removeprefix("PULUMI_")] == "mine"
    assert not (machine.folder / "state" / "passphrase").exists()


def test_a_backend_of_ones_own_gets_no_state_here(machine, monkeypatch):
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://elsewhere")
    assert _environment_of_pulumi(machine)["BACKEND_URL"] == "s3://elsewhere"
    assert not (machine.folder / "state").exists()
