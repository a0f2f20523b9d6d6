"""Pages that people read beside their terminal."""

import re

import pytest

from tests.harness import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
LONGEST = 120


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_prose_is_broken_into_lines(page):
    text = re.sub(r"(?ms)^ *```.*?^ *```", "", page.read_text(encoding="utf-8"))
    prose = [
        line
        for line in text.splitlines()
        # Neither a table, nor a line that an address or a command takes.
        if not line.startswith("|") and "://" not in line and not re.search(r"`[^`]{100,}`", line)
    ]
    assert [line for line in prose if len(line) > LONGEST] == []
