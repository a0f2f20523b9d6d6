"""Stack files: read for what they say and for where each key stands."""

# What comes out of YAML or off the wire has no type until it is looked at.
# pyright: reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from ruamel.yaml import YAML, YAMLError
from ruamel.yaml.reader import ReaderError

from stackfile.report import Path as Keys
from stackfile.report import Problem, SettingsError, Source

STACK_FILE = "OPENMAGE_STACK_FILE"
"""Environment variable by which a command tells the program which file it was given."""


def find_source(stack: str, *folders: Path) -> Source:
    """Read the file that a command was given, or else the one of the stack's name."""
    name = f"Pulumi.{stack}.yaml"
    given = os.environ.get(STACK_FILE)
    for file in [Path(given)] if given else [folder / name for folder in folders]:
        if file.is_file():
            return read_file(file)
    return Source(name)


def read_file(path: Path) -> Source:
    """Read a stack file; refuse what is no YAML."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        reason = "holds a letter that is not written in UTF-8"
        problem = Problem((), None, reason, "save the file as UTF-8", line)
        raise SettingsError(path.name, [problem]) from None
    return read_source(path.name, text)


def read_source(name: str, text: str) -> Source:
    """Read the text of a stack file; refuse what is no YAML, or more than JSON can say."""
    try:
        root: Any = cast("Any", YAML(typ="rt")).load(text)
        tree: Any = cast("Any", YAML(typ="safe", pure=True)).load(text)
    # The parser's own fault at a mapping that is merged into itself is an AttributeError.
    except (YAMLError, ValueError, RecursionError, AttributeError) as error:
        raise SettingsError(name, [_no_yaml(error, text)]) from None
    source = Source(name, root, tree)
    config: object = tree.get("config") if isinstance(tree, dict) else None
    if problems := [source.problem(keys, None, *said) for keys, *said in _no_json(config, (), ())]:
        raise SettingsError(name, problems)
    return source


def structured(value: str | None) -> object:
    """Return the tree that a configuration value holds as JSON, or the text that it is."""
    try:
        return json.loads(value or "null")
    except ValueError:
        return value


def _no_yaml(caught: Exception, text: str) -> Problem:
    error: Any = caught
    if isinstance(caught, RecursionError | AttributeError):
        return Problem((), None, "goes too deep, or never ends", "write out what is meant")
    if isinstance(caught, ReaderError):
        line = text.count("\n", 0, error.position) + 1
        return Problem((), None, "contains a control character", "remove it", line)
    if isinstance(caught, ValueError):
        reason = "a value looks like a date or a number and is none"
        return Problem((), None, reason, "put it into quotes, or correct it")
    mark = getattr(error, "problem_mark", None)
    # The parser quotes what it found: take its first line, never the values behind it.
    said = str(getattr(error, "problem", None) or "is no YAML").split("\n", maxsplit=1)[0]
    reason = said.partition(" with value")[0]
    return Problem((), None, reason, "correct the YAML", mark.line + 1 if mark else None)


def _no_json(node: object, keys: Keys, above: tuple[int, ...]) -> Iterator[tuple[Keys, str, str]]:
    """Yield place, reason and fix of what YAML can say and the engine cannot hand over."""
    if id(node) in above:
        yield keys, "is an alias of what it stands in, and never ends", "write out what is meant"
        return
    below: list[tuple[Any, object]] = []
    if isinstance(node, Mapping):
        below += node.items()
    elif isinstance(node, list):
        below += enumerate(node)
    for key, value in below:
        if not isinstance(key, str | int):
            yield keys, "has a key that is no text", "write a text as the key"
            continue
        yield from _no_json(value, (*keys, key), (*above, id(node)))
