"""Each slip is told in plain words, sends to a section that exists, and has a mutant."""

import re
from pathlib import Path

import pytest
from docutils.nodes import make_id

from softmax_grader.marking import KNOWN_SLIPS

from ..assignments import MUTANTS

BOOK = Path(__file__).resolve().parents[3] / "book"


def headings(page):
    text = re.sub(r"^```.*?^```", "", (BOOK / f"{page}.md").read_text("utf-8"), flags=re.M | re.S)
    return re.findall(r"^#+ (.*)$", text, re.M)


@pytest.mark.parametrize("name", KNOWN_SLIPS)
def test_a_slip_sends_to_a_section_that_exists(name):
    slip = KNOWN_SLIPS[name]
    page, anchor = re.fullmatch(r"book/([0-9a-z_]+)\.html#([a-z0-9-]+)", slip.link).groups()
    chapter, section = slip.place.split(", ", 1)
    title, *sections = headings(page)
    assert section in sections
    assert make_id(section) == anchor
    assert sections.count(section) == 1
    if chapter == "Notation":
        assert title.startswith("Notation")
    else:
        assert title.startswith(f"{chapter.removeprefix('Chapter ')} · ")


def test_a_link_works_in_the_built_site(site):
    for slip in KNOWN_SLIPS.values():
        page, anchor = slip.link.split("#")
        assert f'id="{anchor}"' in (site / page).read_text("utf-8"), slip.link


def test_every_slip_has_a_mutant_and_there_are_many():
    assert {m.slip for m in MUTANTS} - {None} == set(KNOWN_SLIPS)
    assert len(KNOWN_SLIPS) >= 12
    assert len({m.name for m in MUTANTS}) == len(MUTANTS)


@pytest.mark.parametrize("name", KNOWN_SLIPS)
def test_a_slip_is_told_in_plain_words(name):
    slip = KNOWN_SLIPS[name]
    assert re.fullmatch(r"[a-z0-9-]+", name)
    assert slip.sentence.endswith(".")
    assert len(slip.sentence) <= 260
    assert "\n" not in slip.sentence
    assert len(slip.title) <= 70
