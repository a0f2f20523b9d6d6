"""A real Varnish with the program's VCL, in front of a shop that answers as a test tells it."""

import http.client
import itertools
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from components.frontend_cache.varnish import start_commands, varnishd
from shop.frontend_cache import varnish_config

HOST = "shop.test"
SETTINGS: Any = {
    "backend": "127.0.0.1",
    "release": "one",
    "html": True,
    "restricted": False,
    "terminator": False,
    "admin_path": "backoffice",
    "grace": 3600,
    "timeout": 10,
    "largest": 1_000_000,
}
# What takes seconds in production takes tenths of a second in a test.
FASTER = {
    ".interval = 2s": ".interval = 100ms",
    "set req.grace = 10s": "set req.grace = 300ms",
    "set beresp.ttl = 1h": "set beresp.ttl = 1s",
    "set beresp.ttl = 10s": "set beresp.ttl = 700ms",
}


class Answer(NamedTuple):
    """What the toy shop, or Varnish, has said."""

    status: int
    headers: http.client.HTTPMessage
    body: str

    @property
    def cache(self) -> str | None:
        """What Varnish says it did: hit, miss or pass."""
        return self.headers["X-Cache"]


class Toy:
    """A shop that counts: each answer's body is the number of requests for its path."""

    def __init__(self) -> None:
        """Answer from now on, on a port that is free."""
        self.answers: dict[str, dict[str, Any]] = {}
        self.seen: list[tuple[str, str, Any]] = []
        self.lock = threading.Lock()
        self.port = 0
        self._server: ThreadingHTTPServer | None = None
        self.start()

    def start(self) -> None:
        """Answer, always on the same port."""
        if self._server is not None:
            return
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), _handler(self))
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Refuse connections."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def say(self, path: str, status: int = 200, delay: float = 0, **headers: str) -> str:
        """Let a path, whatever its query, answer so."""
        known = {"headers": headers, "status": status, "delay": delay}
        self.answers.setdefault(path, {"count": 0}).update(known)
        return path

    def count(self, path: str) -> int:
        """Return how often a path was asked for."""
        return self.answers[path]["count"]

    def requests(self, path: str) -> list[Any]:
        """Return the headers of every request for a path."""
        return [headers for _, url, headers in self.seen if url.partition("?")[0] == path]


def _handler(toy: Toy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # A worker that is idle leaves: nothing answers after the shop has stopped.
        timeout = 0.3

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the base's name)
            pass

        def _answer(self) -> None:
            path = self.path.partition("?")[0]
            if path == "/openmage-health":
                self.send_response(204)
                self.end_headers()
                return
            with toy.lock:
                toy.seen.append((self.command, self.path, self.headers))
                known = toy.answers.setdefault(
                    path, {"count": 0, "headers": {}, "status": 200, "delay": 0}
                )
                known["count"] += 1
                body = str(known["count"]).ljust(int(known["headers"].get("size", 0)))
            time.sleep(known["delay"])
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(known["status"])
            for key, value in known["headers"].items():
                self.send_header(key.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body.encode())

        do_GET = do_HEAD = do_POST = do_PUT = _answer  # noqa: N815 (the base's names)
        do_DELETE = do_OPTIONS = do_PATCH = _answer  # noqa: N815

    return Handler


class Cache:
    """A running Varnish."""

    def __init__(self, shop: Toy, address: str, http: int, private: int) -> None:
        """Know where it listens."""
        self.shop = shop
        self.address, self.http, self.private = address, http, private

    def get(self, url: str, method: str = "GET", **headers: str) -> Answer:
        """Ask as a visitor; an underscore in a header's name is a hyphen."""
        return self._ask(self.http, method, url, {"Host": HOST, **_named(headers)})

    def tell(self, method: str, url: str = "/", **headers: str) -> Answer:
        """Say something on the private port."""
        return self._ask(self.private, method, url, {"Host": HOST, **_named(headers)})

    def _ask(self, port: int, method: str, url: str, headers: Mapping[str, str]) -> Answer:
        connection = http.client.HTTPConnection(self.address, port, timeout=15)
        try:
            body = b"body" if method in {"POST", "PUT"} else None
            connection.request(method, url, body, dict(headers))
            response = connection.getresponse()
            return Answer(response.status, response.msg, response.read().decode().strip())
        finally:
            connection.close()


def _named(headers: Mapping[str, str]) -> dict[str, str]:
    return {key.replace("_", "-"): value for key, value in headers.items()}


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextmanager
def running(
    folder: Path, shop: Toy, address: str = "127.0.0.1", private: int = 0, **changes: Any
) -> Iterator[Cache]:
    """Run Varnish as a pod does, but for paths, ports and speed."""
    if shutil.which("varnishd") is None:
        pytest.skip("varnishd is not on the PATH: Debian's package is varnish")
    folder.mkdir()
    settings: Any = {**SETTINGS, **changes}
    vcl = varnish_config(settings).replace('.port = "80"', f'.port = "{shop.port}"')
    for slow, fast in FASTER.items():
        assert (slow in vcl) or settings["restricted"]
        vcl = vcl.replace(slow, fast)
    (folder / "default.vcl").write_text(vcl)
    (folder / "start.cli").write_text(start_commands())
    cache = Cache(shop, address, free_port(), private or free_port())
    command = [
        {
            "/var/lib/varnish/run": str(folder / "run"),
            "/etc/openmage/frontend/default.vcl": str(folder / "default.vcl"),
            "/etc/openmage/frontend/start.cli": str(folder / "start.cli"),
            "http=:8080,HTTP": f"http={address}:{cache.http},HTTP",
            "http=127.0.0.1:8000,HTTP": f"http={address}:{cache.http},HTTP",
            "private=:8082,HTTP": f"private={address}:{cache.private},HTTP",
        }.get(word, word)
        for word in varnishd(8_000_000, terminator=settings["terminator"])
    ]
    # Its own jail needs users that only its package makes.
    command[1:1] = ["-j", "none"]
    log = folder / "log"
    with log.open("w") as out, subprocess.Popen(command, stdout=out, stderr=out) as process:
        try:
            _wait(cache, process, log)
            yield cache
        finally:
            process.terminate()
            process.wait(20)


def _wait(cache: Cache, process: subprocess.Popen[Any], log: Path) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        try:
            if cache.tell("GET", "/ready").status == 200:
                return
        except OSError:
            time.sleep(0.05)
    pytest.fail(f"Varnish does not start: {log.read_text()}")


@pytest.fixture(scope="session")
def start(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[..., AbstractContextManager[Cache]]:
    """Return what runs one more Varnish."""
    folder = tmp_path_factory.mktemp("varnish")
    numbers = itertools.count()
    return lambda *args, **changes: running(folder / str(next(numbers)), *args, **changes)


@pytest.fixture(scope="session")
def shop() -> Iterator[Toy]:
    toy = Toy()
    yield toy
    toy.stop()


@pytest.fixture(scope="session")
def cache(start: Callable[..., AbstractContextManager[Cache]], shop: Toy) -> Iterator[Cache]:
    with start(shop) as found:
        yield found


@pytest.fixture(scope="session")
def files_only(start: Callable[..., AbstractContextManager[Cache]], shop: Toy) -> Iterator[Cache]:
    with start(shop, html=False) as found:
        yield found
