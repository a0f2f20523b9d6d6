"""Rules about the customer's own lines for php.ini: whose they are, and what they may say."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from zoneinfo import available_timezones

from settings.model import Settings
from settings.rules.line_values import Check, Form, Mistake, Values
from settings.rules.program_lines import OWNED, ini_keys
from shop.render import CONSTANT_INI
from stackfile.report import Violation, nearest
from stackfile.tables import Names, TextByName, tables


class _Tables(NamedTuple):
    fixes: TextByName
    breaking: TextByName
    values: Values
    text: Form
    texts: Names
    harmless_functions: Names
    errors: Names


TABLES = tables(__file__, _Tables)
_NEGATED = r"\s*(?:[~!]\s*)*"
_EXPRESSION = rf"{_NEGATED}\w+(?:\s*[&|^]{_NEGATED}\w+)*\s*"
_BRACKETS = re.compile(rf"\({_EXPRESSION}\)")


def ini(settings: Settings) -> Iterator[Violation]:
    """Refuse ini lines that belong to the program, break OpenMage or say nothing to PHP."""
    owned = ini_keys()
    owned_lower = {key.lower(): key for key in owned}
    for key, value in settings.php.ini.items():
        path, lower = ("php", "ini", key), key.lower()
        if lower in owned_lower or lower in TABLES.breaking:
            name = owned_lower.get(lower, lower)
            fix = TABLES.fixes.get(name) or TABLES.breaking.get(name) or OWNED
            yield Violation(path, "cannot be set here", fix)
        elif key not in _CHECKS and lower in _CHECKS:
            yield Violation(path, "is written otherwise by PHP", f"write it as {lower}")
        elif key not in _CHECKS and "." not in key:
            fix = nearest(key, sorted(_CHECKS))
            if not fix.startswith("did you mean"):
                fix = "correct it, or remove it"
            yield Violation(path, "is no directive of PHP", fix)
        else:
            said = str(value).lower() if isinstance(value, bool) else str(value)
            if mistake := _CHECKS.get(key, TABLES.text)(said):
                yield Violation(path, *mistake)


def _constants(value: str) -> Mistake:
    fix = "write constants of PHP with & | ^ ~ and brackets, such as E_ALL & ~E_DEPRECATED"
    if re.fullmatch(r"-?[0-9]{1,18}|true|false", value):
        fits = value.isdigit() and int(value) < 2**31
        return None if fits else ("is no set of errors", fix)
    # An expression in brackets counts as one word, from the innermost brackets outwards.
    flat, before = value, ""
    while flat != before:
        flat, before = _BRACKETS.sub(" 0 ", flat), flat
    if not re.fullmatch(_EXPRESSION, flat):
        return "is no expression that PHP understands", fix
    words = {*re.findall(r"\w+", value)} - TABLES.errors
    if not all(re.fullmatch(r"\d{1,9}", word) for word in words):
        return "has a word that is no constant of PHP's errors, and PHP reads 0", fix
    return None


def _time_zone(value: str) -> Mistake:
    if value in available_timezones():
        return None
    return "is no time zone of the IANA database", "write one such as Europe/Berlin"


def _functions(value: str) -> Mistake:
    if {name.strip() for name in value.split(",")} <= TABLES.harmless_functions:
        return None
    return (
        "names functions that OpenMage or the program's own scripts may need",
        f"use only {', '.join(sorted(TABLES.harmless_functions))}",
    )


_CHECKS: Mapping[str, Check] = {
    **TABLES.values.checks,
    **dict.fromkeys(TABLES.texts, TABLES.text),
    **dict.fromkeys(CONSTANT_INI, _constants),
    "date.timezone": _time_zone,
    "disable_functions": _functions,
}
