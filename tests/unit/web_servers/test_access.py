"""Who is let in, and who a client is taken for, by nginx and by Apache."""

import base64
import hashlib
import http.server
import threading

import pytest

from tests.harness import PRODUCTION, merge
from tests.web_servers import serving
from tests.web_site import free_port

SERVERS = ["nginx", "apache"]
OFFICE, ELSEWHERE = "198.51.100.9", "203.0.113.7"
ADMIN = "admin.shop.test"


def basic(password):
    return "Basic " + base64.b64encode(f"visitor:{password}".encode()).decode()


@pytest.fixture(scope="module", params=SERVERS)
def admin(request):
    with serving(request.param, "admin", {"web": {"api": True}}) as running:
        yield running


@pytest.fixture(scope="module", params=SERVERS)
def guarded(request):
    access = {"admin": {"allow": ["198.51.100.0/24", "2001:db8::/32"], "basicAuth": True}}
    with serving(request.param, "admin", {"access": access}) as running:
        digest = base64.b64encode(hashlib.sha1(b"open", usedforsecurity=False).digest()).decode()
        file = running.folder / "etc/access/htpasswd"
        file.write_text(f"visitor:{{SHA}}{digest}\n")
        file.chmod(0o644)
        yield running


@pytest.fixture(scope="module", params=SERVERS)
def distrustful(request):
    with serving(request.param, changes={"edge": {"trustedProxies": ["10.0.0.0/8"]}}) as running:
        yield running


@pytest.fixture(scope="module", params=SERVERS)
def alone(request):
    changes = {
        "edge": {"trustedProxies": []},
        "access": {"shop": {"allow": ["198.51.100.0/24"]}},
    }
    with serving(request.param, changes=changes) as running:
        yield running


@pytest.fixture(scope="module", params=SERVERS)
def believing(request):
    with serving(request.param) as running:
        yield running


class _Echo(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(str(self.headers).encode())

    def log_message(self, format, *args):  # noqa: A002 (the name is the base class')
        pass


@pytest.fixture(scope="module", params=SERVERS)
def door(request):
    port = free_port()
    there = http.server.ThreadingHTTPServer(("127.0.0.1", port), _Echo)
    threading.Thread(target=there.serve_forever, daemon=True).start()
    changes = merge(
        PRODUCTION,
        {
            "phpMyAdmin": {"enabled": True, "host": "sql.shop.test", "allow": ["198.51.100.0/24"]},
            "images": {"phpmyadmin": PRODUCTION["images"]["mariadb"]},
        },
    )
    services = {"http://phpmyadmin": f"http://127.0.0.1:{port}"}
    with serving(request.param, "admin", changes, services) as running:
        yield running
    there.shutdown()
    there.server_close()


def test_the_admin_area_is_on_its_own_host(admin):
    assert admin.ask("/backoffice/", host=ADMIN).php["script"] == "index.php"
    assert admin.ask("/index.php/backoffice/dashboard/", host=ADMIN).php["script"] == "index.php"
    assert admin.ask("/backoffice/", host="shop.test").status == 404


def test_the_admin_host_leads_to_the_admin_area(admin):
    answer = admin.ask("/", host=ADMIN)

    assert answer.status == 302
    assert answer.headers["location"] in {"/backoffice/", f"http://{ADMIN}/backoffice/"}


@pytest.mark.parametrize("path", ["/api/rest", "/api.php", "/index.php/api/", "/api/"])
def test_the_api_is_the_storefronts_only(admin, path):
    assert admin.ask(path, host=ADMIN).status == 404


@pytest.mark.parametrize("path", ["/app/etc/local.xml", "/media/customer/letter.txt", "/cron.php"])
def test_the_admin_tier_denies_the_same(admin, path):
    assert admin.ask(path, host=ADMIN).status == 404


@pytest.mark.parametrize("path", ["/backoffice/", "/skin/css/styles.css", "/"])
def test_nobody_is_let_in_without_a_password(guarded, path):
    for headers in ({}, {"Authorization": basic("guess")}):
        answer = guarded.ask(path, host=ADMIN, X_Forwarded_For=OFFICE, **headers)

        assert answer.status == 401, answer.headers


@pytest.mark.parametrize("path", ["/backoffice/", "/skin/css/styles.css", "/"])
@pytest.mark.parametrize("client", [ELSEWHERE, f"{OFFICE}, {ELSEWHERE}", "2001:db9::1"])
def test_nobody_is_let_in_from_elsewhere(guarded, path, client):
    answer = guarded.ask(path, host=ADMIN, X_Forwarded_For=client, Authorization=basic("open"))

    assert answer.status == 403


@pytest.mark.parametrize("client", [OFFICE, "2001:db8::1", f"{ELSEWHERE}, {OFFICE}"])
def test_with_both_the_door_is_open(guarded, client):
    headers = {"X_Forwarded_For": client, "Authorization": basic("open")}

    assert guarded.ask("/backoffice/", host=ADMIN, **headers).status == 200
    assert guarded.ask("/", host=ADMIN, **headers).status == 302


def test_the_password_of_the_door_stays_at_the_door(guarded):
    told = guarded.ask(
        "/backoffice/", host=ADMIN, X_Forwarded_For=OFFICE, Authorization=basic("open")
    ).php["server"]

    assert not told.get("HTTP_AUTHORIZATION")
    assert not told.get("PHP_AUTH_PW")


def test_probes_need_no_password(guarded):
    assert guarded.ask("/live", port=guarded.private).status in {200, 204}


def test_a_client_is_who_the_trusted_proxy_says(believing):
    told = believing.ask("/", X_Forwarded_For=f"10.9.9.9, {ELSEWHERE}").php["server"]

    assert told["REMOTE_ADDR"] == ELSEWHERE
    assert told["HTTP_X_REAL_IP"] == ELSEWHERE


@pytest.mark.parametrize("header", ["X_Forwarded_For", "X_Real_IP", "Client_IP", "Forwarded"])
def test_a_stranger_cannot_be_somebody_else(distrustful, header):
    told = distrustful.ask("/", **{header: ELSEWHERE}).php["server"]

    assert told["REMOTE_ADDR"] == "127.0.0.1"
    assert told["HTTP_X_REAL_IP"] == "127.0.0.1"


def test_nobody_is_believed_where_no_proxy_is_trusted(alone):
    assert alone.ask("/", X_Forwarded_For=OFFICE).status == 403


def test_a_client_cannot_send_the_address_that_openmage_reads(believing):
    told = believing.ask("/", X_Forwarded_For=ELSEWHERE, X_Real_IP=OFFICE).php["server"]

    assert told["HTTP_X_REAL_IP"] == ELSEWHERE


def test_phpmyadmin_is_shown_to_those_who_are_listed(door):
    answer = door.ask(
        "/index.php?route=/", "sql.shop.test", X_Forwarded_Proto="https", X_Forwarded_For=OFFICE
    )

    assert answer.status == 200
    assert "Host: sql.shop.test" in answer.body
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


def test_phpmyadmin_hears_who_comes_and_how(door):
    told = door.ask("/", "sql.shop.test", X_Forwarded_Proto="https", X_Forwarded_For=OFFICE).body

    assert "X-Forwarded-Proto: https" in told
    assert f"X-Forwarded-For: {OFFICE}\n" in told


@pytest.mark.parametrize("client", [ELSEWHERE, f"{OFFICE}, {ELSEWHERE}", None])
def test_phpmyadmin_is_shown_to_nobody_else(door, client):
    headers = {} if client is None else {"X_Forwarded_For": client}

    assert door.ask("/", "sql.shop.test", X_Forwarded_Proto="https", **headers).status == 403


def test_phpmyadmin_is_shown_by_https_only(door):
    answer = door.ask("/x", "sql.shop.test", X_Forwarded_For=OFFICE)

    assert answer.status == 301
    assert answer.headers["location"] == "https://sql.shop.test/x"
