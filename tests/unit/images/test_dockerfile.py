"""Claims about images/Dockerfile, and about the steps that it runs."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from components.kit.pods import WEB_USER
from operate.images import PHP_VERSIONS
from shop.mail import SENDMAIL
from shop.render import php_ini
from tests.harness import ROOT

IMAGES = ROOT / "images"
TEXT = (IMAGES / "Dockerfile").read_text()
BIN = Path(sys.executable).parent
FROM = re.compile(r"^FROM (?P<image>\S+)(?: AS (?P<stage>\S+))?$", re.MULTILINE)
NEEDS_PHP = pytest.mark.skipif(shutil.which("php") is None, reason="php is not on the PATH")


def stage(name):
    """Return the lines of a stage."""
    start = next(found for found in FROM.finditer(TEXT) if found["stage"] == name)
    end = FROM.search(TEXT, start.end())
    return TEXT[start.end() : end.start() if end else None]


def test_hadolint_finds_nothing():
    ended = subprocess.run(
        [BIN / "hadolint", "--config", IMAGES / ".hadolint.yaml", IMAGES / "Dockerfile"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout


def test_shellcheck_finds_nothing_in_the_scripts():
    scripts = [*(IMAGES / "steps").glob("*.sh"), *(IMAGES / "workflows").glob("*.sh")]
    ended = subprocess.run(
        [BIN / "shellcheck", *scripts], capture_output=True, text=True, check=False
    )
    assert len(scripts) == 3
    assert ended.returncode == 0, ended.stdout


def test_every_image_from_outside_is_named_by_its_digest():
    stages = {found["stage"] for found in FROM.finditer(TEXT)}
    choices = {"${PHP_VERSION}": PHP_VERSIONS, "${SHOP_SOURCE}": ("folder", "git")}
    for found in FROM.finditer(TEXT):
        names = [found["image"]]
        for variable, values in choices.items():
            names = [name.replace(variable, value) for name in names for value in values]
        for name in names:
            inside = name in stages or name == "scratch"
            assert inside or re.search(r":\S+@sha256:[0-9a-f]{64}$", name), name


@pytest.mark.parametrize("base", ["fpm", "apache"])
def test_there_is_a_base_for_each_version_of_php_and_for_no_other(base):
    found = re.findall(rf"^FROM \S+/php:(\S+?)-{base}\S* AS {base}-(\S+)$", TEXT, re.MULTILINE)
    assert [version for version, _ in found] == list(PHP_VERSIONS)
    assert all(version == name for version, name in found)


@pytest.mark.parametrize("target", ["php", "nginx", "apache"])
def test_the_program_is_the_first_process_and_has_no_rights(target):
    lines = stage(target)
    [command] = map(json.loads, re.findall(r"^CMD (.*)$", lines, re.MULTILINE))

    assert "\nENTRYPOINT []\n" in lines
    assert command[0] in {"php-fpm", "nginx", "apache2"}
    assert f"\nUSER {WEB_USER}:{WEB_USER}\n" in lines
    # Apache takes SIGQUIT for: at once.
    assert f"\nSTOPSIGNAL {'SIGWINCH' if target == 'apache' else 'SIGQUIT'}\n" in lines
    assert "org.opencontainers.image.title" in lines


@pytest.mark.parametrize("name", ["fpm", "nginx", "apache"])
def test_the_user_of_the_pods_has_a_name(name):
    assert str(WEB_USER) in stage(name)
    assert re.search(rf"(-u|--uid) {WEB_USER}\b", stage(name))


@pytest.mark.parametrize("target", ["php", "apache"])
def test_nobody_but_root_may_write_to_the_code(target):
    [code] = re.findall(r"^COPY .*/layout/code/.*$", stage(target), re.MULTILINE)
    [writable] = re.findall(r"^COPY .*/layout/writable/.*$", stage(target), re.MULTILINE)
    assert "--chown=0:0" in code
    assert f"--chown={WEB_USER}:{WEB_USER}" in writable


def test_nginx_gets_no_php():
    assert "/layout/code" not in stage("nginx")


def test_secrets_are_mounted_and_never_copied_or_set():
    assert re.findall(r"type=secret,id=(\S+?),", TEXT) == ["netrc", "netrc", "composer-auth"]
    assert not re.search(r"^(ARG|ENV) .*(TOKEN|PASSWORD|AUTH|SECRET)", TEXT, re.MULTILINE)


def test_package_managers_leave_no_cache():
    assert "apk add --no-cache" in TEXT
    assert re.findall(r"apk add (?!--no-cache)", TEXT) == []
    assert TEXT.count("apt-get update") == TEXT.count("rm -rf /var/lib/apt/lists/*") == 2


def test_an_image_says_of_php_what_the_program_says():
    rendered = _ini(php_ini("256M", SENDMAIL, {}))

    assert _ini((IMAGES / "php.ini").read_text()).items() <= rendered.items()


def _ini(text):
    lines = (line for line in text.splitlines() if " = " in line and line[0] != ";")
    return {key: value for key, _, value in (line.partition(" = ") for line in lines)}


@NEEDS_PHP
def test_a_php_that_lacks_something_is_refused():
    ended = _check("php", options=["-n"])

    assert ended.returncode == 1
    assert "PHP lacks" in ended.stderr
    assert "redis" in ended.stderr
    assert "gd lacks WebP Support" in ended.stderr


@NEEDS_PHP
def test_a_shop_without_a_lock_file_is_refused(tmp_path):
    (tmp_path / "composer.json").write_text("{}")
    ended = _check("shop", tmp_path)

    assert ended.returncode == 1
    assert "the shop has no composer.lock" in ended.stderr


@NEEDS_PHP
@pytest.mark.skipif(
    not Path("/usr/share/php/Composer/autoload.php").exists(), reason="composer is not installed"
)
@pytest.mark.parametrize(
    ("root", "locked", "allowed"),
    [
        (">=8.1 <8.6", None, True),
        ("<8.1", None, False),
        (">=7", "<8.1", False),
        (None, ">=8.1", True),
    ],
)
def test_a_php_that_openmage_does_not_allow_is_refused(tmp_path, root, locked, allowed):
    require = {} if root is None else {"php": root}
    packages = (
        [] if locked is None else [{"name": "openmage/magento-lts", "require": {"php": locked}}]
    )
    # A locked package that caps PHP does not count: Composer has chosen it for another platform.
    packages.append({"name": "laminas/laminas-http", "require": {"php": "~8.1.0"}})
    (tmp_path / "composer.json").write_text(json.dumps({"require": require}))
    (tmp_path / "composer.lock").write_text(json.dumps({"packages": packages}))

    ended = _check("shop", tmp_path)

    assert (ended.returncode == 0) == allowed, ended.stderr
    assert allowed or "choose another PHP_VERSION" in ended.stderr


@NEEDS_PHP
def test_a_shop_that_composer_has_left_incomplete_is_refused(tmp_path):
    (tmp_path / "composer.json").write_text("{}")
    (tmp_path / "vendor/nnnick/chartjs").mkdir(parents=True)
    (tmp_path / "vendor/autoload.php").write_text("<?php")

    said = _check("code", tmp_path).stderr

    for missing in ("app/Mage.php", "Cm/RedisSession", "Cm_Cache_Backend_Redis", "chartjs"):
        assert f"{missing} is not there" in said


@NEEDS_PHP
@pytest.mark.parametrize(
    ("extra", "root"), [({}, "."), ({"magento-root-dir": "./htdocs/"}, "htdocs")]
)
def test_the_folder_of_openmage_is_the_one_that_composer_is_told(tmp_path, extra, root):
    (tmp_path / "composer.json").write_text(json.dumps({"extra": extra}))

    assert _check("root", tmp_path).stdout == f"{root}\n"


def _check(step, folder=IMAGES, options=()):
    return subprocess.run(
        ["php", *options, IMAGES / "steps/check.php", step],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
