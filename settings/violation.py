"""What a broken rule says."""

from typing import NamedTuple


class Violation(NamedTuple):
    """A rule that is broken: the place in the YAML, the reason, the fix."""

    path: tuple[str | int, ...]
    reason: str
    fix: str
