"""Rules about the customer's own files for nginx."""

import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Mapping

from crossplane import analyzer  # pyright: ignore[reportMissingTypeStubs]

from settings.model import Settings
from settings.rules.nginx_grammar import DATA_BLOCKS, Context, Directive, Mistake, known, parse
from settings.rules.program_lines import names, web_server_files
from shop.render import nginx_php

CONTEXTS: Mapping[str, Context] = {"http": ("http",), "server": ("http", "server")}
_ACCESS = "remove it; openmage:shop.access says who is let in"
_PROXIES = "remove it, and set openmage:shop.edge.trustedProxies"
_OWNED = "remove it; the program sets it for every shop"
_NEVER: Mapping[str, str] = {
    "daemon": _OWNED,
    "env": _OWNED,
    "error_log": "remove it; the container's log is the only one that is kept",
    "include": "remove it, and write what it includes",
    "listen": "remove it; the program opens the only ports that lead here",
    "load_module": "remove it, and put the module into the image",
    "master_process": _OWNED,
    "pid": _OWNED,
    "real_ip_header": _PROXIES,
    "real_ip_recursive": _PROXIES,
    "satisfy": _ACCESS,
    "server_name": "remove it, and set openmage:shop.hosts",
    "set_real_ip_from": _PROXIES,
    "ssl_engine": _OWNED,
    "user": _OWNED,
    "worker_processes": _OWNED,
}
"""What no file may contain, at any depth."""
_GUARDS = names("allow auth_basic auth_basic_user_file auth_delay deny")
_FIXES: Mapping[str, str] = {
    **dict.fromkeys(_GUARDS, _ACCESS),
    "client_max_body_size": "remove it; PHP and nginx agree on one size of uploads",
    "root": "remove it, and set openmage:shop.web.documentRoot",
}
_DEFINING: Mapping[str, int] = {
    "auth_request_set": 0,
    "geo": -1,
    "map": 1,
    "set": 0,
    "split_clients": 1,
}
"""Directives that give a variable its value, and where they name it."""
_REPEATABLE = names(
    """
    access_log add_header deny geo gzip_types if limit_req_zone location log_format map server
    upstream
    """
)
"""What the program has as well, and a customer may have more of: other ones."""
_SINGLE = names(
    """
    alias auth_basic auth_basic_user_file charset client_body_temp_path expires fastcgi_cache
    fastcgi_cache_key fastcgi_pass fastcgi_temp_path keepalive_timeout limit_rate
    limit_rate_after proxy_cache proxy_cache_key proxy_pass proxy_temp_path root
    scgi_temp_path try_files uwsgi_temp_path
    """
)
_SINGLE_VALUES = re.compile(
    r"(?:^|_)(?:buffer_size|buffers|busy_buffers_size|bucket_size|comp_level|http_version"
    r"|max_size|max_body_size|min_length|read_timeout|send_timeout|connect_timeout|body_timeout"
    r"|header_timeout|body_buffer_size|header_buffer_size|default_type|server_tokens)$"
)
"""Further directives that nginx calls duplicates."""
_WRITTEN = re.compile(r"^(?:access_log|\w+_(?:temp|cache)_path|\w+_store|lock_file|state)$")
_NAMED = names("limit_conn_zone limit_req_zone location log_format upstream")
"""What nginx takes twice under different names only."""
_DEVICES = ("/dev/stdout", "/dev/stderr", "/proc/self/fd/1", "/proc/self/fd/2", "off")
_PHP_VALUES = {"PHP_VALUE", "PHP_ADMIN_VALUE"}
_CAPTURE = re.compile(r"\(\?P?[<']([A-Za-z_]\w*)[>']")


class _Program:
    """What the program's own configuration has."""

    def __init__(self, settings: Settings) -> None:
        """Read the files that the templates give."""
        trees = [parse(text, ()).directives for text in web_server_files(settings)]
        https = [one for tree in trees for one in tree if one.name == "http"]
        self.http = [inner for http in https for inner in http.block or []]
        # The shop's own server is the last one.
        shops = [[one for one in http.block or [] if one.name == "server"][-1] for http in https]
        self.server = [inner for shop in shops for inner in shop.block or []]
        php = parse(nginx_php(60, basic_auth=True), ("http", "location")).directives
        self.names = {one.name for one in (*self.http, *self.server, *php)}
        self.variables = {
            one.args[_DEFINING[one.name]].lstrip("$")
            for one in self.http
            if one.name in _DEFINING and one.args
        }
        self.keys = {key for one in (*self.http, *self.server) for key in _keys(one)}


def mistakes(
    settings: Settings, files: Mapping[str, Mapping[str, str]]
) -> dict[tuple[str, str], list[Mistake]]:
    """Return what is wrong with the customer's files, by their blocks and names."""
    program = _Program(settings)
    access = settings.access
    guarded = any(part.allow or part.basic_auth for part in (access.shop, access.admin))
    found: dict[tuple[str, str], list[Mistake]] = {}
    for block, texts in files.items():
        seen: Counter[tuple[str, ...]] = Counter()
        for name, text in sorted(texts.items()):
            parsed = parse(text, CONTEXTS[block])
            wrong = found.setdefault((block, name), [])
            wrong += _refused(parsed.directives, program, block, guarded=guarded)
            wrong += _twice(parsed.directives, seen)
            refused = {mistake.line for mistake in wrong}
            wrong += [one for one in parsed.mistakes if one.open or one.line not in refused]
            wrong.sort(key=lambda mistake: mistake.line)
    return found


def _refused(
    directives: list[Directive], program: _Program, block: str, *, guarded: bool
) -> Iterator[Mistake]:
    for top in directives:
        yield from _owned(top, program, block)
        for one in (top, *top.below()):
            if one.context[-1] in DATA_BLOCKS and one.name != "include":
                continue
            yield from _anywhere(one, program)
            nested = len(one.context) > len(CONTEXTS[block]) or "location" in one.context
            closing = one.name == "deny" and one.args == ("all",)
            if nested and guarded and one.name in _GUARDS and not closing:
                yield Mistake(
                    one.line, f"{one.name} would let in whom the program keeps out", _ACCESS
                )


def _owned(one: Directive, program: _Program, block: str) -> Iterator[Mistake]:
    """Refuse at the top of a file what the program has there."""
    if one.name in _NEVER:
        return
    if one.name == "server":
        yield Mistake(one.line, "server is reached by no port", "use web.nginx.server, or a host")
    elif one.name == "access_log" and one.args[:1] == ("off",):
        yield Mistake(
            one.line, "access_log off ends the program's own log", "switch it off in a location"
        )
    elif one.name == "gzip_types" and block == "server":
        yield Mistake(
            one.line, "gzip_types replaces the program's own", "move it to web.nginx.http"
        )
    elif one.name in program.names and one.name not in _REPEATABLE:
        yield Mistake(
            one.line,
            f"{one.name} is a directive which the program sets itself",
            _FIXES.get(one.name, _OWNED),
        )
    elif program.keys & {*_keys(one)} and (block == "server" or one.name not in {"if", "location"}):
        yield Mistake(
            one.line,
            f"{one.name} is there already, as the program has it",
            _FIXES.get(one.name, "remove it, or give it another name"),
        )


def _anywhere(one: Directive, program: _Program) -> Iterator[Mistake]:
    if one.name in _NEVER:
        yield Mistake(one.line, f"contains {one.name}, which the program owns", _NEVER[one.name])
    if one.name in _DEFINING and one.args:
        index = _DEFINING[one.name]
        names_variable = one.args[index] if len(one.args) > index else ""
        if names_variable.lstrip("$") in program.variables:
            yield Mistake(
                one.line, f"{one.name} changes a variable of the program", "use another name"
            )
    if any(name in program.variables for arg in one.args for name in _CAPTURE.findall(arg)):
        yield Mistake(one.line, f"{one.name} changes a variable of the program", "use another name")
    if one.name.endswith("_param") and one.args[:1] and one.args[0].upper() in _PHP_VALUES:
        yield Mistake(one.line, f"{one.name} sets php.ini", "set openmage:shop.php.ini")
    if _WRITTEN.match(one.name) and one.args and not _writable(one):
        yield Mistake(
            one.line,
            f"{one.name} writes to a path that cannot be written",
            "use /dev/stdout, /dev/stderr or a path below /tmp",
        )


def _writable(one: Directive) -> bool:
    path = one.args[0]
    if path in _DEVICES:
        return path != "off" or one.name == "access_log" or one.name.endswith("_store")
    if one.name == "access_log" and path.startswith("syslog:"):
        return True
    return posixpath.normpath(path).startswith("/tmp/")  # noqa: S108 (the pod's own volume)


def _keys(one: Directive) -> Iterator[tuple[str, ...]]:
    """Yield what two directives must not have in common."""
    if one.name == "add_header" and one.args:
        yield "add_header", one.args[0].lower()
    elif one.name == "location":
        yield "location", "".join(one.args)
    elif one.name == "gzip_types":
        for arg in one.args:
            yield "gzip_types", arg
    elif one.name in {"upstream", "log_format"}:
        yield one.name, *one.args[:1]
    elif one.name in {"access_log", "deny", "if"}:
        yield one.name, *one.args
    else:
        for arg in one.args:
            if zone := re.match(r"(?:keys_)?zone=([^:]+)", arg):
                yield "zone", zone[1]


def _twice(directives: list[Directive], seen: Counter[tuple[str, ...]]) -> Iterator[Mistake]:
    """Refuse what nginx calls duplicates, among the customer's own lines."""
    for one in directives:
        keys = [(one.name,)] if _single(one.name) else []
        regular = one.name == "location" and "".join(one.args).startswith("~")
        if one.name in _NAMED and not regular:
            keys += [*_keys(one)]
        for key in keys:
            seen[key] += 1
            if seen[key] == 2:  # noqa: PLR2004 (once more than once)
                yield Mistake(one.line, f"{one.name} is there twice", "remove one of them")
        if one.block:
            yield from _twice(one.block, Counter())


def _single(name: str) -> bool:
    masks: list[int] = analyzer.DIRECTIVES.get(name, [])
    flag = any(mask & analyzer.NGX_CONF_FLAG for mask in masks)
    return known(name) and (flag or name in _SINGLE or bool(_SINGLE_VALUES.search(name)))
