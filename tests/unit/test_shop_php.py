"""Claims about the PHP that the product and the test shop carry."""

import shutil
import subprocess

import pytest

from tests.harness import ROOT

FILES = sorted([*(ROOT / "shop/php").glob("*.php"), *(ROOT / "tests/shop").rglob("*.php")])
NEEDS_PHP = pytest.mark.skipif(shutil.which("php") is None, reason="php is not on the PATH")


def name(file):
    return str(file.relative_to(ROOT))


@NEEDS_PHP
@pytest.mark.parametrize("file", FILES, ids=name)
def test_every_php_file_parses(file):
    ended = subprocess.run(["php", "-l", file], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout


@pytest.mark.parametrize("file", FILES, ids=name)
def test_every_php_file_declares_strict_types(file):
    assert "\ndeclare(strict_types=1);\n" in file.read_text()


def test_the_test_shop_stays_small():
    lines = [len(f.read_text().splitlines()) for f in (ROOT / "tests/shop").rglob("*.php")]
    assert 0 < sum(lines) < 1100
