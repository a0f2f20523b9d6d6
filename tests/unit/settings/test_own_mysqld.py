"""What the customer's own lines for [mysqld] may say."""

import re

import pytest

from settings.database import VolumeDatabase
from settings.rules.mysqld_lines import ALLOWED
from settings.rules.program_lines import mysqld_variable, mysqld_variables
from shop.render import mysqld_config
from tests.harness import DEV, merge, validated
from tests.refusals import check, problems

SET = re.findall(r"^(\w+) =", mysqld_config(1, 1, {}), re.MULTILINE)
FINE = {
    "innodb_flush_method": "O_DIRECT",
    "innodb_log_buffer_size": 16777216,
    "innodb_log_file_size": "256M",
    "long_query_time": "0.5",
    "query_cache_type": "DEMAND",
    "slow_query_log": "ON",
    "sort_buffer_size": "4m",
    "tmp_table_size": "64M",
    "wait_timeout": "600",
}
REFUSED = [
    ("wait_timeout", "10 minutes", "no whole number", "seconds"),
    ("wait_timeout", "10m", "no whole number", "seconds"),
    ("wait_timeout", 0, "outside", "from 1"),
    ("interactive_timeout", "9" * 300, "no whole number", "seconds"),
    ("long_query_time", "1s", "no number of seconds", "0.5"),
    ("slow_query_log", "perhaps", "not one of the choices", "ON"),
    ("query_cache_type", "sometimes", "not one of the choices", "DEMAND"),
    ("innodb_flush_method", "nosync", "not one of the choices", "O_DIRECT"),
    ("sort_buffer_size", "4Mi", "no size", "64M"),
    ("sort_buffer_size", "4 MB", "no size", "64M"),
    ("sort_buffer_size", "64G", "beside InnoDB's buffer pool", "resources.limits.memory"),
    ("query_cache_size", "64G", "beside InnoDB's buffer pool", "resources.limits.memory"),
    ("innodb_log_buffer_size", "1G", "beside InnoDB's buffer pool", "resources.limits.memory"),
    ("innodb_log_file_size", "100G", "half of the volume", "storage.size"),
    ("innodb_log_file_size", "1K", "outside", "from 4M"),
    ("optimizer_search_depth", 63, "outside", "to 62"),
]


def test_nothing_that_the_program_sets_is_in_the_list():
    assert mysqld_variables() == {mysqld_variable(name) for name in SET}
    assert not mysqld_variables() & {mysqld_variable(name) for name in ALLOWED}


@pytest.mark.parametrize("name", SET)
@pytest.mark.parametrize("prefix", ["", "loose_", "skip_", "loose_skip_", "maximum_", "disable_"])
def test_no_variable_that_the_program_sets_can_be_set_again(name, prefix, monkeypatch):
    spelling = prefix + name
    monkeypatch.setitem(ALLOWED, spelling, lambda _: None)

    found = problems({"database": {"mode": "volume", "config": {spelling: "1"}}})

    check(found, f"database.config.{spelling}", "cannot be set here", "")


@pytest.mark.parametrize("name", SET)
def test_a_hyphen_is_no_way_around(name):
    spelling = name.replace("_", "-")

    assert mysqld_variable(spelling) in mysqld_variables()
    assert problems({"database": {"mode": "volume", "config": {spelling.upper(): "1"}}})


def test_what_may_be_set_is_accepted():
    database = validated(merge(DEV.shop, {"database": {"mode": "volume", "config": FINE}})).database

    assert isinstance(database, VolumeDatabase)
    assert database.config == FINE


@pytest.mark.parametrize(("key", "value", "reason", "fix"), REFUSED)
def test_a_value_that_mariadb_does_not_take_is_refused(key, value, reason, fix):
    found = problems({"database": {"mode": "volume", "config": {key: value}}})

    check(found, f"database.config.{key}", reason, fix)
