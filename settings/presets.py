"""Presets: the sizes of a shop that the stack file does not set."""

# Values from YAML or from the wire are untyped until they are checked.
# pyright: reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false

from collections.abc import Mapping
from typing import Any

from settings.model import Settings
from stackfile.merge import Tree, merge
from stackfile.section import Section, choice, sections_in
from stackfile.tables import tables

PRESETS = tables(__file__, dict[str, Tree])
_DEFAULTS: Mapping[str, Any] = {
    "web": {"topology": "shared"},
    "database": {"mode": "volume"},
    "cache": {"sessions": {"mode": "own"}, "cache": {"mode": "own"}},
    "frontendCache": {"mode": "none"},
}
"""Choices that are made where the stack file makes none."""


def complete(tree: Tree) -> Tree:
    """Return the tree, completed with the sizes of its preset and environment."""
    # Report an unknown preset once, not once per size that it fails to supply.
    preset = merge(PRESETS.get(str(tree.get("preset")), PRESETS["small"]), {})
    if tree.get("environment") == "production":
        storefront = preset["web"]["storefront"]
        for scaled in (storefront, storefront["nginx"]):
            scaled["autoscaling"]["minReplicas"] = max(2, scaled["autoscaling"]["minReplicas"])
    chosen = merge(_DEFAULTS, tree)
    return merge(fitting(preset, Settings, chosen), chosen)


def fitting(preset: Tree, model: type[Section], section: object) -> Tree:
    """Return what of a preset the choices in a section have a use for."""
    found: Tree = {}
    for field in model.model_fields.values():
        key = str(field.alias)
        below = section.get(key) if isinstance(section, Mapping) else None
        chosen = _chosen(field.annotation, below)
        if key not in preset:
            continue
        if chosen is None or not isinstance(preset[key], Mapping):
            found[key] = preset[key]
        else:
            found[key] = fitting(preset[key], chosen, below)
    return found


def _chosen(annotation: object, section: object) -> type[Section] | None:
    """Return the model that a section is read as; None where it names no choice that there is."""
    models = list(sections_in(annotation))
    for model in models:
        named = isinstance(section, Mapping) and choice(model).items() <= section.items()
        if len(models) == 1 or named:
            return model
    return None
