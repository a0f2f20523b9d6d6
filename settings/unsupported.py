"""Choices that people look for and that are not offered, with the reason."""

from collections.abc import Mapping
from typing import NamedTuple

from stackfile.tables import Names, tables


class _Answer(NamedTuple):
    section: str
    words: Names
    reason: str
    fix: str


IMPOSSIBLE: Mapping[tuple[str, ...], tuple[str, str]] = {
    (answer.section, "mode", word): (answer.reason, answer.fix)
    for answer in tables(__file__, dict[str, list[_Answer]])["answers"]
    for word in answer.words
}
"""Reason and fix by section, key and value."""
