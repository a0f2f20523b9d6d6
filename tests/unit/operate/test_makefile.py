"""`make` hands over what it is told."""

import re
import shutil
import subprocess

import pytest

from tests.harness import ROOT

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not on the PATH")
TEXT = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = re.findall(r"^([a-z0-9-]+):", TEXT, re.MULTILINE)


def _make(*words):
    """Return the commands that make would run in an environment that is there already."""
    made = [f"--old-file=.venv/{stamp}" for stamp in ("run", "dev")]
    shown = subprocess.run(
        ["make", "--dry-run", "--no-print-directory", *made, *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return shown.stdout


def _last_command(*words):
    return _make(*words).strip().splitlines()[-1].partition("-m operate ")[2].split()


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (["preview"], "preview --stack dev"),
        (["preview", "STACK=acme", "OUT=build/a"], "preview --stack acme --out build/a"),
        (["preview", "OFFLINE=1"], "preview --stack dev --offline"),
        (["up"], "up --stack dev"),
        (["up", "YES=1"], "up --stack dev --yes"),
        (["down", "STACK=acme"], "down --stack acme"),
        (["cluster"], "cluster --stack dev"),
        (["admin-password", "STACK=acme"], "admin-password --stack acme"),
        (["picture"], "picture"),
    ],
)
def test_what_make_is_told_reaches_the_command(words, command):
    assert _last_command(*words) == command.split()


def test_help_is_the_default_and_names_every_target():
    shown = subprocess.check_output(["make"], cwd=ROOT, text=True)
    listed = re.findall(r"^  make ([a-z0-9-]+) ", shown, re.MULTILINE)
    assert len(TARGETS) >= 10
    assert sorted(listed) == sorted(TARGETS)


def test_no_target_is_mistaken_for_a_file():
    [phony] = re.findall(r"^\.PHONY: (.*)$", TEXT, re.MULTILINE)
    assert sorted(phony.split()) == sorted(TARGETS)


def test_no_target_uses_the_systems_python_but_to_make_an_environment():
    commands = _make(*(target for target in TARGETS if target != "help"))
    assert [line for line in commands.splitlines() if re.match(r"@?(python|pip)", line)] == []
