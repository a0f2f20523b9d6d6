"""Claims about the stores' own configuration, on a real server."""

import shutil
import socket
import subprocess
import time
from contextlib import contextmanager

import pytest

from shop.render import valkey_config

SERVER = shutil.which("valkey-server") or shutil.which("redis-server") or ""
CLI = shutil.which("valkey-cli") or shutil.which("redis-cli") or ""
PASSWORD = "a-long-password"  # noqa: S105 (of a server that lives as long as a test)
MEMORY = 8 * 2**20

pytestmark = pytest.mark.skipif(
    not (SERVER and CLI), reason="neither valkey-server nor redis-server is on the PATH"
)


class Store:
    """One server with the configuration of a pod, on a free port and a folder of its own."""

    def __init__(self, folder, policy, *, persistent):
        """Write the configuration; `running` starts the server."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        text = valkey_config(PASSWORD, MEMORY, policy, persistent=persistent)
        assert "port 6379\ndir /data\n" in text
        text = text.replace("port 6379", f"port {self._port}\nbind 127.0.0.1")
        self._file = folder / "valkey.conf"
        self._file.write_text(text.replace("dir /data", f"dir {folder}"))

    @contextmanager
    def running(self):
        """Run until the block ends; the end is that of a pod whose node has died."""
        process = subprocess.Popen([SERVER, self._file], stdout=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + 10
            while self.ask("ping") != "PONG":
                assert time.monotonic() < deadline
                time.sleep(0.05)
            yield
        finally:
            process.kill()
            process.wait(10)

    def ask(self, *words, password=PASSWORD):
        """Return the answer to a command."""
        ended = subprocess.run(
            [CLI, "-p", str(self._port), *words],
            env={"REDISCLI_AUTH": password} if password else {},
            capture_output=True,
            text=True,
            check=False,
        )
        return ended.stdout.strip()


@pytest.fixture
def sessions(tmp_path):
    return Store(tmp_path, "volatile-ttl", persistent=True)


@pytest.fixture
def cache(tmp_path):
    return Store(tmp_path, "volatile-lru", persistent=False)


def test_nobody_reads_without_the_password(sessions):
    with sessions.running():
        assert sessions.ask("get", "x", password=None).startswith("NOAUTH")


def test_a_cart_survives_its_server_being_killed(sessions):
    with sessions.running():
        sessions.ask("set", "sess_1", "apple", "ex", "3600")
        # The file is synced every second.
        time.sleep(1.5)
    with sessions.running():
        assert sessions.ask("get", "sess_1") == "apple"


def test_a_cache_starts_empty_and_writes_nothing(cache, tmp_path):
    with cache.running():
        cache.ask("set", "zc:k:page", "text")
    with cache.running():
        assert cache.ask("dbsize") == "0"
    assert [path.name for path in tmp_path.iterdir()] == ["valkey.conf"]


def fill(store, prefix, seconds):
    """Write more than fits, each entry with a lifetime."""
    script = (
        "for i = 1, 12000 do redis.call('SET', ARGV[1] .. i, string.rep('x', 1000),"
        " 'EX', ARGV[2]) end"
    )
    return store.ask("eval", script, "0", prefix, str(seconds))


def test_full_memory_costs_bots_their_sessions_not_customers(sessions):
    with sessions.running():
        for number in range(20):
            sessions.ask("set", f"sess_customer_{number}", "apple", "ex", "2592000")
        fill(sessions, "sess_bot_", 60)
        assert int(sessions.ask("info", "stats").split("evicted_keys:")[1].split()[0]) > 0
        assert sessions.ask("eval", "return #redis.call('KEYS', 'sess_customer_*')", "0") == "20"


def test_full_memory_costs_the_cache_no_tag(cache):
    with cache.running():
        cache.ask("sadd", "zc:ti:PRODUCT", "page")
        fill(cache, "zc:k:", 3600)
        assert int(cache.ask("info", "stats").split("evicted_keys:")[1].split()[0]) > 0
        assert cache.ask("smembers", "zc:ti:PRODUCT") == "page"
