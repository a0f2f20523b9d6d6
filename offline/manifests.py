"""Kubernetes manifests of a run, byte-identical for the same stack file."""

# Manifests have no type here; Kubernetes' own schemas check them in the tests.
# pyright: reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false

import json
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import LiteralScalarString

from offline.graph import Graph, Resource, masked, plain
from stackfile.merge import mapped

MASK = "[secret]"
_FIRST = ("apiVersion", "kind", "metadata", "spec")


def manifests(graph: Graph) -> dict[str, dict[str, Any]]:
    """Return the manifest of each Kubernetes object by its file name."""
    found: dict[str, dict[str, Any]] = {}
    for resource in graph:
        if resource.custom and resource.type.startswith("kubernetes:"):
            manifest = _manifest(resource)
            name = manifest["metadata"].setdefault("name", graph.names[resource.urn])
            found[f"{manifest['kind']}-{name}.yaml".lower()] = manifest
    return dict(sorted(found.items()))


def write(graph: Graph, folder: Path) -> int:
    """Write one file per object and return their number; files of an earlier run are removed."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.yaml"):
        old.unlink()
    files = manifests(graph)
    for name, manifest in files.items():
        (folder / name).write_text(text(manifest), encoding="utf-8")
    return len(files)


def text(manifest: dict[str, Any]) -> str:
    """Return a manifest as YAML, with embedded files in readable form."""
    stream = StringIO()
    writer: Any = YAML()
    writer.default_flow_style = False
    writer.width = 4096
    writer.dump(mapped(manifest, _literal), stream)
    return stream.getvalue()


def _manifest(resource: Resource) -> dict[str, Any]:
    # On the wire, keys are unordered.
    inputs = json.loads(json.dumps(masked(resource.inputs, MASK), sort_keys=True))
    if resource.kind == "Secret":
        # File names are not secret; their contents are.
        keys = sorted(plain(resource.inputs)["stringData"])
        inputs["stringData"] = dict.fromkeys(keys, MASK)
    ordered = {key: inputs[key] for key in _FIRST if key in inputs}
    return ordered | {key: inputs[key] for key in inputs if key not in ordered}


def _literal(value: Any) -> Any:
    lines = isinstance(value, str) and "\n" in value
    return LiteralScalarString(value) if lines else value
