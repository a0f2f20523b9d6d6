"""How a reference speaks of settings: what a value is, which values are allowed."""

import re
import textwrap
from collections.abc import Sequence

from pydantic_core import PydanticUndefined

from stackfile.examples import in_line
from stackfile.merge import Tree

_WIDTH = 110
_WORDS = {"object": "mapping", "string": "text", "integer": "whole number"}


def kind(node: Tree, key: str = "") -> str:
    """Return what a value is, in a word."""
    if title := _title(node, key):
        return title
    if "anyOf" in node:
        kinds = [kind(each) for each in node["anyOf"] if each.get("type") != "null"]
        return " or ".join(dict.fromkeys(kinds))
    if node.get("type") == "array":
        return f"list of {kind(node['items'])}s"
    word = str(node.get("type", "any"))
    return "choice" if "enum" in node else _WORDS.get(word, word)


def _title(node: Tree, key: str) -> str:
    """Return the name of a value's type; pydantic makes titles of keys where there is none."""
    title = str(node.get("title", ""))
    return "" if title == key.title() else title


def examples_of(node: Tree) -> str:
    """Return values that are allowed."""
    nodes = [node, node.get("items", {}), *node.get("anyOf", ())]
    return ", ".join(code(example) for each in nodes for example in each.get("examples", ()))


def form(node: Tree, key: str = "", keys: str = "") -> str:
    """Return which values are allowed; `keys` is what the keys of a mapping are."""
    said = [form(each) for each in node.get("anyOf", ()) if each.get("type") != "null"]
    said += [", ".join(map(code, node.get("enum", ())))]
    least, most = node.get("minimum"), node.get("maximum")
    if least is not None:
        said.append(f"{least} to {most}" if most is not None else f"{least} or more")
    if "pattern" in node and not _title(node, key):
        said.append(code(node["pattern"]))
    if "patternProperties" in node:
        said.append(f"each key a {keys}" if keys else code(*node["patternProperties"]))
    for bounds, noun in (("Length", "characters"), ("Items", "items"), ("Properties", "keys")):
        least, most = node.get(f"min{bounds}"), node.get(f"max{bounds}")
        said.append({None: "", 1: "not empty"}.get(least, f"{least} {noun} or more"))
        said.append(f"{most} {noun} at most" if most is not None else "")
    if "items" in node and (each := form(node["items"])):
        said.append(f"each {each}")
    return "; ".join(filter(None, dict.fromkeys(said)))


def code(value: object) -> str:
    """Return a value as YAML, for a cell of a table; nothing for what says nothing."""
    if value is None or value is PydanticUndefined:
        return ""
    text = in_line(value)
    return "" if text == "{}" else f"`{text}`"


def only(words: Sequence[str], possible: Sequence[str]) -> str:
    """Return which choices have a key, in the fewest words."""
    others = [word for word in possible if word not in words]
    if not others:
        return ""
    return f" (not {others[0]})" if not others[1:] and words[1:] else f" ({', '.join(words)})"


def listed(words: Sequence[str]) -> str:
    """Return words as a sentence lists them."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def wrapped(text: str) -> str:
    """Break text into lines, but neither links nor code."""
    later = "  " if text.startswith("- ") else ""
    kept = re.sub(r"<a [^>]*>|`[^`]*`|\[[^]]*\]", lambda found: found[0].replace(" ", "\0"), text)
    lines = textwrap.wrap(
        kept, _WIDTH, subsequent_indent=later, break_long_words=False, break_on_hyphens=False
    )
    return "\n".join(lines).replace("\0", " ")
