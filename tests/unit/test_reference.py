"""What is generated from the settings of both projects: it is committed, whole, and works."""

import re

import pytest
import yaml

import generate as of_platform
from settings import generate as of_shop
from stackfile.chapters import anchor
from stackfile.explain import at, tuples
from stackfile.merge import merge

PROJECTS = pytest.mark.parametrize("made", [of_shop, of_platform], ids=["shop", "platform"])
LONGEST = 120


def _page(made):
    return next(text for file, text in made.FILES.items() if file.suffix == ".md")


def _prose(page):
    """Return the lines that are neither code, nor of a table, nor as long as an address in them."""
    text = re.sub(r"^```.*?^```", "", page, flags=re.DOTALL | re.MULTILINE)
    return [line for line in text.splitlines() if not re.match(r"\|", line) and "://" not in line]


def _example(made, section):
    """Return the example of a section as the page shows it, and the place that it is for."""
    [chapter] = [each for each in made.REFERENCE.chapters if section in each.places]
    place = chapter.places[section][0]
    shown = made.REFERENCE.example(chapter, section)
    page = _page(made)
    assert shown in page or shown in " ".join(page.split())
    text = re.sub(r"^Example: `|`\.$|^```.*$", "", shown, flags=re.MULTILINE)
    [tree] = yaml.safe_load(text).values()
    return place, tree[0] if place.path and place.path[-1].endswith("[]") else tree


@PROJECTS
def test_what_is_generated_is_committed(made):
    for file, text in made.FILES.items():
        assert file.read_text(encoding="utf-8") == text, "run make generate"


@PROJECTS
def test_every_section_has_one_chapter(made):
    told = [section for chapter in made.REFERENCE.chapters for section in chapter.places]
    assert sorted(map(str, told)) == sorted({str(place.section) for place in made.PROJECT.places})


@PROJECTS
def test_every_example_is_a_valid_section(made):
    for section in {place.section for place in made.PROJECT.places}:
        place, example = _example(made, section)
        whole = example
        for key in reversed(place.path):
            whole = {key: whole}
        completed = made.PROJECT.complete(merge(place.chosen, whole))
        for tree in completed.values():
            assert type(section.model_validate(tuples(at(tree, place.path)))) is section


@PROJECTS
def test_every_link_leads_to_one_heading_or_choice(made):
    page = _page(made)
    there = [anchor(title) for title in re.findall(r"^## (.*)$", page, re.MULTILINE)]
    there += re.findall(r'<a id="([^"]*)">', page)
    assert len(there) == len(set(there))
    assert set(re.findall(r"\]\(#([^)]*)\)", page)) <= set(there)


@PROJECTS
def test_the_page_can_be_read(made):
    page = _page(made)
    assert page.count("\n") < 1000
    assert [line for line in _prose(page) if len(line) > LONGEST] == []


@PROJECTS
def test_numbers_are_told_with_their_ranges(made):
    rows = [row.split(" | ") for row in _page(made).splitlines() if row.startswith("| `")]
    numbers = [row for row in rows if len(row) == 5 and row[1] in {"whole number", "port"}]
    assert len(numbers) > 4
    assert [row for row in numbers if not re.match(r"\d+ (to \d+|or more)", row[3])] == []
