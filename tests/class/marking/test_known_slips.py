"""Each slip is told in plain words, sends to a section that exists, and has a mutant."""

import re
from pathlib import Path

import pytest

from softmax_book.sources import read_page
from softmax_grader.marking import KNOWN_SLIPS

from ..assignments import MUTANTS

BOOK = Path(__file__).resolve().parents[3] / "book"


@pytest.mark.parametrize("name", KNOWN_SLIPS)
def test_a_slip_sends_to_a_section_that_exists(name):
    slip = KNOWN_SLIPS[name]
    file, anchor = re.fullmatch(r"book/([0-9a-z_]+)\.html#([a-z0-9-]+)", slip.link).groups()
    chapter, section = slip.place.split(", ", 1)
    page = read_page(BOOK / f"{file}.md")
    (heading,) = (h for h in page.headings if anchor in h.anchors)
    assert heading.text == section
    if chapter == "Notation":
        assert page.title.startswith("Notation")
    else:
        assert page.title.startswith(f"{chapter.removeprefix('Chapter ')} · ")


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
