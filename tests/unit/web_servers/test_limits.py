"""How often one client may ask for what is dear."""

import pytest

from tests.unit.web_servers.conftest import SERVERS
from tests.web_servers import serving

CLIENT, OTHER = "203.0.113.7", "203.0.113.8"
LIMITS = {"login": 6, "forms": 6, "checkout": 6, "search": 6, "admin": 6}
GUARDED = [
    ("POST", "/customer/account/loginPost/", 6),
    ("POST", "/index.php/customer/account/forgotpasswordpost", 6),
    ("POST", "/german/customer/account/loginPost/", 6),
    ("POST", "//customer//account/LOGINPOST/", 6),
    ("POST", "/customer/account/createpost/", 3),
    ("GET", "/newsletter/subscriber/new?email=a@b.test", 3),
    ("POST", "/review/product/post/id/1", 3),
    ("POST", "/wishlist/index/send/", 3),
    ("POST", "/checkout/onepage/saveOrder/", 11),
    ("GET", "/catalogsearch/result/?q=dress", 11),
]


@pytest.fixture(params=SERVERS)
def storefront(request):
    with serving(request.param, changes={"web": {"limits": LIMITS}}) as running:
        yield running


@pytest.fixture(params=SERVERS)
def admin(request):
    with serving(request.param, "admin", {"web": {"limits": LIMITS}}) as running:
        yield running


def burst(site, method, path, client, host="shop.test"):
    """Return how many requests of many at once are answered; the others are told to wait."""
    asked = [site.ask(path, host, method=method, X_Forwarded_For=client).status for _ in range(40)]
    assert set(asked) <= {200, 429}
    return asked.count(200)


@pytest.mark.parametrize(("method", "path", "allowed"), GUARDED)
def test_a_flood_is_cut_off_and_nobody_else_notices(storefront, method, path, allowed):
    # One more may come through while the flood lasts.
    assert burst(storefront, method, path, CLIENT) in {allowed, allowed + 1}
    assert storefront.ask(path, method=method, X_Forwarded_For=OTHER).status == 200
    assert storefront.ask("/", X_Forwarded_For=CLIENT).status == 200


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("path", ["/api/rest", "/api/rest/products", "/api.php", "/api/soap/"])
def test_a_flood_of_calls_of_the_api_is_cut_off(server, path):
    with serving(server, changes={"web": {"api": True, "limits": {"api": 6}}}) as site:
        asked = [site.ask(path, X_Forwarded_For=CLIENT).status for _ in range(70)]
        assert asked.count(200) in {61, 62}
        assert site.ask(path, X_Forwarded_For=OTHER).status == 200


def test_pages_are_not_limited(storefront):
    assert burst(storefront, "GET", "/dresses.html", CLIENT) == 40
    assert burst(storefront, "GET", "/customer/account/login/", CLIENT) == 40


def test_a_load_balancer_that_hides_its_clients_is_not_one_client(storefront):
    assert burst(storefront, "POST", "/customer/account/loginPost/", "192.168.1.1") == 40


def test_passwords_of_administrators_cannot_be_tried(admin):
    allowed = burst(admin, "POST", "/backoffice/", CLIENT, host="admin.shop.test")

    assert allowed in {21, 22}
    assert burst(admin, "GET", "/backoffice/", CLIENT, host="admin.shop.test") == 40


@pytest.mark.parametrize("server", SERVERS)
def test_a_limit_of_zero_is_none(server):
    with serving(server, changes={"web": {"limits": dict.fromkeys(LIMITS, 0)}}) as site:
        assert burst(site, "POST", "/customer/account/loginPost/", CLIENT) == 40
