"""Claims about real pods in every topology: one living shop moves from one to the next."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.live import ADMIN, HOST, visited, wait_until

SPLIT = {
    "web": {
        "topology": "split",
        "storefront": {
            "autoscaling": {"scaleDownSeconds": 15},
            "nginx": {"autoscaling": {"minReplicas": 1, "maxReplicas": 3, "scaleDownSeconds": 15}},
        },
    }
}
APACHE = {
    "images": {"php": "openmage.local/apache:dev", "nginx": None},
    "web": {"topology": "apache"},
}
STORES = {
    "hosts": {
        "stores": [
            {"host": "fr.shop.test", "code": "fr", "redirects": ["shop-fr.test"]},
            {"host": "brand.test", "code": "brand", "type": "website"},
        ]
    }
}


pytestmark = pytest.mark.usefixtures("dev_stack")


def orders(shop):
    return json.loads(shop.curl("/orders").split(" ", 1)[1])["orders"]


def moved(shop, changes):
    """Bring a shop into another topology; return its refusals meanwhile."""
    assert shop.curl("/checkout/place?token=moving").startswith('200 {"order"')
    before = orders(shop)
    with visited(shop) as failed:
        shop.change(changes)
        shop.up()
    assert orders(shop) == before
    assert shop.status("/skin/css/styles.css") == 200
    assert shop.status("/backoffice/", ADMIN) == 200
    assert shop.status("/backoffice/", HOST) == 404
    assert shop.status("/app/etc/local.xml") == 404
    return failed


def replicas(shop):
    return {h["metadata"]["name"]: h["status"].get("currentReplicas", 0) for h in shop.get("hpa")}


def test_a_shop_moves_to_split_without_a_lost_request(shop):
    assert moved(shop, SPLIT) == []
    pods = {p["metadata"]["labels"]["app.kubernetes.io/instance"] for p in shop.get("pods")}
    assert {"storefront", "storefront-php", "admin"} <= pods


def test_a_load_scales_php_but_not_nginx(shop):
    wait_until(lambda: replicas(shop) == {"storefront": 1, "storefront-php": 1}, 300, 5)
    most = {"storefront": 1, "storefront-php": 1}
    stop = time.monotonic() + 150

    def visit():
        for _ in range(4000):
            if time.monotonic() > stop or most["storefront-php"] > 1:
                return
            shop.status("/catalog")

    with ThreadPoolExecutor(6) as visitors:
        visits = [visitors.submit(visit) for _ in range(6)]
        while time.monotonic() < stop and most["storefront-php"] == 1:
            most = {name: max(most[name], now) for name, now in replicas(shop).items()}
            time.sleep(3)
        for each in visits:
            each.result()
    assert most["storefront-php"] > 1
    assert most["storefront"] == 1


def test_static_files_come_while_php_is_gone(shop):
    shop.kubectl("scale", "deployment/storefront-php", "--replicas=0")
    try:
        wait_until(lambda: shop.status("/cart") in {502, 503, 504}, 120)
        assert shop.status("/skin/css/styles.css") == 200
    finally:
        shop.kubectl("scale", "deployment/storefront-php", "--replicas=1")
    wait_until(lambda: shop.status("/cart") == 200, 120)


def test_a_shop_moves_to_apache_without_a_lost_request(shop):
    assert moved(shop, APACHE) == []
    [pod] = shop.get("pods", "app.kubernetes.io/instance=storefront")[:1]
    assert [container["name"] for container in pod["spec"]["containers"]] == ["php"]


def test_apache_drains_when_its_pod_is_deleted(shop):
    least = '{"spec": {"minReplicas": %s}}'
    shop.kubectl("patch", "hpa", "storefront", "-p", least % 2)
    try:
        wait_until(lambda: len(_ready(shop)) == 2, 120)
        with visited(shop) as failed:
            shop.kubectl("delete", "pod", _ready(shop)[0])
            time.sleep(5)
    finally:
        shop.kubectl("patch", "hpa", "storefront", "-p", least % 1)
    assert failed == []


def _ready(shop):
    return [
        pod["metadata"]["name"]
        for pod in shop.get("pods", "app.kubernetes.io/instance=storefront")
        if any(c["type"] == "Ready" and c["status"] == "True" for c in pod["status"]["conditions"])
        and "deletionTimestamp" not in pod["metadata"]
    ]


def test_hosts_show_their_own_stores(shop):
    shop.sql("INSERT INTO core_website (code, name) VALUES ('brand', 'brand')")
    website = "(SELECT website_id FROM core_website WHERE code = 'brand')"
    shop.sql(
        "INSERT INTO core_store (code, website_id, group_id, name, is_active) VALUES"
        f" ('fr', 1, 1, 'fr', 1), ('brand_en', {website}, 1, 'brand', 1)"
    )
    shop.change(STORES)
    shop.up()
    assert "home at http://shop.test/<" in shop.curl("/")
    assert "home at http://fr.shop.test/<" in shop.curl("/", host="fr.shop.test")
    assert "home at http://brand.test/<" in shop.curl("/", host="brand.test")
    redirected = shop.curl("/catalog?x=1", "--dump-header", "-", host="shop-fr.test")
    assert redirected.startswith("301 ")
    assert "http://fr.shop.test/catalog?x=1" in redirected


def test_a_store_that_nobody_made_stops_the_release_and_nothing_else(shop):
    stores = [*STORES["hosts"]["stores"], {"host": "de.shop.test", "code": "de"}]
    shop.change({"hosts": {"stores": stores}})
    with pytest.raises(Exception, match="the store de, which the shop does not have"):
        shop.up()
    assert shop.status("/", host="fr.shop.test") == 200


def test_strangers_are_asked_for_a_password(shop):
    shop.change({"access": {"shop": {"basicAuth": True}}})
    shop.up()
    password = shop.stack.outputs()["accessPassword"].value
    assert shop.status("/") == 401
    assert shop.status("/skin/css/styles.css") == 401
    assert shop.status("/backoffice/", ADMIN) == 200
    assert shop.curl("/", "--user", f"visitor:{password}").startswith("200 ")
    assert shop.curl("/", "--user", "visitor:wrong").startswith("401 ")


def test_networks_that_are_not_listed_are_kept_out(shop):
    shop.change({"access": {"admin": {"allow": ["203.0.113.0/24"]}}})
    shop.up()
    assert shop.status("/backoffice/", ADMIN) == 403
    assert shop.status("/") == 200


def test_phpmyadmin_is_reached_by_its_host_from_the_listed_networks_only(shop):
    # The edge of the test cluster is on this machine: its visitors come from 127.0.0.1.
    door = {"enabled": True, "host": "db.shop.test"}
    shop.change({"phpMyAdmin": {**door, "allow": ["10.0.0.0/8", "127.0.0.1/32"]}})
    shop.up()
    page = shop.curl("/", host="db.shop.test")
    assert page.startswith("200 ")
    assert "pma_username" in page
    shop.change({"phpMyAdmin": {**door, "allow": ["203.0.113.0/24"]}})
    shop.up()
    assert shop.status("/", host="db.shop.test") == 403
