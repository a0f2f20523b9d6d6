"""Tables of cases: each row begins with what pytest calls it."""

from collections.abc import Sequence

import pytest


def each(names: Sequence[str], rows: Sequence[Sequence[object]]) -> pytest.MarkDecorator:
    """Return a mark that runs a test for each row: its name first, then these."""
    return pytest.mark.parametrize(
        names, [row[1:] for row in rows], ids=[str(row[0]) for row in rows]
    )
