"""The reference of a platform's settings: `make generate` writes docs/platform-settings.md."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from choices.load import PROJECT, Secrets, secret_keys
from choices.model import Platform
from settings.reference import secret_section

FILE = Path(__file__).resolve().parents[2] / "docs" / "platform-settings.md"
_INTRODUCTION = """# Settings of the platform

Everything below `openmage-platform:platform` in a stack file of `platform/`. This page is
generated from the model (`make generate`); editors complete and check the same with
`platform/choices/schema.json`. [guide/platform.md](guide/platform.md) says when to take what.
"""
_TAGS = ("controller", "destination", "mode")

Node = dict[str, Any]


def text() -> str:
    """Return the reference as it is committed."""
    whole = Platform.model_json_schema(by_alias=True)
    # Sections that two choices share come once.
    sections = [*dict.fromkeys([_INTRODUCTION, *_section("", whole, whole["$defs"])]), _secrets()]
    return "\n".join(sections).rstrip() + "\n"


def _section(title: str, node: Node, definitions: Node) -> Iterator[str]:
    rows = ["| key | type | default | meaning |", "|---|---|---|---|"]
    below: list[tuple[str, Node]] = []
    for key, field in node["properties"].items():
        nested = _models(field, definitions)
        meaning = field.get("description") or (nested[0]["description"] if len(nested) == 1 else "")
        default = "required" if key in node.get("required", []) else _default(field)
        shown = " ".join(meaning.split()).replace("|", "\\|")
        rows.append(f"| `{key}` | {_type(field, nested)} | {default} | {shown} |")
        path = f"{title.partition(' ')[0]}.{key}".lstrip(".")
        below += [(path + _choice(model), model) for model in nested]
    if title:
        rows[:0] = [f"## {title}\n", f"{node['description']}\n"]
    yield "\n".join(rows) + "\n"
    for path, model in below:
        yield from _section(path, model, definitions)


def _models(field: Node, definitions: Node) -> list[Node]:
    """Return the sections that a key may hold."""
    found = [field, *field.get("oneOf", []), *field.get("anyOf", []), field.get("items", {})]
    return [definitions[one["$ref"].rpartition("/")[2]] for one in found if "$ref" in one]


def _choice(model: Node) -> str:
    for tag in _TAGS:
        if constant := model["properties"].get(tag, {}).get("const"):
            return f" ({tag}: {constant})"
    return ""


def _type(field: Node, nested: list[Node]) -> str:
    if "enum" in field:
        return ", ".join(f"`{choice}`" for choice in field["enum"])
    if "const" in field:
        return f"`{field['const']}`"
    if field.get("type") == "array":
        return "list"
    if nested:
        return "section"
    kinds = [field.get("type"), *(one.get("type") for one in field.get("anyOf", []))]
    names = {"object": "mapping", "string": "text"}
    shown = [names.get(str(kind), str(kind)) for kind in kinds if kind and kind != "null"]
    return " or ".join(dict.fromkeys(shown))


def _default(field: Node) -> str:
    default = field.get("default")
    if default is None or isinstance(default, dict | list):
        return ""
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def _secrets() -> str:
    intro = "Keys of their own, set by `pulumi config set --secret` in `platform/`."
    return secret_section(PROJECT, Secrets, secret_keys(), intro)
