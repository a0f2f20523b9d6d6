"""Requests that one client may make to a web pod."""

from collections.abc import Mapping
from typing import NamedTuple

from stackfile.tables import tables


class RateLimit(NamedTuple):
    """A request limit per client."""

    name: str
    method: str
    """HTTP method, as a regular expression."""
    path: str
    """Path after index.php, as a regular expression."""
    burst: int
    per_minute: int = 0


_LIMITED = tables(__file__, dict[str, list[RateLimit]])


def rate_limits(tier: str, per_minute: Mapping[str, int]) -> list[RateLimit]:
    """Return the limits of a tier, from their names and numbers; 0 removes one."""
    limits = [limit._replace(per_minute=per_minute[limit.name]) for limit in _LIMITED[tier]]
    return [limit for limit in limits if limit.per_minute]
