"""The JSON Schema of a stack file, for editors: `python -m settings.schema` writes it."""

import json
from pathlib import Path
from typing import Any, cast

from settings.load import secret_keys
from settings.model import Settings
from settings.presets import PRESETS

FILE = Path(__file__).with_name("schema.json")


def schema() -> dict[str, Any]:
    """Return the schema of a whole Pulumi.<stack>.yaml."""
    shop = Settings.model_json_schema(by_alias=True)
    definitions = shop.pop("$defs")
    preset = dict(PRESETS["small"])
    _make_optional(shop, preset, definitions)
    _make_optional(definitions["VolumeDatabase"], preset["database"]["volume"], definitions)
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
    if not isinstance(preset, dict) or "properties" not in node:
        return
    given = cast("dict[str, Any]", preset)
    if required := [key for key in node.get("required", []) if key not in given]:
        node["required"] = required
    else:
        node.pop("required", None)
    for key, value in given.items():
        if key in node["properties"]:
            _make_optional(node["properties"][key], value, definitions)


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
