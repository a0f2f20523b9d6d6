"""Rules about the customer's own lines for php.ini, [mysqld] and nginx."""

from collections.abc import Iterator

from settings.model import Settings
from settings.stores import VolumeDatabase
from settings.violation import Violation

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
_FORBIDDEN_NGINX = ("daemon", "error_log", "listen", "load_module", "master_process", "pid", "user")


def ini(settings: Settings) -> Iterator[Violation]:
    """Refuse ini lines that belong to the program or that break OpenMage."""
    for key in settings.php.ini:
        if key in _OWNED_INI:
            yield Violation(("php", "ini", key), "is not the customer's to set", _OWNED_INI[key])


def mysqld(settings: Settings) -> Iterator[Violation]:
    """Refuse [mysqld] lines that are not known to be harmless."""
    if isinstance(settings.database, VolumeDatabase):
        for key in settings.database.config:
            if key not in _MYSQLD:
                yield Violation(
                    ("database", "config", key),
                    "is not in the list of lines that cannot harm the data",
                    f"use one of {', '.join(sorted(_MYSQLD))}",
                )


def nginx(settings: Settings) -> Iterator[Violation]:
    """Refuse nginx files that break the program's own configuration."""
    total = 0
    for block in ("http", "server"):
        for name, text in getattr(settings.web.nginx, block).items():
            path = ("web", "nginx", block, name)
            total += len(text.encode())
            words = {line.split()[0].rstrip(";") for line in text.splitlines() if line.split()}
            if text.count("{") != text.count("}"):
                yield Violation(path, "has unbalanced braces", "close every block in the same file")
            for word in sorted(words & set(_FORBIDDEN_NGINX)):
                yield Violation(path, f"contains {word}, which the program owns", "remove it")
    if total > _CONFIG_MAP_BYTES * 9 // 10:
        yield Violation(
            ("web", "nginx"), "is more than a ConfigMap holds, 1 MiB", "put it into the image"
        )
