"""Rules about the customer's own files for nginx."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from settings.model import Settings
from settings.rules.nginx_grammar import (
    DATA_BLOCKS,
    Context,
    Directive,
    Mistake,
    Told,
    known,
    parse,
)
from settings.rules.program_lines import OWNED, guarded, web_server_files, writable
from shop.render import nginx_php
from stackfile.tables import Names, TextByName, tables

CONTEXTS: Mapping[str, Context] = {"http": ("http",), "server": ("http", "server")}


class _Tables(NamedTuple):
    never: TextByName
    guards: TextByName
    fixes: TextByName
    defining: dict[str, int]
    repeatable: Names
    again: Names
    named: Names


_TABLES = tables(__file__, _Tables)
_FIXES = {**_TABLES.guards, **_TABLES.fixes}
_WRITTEN = re.compile(r"^(?:access_log|\w+_(?:temp|cache)_path|\w+_store|lock_file|state)$")
_PHP_VALUES = {"PHP_VALUE", "PHP_ADMIN_VALUE"}
_CAPTURE = re.compile(r"\(\?P?[<']([A-Za-z_]\w*)[>']")


class Program:
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
        self.variables = {variable for one in self.http for variable in _defined(one)}
        self.keys = {key for one in (*self.http, *self.server) for key in _keys(one)}
        self.guarded = guarded(settings)
        self._seen: defaultdict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)

    def mistakes(self, block: str, text: str) -> list[Mistake]:
        """Return what is wrong with a file of the customer's, and with it after those before it."""
        parsed = parse(text, CONTEXTS[block])
        refused = [wrong for one in parsed.directives for wrong in _refused(one, self, block)]
        refused += _twice(parsed.directives, self._seen[block])
        return parsed.also(refused)


def _refused(top: Directive, program: Program, block: str) -> Iterator[Mistake]:
    told = None if top.name in _TABLES.never else _owned(top, program, block)
    if told:
        yield Mistake(top.line, *told)
    for one in (top, *top.below()):
        if one.context[-1] in DATA_BLOCKS and one.name != "include":
            continue
        for told in _anywhere(one, program):
            yield Mistake(one.line, *told)
        nested = len(one.context) > len(CONTEXTS[block]) or "location" in one.context
        closing = one.name == "deny" and one.args == ("all",)
        if nested and program.guarded and one.name in _TABLES.guards and not closing:
            what = f"{one.name} would let in whom the program keeps out"
            yield Mistake(one.line, what, _TABLES.guards[one.name])


def _owned(one: Directive, program: Program, block: str) -> Told | None:
    """Refuse at the top of a file what the program has there."""
    name = one.name
    if name == "server":
        return "server is reached by no port", "use web.nginx.server, or a host"
    if name == "access_log" and one.args[:1] == ("off",):
        return "access_log off ends the program's own log", "switch it off in a location"
    if name == "gzip_types" and block == "server":
        return "gzip_types replaces the program's own", "move it to web.nginx.http"
    if name in program.names and name not in _TABLES.repeatable:
        return f"{name} is a directive which the program sets itself", _FIXES.get(name, OWNED)
    if program.keys & {*_keys(one)} and (block == "server" or name not in {"if", "location"}):
        fix = _FIXES.get(name, "remove it, or give it another name")
        return f"{name} is there already, as the program has it", fix
    return None


def _anywhere(one: Directive, program: Program) -> Iterator[Told]:
    name, args = one.name, one.args
    if name in _TABLES.never:
        yield f"contains {name}, which the program owns", _TABLES.never[name]
    captured = {variable for arg in args for variable in _CAPTURE.findall(arg)}
    if program.variables & {*_defined(one), *captured}:
        yield f"{name} changes a variable of the program", "use another name"
    if name.endswith("_param") and args[:1] and args[0].upper() in _PHP_VALUES:
        yield f"{name} sets php.ini", "set openmage:shop.php.ini"
    if _WRITTEN.match(name) and args and not _writable(one):
        fix = "use /dev/stdout, /dev/stderr or a path below /tmp"
        yield f"{name} writes to a path that cannot be written", fix


def _defined(one: Directive) -> Iterator[str]:
    """Yield the variable that a directive gives its value."""
    place = _TABLES.defining.get(one.name, len(one.args))
    if -len(one.args) <= place < len(one.args):
        yield one.args[place].lstrip("$")


def _writable(one: Directive) -> bool:
    path = one.args[0]
    if path == "off":
        return one.name == "access_log" or one.name.endswith("_store")
    return (one.name == "access_log" and path.startswith("syslog:")) or writable(path)


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
        single = known(one.name) and one.name not in _TABLES.again
        keys = [(one.name,)] if single else []
        regular = one.name == "location" and "".join(one.args).startswith(("~", "@"))
        if one.name in _TABLES.named and not regular:
            keys += [*_keys(one)]
        for key in keys:
            seen[key] += 1
            if seen[key] == 2:  # noqa: PLR2004 (once more than once)
                yield Mistake(one.line, f"{one.name} is there twice", "remove one of them")
        if one.block:
            yield from _twice(one.block, Counter())
