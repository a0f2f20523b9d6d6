"""Rules about custom lines for php.ini, [mysqld] and the web server."""

import re
from collections.abc import Iterator

from settings.model import Settings
from settings.rules.mysqld_lines import mysqld
from settings.rules.php_lines import ini
from settings.web import ApacheWeb, SharedWeb, SplitWeb
from stackfile.report import Violation

__all__ = ["ini", "mysqld", "web_server"]

_CONFIG_MAP_BYTES = 2**20
_FORBIDDEN = {
    "nginx": ("daemon", "error_log", "listen", "load_module", "master_process", "pid", "user"),
    "apache": ("listen", "loadmodule", "errorlog", "pidfile", "user", "group", "servername"),
}

_NGINX_TOKENS = re.compile(
    r"""\s+|\#[^\n]*  # whitespace and comments, then: quoted words, punctuation, other words
    |("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[{};]|(?:\\.|\$\{|[^\s{;\\])+)""",
    re.DOTALL | re.VERBOSE,
)
_NGINX_DATA = {"charset_map", "geo", "map", "split_clients", "types"}
"""Blocks whose lines are data, not directives."""


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
            yield Violation(path, f"contains {word}, which the program sets itself", "remove it")
    if total > _CONFIG_MAP_BYTES * 9 // 10:
        where = "apache" if isinstance(settings.web, ApacheWeb) else "nginx"
        yield Violation(
            ("web", where), "exceeds the limit of a ConfigMap, 1 MiB", "put it into the image"
        )


def _apache_words(text: str) -> Iterator[str]:
    """Yield the first word of each line."""
    for line in text.replace("\\\n", "").splitlines():
        yield from line.split(maxsplit=1)[:1]


def _nginx_words(text: str) -> Iterator[str]:
    """Yield the first word of each directive, and each unbalanced brace."""
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
