"""The whole program on mocks, with the dev stack's settings or changed ones."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from offline import Graph, Resource, StackFile, read_stack_file, run
from offline.graph import masked, plain
from settings.load import Secrets
from settings.model import Settings
from settings.validate import validate
from stackfile.merge import merge
from stackfile.report import SettingsError, Source
from stackfile.source import read_source

# An Output in an f-string is an error, not a text that ends up in a manifest.
os.environ["PULUMI_ERROR_OUTPUT_STRING"] = "true"

ROOT = Path(__file__).resolve().parent.parent
DEV = read_stack_file(ROOT / "tests" / "Pulumi.test.yaml")
"""A shop of dev on several nodes; the newcomer's own file is for a cluster of one."""
STACK_FILES = sorted([*ROOT.glob("Pulumi.*.yaml"), *ROOT.glob("stacks/Pulumi.*.yaml")])
"""Every stack file that is committed."""
DIGEST = "@sha256:" + "0123456789abcdef" * 4
PRODUCTION: Mapping[str, Any] = {
    "environment": "production",
    "retainData": True,
    "images": {
        "php": f"registry.example.com/acme/php:1{DIGEST}",
        "nginx": f"registry.example.com/acme/nginx:1{DIGEST}",
        "mariadb": f"docker.io/library/mariadb:11.8{DIGEST}",
        "valkey": f"docker.io/valkey/valkey:8.1-alpine{DIGEST}",
    },
    "edge": {"tls": {"mode": "secret", "secretName": "shop-tls"}},
}
EXTERNAL: Mapping[str, Any] = {
    "mode": "external",
    "host": "mysql.example.com",
    "cidrs": ["10.20.0.0/16"],
}


def stack_file(
    changes: Mapping[str, Any] | None = None, secrets: Mapping[str, str] | None = None
) -> StackFile:
    """Return the dev stack with changed settings and with secrets."""
    shop = merge(DEV.shop, changes or {})
    config = {**DEV.config, "openmage:shop": json.dumps(shop)}
    config |= {f"openmage:{key}": value for key, value in (secrets or {}).items()}
    # No file of that name: a report has no lines then.
    encrypted = frozenset(f"openmage:{key}" for key in secrets or {})
    return StackFile("test", Path("none"), config, encrypted)


def deploy(
    changes: Mapping[str, Any] | None = None,
    *,
    secrets: Mapping[str, str] | None = None,
    preview: bool = False,
) -> Graph:
    """Return what the program registers for the dev stack with changed settings."""
    return run(stack_file(changes, secrets), preview=preview)


def spec(resource: Resource) -> dict[str, Any]:
    """Return the spec of an object, secrets in clear."""
    return plain(resource.inputs)["spec"]


def pod_of(resource: Resource) -> dict[str, Any]:
    """Return the pod template of a workload."""
    inner = spec(resource)
    return (inner["jobTemplate"]["spec"] if resource.kind == "CronJob" else inner)["template"]


def pods(graph: Graph) -> dict[str, dict[str, Any]]:
    """Return every pod template by the name of its workload."""
    kinds = ("Deployment", "StatefulSet", "Job", "CronJob")
    return {r.name: pod_of(r) for r in graph if r.kind in kinds}


def containers(pod: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return all containers of a pod template, sidecars among them."""
    return [*pod["spec"]["containers"], *pod["spec"].get("initContainers", [])]


def data(graph: Graph, name: str) -> dict[str, str]:
    """Return the files of a ConfigMap, or of a Secret in clear."""
    [found] = [r for r in graph if r.name == name and r.kind in {"ConfigMap", "Secret"}]
    inputs = plain(found.inputs)
    return inputs.get("data") or inputs["stringData"]


def validated(tree: Mapping[str, Any]) -> Settings:
    """Return the settings of a tree that must be accepted."""
    return validate(tree, Source())


def refusal(yaml: str) -> SettingsError:
    """Return the error that a stack file gives."""
    import ruamel.yaml

    parser: Any = ruamel.yaml.YAML(typ="safe", pure=True)
    try:
        source = read_source("Pulumi.test.yaml", yaml)
        validate(parser.load(yaml)["config"]["openmage:shop"], source)
    except SettingsError as error:
        return error
    message = "the stack file was accepted"
    raise AssertionError(message)


__all__ = [
    "DEV",
    "DIGEST",
    "EXTERNAL",
    "PRODUCTION",
    "ROOT",
    "STACK_FILES",
    "Secrets",
    "containers",
    "data",
    "deploy",
    "masked",
    "merge",
    "plain",
    "pod_of",
    "pods",
    "refusal",
    "spec",
    "stack_file",
    "validated",
]
