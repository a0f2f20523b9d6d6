"""Apache's grammar: sections and directives with their lines, and what Apache refuses."""

import re
from collections.abc import Iterator
from math import inf
from typing import Annotated, Literal, NamedTuple

from settings.rules.line_values import Form
from settings.rules.nginx_grammar import Directive, Mistake, Parsed, Told
from stackfile.tables import BY_NAME, Names, tables


class _Known(NamedTuple):
    """Where a directive may stand, and how many values it takes."""

    where: Literal["anywhere", "outside", "inside", "global"]
    least: int
    most: float = inf
    flag: bool = False


class _Tables(NamedTuple):
    directives: Annotated[dict[str, _Known], BY_NAME]
    sections: Names
    transparent: Names
    around: Names
    apart: Names
    alone: Names
    values: Annotated[dict[str, Form], BY_NAME]


_TABLES = tables(__file__, _Tables)
_DIRECTIVES = {name.lower(): known for name, known in _TABLES.directives.items()}
_SECTIONS = {name.lower() for name in _TABLES.sections}
_WRITTEN = {name.lower(): name for name in (*_TABLES.directives, *_TABLES.sections)}
_WORDS = re.compile(r"""\s*("(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?|\S+)""")


def parse(text: str) -> Parsed:
    """Return the directives of a file that is included in a virtual host, and its mistakes."""
    parsed = Parsed()
    opened: list[Directive] = []
    for number, line in _lines(text):
        if line.startswith("</"):
            name = line[2:].rstrip("> \t").lower()
            if not line.endswith(">") or [one.name for one in opened[-1:]] != [name]:
                told = (
                    "a section is closed that is not the last one opened",
                    "close each section by its own name, in the same file",
                )
                parsed.mistakes.append(Mistake(number, *told))
                return parsed
            opened.pop()
            continue
        block: list[Directive] | None = [] if line.startswith("<") else None
        written, *args = _split(line if block is None else line[1:].removesuffix(">")) or [""]
        context = tuple(one.name for one in opened)
        directive = Directive(written.lower(), tuple(args), number, context, block)
        parsed.into(opened).append(directive)
        if block is None:
            told = _checked(directive, written)
        else:
            told = _section(directive, written, ended=line.endswith(">"))
            opened.append(directive)
        if told:
            parsed.mistakes.append(Mistake(number, *told))
    if opened:
        what = f"<{shown(opened[-1].name)}> is never closed"
        fix = "close every section in the same file"
        parsed.mistakes.append(Mistake(opened[-1].line, what, fix, open=True))
    return parsed


def shown(name: str) -> str:
    """Return the name of a directive or section as Apache writes it, nothing of what is none."""
    plain = name if re.fullmatch(r"[A-Za-z_]{1,40}", name) else "a word"
    return _WRITTEN.get(name.lower(), plain)


def _section(section: Directive, written: str, *, ended: bool) -> Told | None:
    if section.name not in _SECTIONS:
        return "a section is unknown", "correct it"
    if not ended:
        return "a section has no > at its end", "correct it"
    if not section.args and section.name not in _TABLES.alone:
        return f"<{written}> does not say of what", "name it in the section"
    if section.name in _TABLES.apart and {*section.context} & _TABLES.around:
        return f"<{written}> is not allowed in such a section", "move it out of the section"
    return None


def _checked(directive: Directive, written: str) -> Told | None:
    known = _DIRECTIVES.get(directive.name)
    if known is not None:
        inside = not _TABLES.around.isdisjoint(directive.context)
        told = _misplaced(known.where, inside=inside) or _wrong(known, directive)
    elif {*directive.context} & _TABLES.transparent:
        told = None
    else:
        told = (
            "is no directive of the modules that are loaded",
            "correct it, or write it within <IfModule>; the program loads the modules",
        )
    return told and (f"{shown(written)} {told[0]}", told[1])


def _misplaced(where: str, *, inside: bool) -> Told | None:
    if where == "global":
        return "is not allowed in a virtual host", "remove it"
    if where == "outside" and inside:
        return "is not allowed in such a section", "move it out of the section"
    if where == "inside" and not inside:
        return "is not allowed outside of a section", "move it into <Location>"
    return None


def _wrong(known: _Known, directive: Directive) -> Told | None:
    args = directive.args
    if not known.least <= len(args) <= known.most:
        return "has a number of values that Apache does not take", "correct it"
    if known.flag and args[0].lower() not in {"on", "off"}:
        return "is neither On nor Off", "write On or Off"
    value = _TABLES.values.get(directive.name)
    return value(" ".join(args)) if value else None


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield each line that says something, with those that continue it, and its number."""
    held, start = "", 0
    for number, line in enumerate(f"{text}\n".split("\n"), 1):
        start = start or number
        if line.endswith("\\") and not line.endswith("\\\\"):
            held += line[:-1]
            continue
        whole = (held + line).strip()
        if whole and not whole.startswith("#"):
            yield start, whole
        held, start = "", 0


def _split(line: str) -> list[str]:
    return [
        re.sub(r"\\([\\\"'])", r"\1", word[1:].removesuffix(word[0])) if word[0] in "\"'" else word
        for word in _WORDS.findall(line)
    ]
