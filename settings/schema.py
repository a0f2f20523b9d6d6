"""The JSON Schema of a stack file, for editors: `python -m settings.schema` writes it."""

import json
from pathlib import Path
from typing import Any, cast

from settings.load import secret_keys
from settings.model import Settings
from settings.presets import PRESETS
from stackfile.merge import merge

FILE = Path(__file__).with_name("schema.json")
_SCALING = PRESETS["small"]["web"]["storefront"]["autoscaling"]
_DEFAULT_TAGS = {"shared", "volume", "none", "own"}
"""Choices that a section has when it does not say."""


def schema() -> dict[str, Any]:
    """Return the schema of a whole Pulumi.<stack>.yaml."""
    shop = Settings.model_json_schema(by_alias=True)
    definitions = shop.pop("$defs")
    preset = merge(PRESETS["small"], {"web": {"storefront": {"nginx": {"autoscaling": _SCALING}}}})
    _make_optional(shop, preset, definitions)
    secret = {
        "type": "object",
        "description": "Set by `pulumi config set --secret`.",
        "properties": {"secure": {"type": "string"}},
        "required": ["secure"],
        "additionalProperties": False,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Stack file of an OpenMage shop",
        "type": "object",
        "properties": {
            "config": {
                "type": "object",
                "properties": {
                    "openmage:shop": shop,
                    **{f"openmage:{key}": secret for key in secret_keys()},
                },
                "required": ["openmage:shop"],
                # Other keys belong to Pulumi; ours are all listed.
                "patternProperties": {"^(?!openmage:)": True},
                "additionalProperties": False,
            }
        },
        "required": ["config"],
        "$defs": definitions,
    }


def text() -> str:
    """Return the schema as it is committed."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _make_optional(node: dict[str, Any], preset: Any, definitions: dict[str, Any]) -> None:
    """Take out of `required` what a preset supplies."""
    if "$ref" in node:
        node = definitions[node["$ref"].rsplit("/", 1)[1]]
    for variant in node.get("oneOf", []):
        _make_optional(variant, preset, definitions)
    if not isinstance(preset, dict) or "properties" not in node:
        return
    given = {**cast("dict[str, Any]", preset), **_default_tag(node)}
    if required := [key for key in node.get("required", []) if key not in given]:
        node["required"] = required
    else:
        node.pop("required", None)
    for key, value in given.items():
        if key in node["properties"]:
            _make_optional(node["properties"][key], value, definitions)


def _default_tag(node: dict[str, Any]) -> dict[str, str]:
    """Return the tag of a choice that is made when the section does not say."""
    tags = {key: node["properties"].get(key, {}).get("const") for key in ("mode", "topology")}
    return {key: tag for key, tag in tags.items() if tag in _DEFAULT_TAGS}


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
