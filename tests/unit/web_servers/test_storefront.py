"""What the storefront answers, from nginx and from Apache."""

import pytest

from tests.web_servers import serving

SERVERS = ["nginx", "apache"]


@pytest.fixture(scope="module", params=SERVERS)
def old_layout(request):
    with serving(request.param, changes={"web": {"documentRoot": "."}}) as running:
        yield running


@pytest.mark.parametrize(
    "path",
    ["/", "/dresses/red.html", "/catalog/product/view/id/7", "/index.php/checkout/cart/", "/a b"],
)
def test_every_page_is_the_shops_front_controller(open_shop, path):
    told = open_shop.ask(path.replace(" ", "%20") + "?page=2").php

    assert told["script"] == "index.php"
    assert told["get"] == {"page": "2"}
    assert told["server"]["REQUEST_URI"] == path.replace(" ", "%20") + "?page=2"
    assert told["server"]["SCRIPT_NAME"] == "/index.php"
    assert told["server"]["SCRIPT_FILENAME"] == f"{open_shop.root}/index.php"


def test_the_old_layout_works_as_well(old_layout):
    told = old_layout.ask("/dresses.html").php

    assert told["server"]["SCRIPT_FILENAME"].endswith("/html/index.php")
    assert old_layout.ask("/skin/css/styles.css").status == 200
    assert old_layout.ask("/media/not-there-yet.jpg").php["script"] == "get.php"


@pytest.mark.parametrize(
    ("path", "get"),
    [
        ("/api/rest", {"type": "rest"}),
        ("/api/rest/products?limit=5", {"type": "rest", "limit": "5"}),
        ("/api.php?type=rest", {"type": "rest"}),
    ],
)
def test_the_rest_api_has_its_own_script(open_shop, path, get):
    told = open_shop.ask(path).php

    assert told["script"] == "api.php"
    assert told["get"] == get
    assert told["server"]["REQUEST_URI"] == path


@pytest.mark.parametrize("script", ["index.php", "api.php", "get.php"])
def test_three_scripts_run(open_shop, script):
    assert open_shop.ask(f"/{script}").php["script"] == script


def test_the_soap_api_is_a_page_of_the_shop(open_shop):
    assert open_shop.ask("/api/v2_soap/?wsdl=1").php["script"] == "index.php"


def test_a_media_file_that_is_not_there_yet_is_made(open_shop):
    assert open_shop.ask("/media/catalog/product/cache/a.jpg").php["script"] == "get.php"


def test_no_page_is_made_for_a_static_file_that_is_not_there(open_shop):
    for path in ("/skin/nothing.css", "/js/nothing.js", "/errors/nothing.png"):
        assert open_shop.ask(path).status == 404


@pytest.mark.parametrize(("path", "days"), [("/skin/css/styles.css", 7), ("/media/a.jpg", 30)])
def test_static_files_are_kept_by_browsers(open_shop, path, days):
    if path.startswith("/media"):
        (open_shop.folder / "html/media/a.jpg").write_bytes(b"jpeg")
    answer = open_shop.ask(path)

    assert answer.status == 200
    assert answer.headers["cache-control"] == f"max-age={days * 86400}"


def test_pages_carry_no_promise_about_caching(open_shop):
    assert "cache-control" not in open_shop.ask("/").headers


@pytest.mark.parametrize(
    ("host", "code", "kind"),
    [
        ("shop.test", "", "store"),
        ("shop.test:8080", "", "store"),
        ("de.shop.test", "german", "store"),
        ("b2b.test", "trade", "website"),
        ("B2B.test", "trade", "website"),
    ],
)
def test_each_host_shows_its_store(open_shop, host, code, kind):
    told = open_shop.ask("/", host=host).php["server"]

    assert told.get("MAGE_RUN_CODE", "") == code
    assert told["MAGE_RUN_TYPE"] == kind


@pytest.mark.parametrize(
    ("host", "target"), [("www.shop.test", "shop.test"), ("shop-de.test", "de.shop.test")]
)
def test_a_further_host_leads_to_the_one_that_counts(open_shop, host, target):
    answer = open_shop.ask("/a/b?c=d", host=host)

    assert answer.status == 301
    assert answer.headers["location"] == f"http://{target}/a/b?c=d"


@pytest.mark.parametrize("host", ["evil.test", "admin.shop.test", "shop.test.evil.test", "x", None])
def test_nothing_is_at_another_host(open_shop, host):
    assert open_shop.ask("/", host=host).status in {400, 404}
