"""Mappings laid over one another."""

# Values from YAML or from the wire are untyped until they are checked.
# pyright: reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false

from collections.abc import Mapping
from typing import Any

Tree = dict[str, Any]


def merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> Tree:
    """Return `over` merged over `base`, recursively; lists and values are replaced."""
    result: Tree = {key: _copy(value) for key, value in base.items()}
    for key, value in over.items():
        both = isinstance(result.get(key), dict) and isinstance(value, Mapping)
        result[key] = merge(result[key], value) if both else value
    return result


def _copy(value: Any) -> Any:
    return merge(value, {}) if isinstance(value, Mapping) else value
