"""What all settings have in common: frozen, closed, strict, camelCase in YAML."""

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from stackfile.needs import Prerequisites
from stackfile.report import Path


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

    def prerequisites(self, path: Path) -> Prerequisites:
        """Yield what the cluster must have for this section, which stands at `path`."""
        del path
        yield from ()

    def sections(self, path: Path = ()) -> Iterator[tuple[Path, "Section"]]:
        """Yield this section and all sections below it, each with its path."""
        yield path, self
        for name, field in type(self).model_fields.items():
            below: object = getattr(self, name)
            if isinstance(below, Section):
                yield from below.sections((*path, str(field.alias)))
