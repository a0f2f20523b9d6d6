"""nginx with php-fpm, and Apache, run as processes on ports and in a folder of their own."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple

from tests.harness import ROOT

_CODE = ROOT / "tests/shop/code/var/www/html"
_NOBODY = 65534
_ECHO = """<?php
header('Content-Type: application/json');
isset($_GET['frames']) && header("X-Frame-Options: {$_GET['frames']}");
error_log('from php');
echo json_encode(['script' => basename(__FILE__), 'get' => $_GET, 'server' => $_SERVER]);
"""


class Answer(NamedTuple):
    """What a server has answered."""

    status: int
    headers: Mapping[str, str]
    body: str

    @property
    def php(self) -> dict[str, Any]:
        """What PHP was told; an answer that is not PHP's fails here."""
        return json.loads(self.body)


class Site:
    """A folder with the test shop's files, scripts that tell what they were told, and a server."""

    def __init__(self, kind: str, document_root: str) -> None:
        """Lay out the shop; `write` and `running` follow."""
        self.kind = kind
        self.folder = Path(tempfile.mkdtemp(prefix="openmage-web-"))
        self.port, self.private, self.fpm, self.status = (free_port() for _ in range(4))
        self.root = self.folder / "html" / document_root
        _lay_out_shop(self.folder / "html")
        for name in ("tmp", "etc", "etc/access", "image", "var"):
            (self.folder / name).mkdir()

    def write(self, files: Mapping[str, str]) -> None:
        """Write the server's files; what the server may not write to must be there by then."""
        for name, text in files.items():
            (self.folder / "etc" / name).write_text(text)
        if os.geteuid() == 0:
            # As in a pod the server has no rights; its folder belongs to it.
            for path in (self.folder, *self.folder.rglob("*")):
                os.chown(path, _NOBODY, _NOBODY, follow_symlinks=False)

    def commands(self) -> list[list[str]]:
        """Return what a pod starts, less what keeps it from ending."""
        etc = self.folder / "etc"
        if self.kind == "apache":
            return [["apache2", "-f", f"{etc}/apache.conf", "-D", "FOREGROUND"]]
        nginx = ["nginx", "-e", "/dev/stderr", "-c", f"{etc}/nginx.conf", "-g", "daemon off;"]
        return [[fpm_program() or "php-fpm", "-F", "-y", f"{etc}/pool.conf"], nginx]

    def check(self) -> str:
        """Return what the programs say of their files; empty if they are content."""
        wrong = ""
        for command in self.commands():
            words = [word for word in command if word not in {"-D", "FOREGROUND", "-F"}]
            with self._log() as log:
                ended = subprocess.run(
                    [*words, "-t"], check=False, stdout=log, stderr=log, **_as_nobody()
                )
            if ended.returncode or "warn" in self.log.lower():
                wrong += self.log
        return wrong

    @contextmanager
    def running(self) -> Iterator["Site"]:
        """Run the server until the block ends."""
        with self._log() as log:
            # Each in a group of its own: Apache ends with a signal to all of its group.
            started = [
                subprocess.Popen(
                    words,
                    stdout=log,
                    stderr=log,
                    cwd=self.folder,
                    start_new_session=True,
                    **_as_nobody(),
                )
                for words in self.commands()
            ]
            try:
                for port in (self.port, self.private):
                    self._wait_for(port, started)
                if self.kind == "nginx":
                    self._wait_for(self.fpm, started)
                yield self
            finally:
                for process in started:
                    process.send_signal(signal.SIGTERM)
                for process in started:
                    process.wait(20)

    def _log(self) -> IO[bytes]:
        """Open the log; as in a container, the server may open it once more by its name in /dev."""
        log = (self.folder / "log").open("wb")
        if os.geteuid() == 0:
            os.fchown(log.fileno(), _NOBODY, _NOBODY)
        return log

    def remove(self) -> None:
        """Take the folder away."""
        shutil.rmtree(self.folder)

    @property
    def log(self) -> str:
        """Everything that the server has written."""
        return (self.folder / "log").read_text()

    def line_of(self, text: str) -> str:
        """Return the line of the access log that has the text; it comes after the answer."""
        deadline = time.monotonic() + 5
        while True:
            found = [line for line in self.log.splitlines() if text in line and line[0] == "{"]
            if found or time.monotonic() > deadline:
                break
            time.sleep(0.05)
        [line] = found
        return line

    def _wait_for(self, port: int, started: list[subprocess.Popen]) -> None:
        deadline = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
            except OSError:
                ended = [process.args for process in started if process.poll() is not None]
                assert not ended, f"{ended}: {self.log}"
                assert time.monotonic() < deadline, self.log
                time.sleep(0.05)
            else:
                return

    def ask(
        self,
        path: str,
        host: str | None = "shop.test",
        method: str = "GET",
        port: int | None = None,
        **headers: str,
    ) -> Answer:
        """Ask for a path as it is written, without anything that a client would tidy up."""
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=20)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        if host is not None:
            connection.putheader("Host", host)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        answer = connection.getresponse()
        body = answer.read().decode("utf-8", "replace")
        connection.close()
        names = {name.lower() for name, _ in answer.getheaders()}
        # What was sent twice is seen twice.
        found = {name: ", ".join(answer.headers.get_all(name, [])) for name in names}
        return Answer(answer.status, found, body)


def fpm_program() -> str | None:
    """Return php-fpm, which Debian names after its version."""
    return shutil.which("php-fpm") or next(
        (str(path) for path in sorted(Path("/usr/sbin").glob("php-fpm*"))), None
    )


def _lay_out_shop(code: Path) -> None:
    """Copy the test shop; its scripts tell what they were told, and need no database."""
    shutil.copytree(_CODE, code, symlinks=True)
    for folder in (code, code / "pub/default"):
        for name in ("index.php", "get.php", "api.php", "install.php", "cron.php"):
            (folder / name).write_text(_ECHO)


def _as_nobody() -> dict[str, Any]:
    if os.geteuid():
        return {}
    return {"user": _NOBODY, "group": _NOBODY, "extra_groups": []}


def free_port() -> int:
    """Return a port that is free."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]
