"""pydantic's validation errors, turned into problems with a reason and a fix."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from stackfile.report import Path, Problem, Source, nearest
from stackfile.section import Section, choice, sections_in

_FIXES = {
    "bool_type": "write true or false, without quotes",
    "int_type": "write a whole number, without quotes",
    "string_type": "write text, in quotes if it looks like a number",
    "tuple_type": "write a list: [one, two]",
    "dict_type": "write a mapping: key: value",
    "model_type": "write a mapping: key: value",
    "model_attributes_type": "write a mapping: key: value",
}


Model = TypeVar("Model", bound=Section)


@dataclass(frozen=True)
class Form(Generic[Model]):
    """The model of a settings tree, and how a report refers to it."""

    model: type[Model]
    key: str
    """Configuration key that holds the tree."""
    page: str
    """Page that lists the settings."""
    answers: Mapping[tuple[str, ...], tuple[str, str]] = field(
        default_factory=dict[tuple[str, ...], tuple[str, str]]
    )
    """Reason and fix for choices that people expect but that are not offered, by section, key
    and value."""


def explain(
    error: ValidationError, given: Mapping[str, Any], source: Source, form: Form[Any]
) -> Iterator[Problem]:
    """Yield one problem per mistake; `given` is the tree as written in the stack file."""
    details = error.errors()
    for detail in details:
        # Do not report a list as too short because its items are invalid.
        below = (
            other["loc"][: len(detail["loc"])] == detail["loc"] and other is not detail
            for other in details
        )
        if detail["type"] != "too_short" or not any(below):
            path, reason, fix = _mistake(detail, form)
            value = at(given, path)
            if detail["type"] == "union_tag_invalid":
                key = (*map(str, path[-2:]), str(value))
                reason, fix = form.answers.get(key, (reason, fix))
            yield source.problem((form.key, *path), value, reason, fix)


def at(tree: object, path: Path) -> object:
    """Return the value at a path, or None."""
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


def nested_secrets(node: object, path: Path, source: Source) -> Iterator[Problem]:
    """Refuse a secret inside the tree; the path starts with the project's key."""
    if not isinstance(node, Mapping):
        return
    mapping = cast("Mapping[str, object]", node)
    if "secure" in mapping:
        project = str(path[0]).partition(":")[0]
        yield source.problem(
            path,
            mapping,
            "a secret inside the settings would turn all of them into a secret",
            f"set it as a separate key: pulumi config set --secret {project}:...",
        )
        return
    for key, value in mapping.items():
        yield from nested_secrets(value, (*path, key), source)


def tuples(node: object) -> object:
    """Return the tree with tuples instead of lists: frozen settings hold no lists."""
    if isinstance(node, Mapping):
        return {key: tuples(value) for key, value in cast("dict[str, object]", node).items()}
    if isinstance(node, list):
        return tuple(tuples(item) for item in cast("list[object]", node))
    return node


def in_order(problems: list[Problem]) -> list[Problem]:
    """Return one problem per place, in file order.

    A value that allows several types fails once for each; the first failure is the clearest.
    """
    first = {problem.path: problem for problem in reversed(problems)}
    return sorted(first.values(), key=lambda problem: (problem.line or 0, str(problem.path)))


def _mistake(detail: ErrorDetails, form: Form[Any]) -> tuple[Path, str, str]:
    path, kind, context = _path(detail["loc"], form), detail["type"], detail.get("ctx", {})
    if kind == "missing":
        return path, "is required and missing", f"add it; {form.page} says what it means"
    if kind == "extra_forbidden":
        siblings = _siblings(path[:-1], form)
        if path[-1] in siblings:
            return path, "belongs to another choice of this section", "remove it, or switch to that"
        return path, "is not a known setting", nearest(str(path[-1]), siblings)
    if kind == "value_error":
        reason, _, fix = str(context.get("error", detail["msg"])).partition("; ")
        return path, reason, fix or "correct it"
    if kind in {"literal_error", "union_tag_invalid", "union_tag_not_found"}:
        tag = str(context.get("discriminator", "")).strip("'")
        return ((*path, tag) if tag else path, *_choice(kind, context, form))
    reason = detail["msg"][:1].lower() + detail["msg"][1:]
    return path, reason, _FIXES.get(kind, f"correct it; {form.page} says what is allowed")


def _choice(kind: str, context: Mapping[str, Any], form: Form[Any]) -> tuple[str, str]:
    if kind == "union_tag_not_found":
        return "is required and missing", f"choose one; {form.page} lists them"
    expected = str(context.get("expected") or context.get("expected_tags")).replace("'", "")
    return "is not one of the choices", f"use {expected.replace(' or ', ', ')}"


def _path(location: tuple[int | str, ...], form: Form[Any]) -> Path:
    """Strip what pydantic adds to a location: union tags and union types."""
    path: list[str | int] = []
    models: list[type[Section]] = [form.model]
    for key in location:
        if isinstance(key, str):
            fields = {info.alias for model in models for info in model.model_fields.values()}
            chosen = [model for model in models if key in choice(model).values()]
            if key not in fields and chosen:
                models = chosen
                continue
            if key in {"int", "bool", "[key]"} or "function-" in key:
                continue
            models = _below(models, key)
        path.append(key)
    return tuple(path)


def _siblings(path: Path, form: Form[Any]) -> list[str]:
    """Return the keys that are allowed at a path."""
    models: list[type[Section]] = [form.model]
    for key in path:
        if isinstance(key, str):
            models = _below(models, key)
    return sorted({str(info.alias) for model in models for info in model.model_fields.values()})


def _below(models: list[type[Section]], key: str) -> list[type[Section]]:
    """Return the models of the sections that a key of these models may hold."""
    return [
        nested
        for model in models
        for info in model.model_fields.values()
        if info.alias == key
        for nested in sections_in(info.annotation)
    ]
