"""Rules about the customer's own lines for php.ini, [mysqld] and the web server."""

import re
from collections.abc import Iterator

from settings.database import ExternalDatabase
from settings.model import Settings
from settings.web import ApacheWeb, SharedWeb, SplitWeb
from stackfile.report import Violation

_CONFIG_MAP_BYTES = 2**20
_OWNED_INI = {
    "memory_limit": "set openmage:shop.php.memoryLimit",
    "max_execution_time": "set requestTimeoutSeconds of the tier",
    "opcache.memory_consumption": "the number of workers is computed with 192 MB",
    "opcache.validate_timestamps": "the code in an image never changes",
    "opcache.enable": "without it a page takes several times as long",
    "session.save_handler": "OpenMage keeps sessions in Valkey by itself",
    "session.save_path": "OpenMage keeps sessions in Valkey by itself",
    "session.auto_start": "OpenMage refuses to run with it",
    "display_errors": "errors go to the log, never to a visitor",
    "error_log": "the container's log is the only one that is kept",
    "auto_prepend_file": "put code into the image",
    "sendmail_path": "set openmage:shop.mail",
    "extension": "put extensions into the image",
    "zend_extension": "put extensions into the image",
}
_MYSQLD = {
    "innodb_buffer_pool_instances",
    "innodb_flush_method",
    "innodb_io_capacity",
    "innodb_io_capacity_max",
    "innodb_lock_wait_timeout",
    "innodb_log_buffer_size",
    "innodb_log_file_size",
    "innodb_read_io_threads",
    "innodb_write_io_threads",
    "interactive_timeout",
    "join_buffer_size",
    "long_query_time",
    "max_heap_table_size",
    "net_read_timeout",
    "net_write_timeout",
    "optimizer_search_depth",
    "query_cache_size",
    "query_cache_type",
    "slow_query_log",
    "sort_buffer_size",
    "table_definition_cache",
    "table_open_cache",
    "thread_cache_size",
    "tmp_table_size",
    "wait_timeout",
}
_FORBIDDEN = {
    "nginx": ("daemon", "error_log", "listen", "load_module", "master_process", "pid", "user"),
    "apache": ("listen", "loadmodule", "errorlog", "pidfile", "user", "group", "servername"),
}

_NGINX_TOKENS = re.compile(
    r"""\s+|\#[^\n]*  # what means nothing, and then: quoted words, marks, other words
    |("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[{};]|(?:\\.|\$\{|[^\s{;\\])+)""",
    re.DOTALL | re.VERBOSE,
)
_NGINX_DATA = {"charset_map", "geo", "map", "split_clients", "types"}
"""Blocks whose lines are data."""


def ini(settings: Settings) -> Iterator[Violation]:
    """Refuse ini lines that belong to the program or that break OpenMage."""
    for key in settings.php.ini:
        if key in _OWNED_INI:
            yield Violation(("php", "ini", key), "is not the customer's to set", _OWNED_INI[key])


def mysqld(settings: Settings) -> Iterator[Violation]:
    """Refuse [mysqld] lines that are not known to be harmless."""
    if not isinstance(settings.database, ExternalDatabase):
        for key in settings.database.config:
            if key not in _MYSQLD:
                yield Violation(
                    ("database", "config", key),
                    "is not in the list of lines that cannot harm the data",
                    f"use one of {', '.join(sorted(_MYSQLD))}",
                )


def web_server(settings: Settings) -> Iterator[Violation]:
    """Refuse files for nginx or Apache that break the program's own configuration."""
    total = 0
    for server, block, name, text in _files(settings.web):
        path = ("web", server, block, name)
        total += len(text.encode())
        words = set(_apache_words(text) if server == "apache" else _nginx_words(text))
        if server == "nginx" and words & {"{", "}"}:
            yield Violation(path, "has unbalanced braces", "close every block in the same file")
        for word in sorted(word for word in words if word.lower() in _FORBIDDEN[server]):
            yield Violation(path, f"contains {word}, which the program owns", "remove it")
    if total > _CONFIG_MAP_BYTES * 9 // 10:
        where = "apache" if isinstance(settings.web, ApacheWeb) else "nginx"
        yield Violation(
            ("web", where), "is more than a ConfigMap holds, 1 MiB", "put it into the image"
        )


def _apache_words(text: str) -> Iterator[str]:
    """Yield the first word of each line."""
    for line in text.replace("\\\n", "").splitlines():
        yield from line.split(maxsplit=1)[:1]


def _nginx_words(text: str) -> Iterator[str]:
    """Yield the first word of each directive, and a brace that has no other."""
    blocks: list[str] = []
    first = ""
    for part in filter(None, _NGINX_TOKENS.findall(text)):
        if part == "{":
            blocks.append(first)
        elif part == "}" and blocks:
            blocks.pop()
        elif part == "}":
            yield part
        elif part != ";":
            if not first and not _NGINX_DATA & {*blocks}:
                yield part.strip("\"'")
            first = first or part
            continue
        first = ""
    yield from "{" if blocks else ""


def _files(web: SharedWeb | SplitWeb | ApacheWeb) -> Iterator[tuple[str, str, str, str]]:
    if isinstance(web, ApacheWeb):
        blocks = {"server": web.apache.server}
        server = "apache"
    else:
        blocks = {"http": web.nginx.http, "server": web.nginx.server}
        server = "nginx"
    for block, files in blocks.items():
        for name, text in files.items():
            yield server, block, name, text
