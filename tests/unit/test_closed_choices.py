"""A new member of a union is refused by the type checker wherever the choice matters."""

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.harness import ROOT

PRODUCT = ("stackfile", "settings", "cluster", "components", "wiring", "shop", "platform")
MEMBER = "class {name}({base}):\n    {tag}: Literal['sixth']\n\n\n"
CHOICES: Mapping[str, tuple[str, str, str, str, set[str]]] = {
    "SixthDatabase": (
        "settings/database.py",
        "_OwnDatabase",
        "mode",
        "VolumeDatabase | ",
        {"settings/needs.py", "settings/rules/database.py", "wiring/database.py"},
    ),
    "SixthSessions": (
        "settings/cache.py",
        "Section",
        "mode",
        "OwnSessions | ",
        {"settings/needs.py", "settings/rules/cache.py", "wiring/cache.py"},
    ),
    "SixthCache": (
        "settings/cache.py",
        "Section",
        "mode",
        "OwnCache | ",
        {"settings/needs.py", "settings/rules/cache.py", "wiring/cache.py"},
    ),
    "SixthWeb": (
        "settings/web.py",
        "_Web",
        "topology",
        "SharedWeb | ",
        {"settings/needs.py", "wiring/web.py"},
    ),
    "SixthTls": (
        "settings/certificate.py",
        "Section",
        "mode",
        "NoTls | ",
        {"settings/needs.py", "wiring/certificate.py"},
    ),
    "SixthFrontendCache": (
        "settings/frontend_cache.py",
        "Section",
        "mode",
        "NoFrontendCache | ",
        {"settings/needs.py", "settings/rules/frontend_cache.py", "wiring/frontend_cache.py"},
    ),
    "SixthMail": (
        "settings/mail.py",
        "Section",
        "mode",
        "NoMail | ",
        {"settings/needs.py", "settings/rules/mail.py", "wiring/mail.py"},
    ),
    "SixthParent": (
        "stackfile/routes.py",
        "Section",
        "mode",
        "OwnGateway | ",
        {"components/edge/gateway.py", "components/edge/listeners.py"},
    ),
    "SixthRoute": (
        "stackfile/routes.py",
        "Section",
        "kind",
        "IngressRoute | ",
        {"components/edge/edge.py", "components/edge/network_policies.py"},
    ),
    "SixthLogs": (
        "platform/values/logs.py",
        "LogServer",
        "destination",
        "GraylogLogs | ",
        {
            "platform/choices/load.py",
            "platform/choices/model.py",
            "platform/choices/rules.py",
            "platform/parts/logs.py",
        },
    ),
    "SixthGateway": (
        "platform/values/gateways.py",
        "_Gateway",
        "controller",
        "TraefikGateway | ",
        {"platform/parts/_controllers.py"},
    ),
    "SixthSolver": (
        "platform/values/issuers.py",
        "Section",
        "mode",
        "IngressSolver | ",
        {"platform/choices/rules.py", "platform/parts/cert_manager.py"},
    ),
}
"""File, base class, tag and the union's text before which the member is added; where it matters."""


@pytest.fixture(scope="module")
def refused(tmp_path_factory) -> dict[str, set[str]]:
    """Return the files in which each new member is refused, all members added to one copy."""
    copy = tmp_path_factory.mktemp("copy")
    for folder in PRODUCT:
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "__main__.py", copy)
    for name, (file, base, tag, before, _) in CHOICES.items():
        _add(copy / file, name, base, tag, before)
    configuration = {"include": [*PRODUCT, "__main__.py"], "extraPaths": ["platform"]}
    (copy / "pyrightconfig.json").write_text(json.dumps(configuration))
    python = str(ROOT / ".venv" / "bin" / "python")
    words = [ROOT / ".venv" / "bin" / "pyright", "--outputjson", "--pythonpath", python]
    ended = subprocess.run([*words, "-p", copy], capture_output=True, text=True, check=False)
    found: dict[str, set[str]] = {name: set() for name in CHOICES}
    for problem in json.loads(ended.stdout)["generalDiagnostics"]:
        for name in CHOICES:
            if name in problem["message"]:
                found[name].add(str(Path(problem["file"]).relative_to(copy)))
    return found


def _add(file: Path, name: str, base: str, tag: str, before: str) -> None:
    """Add a class to a union, and its definition above the class or line that has the union."""
    text = file.read_text(encoding="utf-8")
    start, union, rest = text.partition(before)
    assert union, f"{file}: {before}"
    lines = start.splitlines(keepends=True)
    # The union stands in a class or in a statement at the left margin.
    at = max(
        i for i, line in enumerate(lines) if line[:1].isalpha() and not line.startswith("from")
    )
    member = MEMBER.format(name=name, base=base, tag=tag)
    file.write_text("".join(lines[:at]) + member + "".join(lines[at:]) + f"{name} | {union}{rest}")


@pytest.mark.parametrize("name", CHOICES)
def test_a_new_member_falls_through_nowhere(refused, name):
    assert CHOICES[name][-1] <= refused[name]
