"""What the real engine does with the program, on a real cluster."""

import pytest

DATA = {"Namespace tenant", "PersistentVolumeClaim media", "PersistentVolumeClaim database-data"}
DATA |= {"RandomPassword config-crypt-key", "RandomPassword database-password"}


@pytest.fixture(scope="module")
def first(shop):
    """Return the steps of the first preview and of the first update."""
    return shop.steps(shop.stack.preview), shop.steps(shop.stack.up)


def test_the_preview_shows_what_the_update_creates(first):
    previewed, created = first
    assert set(previewed) == {"create"}
    assert previewed["create"] == created["create"]
    assert set(created) == {"create"}


def test_a_second_update_changes_nothing(shop, first):
    assert set(shop.steps(shop.stack.up)) == {"same"}


def test_a_preview_of_an_unchanged_stack_is_empty(shop, first):
    shop.stack.preview(expect_no_changes=True)


def test_the_outputs_name_the_shop_and_hide_the_password(shop, first):
    outputs = shop.stack.outputs()
    assert outputs["shopUrl"].value == "http://shop.test/"
    assert outputs["adminUrl"].value == "http://admin.shop.test/backoffice/"
    assert outputs["adminPassword"].secret


def test_a_changed_setting_replaces_nothing_that_holds_data(shop, first):
    shop.change(
        {
            "preset": "small",
            "php": {"memoryLimit": "256M"},
            "database": {"mode": "volume", "maxConnections": 80, "storage": {"size": "9Gi"}},
            "store": {"locale": "de_DE"},
        }
    )
    steps = shop.steps(shop.stack.preview)
    moved = {name for op, names in steps.items() if op not in {"same", "update"} for name in names}
    assert moved
    assert moved & DATA == set()
    assert "PersistentVolumeClaim database-data" in steps["update"]
    shop.change({})


def test_deleting_the_releases_job_and_updating_again_does_no_harm(shop, first):
    before = shop.sql("SELECT COUNT(*) FROM admin_user")
    shop.kubectl("delete", "job", "--all")
    shop.stack.up(refresh=True)
    assert shop.sql("SELECT COUNT(*) FROM admin_user") == before == "1"
    [job] = [j for j in shop.get("jobs") if j["metadata"]["name"].startswith("release-")]
    assert job["status"].get("succeeded") == 1
    assert shop.status("/") == 200


def test_a_release_whose_migration_fails_leaves_the_old_one_serving(shop, first):
    shop.change({"images": {"php": "openmage.local/php:broken"}})
    with pytest.raises(Exception, match="release"):
        shop.up()
    assert shop.status("/") == 200
    [deployment] = [d for d in shop.get("deployments") if d["metadata"]["name"] == "storefront"]
    [php] = deployment["spec"]["template"]["spec"]["initContainers"]
    assert php["image"] == "openmage.local/php:dev"
    shop.change({})
    shop.up()
    assert shop.status("/") == 200
