"""What a stack file is refused for."""

import copy
from collections.abc import Mapping
from typing import Any

import yaml

from stackfile.report import Problem, dotted
from tests.harness import DEV, merge, refusal
from tests.ways import SECRET


def problems_of(shop: Mapping[str, Any]) -> dict[str, Problem]:
    """Return the problems of a whole shop, by their paths."""
    text = yaml.safe_dump({"config": {"openmage:shop": shop}}, sort_keys=False)
    return {dotted(problem.path): problem for problem in refusal(text).problems}


def problems(
    changes: Mapping[str, Any], base: Mapping[str, Any] | None = None
) -> dict[str, Problem]:
    """Return the problems of the dev shop with changes, laid over others if there are any."""
    return problems_of(merge(merge(copy.deepcopy(dict(DEV.shop)), base or {}), changes))


def check(found: Mapping[str, Problem], path: str, reason: str, fix: str) -> None:
    """Demand one problem and no other, with its line, its reason and its fix."""
    assert list(found) == [f"openmage:shop.{path}"]
    [problem] = found.values()
    assert reason in problem.reason
    assert fix in problem.fix
    assert problem.line is not None


def shop_with(changes: Mapping[str, Any], base: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the dev shop with changes: an edge and a database take the place of its own."""
    tree = merge(copy.deepcopy(dict(DEV.shop)), base or {})
    for key, choice in (("edge", "kind"), ("database", "mode")):
        if choice in (base or {}).get(key, {}) or choice in changes.get(key, {}):
            tree[key] = (base or {}).get(key, {})
    tree = merge(tree, changes)
    tree["edge"].setdefault("tls", SECRET)
    if tree.get("web", {}).get("topology") == "apache":
        tree["images"].pop("nginx", None)
    return tree
