"""Claims about real pods: what the shop answers, and what it survives."""

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.live import ADMIN, HOST, confirmed_orders, visited, wait_until

HIDDEN = [
    "/app/etc/local.xml",
    "/.git/HEAD",
    "/cron.php",
    "/install.php",
    "/composer.json",
    "/var/.keep",
    "/media/customer/letter.txt",
    "/errors/design.xml",
    "/api/rest/products",
    "/api.php",
    "/index.php/api/soap",
    "/skin/../app/etc/local.xml",
    "/js/evil.php",
]


@pytest.fixture(scope="module", autouse=True)
def running(shop):
    shop.up()


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_shop_answers_through_the_edge(shop, scheme):
    assert shop.status("/", scheme=scheme) == 200
    assert shop.status("/catalog", scheme=scheme) == 200


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_admin_area_answers_on_its_own_host_only(shop, scheme):
    assert shop.status("/backoffice/", ADMIN, scheme) == 200
    assert shop.status("/backoffice/", HOST, scheme) == 404
    assert shop.status("/index.php/backoffice/", HOST, scheme) == 404


def test_no_header_leads_a_visitor_into_the_admin_area(shop):
    for header in ("X-Rewrite-Url", "X-Original-Url"):
        answer = shop.curl("/", "--header", f"{header}: /backoffice/")
        assert "Log into Admin" not in answer
        assert answer.startswith("200 ")


@pytest.mark.parametrize("host", [HOST, ADMIN])
@pytest.mark.parametrize("path", HIDDEN)
def test_what_must_not_be_seen_is_not_there(shop, host, path):
    assert shop.status(path, host) == 404


def test_static_files_are_served_and_missing_media_is_missing(shop):
    assert shop.status("/skin/css/styles.css") == 200
    assert shop.status("/js/shop.js") == 200
    assert shop.status("/robots.txt") == 200
    assert shop.status("/media/catalog/none.jpg") == 404


def test_the_generated_password_opens_the_admin_area_and_a_wrong_one_does_not(shop):
    password = shop.stack.outputs()["adminPassword"].value
    for given, status in ((password, "200"), ("wrong", "403")):
        answer = shop.curl(
            "/backoffice/",
            *("--data", "username=shopadmin", "--data-urlencode", f"password={given}"),
            host=ADMIN,
        )
        assert answer.startswith(status)


def test_every_pod_was_admitted_as_restricted(shop):
    [namespace] = json.loads(shop.kubectl("get", "namespace", shop.namespace, "-o", "json"))[
        "metadata"
    ]["labels"].items() & {("pod-security.kubernetes.io/enforce", "restricted")}
    assert namespace
    assert shop.get("pods")


def test_cron_runs_each_minute_and_the_table_shows_it(shop):
    count = "SELECT COUNT(*) FROM cron_schedule WHERE job_code = 'heartbeat' AND status = 'success'"
    before = int(shop.sql(count))
    wait_until(lambda: int(shop.sql(count)) >= before + 2, 150, 5)


def test_two_runs_of_cron_never_overlap_even_when_one_takes_150_seconds(shop):
    row = "('default', 0, 'test/cron/sleep', '{}')"
    write = "REPLACE INTO core_config_data (scope, scope_id, path, value) VALUES " + row
    shop.sql(write.format(150))
    try:
        running = (
            "SELECT COUNT(*) FROM cron_schedule WHERE job_code = 'sleep' AND status = 'running'"
        )
        wait_until(lambda: shop.sql(running) == "1", 90, 2)
        # One that is started by hand gives way as well: the lock is in the database.
        shop.kubectl("create", "job", "by-hand", "--from=cronjob/cron")
        # Read at once: the CronJob's history forgets jobs that have succeeded.
        logs = ("logs", "job/by-hand", "--ignore-errors")
        wait_until(lambda: "nothing to do" in shop.kubectl(*logs, check=False), 60)
        done = "SELECT COUNT(*) FROM cron_schedule WHERE job_code = 'sleep' AND status = 'success'"
        most = 0
        deadline = time.monotonic() + 200
        while shop.sql(done) == "0" and time.monotonic() < deadline:
            most = max(most, int(shop.sql(running)))
            time.sleep(5)
        assert most == 1
        assert int(shop.sql(done)) >= 1
    finally:
        shop.sql(write.format(0))
        shop.kubectl("delete", "job", "by-hand", check=False)


def test_a_failing_job_of_openmage_is_a_failed_job_of_kubernetes(shop):
    row = "('default', 0, 'test/cron/fail', '{}')"
    write = "REPLACE INTO core_config_data (scope, scope_id, path, value) VALUES " + row
    wait_until(lambda: not _cron_is_running(shop), 200, 5)
    shop.sql(write.format(1))
    try:
        wait_until(lambda: any(j["status"].get("failed") for j in _cron_jobs(shop)), 150, 5)
    finally:
        shop.sql(write.format(0))


def _cron_jobs(shop):
    return [job for job in shop.get("jobs") if job["metadata"]["name"].startswith("cron-")]


def _cron_is_running(shop):
    return any(job["status"].get("active") for job in _cron_jobs(shop))


def test_a_cart_survives_the_deletion_of_every_web_pod(shop):
    answer = shop.curl("/cart/add?sku=hat", "--dump-header", "-")
    cookie = re.search(r"om_frontend=[a-f0-9]+", answer)
    assert cookie
    web = "app.kubernetes.io/instance in (storefront,admin)"
    # Waits until every one of them is gone: what answers then is new.
    shop.kubectl("delete", "pod", "-l", web)
    wait_until(lambda: shop.status("/") == 200, 120)
    assert '"hat"' in shop.curl("/cart", "--cookie", cookie[0])


def test_deleting_the_database_pod_loses_no_confirmed_order(shop):
    def lose():
        shop.kubectl("delete", "pod", "database-0", "--wait=false")

    confirmed = confirmed_orders(shop, 40, lose)
    wait_until(lambda: shop.status("/orders") == 200, 120)
    stored = set(shop.sql("SELECT token FROM sales_flat_order").split())
    assert len(confirmed) > 20
    assert confirmed - stored == set()


def test_the_storefront_scales_under_load_and_back(shop):
    def pods():
        [scaler] = shop.get("hpa")
        return scaler["status"].get("currentReplicas", 0)

    wait_until(lambda: pods() == 1, 300, 5)
    stop = time.monotonic() + 150

    def visit(_):
        for _request in range(5000):
            if time.monotonic() > stop or pods_seen[0] > 1:
                return
            shop.status("/catalog")

    pods_seen = [1]
    with ThreadPoolExecutor(6) as visitors:
        list_of = [visitors.submit(visit, number) for number in range(6)]
        while time.monotonic() < stop and pods_seen[0] == 1:
            pods_seen[0] = pods()
            time.sleep(3)
        for each in list_of:
            each.result()
    assert pods_seen[0] > 1
    wait_until(lambda: pods() == 1, 300, 5)


def test_a_new_image_migrates_and_then_serves_without_a_lost_request(shop):
    shop.change({"images": {"php": "openmage.local/php:2"}})
    with visited(shop) as failed:
        shop.up()
    assert failed == []
    assert shop.sql("SELECT version FROM core_resource WHERE code = 'sales_setup'") == "1.2"


def test_nothing_is_written_outside_var_media_and_tmp(shop):
    [pod] = shop.get("pods", "app.kubernetes.io/instance=admin")[:1]
    name = pod["metadata"]["name"]
    code = "/var/www/html"
    command = (
        f"touch {code}/index.php /usr/x 2>&1; touch /tmp/x {code}/var/x {code}/media/x && echo fine"
    )
    answer = shop.kubectl("exec", name, "-c", "php", "--", "sh", "-c", command)
    assert answer.count("cannot touch") == 2
    assert "fine" in answer
