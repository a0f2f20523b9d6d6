"""An example of each section: from a committed stack file, or else from the model itself."""

# Values from YAML or from the wire are untyped until they are checked.
# pyright: reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false

import re
from collections.abc import Iterable
from io import StringIO
from pathlib import Path
from typing import Any

from pydantic_core import PydanticUndefined
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

from stackfile.explain import at, tuples
from stackfile.merge import Tree
from stackfile.schema import Place, Project
from stackfile.section import Section, choice
from stackfile.source import read_file

_IN_LINE = 10_000


def examples(project: Project, files: Iterable[Path]) -> dict[type[Section], object]:
    """Return an example of each section; the first file that says something of it gives it."""
    found: dict[type[Section], object] = {}
    for file in files:
        tree = read_file(file).tree["config"][project.key]
        settings = project.model.model_validate(tuples(next(iter(project.complete(tree).values()))))
        for path, section in settings.sections():
            if given := at(tree, path):
                found.setdefault(type(section), given)
    for place in project.places:
        if place.section not in found:
            found[place.section] = _made(project, place)
    return found


def yaml(node: object, short: int = 80) -> str:
    """Return a tree as people write it: what is short in one line, long text in lines."""
    text = StringIO()
    writer: Any = YAML()
    writer.width = _IN_LINE
    writer.indent(mapping=2, sequence=4, offset=2)
    styled = _styled(node, short)
    if isinstance(styled, CommentedMap) and short != _IN_LINE:
        styled.fa.set_block_style()
    writer.dump(styled, text)
    return text.getvalue().rstrip().removesuffix("\n...")


def in_line(node: object) -> str:
    """Return a tree in one line."""
    return yaml(node, _IN_LINE)


def _made(project: Project, place: Place) -> Tree:
    """Return what a section must say, with the examples and the defaults of its fields."""
    made: Tree = dict(choice(place.section))
    preset = project.supplied(place)[0]
    keys = {str(field.alias): field for field in place.section.model_fields.values()}
    for key, field in keys.items():
        if key not in made and field.examples and field.default in (None, PydanticUndefined):
            made[key] = field.examples[0]
        elif field.is_required() and key not in {*made, *preset}:
            below = [each for each in project.places if each.path == (*place.path, key)]
            if not below:
                message = f"{place.section.__name__}.{key} is in no stack file and has no examples"
                raise ValueError(message)
            made[key] = _made(project, below[0])
    if made == choice(place.section):
        usual = {key: preset.get(key, field.default) for key, field in keys.items()}
        shown = {key: value for key, value in usual.items() if _telling(value) and key not in made}
        made |= shown or preset
    return made


def _telling(value: object) -> bool:
    return isinstance(value, str | int | tuple) and value not in (False, ())


def _styled(node: Any, short: int) -> Any:
    if isinstance(node, Section):
        return _styled(node.model_dump(by_alias=True, exclude_defaults=True), short)
    if isinstance(node, dict):
        styled: Any = CommentedMap((key, _styled(value, short)) for key, value in node.items())
    elif isinstance(node, list | tuple):
        styled = CommentedSeq(_styled(value, short) for value in node)
    elif isinstance(node, str) and node.startswith(":"):
        # Not every parser takes it for text where it stands in a line.
        return DoubleQuotedScalarString(node)
    else:
        return LiteralScalarString(node) if isinstance(node, str) and "\n" in node else node
    text = str(node)
    if short == _IN_LINE or (len(text) <= short and not re.search(r"\\n|\[\{", text)):
        styled.fa.set_flow_style()
    return styled
