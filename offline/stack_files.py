"""Stack files: found by the stack's name, read without decrypting anything."""

# Values from YAML or from the wire are untyped until they are checked.
# pyright: reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
        return section({"shop": structured(self.config.get("openmage:shop"))}, "shop")

    @property
    def context(self) -> str:
        """Kube context that the stack names."""
        return str(section(self.shop, "cluster").get("context") or "")

    @property
    def server(self) -> str:
        """API server that the stack names; empty if it names none."""
        return str(section(self.shop, "cluster").get("server") or "")


def find_stack_file(root: Path, stack: str) -> Path:
    """Return the file of a stack; `stack` may also be a path."""
    if stack.endswith((".yaml", ".yml")):
        return Path(stack)
    folders = (root / "stacks", root)
    found = {_stack(path): path for folder in folders for path in folder.glob("Pulumi.*.yaml")}
    if stack not in found:
        names = ", ".join(sorted(found))
        message = f"there is no Pulumi.{stack}.yaml; stacks with a file: {names}"
        raise FileNotFoundError(message)
    return found[stack]


def read_stack_file(path: Path) -> StackFile:
    """Read a stack file; a SettingsError says where it is not valid YAML."""
    tree = read_file(path).tree
    config: dict[str, str] = {}
    secrets: set[str] = set()
    for name, value in section(tree, "config").items():
        key = str(name)
        if isinstance(value, dict) and value.keys() == {"secure"}:
            secrets.add(key)
            config[key] = MASKED
        elif isinstance(value, dict | list):
            config[key] = json.dumps(value, default=str)
        else:
            config[key] = "" if value is None else str(value)
    return StackFile(_stack(path), path, config, frozenset(secrets))


def section(tree: object, key: str) -> Mapping[str, Any]:
    """Return a section of a tree that is not validated yet; nothing where there is none."""
    found = tree.get(key) if isinstance(tree, dict) else None
    return found if isinstance(found, dict) else {}


def _stack(path: Path) -> str:
    return path.name.removeprefix("Pulumi.").removesuffix(".yaml")
