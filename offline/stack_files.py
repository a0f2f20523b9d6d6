"""Stack files: found by the stack's name, read without decrypting anything."""

# Values from YAML or from the wire are untyped until they are checked.
# pyright: reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from stackfile.report import SettingsError
from stackfile.secret_keys import MASKED
from stackfile.source import read_file, structured


@dataclass(frozen=True)
class StackFile:
    """The contents of a stack file."""

    stack: str
    path: Path
    config: Mapping[str, str]
    """Configuration as passed to the program: structured values are JSON."""
    secrets: frozenset[str]
    """Keys whose values are encrypted; their value here is a mask."""

    @property
    def shop(self) -> Mapping[str, Any]:
        """The shop's settings as written in the file."""
        shop = structured(self.config.get("openmage:shop"))
        return cast("Mapping[str, Any]", shop) if isinstance(shop, dict) else {}

    @property
    def context(self) -> str:
        """Kube context that the stack names."""
        return self._cluster("context")

    @property
    def server(self) -> str:
        """API server that the stack names; empty if it names none."""
        return self._cluster("server")

    def _cluster(self, key: str) -> str:
        cluster = self.shop.get("cluster")
        named = cast("Mapping[str, Any]", cluster) if isinstance(cluster, dict) else {}
        return str(named.get(key) or "")


def find_stack_file(root: Path, stack: str) -> Path:
    """Return the file of a stack; `stack` may also be a path."""
    if stack.endswith((".yaml", ".yml")):
        return Path(stack)
    for folder in (root, root / "stacks"):
        path = folder / f"Pulumi.{stack}.yaml"
        if path.is_file():
            return path
    names = sorted(
        path.name[len("Pulumi.") : -len(".yaml")]
        for folder in (root, root / "stacks")
        for path in folder.glob("Pulumi.*.yaml")
    )
    message = f"there is no Pulumi.{stack}.yaml; stacks with a file: {', '.join(names)}"
    raise FileNotFoundError(message)


def read_stack_file(path: Path) -> StackFile:
    """Read a stack file; a SettingsError says where it is not valid YAML."""
    document: object = read_file(path).tree
    tree = cast("Mapping[str, Any]", document) if isinstance(document, dict) else {}
    raw: object = tree.get("config")
    entries = cast("Mapping[str, Any]", raw) if isinstance(raw, dict) else {}
    config: dict[str, str] = {}
    secrets: set[str] = set()
    for name, value in entries.items():
        key = str(name)
        if isinstance(value, dict) and set(cast("dict[str, Any]", value)) == {"secure"}:
            secrets.add(key)
            config[key] = MASKED
        elif isinstance(value, dict | list):
            config[key] = json.dumps(value, default=str)
        else:
            config[key] = "" if value is None else str(value)
    stack = path.name.removeprefix("Pulumi.").removesuffix(".yaml")
    return StackFile(stack, path, config, frozenset(secrets))


__all__ = ["SettingsError", "StackFile", "find_stack_file", "read_stack_file"]
