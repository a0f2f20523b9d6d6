"""Rules about the optional parts: frontend cache and phpMyAdmin."""

from collections.abc import Iterator
from typing import assert_never

from settings import sizing
from settings.frontend_cache import NoFrontendCache, VarnishCache
from settings.model import Settings
from stackfile.report import Violation

_LEAST_CACHE = 36 * sizing.MIB
"""A smaller cache cannot hold a shop's stylesheets and thumbnails: it would thrash."""


def frontend_cache(settings: Settings) -> Iterator[Violation]:
    """Refuse a cache that is too small, or that a drained node takes down."""
    match chosen := settings.frontend_cache:
        case NoFrontendCache():
            pass
        case VarnishCache():
            yield from _varnish(settings, chosen)
        case _:
            assert_never(chosen)


def _varnish(settings: Settings, front: VarnishCache) -> Iterator[Violation]:
    if front.storage < _LEAST_CACHE:
        yield Violation(
            ("frontendCache", "resources", "limits", "memory"),
            f"leaves {front.storage // sizing.MIB} MiB for the cache, after Varnish's own memory",
            "use 96Mi or more",
        )
    if settings.production and front.replicas < 2:  # noqa: PLR2004 (one and another)
        yield Violation(
            ("frontendCache", "replicas"),
            "with a single pod, draining its node takes the shop down",
            "use 2 or more",
        )
