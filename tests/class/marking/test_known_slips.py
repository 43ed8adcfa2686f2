"""Each slip is told in plain words, sends to a section that exists, and has a mutant."""

import re
from pathlib import Path

import jupytext
import pytest

from softmax_book.sources import read_page
from softmax_grader.marking import KNOWN_SLIPS
from softmax_grader.marking.early_slips import EARLY
from softmax_grader.marking.known_slips import class_at, known_slip
from softmax_grader.marking.others import values_named
from softmax_grader.marking.plan import chapter_reached

from .. import play
from ..assignments import ASSIGNMENTS, MUTANTS, code_of, mutant_named

BOOK = Path(__file__).resolve().parents[3] / "book"
TOLD = {**KNOWN_SLIPS, **{f"{name}, early": slip for name, (_, slip) in EARLY.items()}}
ANYWHERE = {"transposed", "wrong-sign", "whole-numbers", "one-class-count", "changed-in-place"}


@pytest.mark.parametrize("name", TOLD)
def test_a_slip_sends_to_a_section_that_exists(name):
    slip = TOLD[name]
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
    for slip in TOLD.values():
        page, anchor = slip.link.split("#")
        assert f'id="{anchor}"' in (site / page).read_text("utf-8"), slip.link


def test_every_slip_has_a_mutant_and_there_are_many():
    named = {m.slip for m in MUTANTS if m.slip and not values_named(m.slip)}
    assert named == set(KNOWN_SLIPS)
    assert len(KNOWN_SLIPS) >= 12
    assert len({m.name for m in MUTANTS}) == len(MUTANTS)


@pytest.mark.parametrize("name", TOLD)
def test_a_slip_is_told_in_plain_words(name):
    slip = TOLD[name]
    assert re.fullmatch(r"[a-z0-9-]+", slip.id)
    assert slip.sentence.endswith(".")
    assert len(slip.sentence) <= 260
    assert "\n" not in slip.sentence
    assert len(slip.title) <= 70


REACHED = {"a1_forward": 5, "a2_gradient": 7, "a3_two_layers": 9, "a4_own_conventions": 6}


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_a_class_is_sent_to_no_chapter_that_it_has_not_read(assignment):
    """Every slip that a test of the assignment can name, and those that any function can have."""
    source = play.ASSIGNMENTS / f"{assignment}.md"
    chapter = chapter_reached(jupytext.read(source))
    assert chapter == REACHED[assignment]
    text = source.read_text("utf-8")
    names = {name for name in KNOWN_SLIPS if f'"{name}"' in text} | ANYWHERE
    mutants = [m for m in MUTANTS if m.assignment == assignment]
    names |= {m.slip for m in mutants if m.slip and not values_named(m.slip)}
    assert len(names) > 12
    with class_at(chapter):
        for name in names:
            slip = known_slip(name)
            number = re.match(r"Chapter (\d+), ", slip.place)
            assert number is None or int(number[1]) <= chapter, name
    assert known_slip("wrong-sign") == KNOWN_SLIPS["wrong-sign"]


def test_a_slip_is_told_in_the_words_of_the_chapter_that_the_class_has_read():
    code = code_of(mutant_named("loss with the wrong sign"))
    with class_at(5):
        early = play.grade("a1_forward", code).feedback["test_cross_entropy"]
    assert "P − Y" not in early
    assert "a loss or a penalty at least 0" in early
    assert "Chapter 4, The one-hot form" in early
    assert "P − Y" in play.grade("a1_forward", code).feedback["test_cross_entropy"]
