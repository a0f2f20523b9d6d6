"""The shops that claims are made about."""

import pytest

from tests.shops import Shop, shop_of


@pytest.fixture
def shop(request: pytest.FixtureRequest) -> Shop:
    """Return the shop of that name."""
    return shop_of(request.param)
