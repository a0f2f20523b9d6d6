"""Base class of all settings sections: frozen, closed, strict, camelCase in YAML."""

from collections.abc import Iterator
from typing import Literal, cast, get_args, get_origin

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from stackfile.needs import Prerequisites
from stackfile.report import Path


class Section(BaseModel):
    """A section of the settings: unknown keys are refused, and no value is coerced."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="forbid",
        frozen=True,
        strict=True,
        use_attribute_docstrings=True,
        validate_by_alias=True,
        validate_by_name=False,
    )

    def prerequisites(self, path: Path) -> Prerequisites:
        """Yield what the cluster must have for this section, which stands at `path`."""
        del path
        yield from ()

    def sections(self, path: Path = ()) -> Iterator[tuple[Path, "Section"]]:
        """Yield this section and all sections below it, each with its path."""
        yield path, self
        for name, field in type(self).model_fields.items():
            below: object = getattr(self, name)
            place = (*path, str(field.alias))
            if isinstance(below, Section):
                yield from below.sections(place)
            elif isinstance(below, tuple):
                for index, each in enumerate(cast("tuple[object, ...]", below)):
                    if isinstance(each, Section):
                        yield from each.sections((*place, index))


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
