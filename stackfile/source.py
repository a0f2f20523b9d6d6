"""Reading stack files: their contents, and the line of each key."""

# Values from YAML or from the wire are untyped until they are checked.
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
"""Environment variable that tells the program which stack file a command was given."""


def find_source(stack: str, *folders: Path) -> Source:
    """Read the file that a command was given, or the one named after the stack."""
    name = f"Pulumi.{stack}.yaml"
    given = os.environ.get(STACK_FILE)
    for file in [Path(given)] if given else [folder / name for folder in folders]:
        if file.is_file():
            return read_file(file)
    return Source(name)


def read_file(path: Path) -> Source:
    """Read a stack file; refuse invalid YAML."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        reason = "is not valid UTF-8"
        problem = Problem((), None, reason, "save the file as UTF-8", line)
        raise SettingsError(path.name, [problem]) from None
    return read_source(path.name, text)


def read_source(name: str, text: str) -> Source:
    """Parse a stack file; refuse invalid YAML, and YAML that JSON cannot express."""
    try:
        root: Any = cast("Any", YAML(typ="rt")).load(text)
        tree: Any = cast("Any", YAML(typ="safe", pure=True)).load(text)
    # The parser raises AttributeError for a mapping that is merged into itself.
    except (YAMLError, ValueError, RecursionError, AttributeError) as error:
        raise SettingsError(name, [_no_yaml(error, text)]) from None
    source = Source(name, root, tree)
    config: object = tree.get("config") if isinstance(tree, dict) else None
    if problems := [source.problem(keys, None, *said) for keys, *said in _no_json(config, (), ())]:
        raise SettingsError(name, problems)
    return source


def structured(value: str | None) -> object:
    """Return a configuration value parsed as JSON, or as plain text if it is not JSON."""
    try:
        return json.loads(value or "null")
    except ValueError:
        return value


def _no_yaml(caught: Exception, text: str) -> Problem:
    error: Any = caught
    if isinstance(caught, RecursionError | AttributeError):
        return Problem((), None, "is nested too deeply or refers to itself", "expand it")
    if isinstance(caught, ReaderError):
        line = text.count("\n", 0, error.position) + 1
        return Problem((), None, "contains a control character", "remove it", line)
    if isinstance(caught, ValueError):
        reason = "has a value that looks like a date or a number but is not valid"
        return Problem((), None, reason, "quote the value, or correct it")
    mark = getattr(error, "problem_mark", None)
    # The parser's message quotes values: keep its first line only, without them.
    said = str(getattr(error, "problem", None) or "is not valid YAML").split("\n", maxsplit=1)[0]
    reason = said.partition(" with value")[0]
    return Problem((), None, reason, "correct the YAML", mark.line + 1 if mark else None)


def _no_json(node: object, keys: Keys, above: tuple[int, ...]) -> Iterator[tuple[Keys, str, str]]:
    """Yield path, reason and fix of YAML that the engine cannot pass on as JSON."""
    if id(node) in above:
        yield keys, "is an alias that refers to itself", "write out the values"
        return
    below: list[tuple[Any, object]] = []
    if isinstance(node, Mapping):
        below += node.items()
    elif isinstance(node, list):
        below += enumerate(node)
    for key, value in below:
        if not isinstance(key, str | int):
            yield keys, "has a key that is not a string", "use a string as the key"
            continue
        yield from _no_json(value, (*keys, key), (*above, id(node)))
