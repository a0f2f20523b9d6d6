"""What a line of a server's configuration may say: kinds of values, each with its own check."""

import re
from collections.abc import Callable
from typing import Annotated, NamedTuple

from stackfile.tables import BY_NAME

Mistake = tuple[str, str] | None
"""What is wrong with a value, and how to mend it."""
Check = Callable[[str], Mistake]


class Number(NamedTuple):
    """A whole number."""

    least: int
    most: int
    unit: str = ""

    def __call__(self, value: str) -> Mistake:
        """Return what is wrong with a value."""
        unit = f" of {self.unit}" if self.unit else ""
        fix = f"write a whole number{unit} from {self.least} to {self.most}"
        if not re.fullmatch(r"-?[0-9]{1,18}", value):
            return "is no whole number, and would be misread or stop the server", fix
        if not self.least <= int(value) <= self.most:
            return "is outside of what the server takes", fix
        return None


class Choice(NamedTuple):
    """One of some words."""

    words: tuple[str, ...]

    def __call__(self, value: str) -> Mistake:
        """Return what is wrong with a value."""
        if value in self.words:
            return None
        return "is not one of the choices", f"use {', '.join(self.words)}"


class Form(NamedTuple):
    """A value that looks like a regular expression says."""

    form: str
    what: str
    fix: str

    def __call__(self, value: str) -> Mistake:
        """Return what is wrong with a value."""
        return None if re.fullmatch(self.form, value) else (self.what, self.fix)


class Values(NamedTuple):
    """Rows of values, by their kind."""

    numbers: Annotated[dict[str, Number], BY_NAME]
    choices: Annotated[dict[str, Choice], BY_NAME]
    forms: Annotated[dict[str, Form], BY_NAME]

    @property
    def checks(self) -> dict[str, Check]:
        """The check of each line, by its name."""
        return {**self.numbers, **self.choices, **self.forms}
