"""How far the customer's own lines reach: into files of their own program, and no other."""

import re
from pathlib import Path

import shop
from tests.harness import deploy, merge, plain

TEMPLATES = Path(shop.__file__).parent / "templates"
MARK = "mark-of-the-customer"
OWN = {
    "php": {"ini": {"user_agent": MARK}},
    "web": {
        "nginx": {
            "http": {"mine": f"# {MARK}"},
            "server": {"mine": f"# {MARK}"},
        }
    },
}


def test_only_these_templates_take_own_lines():
    """A new one must compare its lines with those of the template, as the others do."""
    taking = re.compile(r"own\.items\(|in own\b|/own-")
    found = {path.name for path in TEMPLATES.iterdir() if taking.search(path.read_text())}

    assert found == {"apache.conf.j2", "mysqld.cnf.j2", "nginx.conf.j2", "php.ini.j2"}


def test_own_lines_are_in_no_file_but_their_program_s():
    files = {
        name
        for resource in deploy(merge(OWN, {"phpMyAdmin": {"enabled": True}}))
        if resource.kind in {"ConfigMap", "Secret"}
        for values in (plain(resource.inputs),)
        for name, text in {**(values.get("data") or {}), **(values.get("stringData") or {})}.items()
        if MARK in text
    }

    assert files == {"openmage.ini", "own-http-mine.conf", "own-server-mine.conf"}
