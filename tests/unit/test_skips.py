"""What a run says of tests that it skipped, and that it may not skip any where all is there."""

import os
import subprocess
import sys

import pytest

from tests.conftest import EXCUSED, STRICT
from tests.harness import ROOT

TESTS = f"""
import pytest

@pytest.mark.parametrize("number", range(3))
@pytest.mark.skipif(True, reason="ghost is not on the PATH")
def test_skipped(number): ...

def test_within(): pytest.skip("{EXCUSED}Ghost")

@pytest.mark.xfail(reason="not yet", strict=True)
def test_expected(): assert False

def test_run(): ...
"""


def told(folder, *words, strict="0"):
    """Return how a run of these tests has ended, and what it said."""
    (folder / "test_them.py").write_text(TESTS)
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest", *words, folder],
        cwd=ROOT,
        env={**os.environ, STRICT: strict},
        capture_output=True,
        text=True,
        check=False,
    )
    return ended.returncode, ended.stdout


@pytest.mark.parametrize("words", [(), ("-n", "2")], ids=["alone", "distributed"])
def test_a_run_ends_with_the_reasons_of_its_skips(tmp_path, words):
    status, said = told(tmp_path, *words)

    assert status == 0
    assert "4 of 6 tests were skipped" in said
    assert "    3  ghost is not on the PATH\n" in said
    assert f"    1  {EXCUSED}Ghost\n" in said


@pytest.mark.parametrize("words", [(), ("-n", "2")], ids=["alone", "distributed"])
def test_nothing_is_skipped_where_all_programs_must_be_there(tmp_path, words):
    status, said = told(tmp_path, *words, strict="1")

    assert status == 1
    assert f"{STRICT} is set, and this would be skipped: ghost is not on the PATH" in said
    assert "1 passed, 1 skipped, 1 xfailed, 3 errors" in said
