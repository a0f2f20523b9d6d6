"""The JSON Schema of a stack file, by which editors complete and check it."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, NamedTuple, cast, get_origin

from pydantic.alias_generators import to_camel

from stackfile.explain import at
from stackfile.merge import Tree, merge
from stackfile.section import Section, choice, sections_in

_SECRET: Tree = {
    "type": "object",
    "description": "Set by `pulumi config set --secret`.",
    "properties": {"secure": {"type": "string"}},
    "required": ["secure"],
    "additionalProperties": False,
}


class Place(NamedTuple):
    """A section where it stands."""

    section: type[Section]
    path: tuple[str, ...]
    """Keys down to it; an item of a list is the list's key and `[]`."""
    chosen: Tree
    """Settings that choose this section and those above it, and say no more."""
    within: type[Section] | None = None


@dataclass(frozen=True)
class Project:
    """What there is to say about a project's stack files."""

    title: str
    model: type[Section]
    key: str
    """Configuration key of the settings, such as `project:settings`."""
    secrets: type
    """Dataclass with a field for each secret key."""
    complete: Callable[[Tree], Mapping[str, Tree]] = lambda tree: {"": tree}
    """Adds what presets say where a tree is silent: a tree for each preset, by its name."""

    @property
    def secret_keys(self) -> list[str]:
        """Keys of the secrets."""
        project = self.key.partition(":")[0]
        return [f"{project}:{to_camel(field.name)}" for field in fields(self.secrets)]

    @cached_property
    def places(self) -> list[Place]:
        """Every place of every section, from the outside to the inside."""
        return list(_places(Place(self.model, (), {})))

    def supplied(self, place: Place) -> list[Tree]:
        """Return what each preset says in a place; it says which choice only by default."""
        word = choice(place.section)
        silent = self.complete({})
        found: list[Tree] = []
        for preset, tree in self.complete(place.chosen).items():
            given, default = at(tree, place.path), at(silent[preset], place.path)
            section = cast("Tree", given) if isinstance(given, dict) else {}
            usual = isinstance(default, dict) and word.items() <= cast("Tree", default).items()
            found.append({k: v for k, v in section.items() if usual or k not in word})
        return found


def schema(project: Project) -> Tree:
    """Return the schema of a whole Pulumi.<stack>.yaml."""
    settings = project.model.model_json_schema(by_alias=True)
    definitions = settings.pop("$defs")
    for place in project.places:
        node = settings if place.section is project.model else definitions[place.section.__name__]
        given = project.supplied(place)[0]
        if required := [key for key in node.pop("required", ()) if key not in given]:
            node["required"] = required
    name = project.key.partition(":")[0]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": project.title,
        "type": "object",
        "properties": {
            "config": {
                "type": "object",
                "properties": {
                    project.key: settings,
                    **dict.fromkeys(project.secret_keys, _SECRET),
                },
                "required": [project.key],
                # Keys of other namespaces belong to Pulumi; all of ours are listed.
                "patternProperties": {f"^(?!{name}:)": True},
                "additionalProperties": False,
            }
        },
        "required": ["config"],
        "$defs": definitions,
    }


def schema_text(project: Project) -> str:
    """Return the text of the schema."""
    return json.dumps(schema(project), indent=2, ensure_ascii=False) + "\n"


def _places(place: Place) -> Iterator[Place]:
    yield place
    for field in place.section.model_fields.values():
        items = "[]" if get_origin(field.annotation) is tuple else ""
        path = (*place.path, f"{field.alias}{items}")
        for section in sections_in(field.annotation):
            node: Any = choice(section)
            for key in reversed(path):
                node = {key: node}
            yield from _places(Place(section, path, merge(place.chosen, node), place.section))
