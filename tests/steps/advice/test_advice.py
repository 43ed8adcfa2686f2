"""What is said of a slip is short and plain, stands once, and leads to a section that exists."""

import re
from pathlib import Path

import pytest

from softmax_book.sources import read_book
from softmax_steps.advice import ADVICE, KNOWN_SLIPS
from softmax_steps.advice.common_slips import COMMON_SLIPS
from softmax_steps.advice.practice_slips import PRACTICE_SLIPS
from softmax_steps.advice.step_slips import STEP_SLIPS
from softmax_steps.slips import SLIPS

PAGES = read_book(Path(__file__).resolve().parents[3])


@pytest.mark.parametrize("slip", ADVICE.values(), ids=ADVICE)
def test_a_slip_is_told_in_plain_words_and_sends_to_a_section_that_exists(slip):
    assert re.fullmatch(r"[a-z0-9-]+", slip.id)
    assert slip.sentence.endswith(".")
    assert len(slip.sentence) <= 260
    assert "\n" not in slip.sentence
    assert len(slip.title) <= 70
    file, anchor = re.fullmatch(r"book/([0-9a-z_]+)\.html#([a-z0-9-]+)", slip.link).groups()
    chapter, section = slip.place.split(", ", 1)
    page = PAGES[f"book/{file}"]
    (heading,) = (h for h in page.headings if anchor in h.anchors)
    assert heading.text == section
    number = chapter.removeprefix("Chapter ")
    assert page.title.startswith("Notation" if chapter == "Notation" else f"{number} · ")


def test_a_slip_stands_once():
    all_slips = (*STEP_SLIPS, *COMMON_SLIPS, *PRACTICE_SLIPS)
    assert len({slip.id for slip in all_slips}) == len(all_slips) == len(ADVICE)
    assert len({slip.sentence for slip in all_slips}) == len(all_slips)
    assert set(KNOWN_SLIPS) < set(ADVICE)


def test_a_slip_of_the_registry_keeps_its_title():
    for slip in ADVICE.values():
        assert slip.id not in SLIPS or slip.title == SLIPS[slip.id].title
