"""Tables of data: what the files beside the modules may hold."""

from pathlib import Path
from typing import Annotated, NamedTuple

import pytest
from pydantic import ValidationError
from ruamel.yaml import YAML

import settings
from stackfile.tables import BY_NAME, Names, TextByName, tables

FILES = sorted(Path(settings.__file__).parent.rglob("*.yaml"))


class Row(NamedTuple):
    """A row of the table below."""

    least: int
    most: int = 9


class Tables(NamedTuple):
    """One table of each kind."""

    rows: Annotated[dict[str, Row], BY_NAME]
    texts: TextByName
    names: Names


def read(folder, text):
    module = folder / "module.py"
    module.with_suffix(".yaml").write_text(text)
    return tables(str(module), Tables)


def test_a_table_is_looked_up_by_name(tmp_path):
    found = read(
        tmp_path,
        "rows: [{ least: 1, names: a b }, { least: 2, most: 3, names: c }]\n"
        "texts: { remove it: d e }\nnames: >\n  f\n  g h\n",
    )

    assert found.rows == {"a": Row(1), "b": Row(1), "c": Row(2, 3)}
    assert found.texts == {"d": "remove it", "e": "remove it"}
    assert found.names == {"f", "g", "h"}


@pytest.mark.parametrize(
    "text",
    [
        "rows: []\ntexts: {}\n",
        "rows: []\ntexts: {}\nnames: a\nmore: b\n",
        "rows: [{ least: one, names: a }]\ntexts: {}\nnames: a\n",
        "rows: [{ least: 1, mots: 2, names: a }]\ntexts: {}\nnames: a\n",
    ],
)
def test_a_table_of_another_kind_is_refused(tmp_path, text):
    with pytest.raises(ValidationError):
        read(tmp_path, text)


def name_lists(tables):
    """Yield the names of each table."""
    for key, table in tables.items():
        # A directive may stand in several places, and a text has no names.
        if key in {"newer", "text"}:
            continue
        if isinstance(table, str):
            yield table
        elif isinstance(table, list) and isinstance(table[0], dict):
            yield " ".join(row.get("names", "") for row in table)
        elif isinstance(table, dict) and all(isinstance(names, str) for names in table.values()):
            yield " ".join(table.values())
        elif key == "values":
            yield from name_lists(table)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_table_has_a_name_twice(file):
    assert file.with_suffix(".py").is_file()
    for listed in name_lists(YAML(typ="safe", pure=True).load(file.read_text())):
        names = listed.split()
        assert len(names) == len({*names})
