"""Tables of data: those of a module are in a YAML file of its name beside it."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar, cast

from pydantic import BeforeValidator, TypeAdapter
from ruamel.yaml import YAML

Kind = TypeVar("Kind")


def tables(module: str, kind: type[Kind]) -> Kind:
    """Return the tables of a module's `__file__`; raise an error if they are not of that kind."""
    text = Path(module).with_suffix(".yaml").read_text(encoding="utf-8")
    return TypeAdapter(kind).validate_python(cast("Any", YAML(typ="safe", pure=True)).load(text))


def _by_name(rows: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    return {
        name: {key: value for key, value in row.items() if key != "names"}
        for row in rows
        for name in row["names"].split()
    }


def _text_by_name(listed: Mapping[str, str]) -> dict[str, str]:
    return {name: text for text, names in listed.items() for name in names.split()}


Names = Annotated[frozenset[str], BeforeValidator(str.split)]
"""Names with spaces between them."""
BY_NAME = BeforeValidator(_by_name)
"""Rows that each have several `names`, to be looked up by one of them."""
TextByName = Annotated[dict[str, str], BeforeValidator(_text_by_name)]
"""Texts that each stand before the names they are for, to be looked up by one of them."""
