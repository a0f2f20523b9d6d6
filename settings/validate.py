"""From YAML to settings: everything that is wrong, at once."""

from collections.abc import Iterator, Mapping
from typing import Any, cast, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from settings.impossible import IMPOSSIBLE
from settings.model import Settings
from settings.presets import complete
from settings.report import SHOP, Path, Problem, SettingsError, Source, nearest
from settings.rules import violations

_UNIONS = {
    *("database", "edge", "tls", "web", "frontendCache", "sessions", "cache"),
    *("issuer", "parent", "movingFrom", "mail"),
}
"""Sections that are one of several, told apart by a tag."""
_TAGS = {
    *("node-local", "volume", "replicated", "galera", "external", "own", "sentinel"),
    *("ingress", "gateway", "load-balancer", "none", "listener-set", "existing"),
    *("secret", "certificate", "elsewhere", "letsencrypt", "http-01", "named"),
    *("shared", "split", "apache", "varnish", "smtp"),
}
"""Values of the tags; pydantic puts them into the location of an error."""
_FIXES = {
    "bool_type": "write true or false, without quotes",
    "int_type": "write a whole number, without quotes",
    "string_type": "write text, in quotes if it looks like a number",
    "tuple_type": "write a list: [one, two]",
    "dict_type": "write a mapping: key: value",
    "model_type": "write a mapping: key: value",
    "model_attributes_type": "write a mapping: key: value",
}


def validate(tree: object, source: Source) -> Settings:
    """Return the settings, or raise a SettingsError with every problem."""
    if not isinstance(tree, Mapping):
        problem = source.problem(
            (SHOP,), tree, "the shop's settings are missing", "start from Pulumi.dev.yaml"
        )
        raise SettingsError(source.name, [problem])
    given = cast("dict[str, Any]", tree)
    problems = list(_nested_secrets(given, (SHOP,), source))
    settings = None
    try:
        settings = Settings.model_validate(_tuples(complete(given)))
    except ValidationError as error:
        problems += _details(error.errors(), given, source)
    if settings is not None:
        problems += [
            source.problem((SHOP, *path), at(given, path), reason, fix)
            for path, reason, fix in violations(settings)
        ]
    if problems or settings is None:
        raise SettingsError(source.name, _in_order(problems))
    return settings


def at(tree: object, path: Path) -> object:
    """Return what stands at a path, None if nothing does."""
    node = tree
    for key in path:
        if isinstance(node, Mapping) and key in node:
            node = cast("Mapping[str | int, object]", node)[key]
        elif isinstance(node, list | tuple) and isinstance(key, int):
            items = cast("list[object]", node)
            node = items[key] if key < len(items) else None
        else:
            return None
    return cast("object", node)


def _details(
    details: list[ErrorDetails], given: dict[str, Any], source: Source
) -> Iterator[Problem]:
    for detail in details:
        # A list is not too short as well when what stands in it is wrong.
        below = (
            other["loc"][: len(detail["loc"])] == detail["loc"] and other is not detail
            for other in details
        )
        if detail["type"] != "too_short" or not any(below):
            yield _problem(detail, given, source)


def _problem(detail: ErrorDetails, given: dict[str, Any], source: Source) -> Problem:
    path = _path(detail["loc"])
    value = at(given, path)
    kind = detail["type"]
    if kind == "missing":
        reason, fix = "is required and missing", "add it; docs/settings.md says what it means"
    elif kind == "extra_forbidden":
        siblings = _siblings(path[:-1])
        reason, fix = "there is no such setting", nearest(str(path[-1]), siblings)
        if path[-1] in siblings:
            reason, fix = "belongs to another choice of this section", "remove it, or choose that"
    elif kind == "value_error":
        text = str(detail.get("ctx", {}).get("error", detail["msg"]))
        reason, _, fix = text.partition("; ")
        fix = fix or "correct it"
    elif kind in {"literal_error", "union_tag_invalid"}:
        context = detail.get("ctx", {})
        expected = str(context.get("expected") or context.get("expected_tags")).replace("'", "")
        reason, fix = "is none of the choices", f"use {expected.replace(' or ', ', ')}"
        path = _with_tag(path, kind, detail)
        value = at(given, path)
        if answer := IMPOSSIBLE.get((*map(str, path[-2:]), str(value))):
            reason, fix = answer
    elif kind == "union_tag_not_found":
        path = (*path, str(detail.get("ctx", {}).get("discriminator", "")).strip("'"))
        reason, fix = "is required and missing", "choose one; docs/settings.md lists them"
    else:
        reason = detail["msg"][:1].lower() + detail["msg"][1:]
        fix = _FIXES.get(kind, "correct it; docs/settings.md says what is allowed")
    return source.problem((SHOP, *path), value, reason, fix)


def _with_tag(path: Path, kind: str, detail: ErrorDetails) -> Path:
    if kind != "union_tag_invalid":
        return path
    return (*path, str(detail.get("ctx", {}).get("discriminator", "")).strip("'"))


def _path(location: tuple[int | str, ...]) -> Path:
    """Leave out what pydantic adds to a location: the tag of a union, the type in a union."""
    path: list[str | int] = []
    for index, key in enumerate(location):
        before = location[index - 1] if index else ""
        if before in _UNIONS and key in _TAGS:
            continue
        if isinstance(key, str) and (key in {"int", "bool", "[key]"} or "function-" in key):
            continue
        path.append(key)
    return tuple(path)


def _siblings(path: Path) -> list[str]:
    """Return the keys that are allowed at a path."""
    models: list[type[BaseModel]] = [Settings]
    for key in path:
        models = [
            nested
            for model in models
            for field in model.model_fields.values()
            if field.alias == key
            for nested in _models(field.annotation)
        ]
    return sorted({str(field.alias) for model in models for field in model.model_fields.values()})


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)


def _nested_secrets(node: object, path: Path, source: Source) -> Iterator[Problem]:
    if isinstance(node, Mapping):
        mapping = cast("Mapping[str, object]", node)
        if "secure" in mapping:
            yield source.problem(
                path,
                mapping,
                "a secret among the settings would make all of them secret",
                "set it as a key of its own: pulumi config set --secret openmage:...",
            )
            return
        for key, value in mapping.items():
            yield from _nested_secrets(value, (*path, key), source)


def _tuples(node: object) -> object:
    """Return the tree with tuples for lists: frozen settings hold no lists."""
    if isinstance(node, Mapping):
        return {key: _tuples(value) for key, value in cast("dict[str, object]", node).items()}
    if isinstance(node, list):
        return tuple(_tuples(item) for item in cast("list[object]", node))
    return node


def _in_order(problems: list[Problem]) -> list[Problem]:
    """Return one problem a place, in the order of the file.

    A value of several allowed types fails as each of them; the first failure says most.
    """
    first = {problem.path: problem for problem in reversed(problems)}
    return sorted(first.values(), key=lambda problem: (problem.line or 0, str(problem.path)))
