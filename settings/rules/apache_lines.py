"""Rules about the customer's own files for Apache."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from settings.model import Settings
from settings.rules.apache_grammar import parse, shown
from settings.rules.nginx_grammar import Directive, Mistake, Told
from settings.rules.program_lines import OWNED, guarded, web_server_files, writable
from stackfile.tables import Names, TextByName, tables


class _Tables(NamedTuple):
    never: TextByName
    guards: TextByName
    fixes: TextByName
    repeatable: Names
    environment: dict[str, int]
    named: dict[str, int]
    conditions: Names
    logs: Names


_TABLES = tables(__file__, _Tables)
_SETS_VARIABLE = re.compile(r"(?:^\[|,)\s*(?:E|env)=!?(\w+)", re.IGNORECASE)

Key = tuple[str, ...]


class Program:
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
        self.guarded = guarded(settings)
        self.variables = {key[1] for key in self.keys if key[0] == "variable"}

    def mistakes(self, block: str, text: str) -> list[Mistake]:
        """Return what is wrong with a file of the customer's."""
        del block
        parsed = parse(text)
        refused = [
            Mistake(one.line, *told)
            for top in parsed.directives
            for one in (top, *top.below())
            for told in _refused(one, self)
        ]
        return parsed.also(refused)


def _refused(one: Directive, program: Program) -> Iterator[Told]:
    name = shown(one.name)
    top = not {*one.context} - {"ifmodule", "ifdefine", "iffile", "ifversion"}
    if one.name in _TABLES.never:
        yield f"contains {name}, which the program owns", _TABLES.never[one.name]
    elif top and one.name in program.names and one.name not in _TABLES.repeatable:
        fix = _TABLES.fixes.get(one.name, OWNED)
        yield f"{name} is a directive which the program sets itself", fix
    elif program.variables & {key[1] for key in _keys(one) if key[0] == "variable"}:
        yield f"{name} changes a variable of the program", "use another name, or set hosts.stores"
    elif program.keys & {*_keys(one)}:
        yield f"{name} is there already, as the program has it", "remove it"
    elif one.name == "rewriteengine" and top and [arg.lower() for arg in one.args] != ["on"]:
        yield "RewriteEngine is switched on by the program", "remove it"
    elif program.guarded and one.name in _TABLES.guards and one.args != ("all", "denied"):
        yield f"{name} would let in whom the program keeps out", _TABLES.guards[one.name]
    if one.name in _TABLES.logs and one.args and not writable(one.args[0]):
        fix = "use /proc/self/fd/1, /proc/self/fd/2 or a path below /tmp"
        yield f"{name} writes to a path that cannot be written", fix


def _keys(one: Directive) -> Iterator[Key]:
    """Yield what two directives must not have in common."""
    name, args = one.name, one.args
    if one.block is not None:
        if name not in _TABLES.conditions:
            yield name, *(arg.rstrip("/") for arg in args)
    elif name in _TABLES.environment:
        last = 1 if name == "setenv" else None
        for variable in args[_TABLES.environment[name] : last]:
            yield "variable", variable.lstrip("!").partition("=")[0]
    elif name == "addoutputfilterbytype":
        for kind in args[1:]:
            yield name, kind.lower()
    elif name in _TABLES.named:
        named = args[1:] if args[:1] and args[0].lower() in {"always", "onsuccess"} else args
        place = _TABLES.named[name]
        yield name, *(arg.lower() for arg in named[place : place + 1])
    elif name in {"customlog", "rewritecond", "rewriterule"}:
        yield name, *args
        for variable in _SETS_VARIABLE.findall(args[2] if args[2:] else ""):
            yield "variable", variable
