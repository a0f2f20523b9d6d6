"""The test shop on a MariaDB and a Redis of its own, on this machine and without a cluster."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from shop.local_xml import local_xml
from shop.release import release_settings
from shop.render import VirtualHost
from stackfile.servers import RedisServer, SqlServer
from tests.harness import ROOT

PROGRAMS = ("php", "mariadbd", "mariadb-install-db", "mariadb", "redis-server", "redis-cli")
PASSWORD = "a-long-password-of-2026"  # noqa: S105 (of servers that live as long as a test)
_SECRET = "only-for-this-test"  # noqa: S105 (likewise)


def reason_to_skip() -> str | None:
    """Return why the scripts cannot be run here; None if they can."""
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing:
        return f"not on the PATH: {', '.join(missing)}"
    modules = subprocess.run(["php", "-m"], capture_output=True, text=True, check=True).stdout
    missing = [name for name in ("pdo_mysql", "redis", "SimpleXML") if name not in modules.split()]
    return f"PHP lacks {', '.join(missing)}" if missing else None


class Servers:
    """A MariaDB and a Redis on free ports."""

    def __init__(self, folder: Path) -> None:
        """Choose the ports; `running` starts the servers."""
        self._folder = folder
        self.mariadb, self.redis = _free_port(), _free_port()

    @contextmanager
    def running(self) -> Iterator["Servers"]:
        """Run both until the block ends."""
        data = self._folder / "data"
        user = ["--user=root"] if os.geteuid() == 0 else []
        subprocess.run(
            [
                *("mariadb-install-db", "--no-defaults", f"--datadir={data}", *user),
                *("--auth-root-authentication-method=normal", "--skip-test-db"),
            ],
            check=True,
            capture_output=True,
        )
        mariadb = [
            *("mariadbd", "--no-defaults", f"--datadir={data}", *user, "--bind-address=127.0.0.1"),
            *(f"--port={self.mariadb}", f"--socket={self._socket}"),
            *("--innodb-buffer-pool-size=32M", "--innodb-flush-log-at-trx-commit=0"),
        ]
        redis = ["redis-server", "--port", str(self.redis), "--bind", "127.0.0.1", "--save", ""]
        with (self._folder / "servers.log").open("w") as log:
            started = [
                subprocess.Popen(words, stdout=log, stderr=log) for words in (mariadb, redis)
            ]
            try:
                _wait_for(self.mariadb)
                _wait_for(self.redis)
                self.sql(f"CREATE USER shop IDENTIFIED BY '{_SECRET}'")
                self.sql("GRANT ALL ON *.* TO shop")
                yield self
            finally:
                for process in started:
                    process.terminate()
                    process.wait(30)

    @property
    def _socket(self) -> Path:
        return self._folder / "s"

    def sql(self, statement: str, schema: str = "") -> str:
        """Run statements as root; return the rows, columns parted by tabs."""
        words = ["mariadb", "--no-defaults", "-uroot", f"--socket={self._socket}", "-N", "-B"]
        ended = subprocess.run(
            [*words, "-e", statement, *([schema] if schema else [])],
            check=False,
            capture_output=True,
            text=True,
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stdout.strip()

    def redis_keys(self, pattern: str) -> list[str]:
        """Return the keys of the Redis that match."""
        return self._redis("keys", pattern).split()

    def redis_set(self, key: str) -> None:
        """Write a key."""
        self._redis("set", key, "x")

    def _redis(self, *words: str) -> str:
        command = ["redis-cli", "-p", str(self.redis), *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class PrivateShop:
    """The test shop's code with an empty schema of its own, and the scripts that pods run."""

    def __init__(self, folder: Path, servers: Servers, schema: str) -> None:
        """Lay out the files as pods mount them."""
        self._servers = servers
        self._schema = schema
        self.code = folder / "html"
        self._scripts = folder / "scripts"
        shutil.copytree(ROOT / "tests/shop/code/var/www/html", self.code, symlinks=True)
        shutil.copytree(ROOT / "shop/php", self._scripts)
        (self.code / "app/etc/includes").mkdir()
        shutil.move(self._scripts / "includes.php", self.code / "app/etc/includes/ours.php")
        (folder / "password").write_text(PASSWORD)
        self._environment = {"OPENMAGE_ADMIN_PASSWORD_FILE": str(folder / "password")}
        self.write_stores()
        self.write_local_xml()
        servers.sql(f"CREATE DATABASE {schema}")

    def write_local_xml(
        self,
        release: str = "r1",
        password: str = _SECRET,
        redis: int | None = None,
        prefix: str = "",
    ) -> None:
        """Write local.xml anew; without arguments as it is at first."""
        local = {"host": "127.0.0.1", "cidrs": ()}
        store = RedisServer.model_construct(port=redis or self._servers.redis, **local)
        content = local_xml(
            {
                "crypt_key": "0" * 32,
                "admin_path": "backoffice",
                "release": release,
                "database": SqlServer.model_construct(
                    port=self._servers.mariadb, name=self._schema, username="shop", **local
                ),
                "database_password": password,
                "sessions": store,
                "sessions_password": "",
                "cache": store,
                "cache_password": "",
                "max_concurrency": 6,
                "purge": None,
            }
        )
        content = content.replace("<table_prefix />", f"<table_prefix>{prefix}</table_prefix>")
        assert f"<table_prefix>{prefix}</table_prefix>" in content
        (self.code / "app/etc/local.xml").write_text(content)

    def write_stores(self, *sites: VirtualHost) -> None:
        """Write release.json anew, with hosts that show other stores."""
        (self._scripts / "release.json").write_text(_settings(sites))

    def start(self, *words: str, environment: Mapping[str, str] | None = None) -> subprocess.Popen:
        """Start one of the scripts as a pod does."""
        return subprocess.Popen(
            ["php", str(self._scripts / words[0]), *words[1:]],
            cwd=self.code,
            env={**os.environ, **self._environment, **(environment or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str, **environment: str) -> tuple[int, str, str]:
        """Run one of the scripts; return its status, stdout and stderr."""
        return finish(self.start(*words, environment=environment))

    def release(self, **environment: str) -> tuple[int, str, str]:
        """Run the release."""
        return self.run("release.php", **environment)

    def cron(self, **environment: str) -> tuple[int, str, str]:
        """Run cron once."""
        return self.run("cron.php", "-mdefault", **environment)

    def sql(self, statement: str) -> str:
        """Ask the shop's schema."""
        return self._servers.sql(statement, self._schema)

    def tables(self) -> set[str]:
        """Return the names of the schema's tables."""
        return set(self.sql("SHOW TABLES").split())


def finish(process: subprocess.Popen) -> tuple[int, str, str]:
    """Wait for a script; return its status, stdout and stderr."""
    stdout, stderr = process.communicate(timeout=120)
    return process.returncode, stdout, stderr


def _settings(sites: Sequence[VirtualHost] = ()) -> str:
    return release_settings(
        {
            "shop_host": "shop.test",
            "sites": sites,
            "admin_host": "admin.shop.test",
            "secure": False,
            "locale": "en_US",
            "timezone": "UTC",
            "currency": "EUR",
            "username": "shopadmin",
            "email": "a@shop.test",
            "first_name": "A",
            "last_name": "B",
        }
    )


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert time.monotonic() < deadline, f"nothing listens on port {port}"
            time.sleep(0.1)
        else:
            return
