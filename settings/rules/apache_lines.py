"""Rules about the customer's own files for Apache."""

import posixpath
import re
from collections.abc import Iterator, Mapping

from settings.model import Settings
from settings.rules.apache_grammar import parse, shown
from settings.rules.nginx_grammar import Directive, Mistake
from settings.rules.program_lines import names, web_server_files

_ACCESS = "remove it; openmage:shop.access says who is let in"
_PROXIES = "remove it, and set openmage:shop.edge.trustedProxies"
_OWNED = "remove it; the program sets it for every shop"
_HOSTS = "remove it, and set openmage:shop.hosts"
_IMAGE = "remove it, and put it into the image"
_INI = "remove it, and set openmage:shop.php.ini"
_NEVER: Mapping[str, str] = {
    "allowoverride": "remove it, and write here what .htaccess files would say",
    "allowoverridelist": "remove it, and write here what .htaccess files would say",
    "error": "remove it; Apache would not start",
    "include": "remove it, and write what it includes",
    "includeoptional": "remove it, and write what it includes",
    "listen": "remove it; the program opens the only ports that lead here",
    "loadfile": _IMAGE,
    "loadmodule": _IMAGE,
    "php_admin_flag": _INI,
    "php_admin_value": _INI,
    "php_flag": _INI,
    "php_value": _INI,
    "phpinidir": _INI,
    "proxyrequests": "remove it; everybody could reach other servers through the shop",
    "serveralias": _HOSTS,
    "servername": _HOSTS,
    "serverpath": _HOSTS,
    "virtualhost": "remove it; no port leads to another virtual host",
    **dict.fromkeys(
        names(
            """
            remoteipheader remoteipinternalproxy remoteipinternalproxylist remoteipproxiesheader
            remoteipproxyprotocol remoteipproxyprotocolexceptions remoteiptrustedproxy
            remoteiptrustedproxylist
            """
        ),
        _PROXIES,
    ),
}
"""What no file may contain, at any depth."""
_GUARDS = names(
    """
    authbasicauthoritative authbasicfake authbasicprovider authmerging authname authtype
    authuserfile require
    """
)
_FIXES: Mapping[str, str] = {
    "documentroot": "remove it, and set openmage:shop.web.documentRoot",
    "errorlog": "remove it; the container's log is the only one that is kept",
    "limitrequestbody": "remove it; PHP and Apache agree on one size of uploads",
    "timeout": "remove it, and set requestTimeoutSeconds",
}
_REPEATABLE = names(
    """
    addoutputfilterbytype customlog header logformat requestheader rewritecond rewriteengine
    rewritemap rewriterule setenvif setenvifexpr setenvifnocase
    """
)
"""What the program has as well, and a customer may have more of: other ones."""
_ENVIRONMENT: Mapping[str, int] = {
    "browsermatch": 1,
    "browsermatchnocase": 1,
    "passenv": 0,
    "setenv": 0,
    "setenvif": 2,
    "setenvifexpr": 1,
    "setenvifnocase": 2,
    "unsetenv": 0,
}
"""Directives that name variables, and from which value on."""
_NAMED: Mapping[str, int] = {"header": 1, "logformat": 1, "requestheader": 1, "rewritemap": 0}
"""What there is once under a name, and where that stands."""
_CONDITIONS = names("else elseif if ifdefine ifdirective iffile ifmodule ifsection ifversion")
_LOGS = names("customlog errorlog globallog transferlog")
_DEVICES = ("/dev/stdout", "/dev/stderr", "/proc/self/fd/1", "/proc/self/fd/2")
_SETS_VARIABLE = re.compile(r"(?:^\[|,)\s*(?:E|env)=!?(\w+)", re.IGNORECASE)

Key = tuple[str, ...]


class _Program:
    """What the program's own configuration has."""

    def __init__(self, settings: Settings) -> None:
        """Read the files that the templates give."""
        self.names: set[str] = set()
        self.keys: set[Key] = set()
        for text in web_server_files(settings):
            whole = parse(text).directives
            # The shop's own virtual host is the last one.
            shop = [one for one in whole if one.name == "virtualhost"][-1]
            mine = [*whole, *(shop.block or [])]
            self.names |= {one.name for one in mine if one.block is None}
            self.keys |= {key for one in mine if one is not shop for key in _keys(one)}
        self.variables = {key[1] for key in self.keys if key[0] == "variable"}


def mistakes(
    settings: Settings, files: Mapping[str, Mapping[str, str]]
) -> dict[tuple[str, str], list[Mistake]]:
    """Return what is wrong with the customer's files, by their blocks and names."""
    program = _Program(settings)
    access = settings.access
    guarded = any(part.allow or part.basic_auth for part in (access.shop, access.admin))
    found: dict[tuple[str, str], list[Mistake]] = {}
    for block, texts in files.items():
        for name, text in texts.items():
            parsed = parse(text)
            wrong = [
                mistake
                for top in parsed.directives
                for one in (top, *top.below())
                for mistake in _refused(one, program, guarded=guarded)
            ]
            refused = {mistake.line for mistake in wrong}
            wrong += [one for one in parsed.mistakes if one.open or one.line not in refused]
            found[block, name] = sorted(wrong, key=lambda mistake: mistake.line)
    return found


def _refused(one: Directive, program: _Program, *, guarded: bool) -> Iterator[Mistake]:
    name, line = shown(one.name), one.line
    top = not {*one.context} - {"ifmodule", "ifdefine", "iffile", "ifversion"}
    if one.name in _NEVER:
        yield Mistake(line, f"contains {name}, which the program owns", _NEVER[one.name])
    elif top and one.name in program.names and one.name not in _REPEATABLE:
        yield Mistake(
            line,
            f"{name} is a directive which the program sets itself",
            _FIXES.get(one.name, _OWNED),
        )
    elif program.variables & {key[1] for key in _keys(one) if key[0] == "variable"}:
        yield Mistake(
            line,
            f"{name} changes a variable of the program",
            "use another name, or set hosts.stores",
        )
    elif program.keys & {*_keys(one)}:
        yield Mistake(line, f"{name} is there already, as the program has it", "remove it")
    elif one.name == "rewriteengine" and top and [arg.lower() for arg in one.args] != ["on"]:
        yield Mistake(line, "RewriteEngine is switched on by the program", "remove it")
    elif guarded and one.name in _GUARDS and one.args != ("all", "denied"):
        yield Mistake(line, f"{name} would let in whom the program keeps out", _ACCESS)
    if one.name in _LOGS and one.args and not _writable(one.args[0]):
        yield Mistake(
            line,
            f"{name} writes to a path that cannot be written",
            "use /proc/self/fd/1, /proc/self/fd/2 or a path below /tmp",
        )


def _writable(path: str) -> bool:
    if path in _DEVICES:
        return True
    return posixpath.normpath(path).startswith("/tmp/")  # noqa: S108 (the pod's own volume)


def _keys(one: Directive) -> Iterator[Key]:
    """Yield what two directives must not have in common."""
    name, args = one.name, one.args
    if one.block is not None:
        if name not in _CONDITIONS:
            yield name, *(arg.rstrip("/") for arg in args)
    elif name in _ENVIRONMENT:
        last = 1 if name == "setenv" else None
        for variable in args[_ENVIRONMENT[name] : last]:
            yield "variable", variable.lstrip("!").partition("=")[0]
    elif name == "addoutputfilterbytype":
        for kind in args[1:]:
            yield name, kind.lower()
    elif name in _NAMED:
        named = args[1:] if args[:1] and args[0].lower() in {"always", "onsuccess"} else args
        place = _NAMED[name]
        yield name, *(arg.lower() for arg in named[place : place + 1])
    elif name in {"customlog", "rewritecond", "rewriterule"}:
        yield name, *args
        for variable in _SETS_VARIABLE.findall(args[2] if args[2:] else ""):
            yield "variable", variable
