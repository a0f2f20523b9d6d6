"""What the customer's own lines for php.ini may say."""

# ruff: noqa: S108 (the folders are a pod's)

import re
import shutil
import subprocess

import pytest

from settings.php import Php
from settings.rules.php_lines import TABLES
from shop.mail import SENDMAIL
from shop.render import php_ini
from tests.harness import DEV, STACK_FILES, merge, plain, read_stack_file, run, validated
from tests.refusals import check, problems

FINE = {
    "date.timezone": "Europe/Berlin",
    "disable_functions": "exec, passthru",
    "error_reporting": "E_ALL & ~(E_DEPRECATED | E_USER_DEPRECATED)",
    "max_input_time": -1,
    "opcache.jit": "tracing",
    "opcache.jit_buffer_size": "16M",
    "redis.session.lock_retries": "10",
    "session.gc_maxlifetime": "1440",
    "short_open_tag": True,
    "upload_tmp_dir": "/tmp/uploads",
    "user_agent": 'a "b" \\ c',
    "variables_order": "EGPCS",
}
REFUSED = [
    ("error_reporting", "E_ALL & ~E_DEPRECTED", "no constant", "E_ALL & ~E_DEPRECATED"),
    ("error_reporting", "E_ALL & ", "no expression", "E_ALL & ~E_DEPRECATED"),
    ("error_reporting", "(E_ALL", "no expression", "E_ALL & ~E_DEPRECATED"),
    ("error_reporting", "E_ALL E_NOTICE", "no expression", "E_ALL & ~E_DEPRECATED"),
    ("error_reporting", True, "no set of errors", "E_ALL & ~E_DEPRECATED"),
    ("opcache.jit_buffer_size", "64Mi", "no size", "64M"),
    ("opcache.jit_buffer_size", "64 MB", "no size", "64M"),
    ("short_open_tag", "perhaps", "neither on nor off", "true or false"),
    ("session.gc_maxlifetime", "1 day", "no whole number", "from 1"),
    ("max_file_uploads", -5, "outside", "from 0"),
    ("precision", "1" * 300, "no whole number", "from -1"),
    ("session.cookie_samesite", "lax-ish", "not one of the choices", "Strict"),
    ("sys_temp_dir", "/var/tmp", "no folder", "/tmp"),
    ("sys_temp_dir", "/tmp/../etc", "no folder", "/tmp"),
    ("date.timezone", "Europe/Bern", "no time zone", "Europe/Berlin"),
    ("disable_functions", "exec,mail", "may need", "exec"),
    ("variables_order", "GPCS", "environment", "EGPCS"),
    ("zlib.output_compression", True, "twice", "compresses"),
    ("user_agent", "a ${HOME}", "${", "the text itself"),
    ("max_file_upload", 3, "no directive", "did you mean max_file_uploads?"),
    ("frobnicate", 3, "no directive", "remove it"),
    ("Max_file_uploads".replace("M", "m").replace("f", "F"), 3, "otherwise", "max_file_uploads"),
    ("memory_LIMIT", "1G", "cannot be set here", "php.memoryLimit"),
    ("eXtension", "x.so", "cannot be set here", "image"),
    *((key, "1", "cannot be set here", "") for key in TABLES.breaking),
]


def keys(name, text):
    """Return what a file of the program's sets in PHP."""
    if name == "openmage.ini":
        return re.findall(
            r"^([a-z][\w.]*) =", text.partition("; The customer's own")[0], re.MULTILINE
        )
    return re.findall(r"^\s*php_(?:admin_)?(?:value|flag)[\[ ]([\w.]+)", text, re.MULTILINE)


@pytest.mark.parametrize("path", STACK_FILES, ids=lambda path: path.stem)
def test_no_key_that_is_set_for_php_can_be_set_again(path):
    files = [
        (name, text)
        for resource in run(read_stack_file(path))
        if resource.kind == "ConfigMap" and "phpmyadmin" not in resource.name
        for name, text in plain(resource.inputs)["data"].items()
    ]
    set_by_program = {key for name, text in files for key in keys(name, text)}
    assert {"allow_url_include", "max_execution_time", "memory_limit"} <= set_by_program
    for key in set_by_program:
        for spelling in (key, key[0] + key[1:].upper()):
            found = problems({"php": {"ini": {spelling: "1"}}})
            check(found, f"php.ini.{spelling}", "cannot be set here", "")


def test_what_may_be_set_is_accepted():
    assert validated(merge(DEV.shop, {"php": {"ini": FINE}})).php == Php(ini=FINE)


@pytest.mark.parametrize(("key", "value", "reason", "fix"), REFUSED)
def test_a_value_that_php_reads_otherwise_is_refused(key, value, reason, fix):
    check(problems({"php": {"ini": {key: value}}}), f"php.ini.{key}", reason, fix)


needs_php = pytest.mark.skipif(shutil.which("php") is None, reason="php is not on the PATH")


def asked(folder, key):
    """Return what PHP says of a key, with the ini file of a folder."""
    ask = f"echo var_export(ini_get('{key}'), true);"
    command = ["php", "-n", "-c", folder / "php.ini", "-r", ask]
    return subprocess.check_output(command, text=True).strip().splitlines()[-1]


@needs_php
def test_constants_reach_php_as_numbers(tmp_path):
    (tmp_path / "php.ini").write_text(php_ini("300M", SENDMAIL, FINE))

    assert asked(tmp_path, "error_reporting") == "'8191'"
    assert asked(tmp_path, "user_agent") == "'a \"b\" \\\\ c'"


@needs_php
def test_including_from_other_servers_cannot_be_switched_on(tmp_path):
    """Show that such a line would win, and that it is refused."""
    own = {"allow_url_include": True}
    (tmp_path / "php.ini").write_text(php_ini("300M", SENDMAIL, own))

    assert asked(tmp_path, "allow_url_include") == "'1'"
    check(problems({"php": {"ini": own}}), "php.ini.allow_url_include", "cannot be set here", "")
