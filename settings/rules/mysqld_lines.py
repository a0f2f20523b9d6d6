"""Rules about the customer's own lines for [mysqld]: which there are, and what they may say."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, NamedTuple

from pydantic import BeforeValidator

from settings import sizing
from settings.database import ExternalDatabase
from settings.model import Settings
from settings.rules.line_values import Check, Mistake, Values
from settings.rules.program_lines import OWNED, mysqld_variable, mysqld_variables
from stackfile.report import Violation
from stackfile.tables import BY_NAME, tables
from stackfile.types import bytes_of

_FIXES = {
    "innodb_buffer_pool_size": "set resources.limits.memory of openmage:shop.database",
    "max_connections": "set openmage:shop.database.maxConnections",
}
_UNITS = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4}
_KIB = 2**10


def _size(value: str) -> int | None:
    """Return a size of MariaDB's in bytes."""
    match = re.fullmatch(r"([0-9]{1,18})([KMGT]?)", value)
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


class _Tables(NamedTuple):
    sizes: Annotated[dict[str, _Bytes], BY_NAME]
    values: Values


_TABLES = tables(__file__, _Tables)
ALLOWED: Mapping[str, Check] = {**_TABLES.sizes, **_TABLES.values.checks}
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
            yield Violation(path, "cannot be set here", _FIXES.get(name, OWNED))
        elif key not in ALLOWED:
            yield Violation(
                path,
                "is not in the list of safe options",
                f"use one of {', '.join(sorted(ALLOWED))}",
            )
        else:
            check, said = ALLOWED[key], str(value).upper()
            mistake = check(said) or _too_large(check, said, free, database.storage.size)
            if mistake:
                yield Violation(path, *mistake)


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
