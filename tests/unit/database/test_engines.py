"""Claims about the Release where several servers hold the database: they hold the same."""

import itertools
import json

import pytest

from tests.private_shop import PrivateShop, Servers, reason_to_skip

REASON = reason_to_skip()
pytestmark = pytest.mark.skipif(REASON is not None, reason=REASON or "")
_NUMBERS = itertools.count()
_ENGINES = (
    "SELECT table_name, engine FROM information_schema.tables"
    " WHERE table_schema = DATABASE() AND engine <> 'InnoDB'"
)


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    with Servers(tmp_path_factory.mktemp("servers")).running() as running:
        yield running


@pytest.fixture
def shop(tmp_path, servers):
    """Return a shop with an index for search, a table without a key, and a scratch table."""
    made = PrivateShop(tmp_path, servers, f"engines_{next(_NUMBERS)}")
    assert made.release()[0] == 0
    made.sql(
        "CREATE TABLE catalogsearch_fulltext (product_id INT, store_id INT, data_index LONGTEXT,"
        " PRIMARY KEY (product_id, store_id), FULLTEXT (data_index)) ENGINE=MyISAM;"
        "INSERT INTO catalogsearch_fulltext VALUES (1, 1, 'red shoes'), (2, 1, 'blue shoes');"
        "CREATE TABLE oauth_nonce (nonce VARCHAR(32) UNIQUE, timestamp INT) ENGINE=MyISAM;"
        "INSERT INTO oauth_nonce VALUES ('n', 1);"
        "CREATE TABLE catalog_product_index_price_tmp (id INT PRIMARY KEY) ENGINE=MEMORY"
    )
    return made


def convert(shop, *engines):
    file = shop.code.parent / "scripts" / "release.json"
    settings = json.loads(file.read_text())
    file.write_text(json.dumps({**settings, "convertedEngines": engines}))


def test_one_server_keeps_the_engines_that_openmage_has_chosen(shop):
    before = shop.sql(_ENGINES)
    assert shop.release()[0] == 0
    assert shop.sql(_ENGINES) == before


def test_galera_has_innodb_and_memory_tables_only(shop):
    convert(shop, "MyISAM")
    status, stdout, stderr = shop.release()
    assert status == 0, stderr
    assert "oauth_nonce was MyISAM, and is InnoDB now" in stdout
    assert shop.sql(_ENGINES) == "catalog_product_index_price_tmp\tMEMORY"


def test_replicated_servers_have_innodb_tables_only(shop):
    convert(shop, "MyISAM", "MEMORY")
    status, _, stderr = shop.release()
    assert status == 0, stderr
    assert shop.sql(_ENGINES) == ""


def test_no_row_and_no_index_is_lost(shop):
    convert(shop, "MyISAM")
    before = shop.sql("SELECT * FROM catalogsearch_fulltext; SELECT * FROM oauth_nonce")
    assert shop.release()[0] == 0
    assert shop.sql("SELECT * FROM catalogsearch_fulltext; SELECT * FROM oauth_nonce") == before
    search = "SELECT product_id FROM catalogsearch_fulltext WHERE MATCH (data_index) AGAINST ('{}')"
    assert shop.sql(search.format("blue")) == "2"
    with pytest.raises(AssertionError, match="Duplicate entry 'n'"):
        shop.sql("INSERT INTO oauth_nonce VALUES ('n', 2)")


def test_a_second_release_has_nothing_left_to_convert(shop):
    convert(shop, "MyISAM")
    assert shop.release()[0] == 0
    assert "is InnoDB now" not in shop.release()[1]


def test_what_an_interrupted_conversion_has_left_is_in_nobodys_way(shop):
    convert(shop, "MyISAM")
    shop.sql(
        "CREATE TABLE openmage_release_new (id INT) ENGINE=InnoDB;"
        "CREATE TABLE openmage_release_old (id INT) ENGINE=MyISAM"
    )
    status, _, stderr = shop.release()
    assert status == 0, stderr
    assert not {"openmage_release_new", "openmage_release_old"} & shop.tables()
    assert shop.sql(_ENGINES) == "catalog_product_index_price_tmp\tMEMORY"
