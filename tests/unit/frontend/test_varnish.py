"""What the program's VCL does, in a real Varnish: what it keeps, passes and throws away."""

import itertools
import time

import pytest

_NUMBERS = itertools.count()
PUBLIC = "public, max-age=600"


def eventually(claim):
    until = time.monotonic() + 5
    while not claim():
        assert time.monotonic() < until, "it never came true"
        time.sleep(0.05)


def fresh(where="/skin", end=".css"):
    return f"{where}/{next(_NUMBERS)}{end}"


def test_a_static_file_is_asked_for_once(cache):
    for folder in ("/skin", "/js", "/media", "/errors"):
        path = fresh(folder)
        answers = [cache.get(path) for _ in range(3)]
        assert [answer.cache for answer in answers] == ["miss", "hit", "hit"]
        assert [answer.body for answer in answers] == ["1", "1", "1"]


def test_a_static_file_is_the_same_with_any_cookie_and_gives_none(cache):
    path = cache.shop.say(fresh(), Set_Cookie="om_frontend=1")
    first = cache.get(path, Cookie="om_frontend=one")
    assert cache.get(path, Cookie="om_frontend=two").cache == "hit"
    assert first.headers["Set-Cookie"] is None
    assert cache.shop.requests(path)[0]["Cookie"] is None


def test_what_advertisements_add_to_an_address_makes_no_other_file(cache):
    path = fresh()
    cache.get(f"{path}?b=2&utm_source=mail&a=1&gclid=x")
    assert cache.get(f"{path}?fbclid=y&a=1&b=2").cache == "hit"
    assert cache.get(f"{path}?a=1&b=3").cache == "miss"
    plain = fresh()
    cache.get(plain)
    assert cache.get(f"{plain}?utm_campaign=x&msclkid=3").cache == "hit"


def test_the_shop_still_sees_what_advertisements_add(cache):
    path = fresh("/landing", "")
    cache.get(f"{path}?gclid=abc", method="POST")
    cache.get(f"{path}?gclid=abc")
    assert [url for _, url, _ in cache.shop.seen if path in url] == [f"{path}?gclid=abc"] * 2


def test_each_host_and_scheme_has_answers_of_its_own(cache):
    path = cache.shop.say(fresh(), status=301, Location="https://shop.test/")
    assert cache.get(path, X_Forwarded_Proto="http").status == 301
    cache.shop.say(path)
    assert cache.get(path, X_Forwarded_Proto="https").status == 200
    assert cache.get(path, X_Forwarded_Proto="http").status == 301
    assert cache.get(path, Host="other.test", X_Forwarded_Proto="https").cache == "miss"


def test_a_host_is_the_same_in_capitals_and_with_a_port(cache):
    path = fresh()
    cache.get(path, Host="Shop.Test:443")
    assert cache.get(path, Host="shop.test.").cache == "hit"
    assert cache.shop.requests(path)[0]["Host"] == "shop.test"


def test_a_path_that_only_looks_like_a_file_is_passed(cache):
    for path in ("/skin/../customer/account", "/js//x", "/media/%2e%2e/checkout", "/js/a.php"):
        assert [cache.get(path).cache for _ in range(2)] == ["pass", "pass"], path


def test_a_file_that_says_it_is_private_is_not_kept(cache):
    for value in ("private, max-age=9", "no-store", "no-cache", "max-age=0"):
        path = cache.shop.say(fresh(), Cache_Control=value)
        assert [cache.get(path).body for _ in range(2)] == ["1", "2"], value


def test_a_large_file_does_not_push_out_small_ones(cache):
    path = cache.shop.say(fresh("/media", ".zip"), size="1000001")
    assert [cache.get(path).body for _ in range(2)] == ["1", "2"]
    path = cache.shop.say(fresh("/media", ".zip"), size="999999")
    assert [cache.get(path).body for _ in range(2)] == ["1", "1"]


def test_a_change_that_nobody_tells_of_is_seen_in_the_end(cache):
    path = cache.shop.say(fresh(), Cache_Control="max-age=2592000")
    assert [cache.get(path).body for _ in range(2)] == ["1", "1"]
    # An hour, but for the test's clock.
    eventually(lambda: cache.get(path).body == "2")


def test_a_missing_file_is_asked_for_again_after_seconds(cache):
    path = cache.shop.say(fresh("/media", ".jpg"), status=404, Cache_Control="max-age=9999")
    assert cache.get(path).status == cache.get(path).status == 404
    assert cache.shop.count(path) == 1
    cache.shop.say(path)
    eventually(lambda: cache.get(path).status == 200)


@pytest.mark.parametrize("method", ["DELETE", "OPTIONS", "PATCH", "POST", "PUT"])
def test_what_may_change_something_is_passed(cache, method):
    path = fresh()
    cache.get(path)
    assert cache.get(path, method=method).body == "2"
    assert cache.get(path).body == "1"


@pytest.mark.parametrize("method", ["TRACE", "BAN", "PURGE", "CONNECT", "PROPFIND"])
def test_any_other_method_is_refused_on_the_way_of_visitors(cache, method):
    path = fresh()
    cache.get(path)
    assert cache.get(path, method=method).status == 405
    assert cache.get(path).cache == "hit"


def test_a_request_with_a_password_is_passed(cache):
    path = fresh()
    cache.get(path)
    assert cache.get(path, Authorization="Basic eDp5").body == "2"


def test_without_html_no_page_is_kept(files_only):
    path = files_only.shop.say(fresh("/page", ".html"), Cache_Control=PUBLIC)
    assert [files_only.get(path).body for _ in range(2)] == ["1", "2"]
    assert files_only.get(fresh()).cache == "miss"


def test_a_page_that_says_it_is_public_is_kept(cache):
    path = cache.shop.say(fresh("/page", ".html"), Cache_Control=PUBLIC)
    assert [cache.get(path).body for _ in range(2)] == ["1", "1"]


def test_a_page_that_belongs_to_somebody_is_not_kept(cache):
    for headers in (
        {},
        {"Cache_Control": "no-store"},
        {"Cache_Control": "public, no-cache"},
        {"Cache_Control": PUBLIC, "Set_Cookie": "om_frontend=1"},
        {"Cache_Control": PUBLIC, "Vary": "Accept-Encoding, Cookie"},
        {"Cache_Control": PUBLIC, "Vary": "User-Agent"},
        {"Cache_Control": PUBLIC, "status": 302},
    ):
        path = fresh("/page", ".html")
        cache.shop.say(path, **headers)
        assert [cache.get(path).body for _ in range(2)] == ["1", "2"], headers


def test_visitors_do_not_queue_for_a_page_that_is_not_kept(cache):
    import concurrent.futures

    path = cache.shop.say(fresh("/page", ".html"), delay=0.5)
    cache.get(path)
    started = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: cache.get(path), range(6)))
    assert time.monotonic() - started < 1.5


def test_a_page_is_kept_as_soon_as_it_may_be(cache):
    path = cache.shop.say(fresh("/page", ".html"), Set_Cookie="a=b", Cache_Control=PUBLIC)
    cache.get(path)
    cache.shop.say(path, Cache_Control=PUBLIC)
    assert [cache.get(path).body for _ in range(2)] == ["2", "2"]


@pytest.mark.parametrize(
    "url",
    [
        "/backoffice",
        "/checkout/cart/",
        "/customer/account",
        "/index.php/checkout/onepage",
        "/de/customer/account/login",
        "/api/rest/products",
        "/api.php?type=rest",
        "/Checkout/cart",
        "/wishlist?x=1",
    ],
)
def test_what_belongs_to_one_visitor_is_passed_whatever_it_says(cache, url):
    cache.shop.say(url.partition("?")[0], Cache_Control=PUBLIC)
    assert {cache.get(url).cache for _ in range(2)} == {"pass"}


def test_a_page_whose_name_begins_like_the_checkout_is_kept(cache):
    path = cache.shop.say("/checkout-our-offers.html", Cache_Control=PUBLIC)
    assert [cache.get(path).cache for _ in range(2)] == ["miss", "hit"]


def test_a_page_is_kept_for_each_store_and_currency(cache):
    path = cache.shop.say(fresh("/page", ".html"), Cache_Control=PUBLIC)
    chosen = ("a=b", "store=de", "a=b; store=fr", "currency=EUR", "store=de; currency=EUR")
    assert [cache.get(path, Cookie=cookie).body for cookie in chosen] == list("12345")
    assert cache.get(path, Cookie="om_frontend=9; store=fr; x=y").body == "3"
    assert cache.get(path, Cookie="restore=de").body == "1"


def test_a_visitor_with_pages_of_his_own_is_shown_them(cache):
    path = cache.shop.say(fresh("/page", ".html"), Cache_Control=PUBLIC)
    cache.get(path)
    assert cache.get(path, Cookie="a=b; EXTERNAL_NO_CACHE=1").body == "2"
    assert cache.get(path, Cookie="external_no_cache=; a=b").body == "1"


def test_the_shop_sees_the_cookies_of_a_page(cache):
    path = fresh("/page", ".html")
    cache.get(path, Cookie="om_frontend=1")
    assert cache.shop.requests(path)[0]["Cookie"] == "om_frontend=1"


def test_who_came_by_which_way_is_passed_on(cache):
    path = fresh("/page", ".html")
    cache.get(path, X_Forwarded_For="203.0.113.7", X_Forwarded_Proto="https")
    [seen] = cache.shop.requests(path)
    assert seen["X-Forwarded-For"].replace(" ", "") == "203.0.113.7,127.0.0.1"
    assert seen["X-Forwarded-Proto"] == "https"


def test_nothing_is_told_of_what_is_inside(cache):
    path = cache.shop.say(fresh(), X_Cache_Tags="catalog_product_1")
    headers = cache.get(path).headers
    for name in ("X-Cache-Tags", "X-Cache-Url", "X-Cache-Host", "X-Varnish", "Via"):
        assert headers[name] is None


def test_a_visitor_cannot_choose_what_an_answer_is_kept_as(cache):
    page = fresh("/page", ".html")
    bodies = [
        cache.get(page, X_Cache_Kind="static", X_Cache_Url="/skin/a.css").body for _ in range(2)
    ]
    assert bodies == ["1", "2"]


def test_a_shop_with_a_door_is_never_served_from_the_cache(start, shop):
    with start(shop, restricted=True) as closed:
        path = shop.say(fresh(), Cache_Control=PUBLIC)
        assert [closed.get(path).body for _ in range(2)] == ["1", "2"]
        shop.say(path, status=401, WWW_Authenticate="Basic")
        assert closed.get(path).status == 401


def test_behind_the_terminator_the_client_is_who_it_has_named(start, shop):
    with start(shop, terminator=True) as behind:
        path = fresh("/page", ".html")
        behind.get(path, X_Forwarded_For="203.0.113.7", X_Real_IP="203.0.113.7")
        [seen] = shop.requests(path)
        assert seen["X-Forwarded-For"] == "203.0.113.7"
