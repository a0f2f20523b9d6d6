"""Mappings laid over one another."""

# Values from YAML or from the wire are untyped until they are checked.
# pyright: reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false

from collections.abc import Callable, Mapping
from typing import Any

Tree = dict[str, Any]


def merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> Tree:
    """Return `over` merged over `base`, recursively; lists and values are replaced."""
    result: Tree = mapped(base, lambda leaf: leaf)
    for key, value in over.items():
        both = isinstance(result.get(key), dict) and isinstance(value, Mapping)
        result[key] = merge(result[key], value) if both else value
    return result


def mapped(node: Any, change: Callable[[Any], Any]) -> Any:
    """Return a tree with each of its leaves changed."""
    if isinstance(node, Mapping):
        return {key: mapped(value, change) for key, value in node.items()}
    if isinstance(node, list):
        return [mapped(item, change) for item in node]
    return change(node)
