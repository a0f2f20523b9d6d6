"""One live shop for all tests that need one."""

from collections.abc import Iterator

import pytest

from tests import live


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[live.Shop]:
    """Bring the test shop up once; take it away at the end, whatever happened."""
    if reason := live.reason_to_skip():
        pytest.skip(reason)
    made = live.Shop(tmp_path_factory.mktemp("shop"))
    yield made
    made.stack.destroy()


@pytest.fixture(scope="module")
def dev_stack(shop: live.Shop) -> Iterator[None]:
    """Start a module from the dev stack, and leave it to the next one as it was."""
    shop.change({})
    shop.up()
    yield
    shop.change({})
    shop.up()
