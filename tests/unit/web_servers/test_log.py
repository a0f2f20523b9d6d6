"""The access log: one JSON object a line, whatever a client sends."""

import json
import socket
import time

import pytest

from shop.phpmyadmin import phpmyadmin_apache
from tests.unit.web_servers.conftest import SERVERS
from tests.web_servers import reason_to_skip, serving
from tests.web_site import Site

HOSTILE = [
    b'GET /caf\xe9?q=\xff HTTP/1.1\r\nHost: shop.test\r\nUser-Agent: ag\xe9nt "q" \\ \t\r\n',
    b'GET /"\\?x="\\ HTTP/1.1\r\nHost: shop.test\r\nUser-Agent: "\\\r\nReferer: "\\\xc3\xa9\r\n',
    b"GET /a HTTP/1.1\r\nHost: shop.test\r\nUser-Agent: a\x01\x08\x0b\x1b\x7f\r\n",
    b"GET /a\x01\x08\x0b\x7f HTTP/1.1\r\nHost: shop.test\r\n",
    b"GET /%00%0b%22%5c%e9%c3%a9 HTTP/1.1\r\nHost: shop.test\r\n",
    b'GET / HTTP/1.1\r\nHost: sh\xe9p."\\x\r\n',
    b'G\xe9"\\T / HTTP/1.1\r\nHost: shop.test\r\n',
    b"GET http://sh\xe9p.test/ HTTP/1.1\r\nHost: shop.test\r\n",
    b'\x16\x03\x01\x02\xe9"\\\x0b\r\n',
    b"GET /" + b"\xe9" * 9000 + b" HTTP/1.1\r\nHost: shop.test\r\n",
    b"GET /long HTTP/1.1\r\nHost: shop.test\r\nUser-Agent: " + b"\xc3\xa9" * 3500 + b"\xff\r\n",
]


def lines(site, requests):
    """Send bytes, and return the lines that the access log gets by them."""
    before = len(logged(site))
    for request in requests:
        with socket.create_connection(("127.0.0.1", site.port), 5) as connection:
            connection.sendall(request + b"Connection: close\r\n\r\n")
            while connection.recv(65536):
                pass
    until = time.monotonic() + 5
    while len(logged(site)) < before + len(requests) and time.monotonic() < until:
        time.sleep(0.05)
    found = logged(site)[before:]
    assert len(found) == len(requests)
    return found


def logged(site):
    """Return the lines of the access log, among those of the error log."""
    log = (site.folder / "log").read_bytes()
    return [line for line in log.split(b"\n") if b'"status":' in line]


@pytest.fixture(params=SERVERS)
def site(request):
    with serving(request.param) as running:
        yield running


def test_each_line_is_json_whatever_is_asked_for(site):
    for line in lines(site, HOSTILE):
        assert isinstance(json.loads(line)["status"], int)


def test_what_json_can_hold_is_logged_as_it_was_sent(site):
    sent = (
        b'GET /%C3%A9?a="\\ HTTP/1.1\r\nHost: shop.test\r\nUser-Agent: "a" \\ b\r\nReferer: /c\r\n'
    )

    [line] = lines(site, [sent])

    said = json.loads(line)
    assert said["uri"] == '/%C3%A9?a="\\'
    assert (said["host"], said["method"], said["referer"]) == ("shop.test", "GET", "/c")
    assert said["agent"] == '"a" \\ b'


def test_of_what_json_cannot_hold_is_logged_what_is_possible(site):
    sent = b"GET /a\xe9b?c=\xff HTTP/1.1\r\nHost: shop.test\r\nUser-Agent: Z\xc3\xbcrich\r\n"

    [line] = lines(site, [sent])

    said = json.loads(line)
    if site.kind == "apache":
        assert (said["uri"], said["agent"]) == ("/a%e9b?c=%ff", "Z%c3%bcrich")
    else:
        assert (said["uri"], said["agent"]) == ("/a...", "Zürich")


def test_each_line_of_phpmyadmins_apache_is_json():
    if reason := reason_to_skip("apache"):
        pytest.skip(reason)
    site = Site("apache", ".")
    text = phpmyadmin_apache(2**25)
    for before, after in {
        "/tmp": str(site.folder / "tmp"),  # noqa: S108 (the pod's own volume)
        "/var/www/html": str(site.folder / "html"),
        "Listen 8080": f"Listen 127.0.0.1:{site.port}\nListen 127.0.0.1:{site.private}",
    }.items():
        assert before in text
        text = text.replace(before, after)
    site.write({"apache.conf": text})
    try:
        with site.running():
            forwarded = b'GET /\xe9?a HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: \xe9"\\1\r\n'
            plain = b"GET / HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 203.0.113.7\r\n"
            hostile, said = map(json.loads, lines(site, [forwarded, plain]))
            for line in lines(site, HOSTILE):
                json.loads(line)
    finally:
        site.remove()
    assert (hostile["client"], hostile["uri"]) == ("%e9%22%5c1", "/%e9")
    assert (said["client"], said["uri"], said["status"]) == ("203.0.113.7", "/", 200)
