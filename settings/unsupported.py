"""Choices that people look for, and why there are none."""

from collections.abc import Mapping
from typing import NamedTuple


class Answer(NamedTuple):
    """Why there is no such choice, and what to choose in its place."""

    reason: str
    fix: str


_FILES = Answer(
    "a file is in one pod only, and there are two during every rollout: the visitor's next"
    " request goes to the other one, and the cart is gone",
    "leave mode out for a store of the shop's own, or use external or sentinel",
)
_DATABASE = Answer(
    "the database locks no session: with more than one pod two requests of a visitor overwrite"
    " each other's cart, and every page view writes to the database",
    "leave mode out for a store of the shop's own, or use external or sentinel",
)
_CACHE = Answer(
    "pods would not see each other's cache: what is cleaned in one stays in the others",
    "leave mode out for a store of the shop's own, or use external",
)
IMPOSSIBLE: Mapping[tuple[str, ...], Answer] = {
    **{("sessions", "mode", word): _FILES for word in ("file", "files")},
    **{("sessions", "mode", word): _DATABASE for word in ("db", "database", "mysql")},
    **{("cache", "mode", word): _CACHE for word in ("file", "files", "apc", "apcu")},
}
"""Answers by section, key and value."""
