"""Schemas of custom resources, as their definitions carry them."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from tests.harness import ROOT

CRDS = ROOT.parent / "shared" / "crds"
Kind = tuple[str, str]


@cache
def custom_schemas(folder: Path) -> Mapping[Kind, dict[str, Any]]:
    """Return the schema of each version and kind that is defined in a folder."""
    found: dict[Kind, dict[str, Any]] = {}
    for file in sorted(folder.glob("*.yaml")):
        for definition in yaml.load_all(file.read_text(), yaml.CSafeLoader):
            spec = definition["spec"]
            for version in spec["versions"]:
                kind = (f"{spec['group']}/{version['name']}", spec["names"]["kind"])
                found[kind] = _closed(version["schema"]["openAPIV3Schema"])
    return found


def custom_errors(known: Mapping[Kind, dict[str, Any]], manifest: Any) -> Iterator[str]:
    """Yield what is wrong with a custom resource; nothing for other objects."""
    schema = known.get((manifest["apiVersion"], manifest["kind"]))
    if schema is not None:
        for error in jsonschema.Draft7Validator(schema).iter_errors(manifest):
            yield f"{'.'.join(map(str, error.path))}: {error.message}"


def _closed(schema: Any) -> Any:
    """Return a schema that refuses unknown fields, as the API server does with strict checks."""
    if isinstance(schema, list):
        return [_closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("x-kubernetes-int-or-string"):
        return {}
    closed = {key: _closed(value) for key, value in schema.items()}
    inner = schema.get("properties")
    if (
        isinstance(inner, dict)
        and schema.get("type") == "object"
        and not schema.get("x-kubernetes-preserve-unknown-fields")
        and not schema.get("x-kubernetes-embedded-resource")
    ):
        closed.setdefault("additionalProperties", False)
        if {"apiVersion", "kind", "metadata"} <= set(inner):
            closed["properties"] = {**closed["properties"], "metadata": {"type": "object"}}
    return closed
