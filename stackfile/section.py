"""What all settings have in common: frozen, closed, strict, camelCase in YAML."""

from collections.abc import Iterator
from typing import Literal, get_args, get_origin

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Section(BaseModel):
    """A part of the settings: unknown keys are refused, and nothing is converted."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="forbid",
        frozen=True,
        strict=True,
        use_attribute_docstrings=True,
        validate_by_alias=True,
        validate_by_name=False,
    )


def sections_in(annotation: object) -> Iterator[type[Section]]:
    """Yield the sections that a type allows, in its order."""
    if isinstance(annotation, type) and issubclass(annotation, Section):
        yield annotation
    for argument in get_args(annotation):
        yield from sections_in(argument)


def choice(section: type[Section]) -> dict[str, str]:
    """Return the key and the word that tell a section from others in its place; empty if none do.

    The key is a field that allows nothing else.
    """
    words = {
        str(field.alias): get_args(field.annotation)
        for field in section.model_fields.values()
        if get_origin(field.annotation) is Literal
    }
    return {key: allowed[0] for key, allowed in words.items() if len(allowed) == 1}
