"""Schemas of custom resources, as their definitions carry them.

No package index has them: they are read from a folder, or asked of a cluster.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml

FOLDER = "OPENMAGE_TEST_CRDS"
"""Variable that names a folder with CustomResourceDefinitions in YAML."""
CONTEXT = "OPENMAGE_TEST_CONTEXT"
Kind = tuple[str, str]


@cache
def known_schemas() -> Mapping[Kind, dict[str, Any]]:
    """Return the schema of each version and kind that is defined where the environment says."""
    if folder := os.environ.get(FOLDER):
        return schemas(_of_folder(Path(folder)))
    return schemas(_of_cluster()) if "KUBECONFIG" in os.environ else {}


def reason_to_skip(kinds: set[Kind]) -> str | None:
    """Return why these kinds cannot all be checked; None if they can."""
    unknown = sorted(f"{kind} ({version})" for version, kind in kinds - set(known_schemas()))
    if not unknown:
        return None
    if FOLDER in os.environ:
        return f"no schema of {', '.join(unknown)} in the folder that {FOLDER} names"
    if not known_schemas():
        return (
            f"no schema of custom resources: {FOLDER} names no folder with their definitions, and"
            " KUBECONFIG no cluster that answers"
        )
    return f"no schema of {', '.join(unknown)} in the cluster that KUBECONFIG names"


def _of_folder(folder: Path) -> Iterator[Any]:
    files = sorted(folder.glob("*.yaml"))
    assert files, f"{FOLDER} names {folder}, and no definition is there"
    for file in files:
        yield from yaml.load_all(file.read_text(), yaml.CSafeLoader)


def _of_cluster() -> Iterator[Any]:
    if shutil.which("kubectl") is None:
        return
    context = os.environ.get(CONTEXT)
    words = ["kubectl", *(["--context", context] if context else []), "get", "crd", "-o", "json"]
    asked = subprocess.run(
        [*words, "--request-timeout", "20s"], capture_output=True, text=True, check=False
    )
    if asked.returncode == 0:
        yield from json.loads(asked.stdout)["items"]


def schemas(definitions: Iterator[Any]) -> Mapping[Kind, dict[str, Any]]:
    """Return the schemas that are in definitions."""
    found: dict[Kind, dict[str, Any]] = {}
    for definition in definitions:
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
