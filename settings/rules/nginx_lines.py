"""Rules about the customer's own files for nginx."""

import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Mapping

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
_AGAIN = names(
    """
    access_log add_header add_trailer addition_types allow ancient_browser
    ancient_browser_value auth_request_set break charset_map charset_types
    client_body_early_read dav_methods deny disable_symlinks early_hints empty_gif error_log
    error_page fastcgi_cache_bypass fastcgi_cache_methods fastcgi_cache_path
    fastcgi_cache_use_stale fastcgi_cache_valid fastcgi_catch_stderr fastcgi_hide_header
    fastcgi_ignore_headers fastcgi_next_upstream fastcgi_no_cache fastcgi_param
    fastcgi_pass_header fastcgi_split_path_info flv geo grpc_hide_header grpc_ignore_headers
    grpc_next_upstream grpc_pass_header grpc_set_header grpc_ssl_certificate
    grpc_ssl_certificate_cache grpc_ssl_certificate_key grpc_ssl_conf_command
    grpc_ssl_password_file grpc_ssl_protocols gzip_disable gzip_proxied gzip_types hash
    http2_idle_timeout http2_max_concurrent_pushes http2_max_field_size http2_max_header_size
    http2_max_requests http2_push http2_push_preload http2_recv_timeout if include index
    internal ip_hash keepalive keepalive_disable least_conn least_time limit_conn
    limit_conn_zone limit_except limit_req limit_req_zone listen location log_format map
    memcached_next_upstream mirror modern_browser modern_browser_value mp4 proxy_cache_bypass
    proxy_cache_methods proxy_cache_path proxy_cache_use_stale proxy_cache_valid
    proxy_cookie_domain proxy_cookie_flags proxy_cookie_path proxy_hide_header
    proxy_ignore_headers proxy_next_upstream proxy_no_cache proxy_pass_header proxy_redirect
    proxy_set_header proxy_ssl_certificate proxy_ssl_certificate_cache
    proxy_ssl_certificate_key proxy_ssl_conf_command proxy_ssl_password_file
    proxy_ssl_protocols quic_host_key random return rewrite scgi_cache_bypass
    scgi_cache_methods scgi_cache_path scgi_cache_use_stale scgi_cache_valid scgi_hide_header
    scgi_ignore_headers scgi_next_upstream scgi_no_cache scgi_param scgi_pass_header
    secure_link secure_link_md5 server server_name set set_real_ip_from split_clients
    ssi_types ssl_certificate ssl_certificate_cache ssl_certificate_key ssl_conf_command
    ssl_ech_file ssl_ocsp_cache ssl_password_file ssl_protocols ssl_session_cache
    ssl_session_ticket_key sticky stub_status sub_filter sub_filter_types tunnel_next_upstream
    tunnel_pass types upstream userid_expires userid_flags userid_mark uwsgi_cache_bypass
    uwsgi_cache_methods uwsgi_cache_path uwsgi_cache_use_stale uwsgi_cache_valid
    uwsgi_hide_header uwsgi_ignore_headers uwsgi_next_upstream uwsgi_no_cache uwsgi_param
    uwsgi_pass_header uwsgi_ssl_certificate uwsgi_ssl_certificate_cache
    uwsgi_ssl_certificate_key uwsgi_ssl_conf_command uwsgi_ssl_password_file
    uwsgi_ssl_protocols valid_referers zone
    """
)
"""What nginx takes several times in one place; of all else a second one is a duplicate."""
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
        regular = one.name == "location" and "".join(one.args).startswith(("~", "@"))
        if one.name in _NAMED and not regular:
            keys += [*_keys(one)]
        for key in keys:
            seen[key] += 1
            if seen[key] == 2:  # noqa: PLR2004 (once more than once)
                yield Mistake(one.line, f"{one.name} is there twice", "remove one of them")
        if one.block:
            yield from _twice(one.block, Counter())


def _single(name: str) -> bool:
    return known(name) and name not in _AGAIN
