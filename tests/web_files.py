"""What nginx and Apache would do with a path, as their files say it."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from tests.shops import Shop

PHP, FILE, NOTHING, ELSEWHERE = "php", "file", "nothing", "elsewhere"


class Location(NamedTuple):
    """A location of nginx."""

    kind: str
    """`=`, `^~`, `~`, `~*`, `@`, or empty for a prefix."""
    path: str
    body: str


def servers(config: str) -> list[str]:
    """Return the server blocks of an nginx.conf."""
    return [part.partition("\n  }\n")[0] for part in config.split("\n  server {\n")[1:]]


def shop_server(config: str) -> str:
    """Return the block that serves the shop, or the admin area."""
    [found] = [server for server in servers(config) if "location @openmage" in server]
    return found


def private_server(config: str) -> str:
    """Return the block that answers probes."""
    [found] = [server for server in servers(config) if "listen 8081;" in server]
    return found


def locations(server: str) -> Iterator[Location]:
    """Yield the locations of a server, in their order."""
    for start in re.finditer(r"^    location (?:(=|\^~|~\*?) )?(\S+) \{$", server, re.MULTILINE):
        body = server[start.end() :].partition("\n    }")[0]
        kind = start[1] or ("@" if start[2].startswith("@") else "")
        yield Location(kind, start[2], body)


def location(server: str, path: str) -> Location:
    """Return the location that nginx chooses for a path."""
    every = [each for each in locations(server) if each.kind != "@"]
    for each in every:
        if each.kind == "=" and each.path == path:
            return each
    prefixes = [e for e in every if e.kind in {"", "^~"} and path.startswith(e.path)]
    longest = max(prefixes, key=lambda each: len(each.path), default=None)
    if longest is not None and longest.kind == "^~":
        return longest
    for each in every:
        flags = re.IGNORECASE if each.kind == "~*" else 0
        if each.kind in {"~", "~*"} and re.search(each.path, path, flags):
            return each
    assert longest is not None, path
    return longest


def by_nginx(server: str, path: str) -> str:
    """Return what nginx makes of a path that is no file: PHP, a file, nothing, or a redirect."""
    for _ in range(5):
        chosen = location(server, path)
        if "return 404;" in chosen.body:
            return NOTHING
        if "fastcgi_pass" in chosen.body or "include /etc/openmage/nginx/php.conf;" in chosen.body:
            return PHP
        if "return 30" in chosen.body:
            return ELSEWHERE
        rewritten = re.search(r"rewrite \S+ (\S+) last;", chosen.body)
        tried = re.search(r"try_files \S+ (\S+);", chosen.body)
        if tried and tried[1].startswith("@"):
            [named] = [each for each in locations(server) if each.path == tried[1]]
            if "return 30" in named.body:
                return ELSEWHERE
            rewritten = re.search(r"rewrite \S+ (\S+) last;", named.body)
        elif tried:
            assert tried[1] == "=404"
            return FILE
        assert rewritten, chosen
        path = rewritten[1].partition("?")[0].replace("$uri", path)
    message = f"nginx goes round in circles for {path}"
    raise AssertionError(message)


def shop_host(config: str) -> str:
    """Return the virtual host that serves the shop, or the admin area."""
    return config.rsplit("<VirtualHost *:8080>", maxsplit=1)[-1].partition("</VirtualHost>")[0]


def rules(host: str) -> Iterator[tuple[list[str], list[str]]]:
    """Yield the words of each RewriteRule of a virtual host, and the conditions before it."""
    conditions: list[str] = []
    for line in re.sub(
        r"<LocationMatch.*?</LocationMatch>", "", host, flags=re.DOTALL
    ).splitlines():
        words = re.findall(r'"(?:[^"\\]|\\.)*"|\S+', line.strip())
        if words[:1] == ["RewriteCond"]:
            conditions.append(" ".join(words))
        elif words[:1] == ["RewriteRule"]:
            yield [word.strip('"') for word in words[1:]], conditions
            conditions = []


def applies(pattern: str, path: str, conditions: list[str]) -> bool:
    """Return whether a rule is for a path that is no file, asked by GET, over https, at leisure."""
    if any(test in " ".join(conditions) for test in (" -f", "=http", "=later", "^(TRACE")):
        return False
    unless = [c.split()[-1].removeprefix("!") for c in conditions if "%{REQUEST_URI}" in c]
    return not any(re.search(each, path) for each in unless) and bool(re.search(pattern, path))


def by_apache(host: str, path: str) -> str:
    """Return what Apache makes of a path that is no file."""
    no_file = False
    for (pattern, target, *flags), conditions in rules(host):
        no_file = no_file or any(" -f" in condition for condition in conditions)
        if not applies(pattern, path, conditions):
            continue
        if "R=404" in str(flags):
            # Behind the question whether it is a file: it would be served if it were one.
            return FILE if no_file else NOTHING
        if "R=30" in str(flags):
            return ELSEWHERE
        return PHP if ".php" in target or "php" in pattern or path == "/" else FILE
    message = f"Apache has no rule for {path}"
    raise AssertionError(message)


def answer(shop: Shop, tier: str, path: str) -> str:
    """Return what the web server of a tier makes of a path."""
    if shop.topology == "apache":
        return by_apache(shop_host(shop.file(tier, "/apache.conf")), path)
    return by_nginx(shop_server(shop.file(tier, "/nginx.conf")), path)
