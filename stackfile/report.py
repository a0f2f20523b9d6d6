"""Problems of a stack file, and their report: place, value, reason, fix."""

# Values from YAML or from the wire are untyped until they are checked.
# pyright: reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, NamedTuple, cast

from ruamel.yaml.comments import CommentedMap, CommentedSeq

_LONGEST = 60
_SECRET_WORDS = ("password", "secret", "key", "token", "ca")

Path = tuple[str | int, ...]
"""Keys and indexes down to a value."""


class Violation(NamedTuple):
    """A violated rule: path in the YAML, reason, fix."""

    path: Path
    reason: str
    fix: str


class Hidden(Violation):
    """A rule that a text breaks which no report may show: it may hold secrets."""


@dataclass(frozen=True)
class Problem:
    """One problem."""

    path: Path
    """Keys and indexes below `config`."""
    value: object
    """The value at that place; None if there is none."""
    reason: str
    fix: str
    line: int | None = None
    """Line in the stack file, if known."""

    def text(self, file: str = "") -> str:
        """Return where, what, why and what to do; a secret is never shown."""
        where = f"{file}:{self.line}  " if self.line else f"{file}  " if file else ""
        what = dotted(self.path)
        if self.value is not None:
            what += f": {_shown(self)}"
        return f"{where}{what}\n    why: {self.reason}\n    fix: {self.fix}"


class SettingsError(Exception):
    """A stack file that must not be deployed; the text is the whole report."""

    def __init__(self, file: str, problems: Sequence[Problem]) -> None:
        """Write the report."""
        self.problems = tuple(problems)
        count = f"{len(problems)} problem{'' if len(problems) == 1 else 's'}"
        text = "\n\n".join(problem.text(file) for problem in problems)
        super().__init__(f"{file} has {count}; nothing was deployed.\n\n{text}\n")


@dataclass(frozen=True)
class Source:
    """A stack file, with the line of each key."""

    name: str = "the stack file"
    root: Any = None
    """The file as parsed by ruamel.yaml, with line numbers."""
    tree: Any = None
    """The contents of the file, without line numbers."""

    def line(self, path: Path) -> int | None:
        """Return the line of a key, or of its nearest existing parent."""
        node: Any = self.root
        line = None
        for key in ("config", *path):
            if isinstance(node, CommentedMap) and key in node:
                line = int(node.lc.key(key)[0]) + 1
            elif isinstance(node, CommentedSeq) and isinstance(key, int) and key < len(node):
                line = int(node.lc.item(key)[0]) + 1
            else:
                break
            node = cast("Any", node)[key]
        return line

    def config_keys(self) -> list[str]:
        """Return the configuration keys."""
        config: Any = self.root.get("config") if isinstance(self.root, CommentedMap) else None
        return [str(key) for key in config] if isinstance(config, CommentedMap) else []

    def problem(self, path: Path, value: object, reason: str, fix: str) -> Problem:
        """Return a problem with its line."""
        return Problem(path, value, reason, fix, self.line(path))


def nearest(key: str, allowed: Sequence[str]) -> str:
    """Return the fix for an unknown key."""
    if close := get_close_matches(key, allowed, n=1, cutoff=0.6):
        return f"did you mean {close[0]}?"
    return f"use one of {', '.join(sorted(allowed))}" if allowed else "remove it"


def dotted(path: Path) -> str:
    """Return a path in dotted notation."""
    text = ""
    for key in path:
        text += f"[{key}]" if isinstance(key, int) else f".{key}" if text else str(key)
    return text


def _shown(problem: Problem) -> str:
    last = next((key for key in reversed(problem.path) if isinstance(key, str)), "")
    secret = any(last.lower().endswith(word) for word in _SECRET_WORDS)
    if secret or _holds_secret(problem.value):
        return "[secret]"
    value: Any = problem.value
    if isinstance(value, Mapping):
        return "(a mapping)"
    if isinstance(value, list | tuple):
        return "(a list)"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    text = text.split("\n", maxsplit=1)[0]
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _holds_secret(value: Any) -> bool:
    return isinstance(value, Mapping) and "secure" in value
