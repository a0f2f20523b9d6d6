"""Rules about the customer's own lines for php.ini: whose they are, and what they may say."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Annotated, NamedTuple
from zoneinfo import available_timezones

from settings.model import Settings
from settings.rules.program_lines import OWNED, ini_keys
from shop.render import CONSTANT_INI
from stackfile.report import Violation, nearest
from stackfile.tables import BY_NAME, Names, TextByName, tables


class _Range(NamedTuple):
    least: int
    most: int


class _Tables(NamedTuple):
    fixes: TextByName
    breaking: TextByName
    flags: Names
    sizes: Names
    numbers: Annotated[dict[str, _Range], BY_NAME]
    choices: dict[str, tuple[str, ...]]
    folders: Names
    texts: Names
    harmless_functions: Names
    errors: Names


TABLES = tables(__file__, _Tables)
_ON, _OFF = ("on", "yes", "true", "1"), ("off", "no", "false", "0", "none")
_NEGATED = r"\s*(?:[~!]\s*)*"
_EXPRESSION = rf"{_NEGATED}\w+(?:\s*[&|^]{_NEGATED}\w+)*\s*"
_BRACKETS = re.compile(rf"\({_EXPRESSION}\)")

Value = str | int | bool
Mistake = tuple[str, str] | None
Check = Callable[[Value], Mistake]


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
        elif mistake := _CHECKS.get(key, _text)(value):
            yield Violation(path, *mistake)


def _constants(value: Value) -> Mistake:
    fix = "write constants of PHP with & | ^ ~ and brackets, such as E_ALL & ~E_DEPRECATED"
    if isinstance(value, bool):
        return "is no set of errors", fix
    if isinstance(value, int) or re.fullmatch(r"\d{1,9}", value):
        return None if 0 <= int(value) < 2**31 else ("is no set of errors", fix)
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


def _flag(value: Value) -> Mistake:
    if isinstance(value, bool) or str(value).lower() in {*_ON, *_OFF}:
        return None
    return "is neither on nor off", "write true or false"


def _size(value: Value) -> Mistake:
    if not isinstance(value, bool) and re.fullmatch(r"[0-9]{1,12}[KMGkmg]?", str(value)):
        return None
    return (
        "is no size that PHP understands",
        "write a whole number, alone for bytes or with K, M or G, such as 64M",
    )


def _buffering(value: Value) -> Mistake:
    """Check a size that may be a switch as well."""
    return _flag(value) and _size(value)


def _number(least: int, most: int, value: Value) -> Mistake:
    if isinstance(value, bool) or not re.fullmatch(r"-?[0-9]{1,18}", str(value)):
        return "is no whole number, and PHP reads another one", f"write one from {least} to {most}"
    if not least <= int(value) <= most:
        return "is outside of what PHP takes", f"write a whole number from {least} to {most}"
    return None


def _choice(words: tuple[str, ...], value: Value) -> Mistake:
    if (str(value).lower() if isinstance(value, bool) else value) in words:
        return None
    return "is not one of the choices", f"use {', '.join(words)}"


def _text(value: Value) -> Mistake:
    if isinstance(value, str) and "${" in value:
        return "contains ${, in whose place PHP puts something else", "write the text itself"
    return None


def _folder(value: Value) -> Mistake:
    if isinstance(value, str) and re.fullmatch(r"/tmp(/(?!\.\.?(/|$))[\w.-]+)*/?", value):  # noqa: S108 (the pod's own volume)
        return None
    return "is no folder that a pod can write to", "use /tmp, which is always there"


def _time_zone(value: Value) -> Mistake:
    if value in available_timezones():
        return None
    return "is no time zone of the IANA database", "write one such as Europe/Berlin"


def _variables(value: Value) -> Mistake:
    if isinstance(value, str) and set("EGPCS") == set(value.upper()):
        return None
    return (
        "leaves out what OpenMage reads: the environment E, and GET, POST, cookies and server",
        "write EGPCS",
    )


def _requests(value: Value) -> Mistake:
    if isinstance(value, str) and re.fullmatch(r"[GPC]{2,3}", value) and {"G", "P"} <= set(value):
        return None
    return "leaves out what forms send", "write GP"


def _functions(value: Value) -> Mistake:
    if isinstance(value, str):
        names = {name.strip() for name in value.split(",")}
        if names <= TABLES.harmless_functions:
            return None
    return (
        "names functions that OpenMage or the program's own scripts may need",
        f"use only {', '.join(sorted(TABLES.harmless_functions))}",
    )


def _compression(value: Value) -> Mistake:
    if str(value).lower() in _OFF:
        return None
    return "would compress twice", "remove it; the web server compresses"


def _jit(value: Value) -> Mistake:
    words = {"disable", "off", "on", "tracing", "function", "true", "false"}
    if isinstance(value, bool) or str(value) in words or re.fullmatch(r"[0-9]{1,4}", str(value)):
        return None
    return "is not one of the choices", "use disable, off, on, tracing, function or four digits"


_CHECKS: Mapping[str, Check] = {
    **dict.fromkeys(CONSTANT_INI, _constants),
    **dict.fromkeys(TABLES.flags, _flag),
    **dict.fromkeys(TABLES.sizes, _size),
    **{key: partial(_number, *limits) for key, limits in TABLES.numbers.items()},
    **{key: partial(_choice, words) for key, words in TABLES.choices.items()},
    **dict.fromkeys(TABLES.folders, _folder),
    **dict.fromkeys(TABLES.texts, _text),
    "date.timezone": _time_zone,
    "disable_functions": _functions,
    "opcache.jit": _jit,
    "output_buffering": _buffering,
    "request_order": _requests,
    "variables_order": _variables,
    "zlib.output_compression": _compression,
}
