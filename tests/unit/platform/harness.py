# ruff: noqa: INP001 (test folders are no packages)
"""The platform's program on mocks, with any settings."""

import importlib.util
import json
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from choices.load import KEY, PROJECT, validate
from choices.model import Platform
from offline import Graph, Resource, run
from offline.graph import plain
from stackfile.report import SettingsError, Source
from stackfile.source import read_source
from tests.harness import ROOT

FOLDER = ROOT / "platform"
CLUSTER: Mapping[str, Any] = {"cluster": {"context": "kind-test"}}


def command() -> ModuleType:
    """Return the script behind the make targets."""
    spec = importlib.util.spec_from_file_location("platform_command", FOLDER / "command.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


COMMAND = command()


def deploy(
    parts: Mapping[str, Any] | None = None,
    *,
    secrets: Mapping[str, str] | None = None,
    clear: Mapping[str, str] | None = None,
    preview: bool = False,
) -> Graph:
    """Return what the program registers; `clear` are secrets that are not encrypted."""
    config = {KEY: json.dumps({**CLUSTER, **(parts or {})})}
    config |= {
        f"{PROJECT}:{key}": value for key, value in {**(secrets or {}), **(clear or {})}.items()
    }
    encrypted = frozenset(f"{PROJECT}:{key}" for key in secrets or {})
    # No file of that name: a report has no lines then.
    stack_file = COMMAND.PlatformFile("test", Path("none"), config, encrypted)
    return run(stack_file, root=FOLDER, preview=preview)


def values(graph: Graph, part: str) -> dict[str, Any]:
    """Return the Helm values of a part, secrets in clear."""
    return plain(graph.one("Release", f"{part}-chart").inputs)["values"]


def spec(graph: Graph, kind: str, name: str) -> dict[str, Any]:
    """Return the spec of a custom resource."""
    return plain(graph.one(kind, name).inputs)["spec"]


def before(graph: Graph, resource: Resource) -> set[str]:
    """Return the names of everything that must be there before a resource, near or far."""
    found: set[str] = set()
    waiting = [resource]
    while waiting:
        for urn in waiting.pop().depends_on:
            needed = graph.resources[urn]
            if needed.name not in found:
                found.add(needed.name)
                waiting.append(needed)
    return found


def accepted(parts: Mapping[str, Any]) -> Platform:
    """Return the settings of a tree that must be accepted."""
    return validate({**CLUSTER, **parts}, Source())


def refusal(text: str) -> SettingsError:
    """Return the error that a stack file gives."""
    import ruamel.yaml

    parser: Any = ruamel.yaml.YAML(typ="safe", pure=True)
    try:
        source = read_source("Pulumi.test.yaml", text)
        validate(parser.load(text)["config"][KEY], source)
    except SettingsError as error:
        return error
    message = "the stack file was accepted"
    raise AssertionError(message)
