"""One live shop for all tests that need one; and what was skipped, said at the end."""

import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests import live

STRICT = "OPENMAGE_TEST_STRICT"
"""Variable that makes a failure of each skip: where all programs must be there, as in CI."""
EXCUSED = "no schema of "
"""Begins the reason of a skip that is none: no package index has those schemas."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Any:
    """Fail a test that would be skipped, where nothing may be."""
    return _strict((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Any:
    """Fail a file that would be skipped as a whole."""
    return _strict((yield))


def _strict(report: Any) -> Any:
    expected = hasattr(report, "wasxfail")
    if os.environ.get(STRICT) == "1" and report.skipped and not expected:
        reason = _reason(report)
        if not reason.startswith(EXCUSED):
            report.outcome = "failed"
            report.longrepr = f"{STRICT} is set, and this would be skipped: {reason}"
    return report


def _reason(report: Any) -> str:
    where = report.longrepr
    return str(where[2] if isinstance(where, tuple) else where).removeprefix("Skipped: ")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests were skipped, and why: green is no proof of what was not run."""
    skipped = terminalreporter.stats.get("skipped", [])
    if not skipped:
        return
    # A test that sets up, runs and ends has three reports; the last two say nothing of a skip.
    kinds = ("passed", "failed", "error", "skipped", "xfailed", "xpassed")
    count = sum(len(terminalreporter.stats.get(kind, [])) for kind in kinds)
    terminalreporter.section(f"{len(skipped)} of {count} tests were skipped", yellow=True)
    for reason, times in Counter(map(_reason, skipped)).most_common():
        terminalreporter.line(f"{times:5}  {reason}")


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
