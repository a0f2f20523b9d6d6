"""What the servers tell browsers, PHP and the log, and what they keep from them."""

import json

import pytest

CLIENT = "203.0.113.7"


def test_visitors_of_http_are_sent_to_https(secure_shop):
    for headers in ({}, {"X_Forwarded_Proto": "http"}, {"X_Forwarded_Proto": "ftp"}):
        answer = secure_shop.ask("/a?b=c", host="shop.test:80", **headers)

        assert answer.status == 301
        assert answer.headers["location"] == "https://shop.test/a?b=c"


@pytest.mark.parametrize(
    "path",
    ["/a%20b?c=%20d", "/gr%C3%BCn?x=%26y", "/a%0d%0aX-Evil:%20yes", "/a%3Fb?c", "/?a=b&c=d%25"],
)
def test_a_redirect_keeps_the_address_as_it_was_written(secure_shop, path):
    answer = secure_shop.ask(path)

    assert answer.status in {301, 403, 404}
    assert "x-evil" not in answer.headers
    if answer.status == 301:
        assert answer.headers["location"].lower() == f"https://shop.test{path}".lower()


def test_a_further_host_leads_to_https_at_once(secure_shop):
    answer = secure_shop.ask("/a", host="www.shop.test")

    assert answer.headers["location"] == "https://shop.test/a"


def test_php_knows_that_the_visitor_came_by_https(secure_shop):
    told = secure_shop.ask("/", X_Forwarded_Proto="https").php["server"]

    assert told["HTTPS"] == "on"
    assert told["HTTP_X_FORWARDED_PROTO"] == "https"
    assert secure_shop.ask("/robots.txt", X_Forwarded_Proto="https").status == 200


def test_php_knows_that_the_visitor_came_by_http(open_shop):
    told = open_shop.ask("/").php["server"]

    assert not told.get("HTTPS")
    assert told["HTTP_X_FORWARDED_PROTO"] == "http"


@pytest.mark.parametrize(
    "path", ["/", "/skin/css/styles.css", "/app/etc/local.xml", "/skin/no.css"]
)
def test_every_answer_protects_the_browser(secure_shop, path):
    headers = secure_shop.ask(path, X_Forwarded_Proto="https").headers

    assert headers["strict-transport-security"] == "max-age=31536000"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert headers["referrer-policy"] == "strict-origin-when-cross-origin"


def test_what_php_says_about_frames_is_not_said_twice(open_shop):
    for said in ("SAMEORIGIN", "DENY"):
        headers = open_shop.ask(f"/?frames={said}").headers

        assert headers["x-frame-options"] == said
        assert headers["x-content-type-options"] == "nosniff"


def test_a_further_host_binds_browsers_to_https_too(secure_shop):
    answer = secure_shop.ask("/a", host="www.shop.test", X_Forwarded_Proto="https")

    assert answer.status == 301
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


def test_only_production_binds_browsers_to_https(open_shop):
    assert "strict-transport-security" not in open_shop.ask("/").headers


def test_no_answer_tells_a_version(open_shop):
    for path in ("/", "/skin/no.css"):
        answer = open_shop.ask(path)

        assert not any(character.isdigit() for character in answer.headers["server"])
        assert "debian" not in answer.body.lower() or answer.status == 200


def test_a_token_reaches_the_api(open_shop):
    told = open_shop.ask("/api/rest", Authorization="OAuth token").php["server"]

    assert told["HTTP_AUTHORIZATION"] == "OAuth token"


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ("Proxy", "HTTP_PROXY"),
        ("X_Rewrite_URL", "HTTP_X_REWRITE_URL"),
        ("X_Original_URL", "HTTP_X_ORIGINAL_URL"),
        ("Ssl_Offloaded", "HTTP_SSL_OFFLOADED"),
        ("Client_IP", "HTTP_CLIENT_IP"),
        ("Forwarded", "HTTP_FORWARDED"),
        ("X_Forwarded_Host", "HTTP_X_FORWARDED_HOST"),
        ("X_Forwarded_Port", "HTTP_X_FORWARDED_PORT"),
    ],
)
def test_php_never_hears_what_nobody_may_say(open_shop, sent, told):
    server = open_shop.ask("/", **{sent: "https://evil.test/backoffice"}).php["server"]

    assert not server.get(told)


def test_php_hears_of_one_client_and_not_of_those_that_he_makes_up(open_shop):
    server = open_shop.ask("/", X_Forwarded_For=f"198.51.100.1, {CLIENT}").php["server"]

    for name in ("REMOTE_ADDR", "HTTP_X_REAL_IP", "HTTP_X_FORWARDED_FOR"):
        assert server[name] == CLIENT


def test_probes_are_answered_on_a_port_of_their_own(open_shop):
    assert open_shop.ask("/live", port=open_shop.private, host="10.0.0.1").status in {200, 204}
    assert open_shop.ask("/", port=open_shop.private).status == 404
    assert open_shop.ask("/live").php["script"] == "index.php"


def test_probes_are_not_in_the_log(open_shop):
    open_shop.ask("/live", port=open_shop.private, User_Agent="kube-probe")

    assert "kube-probe" not in open_shop.log


def test_a_request_is_one_line_of_json(open_shop):
    open_shop.ask('/said?x="y"', User_Agent='an "agent"\\', X_Forwarded_For=CLIENT)

    said = json.loads(open_shop.line_of("/said"))
    assert said["client"] == CLIENT
    assert said["status"] == 200
    assert said["uri"] == '/said?x="y"'
