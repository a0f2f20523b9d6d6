"""The reference of a project's settings: each section once, with ranges and an example."""

# Values from YAML or from the wire are untyped until they are checked.
# pyright: reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import TypeAdapter
from pydantic.fields import FieldInfo

from stackfile.chapters import Chapter, anchor, chapters
from stackfile.examples import examples, in_line, yaml
from stackfile.explain import at
from stackfile.merge import Tree, merge
from stackfile.schema import Project
from stackfile.section import Section, choice, sections_in
from stackfile.wording import code, examples_of, form, kind, listed, only, wrapped

_INLINE = 100
_HEAD = "| key | type | default | range or choices | meaning |\n|---|---|---|---|---|"


@dataclass(frozen=True)
class Reference:
    """The page on a project's settings."""

    project: Project
    stack_files: Sequence[Path]
    """Where examples are taken from, the most telling ones first."""
    introduction: str
    secrets: str
    """What there is to say of the secret keys before they are listed."""

    def text(self) -> str:
        """Return the page as it is committed."""
        parts = [self.introduction, *map(self._chapter, self.chapters)]
        return "\n\n".join([*parts, *self._presets(), self._secrets()]) + "\n"

    @cached_property
    def examples(self) -> dict[type[Section], object]:
        """An example of each section."""
        return examples(self.project, self.stack_files)

    @cached_property
    def chapters(self) -> list[Chapter]:
        """The chapters in their order."""
        return chapters(self.project)

    def _of(self, section: type[Section]) -> Chapter:
        return next(chapter for chapter in self.chapters if section in chapter.places)

    def _chapter(self, chapter: Chapter) -> str:
        several = len(chapter.places) > 1
        text = [wrapped(" ".join(self._stands(chapter)))] if several else []
        about: list[str] = []
        rows: dict[str, dict[str, list[str]]] = {}
        blocks: list[str] = []
        for section in chapter.places:
            example = self.example(chapter, section)
            block = "\n" in example
            blocks += [example] if block else []
            said = [self._about(chapter, section), *([] if several else self._stands(chapter))]
            about.append(wrapped(" ".join([*said, *([] if block else [example])])))
            for key, field in self._fields(chapter, section).items():
                row = rows.setdefault(key, {}).setdefault(self._row(section, key, field), [])
                row.append(chapter.word(section))
        text.append("\n".join(about))
        words = [chapter.word(section) for section in chapter.places]
        if rows:
            lines = [
                f"| `{key}`{only(mine, words)} | {row}"
                for key, each in rows.items()
                for row, mine in each.items()
            ]
            text.append("\n".join([_HEAD, *lines]))
        return "\n\n".join([f"## {chapter.title}", *filter(None, text), *blocks])

    def _about(self, chapter: Chapter, section: type[Section]) -> str:
        said = " ".join((section.__doc__ or "").split())
        for key, word in chapter.choice(section).items():
            said = f'- <a id="{chapter.anchor(section)}"></a>`{key}: {word}`: {said}'
        for base in self._bases(chapter, section):
            other = self._of(base)
            said += f" It has the keys of [{other.title}](#{other.anchor(base)}) as well."
        return said

    def _bases(self, chapter: Chapter, section: type[Section]) -> list[type[Section]]:
        """Return the sections of other chapters that a section has all keys of."""
        others = (base for each in self.chapters if each is not chapter for base in each.places)
        return [base for base in others if issubclass(section, base)]

    def _fields(self, chapter: Chapter, section: type[Section]) -> dict[str, FieldInfo]:
        """Return the keys that are described here, without the one that chooses the section."""
        elsewhere = {key for base in self._bases(chapter, section) for key in base.model_fields}
        return {
            str(field.alias): field
            for name, field in section.model_fields.items()
            if name not in elsewhere and field.alias not in choice(section)
        }

    def _stands(self, chapter: Chapter) -> Iterator[str]:
        """Yield where the sections of a chapter stand, if its title does not say so."""
        found: dict[str, list[str]] = {}
        [places, *_] = chapter.places.values()
        for place in places if len(chapter.paths) > 1 else ():
            outer = None if place.within is None else self._of(place.within)
            inside = outer is not None and len(outer.paths) > 1
            where = f" of {outer.link}" if outer is not None and inside else ""
            path = place.path[-1] if inside else ".".join(place.path)
            found.setdefault(where, []).append(f"`{path}`")
        if found:
            places = (listed(list(dict.fromkeys(keys))) + of for of, keys in found.items())
            yield f"Stands at {', '.join(places)}."

    def _row(self, section: type[Section], key: str, field: FieldInfo) -> str:
        node = _properties(section)[key]
        keys = get_args(field.annotation)[0] if get_origin(field.annotation) is dict else str
        word = TypeAdapter[Any](keys).json_schema().get("title", "")
        what, allowed, meaning = kind(node, key), form(node, key, word), field.description or ""
        if node.get("default") is None and (such := examples_of(node)):
            allowed = f"{allowed}; such as {such}".lstrip("; ")
        if sections := list(sections_in(field.annotation)):
            chapters = [self._of(each) for each in sections]
            links = [
                f"[{', '.join(choice(each).values()) or chapter.title}](#{chapter.anchor(each)})"
                for chapter, each in zip(chapters, sections, strict=True)
            ]
            allowed = ", ".join(links) if links[1:] else ""
            what = "section" if links[1:] else f"[section](#{anchor(chapters[0].title)})"
            if get_origin(field.annotation) is tuple:
                what = f"list of {what.replace('section', 'sections')}"
            if not links[1:]:
                meaning = meaning or sections[0].__doc__ or ""
        cells = (what, self._default(section, key, field), allowed, meaning)
        return " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"

    def _default(self, section: type[Section], key: str, field: FieldInfo) -> str:
        below = list(sections_in(field.annotation))
        places = self._of(section).places[section]
        given = [[t.get(key) for t in self.project.supplied(place)] for place in places]
        if all(value is None for values in given for value in values):
            return "required" if field.is_required() else code(field.default)
        if below[1:]:
            usual = at(next(iter(self.project.complete({}).values())), (*places[0].path, key))
            tags = {tag for each in below for tag in choice(each)}
            return code({tag: usual[tag] for tag in tags if isinstance(usual, dict)})
        if below or any(values != given[0] for values in given):
            return "[by preset](#presets)"
        shown = [code(field.default if value is None else value) for value in given[0]]
        return " / ".join(shown if len(set(shown)) > 1 else shown[:1])

    def example(self, chapter: Chapter, section: type[Section]) -> str:
        """Return an example in a line of its own, or as a block."""
        example: Any = self.examples[section]
        for key in chapter.places[section][0].path[-1:] or (self.project.key,):
            items = key.endswith("[]")
            example = {key.removesuffix("[]"): [example] if items else example}
        line = in_line(example)[1:-1]
        # A list of mappings with one key each reads like a mapping in one line.
        if len(line) <= _INLINE and not re.search(r"\\n|\[\w+: ", line):
            return f"Example: `{line}`."
        return f"```yaml\n{yaml(example)}\n```"

    def _presets(self) -> Iterator[str]:
        names = list(self.project.complete({}))
        trees = [Tree() for _ in names]
        for place in self.project.places:
            for index, given in enumerate(self.project.supplied(place)):
                tags = choice(place.section)
                node: Tree = {k: v for k, v in given.items() if _flat(v) and k not in tags}
                for key in reversed(place.path if node else ()):
                    node = {key: node}
                trees[index] = merge(trees[index], node)
        if len(names) > 1:
            columns = [dict(_leaves(tree, "")) for tree in trees]
            rows = [
                f"| `{path}` | {' | '.join(code(column.get(path)) for column in columns)} |"
                for path in dict.fromkeys(path for column in reversed(columns) for path in column)
            ]
            head = f"| setting | {' | '.join(names)} |\n|---{'|---' * len(names)}|"
            yield "## Presets\n\nWhat `preset` says where a stack file is silent."
            yield "\n".join([head, *rows])

    def _secrets(self) -> str:
        [node] = ast.parse(textwrap.dedent(inspect.getsource(self.project.secrets))).body
        texts = [
            str(statement.value.value)
            for statement in getattr(node, "body", [])[1:]
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        ]
        keys = zip(self.project.secret_keys, texts, strict=True)
        rows = ["| key | meaning |", "|---|---|", *(f"| `{key}` | {text} |" for key, text in keys)]
        return f"## Secrets\n\n{wrapped(self.secrets)}\n\n" + "\n".join(rows)


@cache
def _properties(section: type[Section]) -> Tree:
    return section.model_json_schema(by_alias=True)["properties"]


def _flat(value: object) -> bool:
    return not isinstance(value, dict | list | tuple)


def _leaves(tree: Tree, path: str) -> Iterator[tuple[str, object]]:
    """Yield what stands in a tree: mappings of single values as a whole, other values alone."""
    for key, value in tree.items():
        where = f"{path}.{key}".lstrip(".")
        if isinstance(value, dict) and not all(map(_flat, value.values())):
            yield from _leaves(value, where)
        else:
            yield where, value
