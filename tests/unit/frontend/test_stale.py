"""What visitors see while the shop does not answer, in a real Varnish."""

import itertools
import time

import pytest

_NUMBERS = itertools.count()


@pytest.fixture(scope="module")
def unsteady(start, shop):
    """Give a shop that a test may stop, behind a Varnish of its own."""
    toy = type(shop)()
    with start(toy) as found:
        yield found
    toy.stop()


@pytest.fixture
def cache(unsteady):
    # For a while after the shop is back Varnish asks it nothing, and how long depends on the load.
    unsteady.shop.start()
    alive = unsteady.shop.say(f"/checkout/{next(_NUMBERS)}")
    until = time.monotonic() + 10
    while unsteady.get(alive).status != 200:
        assert time.monotonic() < until, "Varnish does not come back to the shop"
        time.sleep(0.1)
    yield unsteady
    unsteady.shop.stop()


def well(cache):
    """Wait until Varnish finds the shop well: three probes of five."""
    until = time.monotonic() + 10
    while cache.get("/openmage-health").status != 204:
        assert time.monotonic() < until, "Varnish still finds the shop down"
        time.sleep(0.1)


def stale(cache, where="/skin"):
    """Return an address whose answer is too old to be served while all is well."""
    path = cache.shop.say(f"{where}/{next(_NUMBERS)}", Cache_Control="public, max-age=1")
    assert cache.get(path).body == "1"
    time.sleep(1.6)
    return path


def down(cache):
    """Stop the shop, and wait until Varnish knows."""
    cache.shop.stop()
    time.sleep(1)


@pytest.mark.parametrize("where", ["/skin", "/page"])
def test_what_is_old_is_asked_for_again_while_the_shop_is_well(cache, where):
    path = stale(cache, where)
    assert cache.get(path).body == "2"


@pytest.mark.parametrize("where", ["/skin", "/page"])
def test_what_is_old_is_served_while_the_shop_is_down(cache, where):
    path = stale(cache, where)
    down(cache)
    for _ in range(3):
        answer = cache.get(path)
        assert (answer.status, answer.body) == (200, "1")


@pytest.mark.parametrize("where", ["/skin", "/page"])
def test_what_is_old_is_served_before_it_is_known_that_the_shop_is_down(cache, where):
    path = stale(cache, where)
    cache.shop.stop()
    answer = cache.get(path)
    assert (answer.status, answer.body) == (200, "1")


@pytest.mark.parametrize("where", ["/skin", "/page"])
@pytest.mark.parametrize("status", [500, 502, 503])
def test_what_is_old_is_served_in_place_of_an_error(cache, where, status):
    path = stale(cache, where)
    cache.shop.say(path, status=status)
    assert [cache.get(path).body for _ in range(3)] == ["1", "1", "1"]
    cache.shop.say(path, Cache_Control="public, max-age=600")
    until = time.monotonic() + 10
    # On a busy machine a probe may have come too late, and Varnish spares the shop for a while.
    while cache.get(path).body == "1":
        assert time.monotonic() < until, "stale pages are still served"
        time.sleep(0.1)


def test_what_was_never_seen_gets_a_page_that_says_when_to_come_back(cache):
    down(cache)
    for path in ("/skin/new.css", "/page", "/checkout/cart"):
        answer = cache.get(path)
        assert answer.status == 503, path
        assert answer.headers["Retry-After"] == "30"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "try again" in answer.body


def test_an_error_that_nothing_old_hides_is_asked_for_once(cache):
    path = cache.shop.say("/page/broken", status=500)
    assert cache.get(path).status == 503
    assert cache.shop.count(path) == 1


def test_an_error_of_what_is_passed_is_the_shops_own(cache):
    path = cache.shop.say("/checkout/cart", status=500)
    assert cache.get(path).body == "1"


def test_an_error_is_not_kept(cache):
    path = cache.shop.say("/skin/broken.css", status=503)
    assert cache.get(path).status == 503
    cache.shop.say(path)
    assert cache.get(path).status == 200


def test_an_order_is_not_sent_twice(cache):
    path = cache.shop.say("/checkout/onepage/saveOrder", status=503)
    cache.get(path, method="POST")
    assert cache.shop.count(path) == 1


def test_varnish_is_ready_while_the_shop_is_not(cache):
    down(cache)
    assert cache.tell("GET", "/ready").status == cache.tell("GET", "/live").status == 200


def test_visitors_are_served_as_soon_as_the_shop_is_back(cache):
    down(cache)
    assert cache.get("/page/back").status == 503
    cache.shop.start()
    well(cache)
    assert cache.get("/page/back").status == 200


def test_a_page_may_take_as_long_as_the_shop_lets_it(cache):
    path = cache.shop.say("/page/slow", delay=3)
    assert cache.get(path).status == 200
