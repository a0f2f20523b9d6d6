"""The reference of all settings: `python -m settings.reference` writes docs/settings.md."""

import ast
import inspect
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast

from settings.load import Secrets, secret_keys
from settings.presets import PRESETS
from settings.schema import schema

FILE = Path(__file__).resolve().parent.parent / "docs" / "settings.md"
_INTRODUCTION = """# Settings

Everything below `openmage:shop` in a stack file. This page is generated from the model
(`make generate`); editors complete and check the same with `settings/schema.json`.
Where a default differs between presets it is written as small / medium / large.
"""


def text() -> str:
    """Return the reference as it is committed."""
    whole = schema()
    definitions: dict[str, Any] = whole["$defs"]
    shop = whole["properties"]["config"]["properties"]["openmage:shop"]
    sections = [_INTRODUCTION, *_section("", shop, definitions, ()), _secrets()]
    return "\n".join(sections).rstrip() + "\n"


def _section(
    path: str, node: dict[str, Any], definitions: dict[str, Any], keys: tuple[str, ...]
) -> Iterator[str]:
    rows = ["| key | type | default | meaning |", "|---|---|---|---|"]
    below: list[tuple[str, dict[str, Any], tuple[str, ...]]] = []
    for key, field in node["properties"].items():
        nested = _models(field, definitions)
        where = (*keys, key)
        rows.append(
            f"| `{key}` | {_type(field, nested)} | {_default(key, field, node, where)}"
            f" | {_meaning(field, nested)} |"
        )
        for model in nested:
            mode = _mode(model)
            title = f"{path}.{key}".lstrip(".") + (f" ({mode})" if mode else "")
            below.append((title, model, where))
    if path:
        yield f"## {path}\n\n{node.get('description', '')}\n"
    yield "\n".join(rows) + "\n"
    for title, model, where in below:
        yield from _section(title, model, definitions, where)


def _models(field: dict[str, Any], definitions: dict[str, Any]) -> list[dict[str, Any]]:
    found = [field, *field.get("oneOf", []), *field.get("anyOf", []), field.get("items", {})]
    models = [definitions[f["$ref"].rsplit("/", 1)[1]] for f in found if "$ref" in f]
    return [model for model in models if "properties" in model]


def _mode(model: dict[str, Any]) -> str:
    for key in ("mode", "kind", "topology"):
        if constant := model["properties"].get(key, {}).get("const"):
            return f"{key}: {constant}"
    return ""


def _type(field: dict[str, Any], nested: list[dict[str, Any]]) -> str:
    if "enum" in field:
        return ", ".join(f"`{choice}`" for choice in field["enum"])
    if "const" in field:
        return f"`{field['const']}`"
    if field.get("type") == "array":
        return "list"
    if nested:
        return "section"
    kinds = [field.get("type"), *(choice.get("type") for choice in field.get("anyOf", []))]
    return " or ".join(str(kind) for kind in kinds if kind and kind != "null")


def _default(key: str, field: dict[str, Any], node: dict[str, Any], keys: tuple[str, ...]) -> str:
    values = [_preset(preset, keys) for preset in PRESETS.values()]
    if any(value is not None and not isinstance(value, dict) for value in values):
        shown = [str(field.get("default") if value is None else value) for value in values]
        return " / ".join(f"`{v}`" for v in (shown if len(set(shown)) > 1 else shown[:1]))
    if key in node.get("required", []):
        return "required"
    default = field.get("default")
    if default is None or isinstance(default, dict):
        return ""
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def _preset(preset: Any, keys: tuple[str, ...]) -> Any:
    value: Any = preset
    for key in keys:
        value = cast("dict[str, Any]", value).get(key) if isinstance(value, dict) else None
    return value


def _meaning(field: dict[str, Any], nested: list[dict[str, Any]]) -> str:
    text = field.get("description") or (nested[0].get("description", "") if nested else "")
    return " ".join(text.split()).replace("|", "\\|")


def _secrets() -> str:
    intro = (
        "Keys of their own, set by `pulumi config set --secret`; what is not set is generated"
        " once and kept."
    )
    return secret_section("openmage", Secrets, secret_keys(), intro)


def secret_section(project: str, of: type, keys: Sequence[str], intro: str) -> str:
    """Return the section on secret keys; the docstrings of the fields say what they mean."""
    [node] = ast.parse(textwrap.dedent(inspect.getsource(of))).body
    texts = [
        str(statement.value.value)
        for statement in getattr(node, "body", [])[1:]
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    ]
    rows = ["| key | meaning |", "|---|---|"]
    rows += [f"| `{project}:{key}` | {text} |" for key, text in zip(keys, texts, strict=True)]
    return f"## Secrets\n\n{intro}\n\n" + "\n".join(rows) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
