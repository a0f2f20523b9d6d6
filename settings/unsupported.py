"""Choices that people look for and that are not offered, with the reason."""

from collections.abc import Mapping
from typing import NamedTuple


class Answer(NamedTuple):
    """Why a choice is not offered, and what to choose instead."""

    reason: str
    fix: str


_FILES = Answer(
    "files exist in one pod only, and every rollout runs two: the visitor's next"
    " request may reach the other pod, and the cart is gone",
    "leave mode out for a store of the shop's own, or use external or sentinel",
)
_DATABASE = Answer(
    "the database does not lock sessions: with several pods, parallel requests overwrite"
    " each other's cart, and every page view writes to the database",
    "leave mode out for a store of the shop's own, or use external or sentinel",
)
_CACHE = Answer(
    "pods would not share a cache: what is cleaned in one stays in the others",
    "leave mode out for a Valkey in the namespace, or use external",
)
IMPOSSIBLE: Mapping[tuple[str, ...], Answer] = {
    **{("sessions", "mode", word): _FILES for word in ("file", "files")},
    **{("sessions", "mode", word): _DATABASE for word in ("db", "database", "mysql")},
    **{("cache", "mode", word): _CACHE for word in ("file", "files", "apc", "apcu")},
}
"""Answers by section, key and value."""
