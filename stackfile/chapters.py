"""The chapters of a reference: which sections are described together."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stackfile.schema import Place, Project
from stackfile.section import Section, choice

Keys = tuple[str, ...]


@dataclass(frozen=True)
class Chapter:
    """The sections that stand in the same places; which of them, other settings choose."""

    title: str
    places: Mapping[type[Section], Sequence[Place]]

    @property
    def link(self) -> str:
        """The title, which leads to the chapter."""
        return f"[{self.title}](#{anchor(self.title)})"

    @property
    def paths(self) -> list[str]:
        """Where the sections stand."""
        [places, *_] = self.places.values()
        return list(dict.fromkeys(".".join(place.path) for place in places))

    def choice(self, section: type[Section]) -> dict[str, str]:
        """Return the keys and words that choose a section among those of the chapter."""
        if len(self.places) == 1:
            return {}
        possible = _choices(place for places in self.places.values() for place in places)
        mine = _choices(self.places[section])
        telling = {key: ", ".join(words) for key, words in mine.items() if words != possible[key]}
        return choice(section) or {key: words for (_, key), words in telling.items()}

    def word(self, section: type[Section]) -> str:
        """Return what chooses a section, in a word."""
        return ", ".join(self.choice(section).values())

    def anchor(self, section: type[Section]) -> str:
        """Return what leads to a section of the chapter."""
        return anchor(f"{self.title} {self.word(section)}".strip())


def chapters(project: Project) -> list[Chapter]:
    """Return the chapters in the order in which one meets their sections."""
    standing: dict[type[Section], list[Place]] = {}
    for place in project.places:
        standing.setdefault(place.section, []).append(place)
    together: dict[frozenset[Keys], dict[type[Section], list[Place]]] = {}
    for section, places in standing.items():
        paths = frozenset(place.path for place in places)
        together.setdefault(paths, {})[section] = places
    return [
        Chapter(_title(paths, sections) or project.key, sections)
        for paths, sections in together.items()
    ]


def anchor(title: str) -> str:
    """Return what a title's heading is called in a link."""
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")


def _title(paths: Iterable[Keys], sections: Iterable[type[Section]]) -> str:
    """Return the path; for several paths, the section's name or the key that they all end in."""
    [first, *others] = paths
    if not others:
        return ".".join(first)
    [section, *more] = sections
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", section.__name__).capitalize()
    return first[-1] if more else str(section.model_config.get("title", name))


def _choices(places: Iterable[Place]) -> dict[tuple[int, str], list[str]]:
    """Return what is chosen on the way to places of one path, by depth and key."""
    found: dict[tuple[int, str], list[str]] = {}
    for place in places:
        node: Any = place.chosen
        for level, step in enumerate(place.path):
            node = node[step]
            for key, word in node.items():
                if isinstance(word, str) and word not in found.setdefault((level, key), []):
                    found[level, key].append(word)
    return found
