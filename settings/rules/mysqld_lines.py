"""Rules about the customer's own lines for [mysqld]: which there are, and what they may say."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, NamedTuple

from pydantic import BeforeValidator

from settings import sizing
from settings.database import ExternalDatabase
from settings.model import Settings
from settings.rules.program_lines import OWNED, mysqld_variable, mysqld_variables
from stackfile.report import Violation
from stackfile.tables import BY_NAME, Names, tables
from stackfile.types import bytes_of

_FIXES = {
    "innodb_buffer_pool_size": "set resources.limits.memory of openmage:shop.database",
    "max_connections": "set openmage:shop.database.maxConnections",
}
_UNITS = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4}
_YEAR = 31_536_000
_KIB = 2**10

Mistake = tuple[str, str] | None
Check = Callable[[str], Mistake]


def _size(value: str) -> int | None:
    """Return a size of MariaDB's in bytes."""
    match = re.fullmatch(r"([0-9]{1,18})([KMGT]?)", value.upper())
    return int(match[1]) * 1024 ** _UNITS[match[2]] if match else None


_Size = Annotated[int, BeforeValidator(_size)]


class _Bytes(NamedTuple):
    """A size in bytes, such as 64M."""

    least: _Size
    most: _Size
    buffer: bool = True
    """Whether it is taken from the container's memory, not from the volume."""

    def __call__(self, value: str) -> Mistake:
        size = _size(value)
        if size is None:
            return "is no size that MariaDB understands", "write a whole number, such as 64M"
        if not self.least <= size <= self.most:
            return (
                "is outside of what MariaDB takes",
                f"write a size from {_shown(self.least)} to {_shown(self.most)}",
            )
        return None


class _Whole(NamedTuple):
    """A whole number."""

    least: int
    most: int
    unit: str = ""

    def __call__(self, value: str) -> Mistake:
        if not re.fullmatch(r"[0-9]{1,18}", value):
            unit = f" of {self.unit}" if self.unit else ""
            return (
                "is no whole number, and MariaDB would not start",
                f"write a whole number{unit} from {self.least} to {self.most}",
            )
        if not self.least <= int(value) <= self.most:
            return (
                "is outside of what MariaDB takes",
                f"write a whole number from {self.least} to {self.most}",
            )
        return None


class _Choice(NamedTuple):
    """One of some words."""

    words: tuple[str, ...]

    def __call__(self, value: str) -> Mistake:
        if value.upper() in self.words:
            return None
        return "is not one of the choices", f"use {', '.join(self.words)}"


def _seconds(value: str) -> Mistake:
    """Check seconds with a fraction."""
    if re.fullmatch(r"[0-9]{1,8}(\.[0-9]{1,6})?", value) and float(value) <= _YEAR:
        return None
    return "is no number of seconds, and MariaDB would not start", "write seconds, such as 0.5"


class _Tables(NamedTuple):
    sizes: Annotated[dict[str, _Bytes], BY_NAME]
    numbers: Annotated[dict[str, _Whole], BY_NAME]
    choices: Annotated[dict[str, _Choice], BY_NAME]
    seconds: Names


_TABLES = tables(__file__, _Tables)
ALLOWED: Mapping[str, Check] = {
    **_TABLES.sizes,
    **_TABLES.numbers,
    **_TABLES.choices,
    **dict.fromkeys(_TABLES.seconds, _seconds),
}
"""Lines that cannot harm the data, each with what it may say."""


def mysqld(settings: Settings) -> Iterator[Violation]:
    """Refuse [mysqld] lines that are not known to be harmless, and values that are none."""
    database = settings.database
    if isinstance(database, ExternalDatabase):
        return
    owned = mysqld_variables()
    free = bytes_of(database.resources.limits.memory) - database.buffer_pool
    for key, value in database.config.items():
        path = ("database", "config", key)
        name = mysqld_variable(key)
        if name in owned:
            fix = _FIXES.get(name, OWNED)
            yield Violation(path, "cannot be set here", fix)
        elif key not in ALLOWED:
            yield Violation(
                path,
                "is not in the list of safe options",
                f"use one of {', '.join(sorted(ALLOWED))}",
            )
        elif mistake := ALLOWED[key](str(value)):
            yield Violation(path, *mistake)
        elif too_large := _too_large(ALLOWED[key], str(value), free, database.storage.size):
            yield Violation(path, *too_large)


def _too_large(check: Check, value: str, free: int, volume: str) -> Mistake:
    """Return what is wrong with a size that fits nowhere."""
    if not isinstance(check, _Bytes):
        return None
    size = _size(value) or 0
    if check.buffer and size > free:
        return (
            f"is more than the container's memory has beside InnoDB's buffer pool, {_shown(free)}",
            "lower it, or raise resources.limits.memory of openmage:shop.database",
        )
    if not check.buffer and size * 2 > bytes_of(volume):
        return f"is more than half of the volume, {volume}", "lower it, or enlarge storage.size"
    return None


def _shown(size: int) -> str:
    """Return bytes as MariaDB's configuration has them."""
    if size >= sizing.MIB:
        return f"{size // sizing.MIB}M"
    return f"{size // _KIB}K" if size >= _KIB else str(size)
