"""Claims about the scripts of the Release and of cron, on the test shop and private servers."""

import itertools
import time

import pytest

from tests.private_shop import PASSWORD, PrivateShop, Servers, finish, reason_to_skip

REASON = reason_to_skip()
pytestmark = pytest.mark.skipif(REASON is not None, reason=REASON or "")
_NUMBERS = itertools.count()


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    with Servers(tmp_path_factory.mktemp("servers")).running() as running:
        yield running


@pytest.fixture
def empty(tmp_path, servers):
    return PrivateShop(tmp_path, servers, f"shop_{next(_NUMBERS)}")


@pytest.fixture
def shop(empty):
    status, _, stderr = empty.release()
    assert status == 0, stderr
    return empty


def due(shop, job, minutes=0):
    """Let a job be due since some minutes, and nothing else be due."""
    shop.sql(
        "DELETE FROM cron_schedule WHERE status = 'pending';"
        "INSERT INTO cron_schedule (job_code, status, created_at, scheduled_at) VALUES"
        f" ('{job}', 'pending', UTC_TIMESTAMP(), UTC_TIMESTAMP() - INTERVAL {minutes} MINUTE)"
    )


def configure(shop, job, value):
    shop.sql(
        "REPLACE INTO core_config_data (scope, scope_id, path, value)"
        f" VALUES ('default', 0, 'test/cron/{job}', '{value}')"
    )


def state(shop):
    """Return everything in the schema."""
    return {table: shop.sql(f"SELECT * FROM {table}") for table in shop.tables()}


def test_an_empty_database_becomes_a_shop(shop, servers):
    assert shop.sql("SELECT state FROM openmage_release") == "installed"
    assert shop.sql("SELECT code, version, data_version FROM core_resource ORDER BY 1") == (
        "core_setup\t1.6.0\t1.6.0\nsales_setup\t1.1\t1.1"
    )
    assert shop.sql("SELECT DISTINCT value FROM core_cache_option") == "1"
    role = "SELECT parent_id FROM admin_role JOIN admin_user USING (user_id)"
    assert shop.sql(role) == "1"
    base = (
        "SELECT value FROM core_config_data WHERE scope = '{}' AND path = 'web/unsecure/base_url'"
    )
    assert shop.sql(base.format("default")) == "http://shop.test/"
    assert shop.sql(base.format("stores")) == "http://admin.shop.test/"
    assert servers.redis_keys("zc:k:r1_CONFIG_GLOBAL")


def test_a_second_release_changes_nothing(shop):
    before = state(shop)
    status, stdout, stderr = shop.release()
    assert (status, stderr) == (0, "")
    assert "install" not in stdout
    assert state(shop) == before


FRENCH = {"host": "fr.shop.test", "code": "fr", "type": "store"}
BRAND = {"host": "brand.test", "code": "brand", "type": "website"}
ADDRESSES = (
    "SELECT scope, code, value FROM core_config_data"
    " JOIN core_{0} ON scope = '{0}s' AND scope_id = {0}_id"
    " WHERE path = 'web/unsecure/base_url' AND code <> 'admin'"
)


def test_a_new_shop_has_the_stores_that_have_a_host(empty):
    empty.write_stores(FRENCH, BRAND)
    status, _, stderr = empty.release()
    assert status == 0, stderr
    assert empty.sql(ADDRESSES.format("store")) == "stores\tfr\thttp://fr.shop.test/"
    assert empty.sql(ADDRESSES.format("website")) == "websites\tbrand\thttp://brand.test/"
    of_brand = (
        "SELECT s.code, g.group_id = w.default_group_id, g.default_store_id = s.store_id"
        " FROM core_store s JOIN core_store_group g USING (group_id)"
        " JOIN core_website w ON w.website_id = s.website_id WHERE w.code = 'brand'"
    )
    assert empty.sql(of_brand) == "brand\t1\t1"


def test_a_shop_that_lives_is_given_no_store_that_nobody_made(shop):
    before = state(shop)
    shop.write_stores(FRENCH)
    status, _, stderr = shop.release()
    assert status == 1
    assert "names the store fr, which the shop does not have; it has default:" in stderr
    assert state(shop)["core_store"] == before["core_store"]


def test_a_store_that_people_made_is_given_its_address(shop):
    shop.sql("INSERT INTO core_store (code, website_id, group_id) VALUES ('fr', 1, 1)")
    shop.write_stores(FRENCH)
    status, _, stderr = shop.release()
    assert status == 0, stderr
    assert shop.sql(ADDRESSES.format("store")) == "stores\tfr\thttp://fr.shop.test/"


def test_no_copy_of_the_passwords_is_left_behind(empty, tmp_path):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    assert empty.release(SHOP_MIGRATION_FAILS="install", TMPDIR=str(temporary))[0] == 1
    assert list(temporary.iterdir()) == []
    assert empty.release(TMPDIR=str(temporary))[0] == 0
    assert list(temporary.iterdir()) == []


def test_no_output_shows_a_password(empty):
    _, stdout, stderr = empty.release()
    assert stdout
    assert PASSWORD not in stdout + stderr


def test_an_administrator_is_never_changed_afterwards(shop):
    shop.sql("UPDATE admin_user SET password = 'changed', email = 'other@shop.test'")
    assert shop.release()[0] == 0
    assert shop.sql("SELECT password, email FROM admin_user") == "changed\tother@shop.test"


def test_cache_types_that_were_switched_off_stay_off(shop):
    shop.sql("UPDATE core_cache_option SET value = 0 WHERE code = 'block_html'")
    assert shop.release()[0] == 0
    assert shop.sql("SELECT value FROM core_cache_option WHERE code = 'block_html'") == "0"


def test_an_installation_that_was_cut_off_is_started_over(empty):
    status, _, stderr = empty.release(SHOP_MIGRATION_FAILS="install")
    assert status == 1
    assert "fails, as it was told to" in stderr
    assert empty.sql("SELECT state FROM openmage_release") == "installing"
    empty.sql("CREATE TABLE IF NOT EXISTS half_made (id INT)")
    assert empty.release()[0] == 0
    assert empty.sql("SELECT state FROM openmage_release") == "installed"
    assert "half_made" not in empty.tables()


def test_an_installation_that_was_killed_before_its_mark_was_whole_is_started_over(empty):
    empty.sql("CREATE TABLE openmage_release (state VARCHAR(20))")
    assert empty.release()[0] == 0
    assert empty.sql("SELECT state FROM openmage_release") == "installed"


@pytest.mark.parametrize("table", ["sales_flat_order", "customer_entity"])
def test_a_broken_installation_that_holds_data_is_never_dropped(shop, table):
    shop.sql("UPDATE openmage_release SET state = 'installing'")
    shop.sql(f"INSERT INTO {table} (entity_id) VALUES (1)")
    before = state(shop)
    status, _, stderr = shop.release()
    assert status == 1
    assert f"rows in {table}" in stderr
    assert state(shop) == before


def test_an_imported_shop_is_migrated_and_keeps_its_data(shop):
    shop.sql("DROP TABLE openmage_release")
    shop.sql("INSERT INTO sales_flat_order (token) VALUES ('precious')")
    shop.write_local_xml(release="r2")
    assert shop.release(SHOP_RELEASE="2")[0] == 0
    assert shop.sql("SELECT version FROM core_resource WHERE code = 'sales_setup'") == "1.2"
    assert shop.sql("SELECT token, note FROM sales_flat_order") == "precious\tNULL"


def test_a_database_of_something_else_is_refused(empty):
    empty.sql("CREATE TABLE wp_posts (id INT)")
    status, _, stderr = empty.release()
    assert status == 1
    assert "has tables, but no shop" in stderr
    assert empty.tables() == {"wp_posts"}


def test_a_migration_that_fails_fails_the_release_and_says_why(shop):
    status, _, stderr = shop.release(SHOP_RELEASE="2", SHOP_MIGRATION_FAILS="1")
    assert status == 1
    assert "the update of sales_setup from 1.1 fails" in stderr
    assert shop.sql("SELECT version FROM core_resource WHERE code = 'sales_setup'") == "1.1"


def test_a_release_leaves_the_cache_of_the_serving_one_alone(shop, servers):
    servers.redis_set("zc:k:r1_PAGE")
    servers.redis_set("zc:k:r2_STALE")
    shop.write_local_xml(release="r2")
    assert shop.release()[0] == 0
    assert servers.redis_keys("zc:k:r1_PAGE")
    assert servers.redis_keys("zc:k:r1_CONFIG_GLOBAL")
    assert servers.redis_keys("zc:k:r2_CONFIG_GLOBAL")
    assert not servers.redis_keys("zc:k:r2_STALE")


def test_a_shop_that_cannot_start_fails_the_release_though_openmage_exits_with_0(shop):
    shop.write_local_xml(redis=1)
    status, stdout, stderr = shop.release()
    assert status == 1
    assert "Connection refused" in stderr
    assert "DOCTYPE" not in stdout


def test_a_wrong_database_password_is_told_at_once(empty):
    empty.write_local_xml(password="wrong")  # noqa: S106 (it is wrong)
    started = time.monotonic()
    status, _, stderr = empty.release()
    assert status == 1
    assert "Access denied" in stderr
    assert time.monotonic() - started < 20


def test_a_missing_local_xml_is_told(empty):
    (empty.code / "app/etc/local.xml").unlink()
    status, _, stderr = empty.release()
    assert status == 1
    assert "local.xml is missing" in stderr


def test_tables_with_a_prefix_are_found(empty):
    empty.write_local_xml(prefix="om_")
    assert empty.release()[0] == 0
    assert {table[:3] for table in empty.tables()} == {"om_"}
    assert empty.release()[0] == 0
    assert empty.cron()[0] == 0


def test_of_two_releases_at_once_one_installs_and_the_other_finds_it_done(empty):
    both = [empty.start("release.php"), empty.start("release.php")]
    ended = [finish(process) for process in both]
    assert [status for status, _, _ in ended] == [0, 0]
    assert sorted("install" in stdout for _, stdout, _ in ended) == [False, True]


def test_cron_makes_a_schedule_and_runs_it(shop):
    assert shop.cron()[0] == 0
    assert int(shop.sql("SELECT COUNT(*) FROM cron_schedule WHERE status = 'pending'")) > 10
    assert shop.cron()[0] == 0
    assert shop.sql("SELECT status FROM cron_schedule WHERE executed_at IS NOT NULL") == "success"


def test_two_runs_of_cron_never_overlap(shop):
    configure(shop, "sleep", 5)
    due(shop, "sleep")
    with shop.start("cron.php", "-mdefault") as first:
        wait_for_job(shop)
        status, stdout, _ = shop.cron()
        assert status == 0
        assert "nothing to do" in stdout
        assert first.poll() is None
        assert finish(first)[0] == 0
    assert (
        shop.sql("SELECT status FROM cron_schedule WHERE job_code = 'sleep'").count("success") == 1
    )


def test_a_release_waits_for_a_run_of_cron_and_gives_up_in_the_end(shop):
    configure(shop, "sleep", 6)
    due(shop, "sleep")
    with shop.start("cron.php", "-mdefault") as run:
        wait_for_job(shop)
        status, _, stderr = shop.release(OPENMAGE_CRON_DRAIN_SECONDS="1")
        assert status == 1
        assert "has not ended in 1 s" in stderr
        assert shop.release()[0] == 0
        assert run.poll() is not None
        assert finish(run)[0] == 0


def test_cron_gives_way_to_a_release(shop):
    with shop.start(
        "release.php", environment={"SHOP_RELEASE": "2", "SHOP_MIGRATION_SECONDS": "4"}
    ) as release:
        time.sleep(2)
        assert release.poll() is None
        status, stdout, _ = shop.cron()
        assert status == 0
        assert "nothing to do" in stdout
        assert finish(release)[0] == 0


def wait_for_job(shop):
    deadline = time.monotonic() + 20
    while "running" not in shop.sql("SELECT status FROM cron_schedule"):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_failing_job_fails_the_run_and_is_named(shop):
    configure(shop, "fail", 1)
    due(shop, "fail")
    status, _, stderr = shop.cron()
    assert status == 1
    assert "cron: fail of " in stderr
    assert "failed, as it was told to" in stderr


def test_a_job_that_ends_the_whole_run_fails_it_and_is_named(shop):
    configure(shop, "fail", 2)
    due(shop, "fail")
    status, _, stderr = shop.cron()
    assert status == 1
    assert "did not end" in stderr
    configure(shop, "fail", 0)
    status, _, stderr = shop.cron()
    assert status == 0
    assert "was cut off in an earlier run" in stderr
    assert "running" not in shop.sql("SELECT status FROM cron_schedule")


def test_an_old_failure_does_not_fail_a_later_run(shop):
    configure(shop, "fail", 1)
    due(shop, "fail")
    assert shop.cron()[0] == 1
    configure(shop, "fail", 0)
    assert shop.cron()[0] == 0


def test_a_job_that_was_missed_is_named(shop):
    due(shop, "heartbeat", minutes=60)
    status, _, stderr = shop.cron()
    assert status == 0
    assert "heartbeat of" in stderr
    assert "was missed" in stderr


def test_cron_of_a_shop_that_is_not_installed_fails(empty):
    status, _, stderr = empty.cron()
    assert status == 1
    assert "not installed" in stderr


def test_cron_of_a_shop_that_cannot_start_fails_though_openmage_exits_with_0(shop):
    shop.write_local_xml(redis=1)
    status, _, stderr = shop.cron()
    assert status == 1
    assert "Connection refused" in stderr


def test_cron_without_a_mode_is_refused(shop):
    status, _, stderr = shop.run("cron.php")
    assert status == 1
    assert "a mode is needed" in stderr
