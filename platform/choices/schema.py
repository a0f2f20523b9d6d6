"""The JSON Schema of a platform's stack file, for editors: `make generate` writes it."""

import json
from pathlib import Path
from typing import Any

from choices.load import KEY, PROJECT, secret_keys
from choices.model import Platform

FILE = Path(__file__).with_name("schema.json")


def schema() -> dict[str, Any]:
    """Return the schema of a whole Pulumi.<stack>.yaml."""
    platform = Platform.model_json_schema(by_alias=True)
    definitions = platform.pop("$defs")
    secret = {
        "type": "object",
        "description": "Set by `pulumi config set --secret`.",
        "properties": {"secure": {"type": "string"}},
        "required": ["secure"],
        "additionalProperties": False,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Stack file of a platform for OpenMage shops",
        "type": "object",
        "properties": {
            "config": {
                "type": "object",
                "properties": {
                    KEY: platform,
                    **{f"{PROJECT}:{key}": secret for key in secret_keys()},
                },
                "required": [KEY],
                # Other keys belong to Pulumi; ours are all listed.
                "patternProperties": {f"^(?!{PROJECT}:)": True},
                "additionalProperties": False,
            }
        },
        "required": ["config"],
        "$defs": definitions,
    }


def text() -> str:
    """Return the schema as it is committed."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
