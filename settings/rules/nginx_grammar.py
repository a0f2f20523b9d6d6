"""nginx' grammar: directives with their lines and blocks, and what nginx does not understand."""

# crossplane has no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import reduce
from itertools import pairwise
from operator import or_
from pathlib import Path
from typing import NamedTuple

import crossplane
from crossplane import analyzer, errors

from stackfile.tables import Names, tables


class _Said(NamedTuple):
    said: str
    what: str
    fix: str


class _Form(NamedTuple):
    name: re.Pattern[str]
    first: int
    last: int
    form: re.Pattern[str]
    what: str
    fix: str


class _Tables(NamedTuple):
    newer: dict[str, Names]
    absent: Names
    data_blocks: dict[str, tuple[int, int]]
    data_words: Names
    arguments: list[_Said]
    values: list[_Form]


_TABLES = tables(__file__, _Tables)
DATA_BLOCKS = _TABLES.data_blocks
_END = "the_end_of_this_file"

Told = tuple[str, str]
"""What is wrong, and how to mend it."""
Context = tuple[str, ...]


@dataclass(frozen=True)
class Directive:
    """One directive of a configuration, with what its block holds."""

    name: str
    args: tuple[str, ...]
    line: int
    context: Context
    block: "list[Directive] | None" = None

    def below(self) -> Iterator["Directive"]:
        """Yield what is in the block, at any depth."""
        for inner in self.block or []:
            yield inner
            yield from inner.below()


@dataclass(frozen=True)
class Mistake:
    """What nginx would not start with, and how to mend it."""

    line: int
    what: str
    fix: str
    open: bool = False
    """Whether something has no end: other mistakes in its line do not explain it."""


@dataclass
class Parsed:
    """What stands in a file."""

    directives: list[Directive] = field(default_factory=list[Directive])
    mistakes: list[Mistake] = field(default_factory=list[Mistake])

    def into(self, opened: list[Directive]) -> list[Directive]:
        """Return what the next directive is added to, behind the blocks that were opened."""
        inner = opened[-1].block if opened else None
        return self.directives if inner is None else inner

    def also(self, refused: list[Mistake]) -> list[Mistake]:
        """Return the mistakes with those of rules, which explain other ones in their lines."""
        lines = {mistake.line for mistake in refused}
        unexplained = [one for one in self.mistakes if one.open or one.line not in lines]
        return sorted([*refused, *unexplained], key=lambda mistake: mistake.line)


@dataclass(frozen=True)
class _Word:
    text: str
    line: int
    quoted: bool


def _complete() -> None:
    for name in _TABLES.absent:
        analyzer.DIRECTIVES.pop(name, None)
    for of, listed in _TABLES.newer.items():
        mask = reduce(or_, (getattr(analyzer, f"NGX_{name}") for name in of.split()))
        for name in listed:
            masks = analyzer.DIRECTIVES.setdefault(name, [])
            if mask not in masks:
                masks.append(mask)


_complete()


def known(name: str) -> bool:
    """Return whether nginx has a directive of that name."""
    return name in analyzer.DIRECTIVES


def parse(text: str, context: Context) -> Parsed:
    """Return the directives of a file that is included in a context, and its mistakes."""
    reader = _Reader(context)
    for word in _lex(text):
        if not reader.read(word):
            break
    return reader.parsed


class _Reader:
    """Reads the words of a file."""

    def __init__(self, context: Context) -> None:
        """Begin where the file is included."""
        self.parsed = Parsed()
        self._context = context
        self._blocks: list[Directive] = []
        self._words: list[_Word] = []

    def read(self, word: _Word) -> bool:
        """Read one word; return whether there is more to read."""
        if word.quoted or word.text not in {"{", "}", ";", _END}:
            self._words.append(word)
            return True
        if word.text == _END:
            self._end(word.line)
            return False
        if word.text == "}":
            return self._close(word)
        words, self._words = self._words, []
        context = self._context
        for block in self._blocks:
            context = analyzer.enter_block_ctx({"directive": block.name}, context)
        directive = _directive(words, word, context, self.parsed.mistakes)
        self.parsed.into(self._blocks).append(directive)
        if directive.block is not None:
            self._blocks.append(directive)
        return True

    def _close(self, word: _Word) -> bool:
        if self._words:
            self.parsed.mistakes.append(_without_end(self._words[0]))
            self._words = []
        if self._blocks:
            self._blocks.pop()
            return True
        self._open(word.line, "} has unbalanced braces: it closes no block of this file")
        return False

    def _end(self, line: int) -> None:
        if line == 0:
            # Its line is not known: that of the directive it is in, or of the last one before.
            before = [one.line for one in self._words[:1]] or [
                one.line for one in self.parsed.into(self._blocks)[-1:]
            ]
            self._open((before or [1])[0], "a quote is never closed", "close it")
        elif self._words:
            self.parsed.mistakes.append(_without_end(self._words[0]))
        elif self._blocks:
            block = self._blocks[-1]
            self._open(block.line, f"{shown(block.name)} has unbalanced braces: it is never closed")

    def _open(self, line: int, what: str, fix: str = "close every block in the same file") -> None:
        self.parsed.mistakes.append(Mistake(line, what, fix, open=True))


def shown(name: str) -> str:
    """Return the name of a directive, or nothing of what is none: it may be a secret."""
    return name if re.fullmatch(r"[a-z][a-z0-9_]{0,40}", name) else "a word"


def _lex(text: str) -> Iterator[_Word]:
    """Yield the words of a file, and at last its end, in line 0 if a quote has swallowed that."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "own.conf"
        path.write_text(f"{text}\n\n{_END} ", encoding="utf-8", newline="\n")
        ended = False
        try:
            for token, line, quoted in crossplane.lex(str(path)):
                if quoted or not token.startswith("#"):
                    yield _Word(token, line, quoted)
                ended = token == _END
        except errors.NgxParserSyntaxError as error:
            if error.strerror.startswith('unexpected "}'):
                yield _Word("}", error.lineno or 1, quoted=False)
    if not ended:
        yield _Word(_END, 0, quoted=False)


def _directive(
    words: list[_Word], end: _Word, context: Context, mistakes: list[Mistake]
) -> Directive:
    block: list[Directive] | None = [] if end.text == "{" else None
    if not words:
        what, fix = f"{end.text} follows no directive", "remove it, or write what it ends"
        mistakes.append(Mistake(end.line, what, fix))
        return Directive("", (), end.line, context, block)
    name, args = words[0].text, tuple(word.text for word in words[1:])
    directive = Directive(name, args, words[0].line, context, block)
    within = {*context[-1:]} & DATA_BLOCKS.keys()
    begun = any(
        word.line > before.line and not word.quoted and known(word.text)
        for before, word in pairwise(words)
    )
    if begun and not within:
        mistakes.append(_without_end(words[0]))
    elif told := _line_of_data(directive) if within else _checked(directive, end.text):
        mistakes.append(Mistake(directive.line, *told))
    return directive


def _line_of_data(line: Directive) -> Told | None:
    around = line.context[-1]
    least, most = (0, 0) if line.name in _TABLES.data_words else DATA_BLOCKS[around]
    if line.block is None and least <= len(line.args) <= most:
        return None
    return f"a line of {around} has not one value", "write a key, its value and a semicolon"


def _checked(directive: Directive, end: str) -> Told | None:
    name = directive.name
    if not known(name):
        return (
            f"{shown(name)} is no directive of nginx without further modules",
            "correct it; what needs another module belongs into the image",
        )
    statement = {"directive": name, "line": directive.line, "args": list(directive.args)}
    try:
        analyzer.analyze("", statement, end, directive.context)
    except errors.NgxParserDirectiveContextError:
        where = directive.context[-1] if directive.context else "the main part"
        return f"{name} is not allowed in {where}", "move it to where nginx takes it"
    except errors.NgxParserDirectiveArgumentsError as error:
        what, fix = next(told for part, *told in _TABLES.arguments if part in error.strerror)
        return f"{name} {what}", fix
    for pattern, first, last, value, what, fix in _TABLES.values:
        told = directive.args[first:last]
        if pattern.search(name) and not all(value.fullmatch(arg) for arg in told):
            return f"{name} {what}", fix
    if name == "if" and not re.fullmatch(r"\(.*\)", " ".join(directive.args), re.DOTALL):
        return "if has no condition in brackets", "write if (condition) { }"
    return None


def _without_end(word: _Word) -> Mistake:
    return Mistake(
        word.line, f"{shown(word.text)} has no semicolon at its end", "write a semicolon there"
    )
