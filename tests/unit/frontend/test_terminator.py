"""What the nginx that ends TLS does: a real one, before servers that say what they are told."""

import contextlib
import getpass
import http.client
import json
import os
import shutil
import socket
import ssl
import subprocess
import time

import pytest

from shop.constants import VARNISH_PORT
from shop.frontend_cache import terminator_config

REASON = next(
    (f"{name} is not on the PATH" for name in ("nginx", "openssl") if shutil.which(name) is None),
    "",
)
pytestmark = pytest.mark.skipif(bool(REASON), reason=REASON)
SHOP, ADMIN = "shop.test", "admin.shop.test"
LONGEST = ".".join(["a" * 61] * 4) + ".test"
"""As long as a name can be."""


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def certificate(folder, serial):
    folder.mkdir(exist_ok=True)
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-nodes"),
            *("-pkeyopt", "ec_paramgen_curve:prime256v1"),
            *("-subj", f"/CN={SHOP}", "-addext", f"subjectAltName=DNS:{SHOP},DNS:{ADMIN}"),
            *("-set_serial", str(serial), "-days", "2"),
            *("-keyout", folder / "tls.key", "-out", folder / "tls.crt"),
        ],
        check=True,
        capture_output=True,
    )


class Terminator:
    """A running nginx."""

    def __init__(self, folder, ports):
        """Know where it listens, and where its certificate is."""
        self.tls = folder / "tls"
        self.http, self.https = ports[8080], ports[8443]

    def get(self, host, path="/", **headers):
        """Ask by TLS; return status, headers."""
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        with contextlib.closing(_Https(host, self.https)) as connection:
            connection.request("GET", path, headers={"Host": host, **named})
            response = connection.getresponse()
            response.read()
            return response.status, response.msg

    def plain(self, host, path="/"):
        """Ask without TLS; return status, Location."""
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.http)) as connection:
            connection.request("GET", path, headers={"Host": host})
            response = connection.getresponse()
            return response.status, response.msg["Location"]

    def shake(self, name=SHOP, version=ssl.TLSVersion.TLSv1_3, protocols=("h2", "http/1.1")):
        """Shake hands; return the serial number of the certificate, and the protocol."""
        context = _trusting(version)
        context.set_alpn_protocols(list(protocols))
        with (
            socket.create_connection(("127.0.0.1", self.https), 5) as raw,
            context.wrap_socket(raw, server_hostname=name) as tls,
        ):
            there = ssl.DER_cert_to_PEM_cert(tls.getpeercert(binary_form=True) or b"")
            asked = ["openssl", "x509", "-noout", "-serial"]
            shown = subprocess.run(asked, input=there, capture_output=True, text=True, check=True)
            return int(shown.stdout.partition("=")[2], 16), tls.selected_alpn_protocol()


class _Https(http.client.HTTPSConnection):
    """A connection that asks for one name at another address."""

    def __init__(self, name, port):
        self._trust = _trusting()
        super().__init__("127.0.0.1", port, context=self._trust)
        self._name = name

    def connect(self):
        raw = socket.create_connection(("127.0.0.1", self.port), 5)
        self.sock = self._trust.wrap_socket(raw, server_hostname=self._name)


def _trusting(version=ssl.TLSVersion.TLSv1_3):
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = context.maximum_version = version
    return context


ECHO = """
  server {
    listen 127.0.0.1:%d;
    location / {
      add_header X-Seen "$http_host|$http_x_forwarded_proto|$http_x_forwarded_for|$http_x_real_ip";
      add_header X-Forwarded "[$http_forwarded]";
      add_header X-Cache hit;
      return 200 "%s";
    }
  }
"""


@pytest.fixture(scope="module")
def terminator(tmp_path_factory):
    folder = tmp_path_factory.mktemp("terminator")
    ports = {port: free_port() for port in (8080, 8081, 8443, VARNISH_PORT, 80)}
    text = terminator_config(
        {"shop_hosts": [SHOP, LONGEST], "admin_hosts": [ADMIN], "admin": "127.0.0.1", "timeout": 9}
    )
    for port in (8080, 8081, 8443):
        assert f"listen {port}" in text
        text = text.replace(f"listen {port}", f"listen 127.0.0.1:{ports[port]}")
    text = text.replace(f"127.0.0.1:{VARNISH_PORT}", f"127.0.0.1:{ports[VARNISH_PORT]}")
    text = text.replace("127.0.0.1:80;", f"127.0.0.1:{ports[80]};")
    behind = ECHO % (ports[VARNISH_PORT], "varnish") + ECHO % (ports[80], "admin")
    text = text.rstrip().removesuffix("}") + behind + "}\n"
    text = text.replace("/tmp/", f"{folder}/")  # noqa: S108 (the pod's own volume)
    text = text.replace("/etc/openmage/tls", f"{folder}/tls").replace(
        "/dev/stdout", f"{folder}/log"
    )
    # In a pod both are one user.
    text = f"user {getpass.getuser()};\n{text}" if os.geteuid() == 0 else text
    (folder / "nginx.conf").write_text(text)
    certificate(folder / "tls", 1)
    command = ["nginx", "-e", folder / "err", "-c", folder / "nginx.conf", "-g", "daemon off;"]
    with (folder / "out").open("w") as out, subprocess.Popen(command, stderr=out) as process:
        try:
            _wait(process, ports[8443], folder)
            yield Terminator(folder, ports)
        finally:
            process.terminate()
            process.wait(10)


def _wait(process, port, folder):
    until = time.monotonic() + 10
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    pytest.fail(f"nginx does not start: {(folder / 'out').read_text()}")


def test_who_comes_without_tls_is_sent_to_it(terminator):
    for host in (SHOP, ADMIN):
        assert terminator.plain(host, "/a?b=c") == (301, f"https://{host}/a?b=c")


def test_a_host_may_be_as_long_as_names_can_be(terminator):
    assert terminator.plain(LONGEST) == (301, f"https://{LONGEST}/")


def test_a_host_that_is_not_of_the_shop_is_sent_nowhere(terminator):
    assert terminator.plain("other.test") == (404, None)
    with pytest.raises(ssl.SSLError):
        terminator.shake("other.test")


def test_what_the_client_says_of_itself_is_not_believed(terminator):
    lies = {"X_Forwarded_For": "6.6.6.6", "X_Real_IP": "7.7.7.7", "Forwarded": "for=6.6.6.6"}
    for host in (SHOP, ADMIN):
        status, headers = terminator.get(host, "/", X_Forwarded_Proto="http", **lies)
        assert status == 200
        assert headers["X-Seen"] == f"{host}|https|127.0.0.1|127.0.0.1"
        assert headers["X-Forwarded"] == "[]"


def test_the_shop_is_behind_varnish_and_the_admin_area_is_not(terminator):
    def answered(host):
        with contextlib.closing(_Https(host, terminator.https)) as connection:
            connection.request("GET", "/", headers={"Host": host})
            return connection.getresponse().read().decode()

    assert answered(SHOP) == "varnish"
    assert answered(ADMIN) == "admin"


def test_each_line_of_its_log_is_json(terminator):
    for agent in (b'"\\\x01', b'\xe9"', b"Z\xc3\xbcrich"):
        with contextlib.closing(_Https(SHOP, terminator.https)) as connection:
            connection.putrequest("GET", "/said", skip_host=True)
            connection.putheader("Host", SHOP)
            connection.putheader("User-Agent", agent)
            connection.endheaders()
            assert connection.getresponse().status == 200
    wanted, agents = ['"\\\x01', "...", "Zürich"], []
    # A line is written behind the answer.
    deadline = time.monotonic() + 10
    while agents != wanted and time.monotonic() < deadline:
        lines = (terminator.tls.parent / "log").read_bytes().splitlines(keepends=True)
        said = [json.loads(line) for line in lines if line.endswith(b"\n")]
        agents = [line["agent"] for line in said if line["tls"] and line["uri"] == "/said"]
        time.sleep(0.05)
    assert agents == wanted


def test_it_speaks_http_2_and_tls_1_2_or_newer(terminator):
    assert terminator.shake()[1] == "h2"
    assert terminator.shake(version=ssl.TLSVersion.TLSv1_2)[1] == "h2"
    assert terminator.shake(protocols=("http/1.1",))[1] == "http/1.1"
    with pytest.warns(DeprecationWarning, match="TLSv1_1"), pytest.raises((ssl.SSLError, OSError)):
        terminator.shake(version=ssl.TLSVersion.TLSv1_1)


def test_a_renewed_certificate_is_shown_without_a_reload(terminator):
    certificate(terminator.tls, 1)
    assert terminator.shake()[0] == 1
    certificate(terminator.tls, 2)
    assert terminator.shake()[0] == 2
