"""What a broken rule says."""

from typing import NamedTuple

Path = tuple[str | int, ...]
"""Keys from the shop's settings down to a value."""


class Violation(NamedTuple):
    """A rule that is broken: the place in the YAML, the reason, the fix."""

    path: Path
    reason: str
    fix: str
