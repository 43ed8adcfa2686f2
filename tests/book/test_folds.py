"""What a page folds: plumbing, always; an answer, where the reader is asked to predict it."""

import ast
import itertools
import re
from pathlib import Path

import pytest

from softmax_book.pages.folds import OTHER, purpose
from softmax_book.sources import Cell, read_book

ROOT = Path(__file__).parents[2]
PAGES = {name: page for name, page in read_book(ROOT).items() if page.shows_code}
PREDICT = re.compile(r"\*\*predict\*\*", re.IGNORECASE)


@pytest.mark.parametrize("page", PAGES)
def test_cells_that_only_import_or_draw_are_folded_and_no_others(page):
    cells = PAGES[page].cells
    folded = [cell.code for cell in cells if "hide-input" in cell.tags]
    assert folded == [cell.code for cell in cells if purpose(cell.code) != OTHER]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_begins_with_a_sentence_and_not_with_code(page):
    first = PAGES[page].cells[0]
    assert "hide-input" in first.tags, first.code


def shows_something(code):
    """Whether a cell prints, or ends with a value."""
    tree = ast.parse(code)
    prints = any(getattr(node, "id", None) == "print" for node in ast.walk(tree))
    return prints or isinstance(tree.body[-1], ast.Expr)


@pytest.mark.parametrize("page", PAGES)
def test_what_is_to_be_predicted_is_covered_and_nothing_else(page):
    """Between the question and its answer stand only cells that show nothing."""
    question = ""
    for part in PAGES[page].parts:
        if not isinstance(part, Cell):
            assert not question, f"no covered output follows: {question}"
            asked = [line for line in part.text.splitlines() if PREDICT.search(line)]
            assert len(asked) <= 1, asked
            question = "".join(asked)
        elif "hide-output" in part.tags:
            assert question, f"line {part.line}: covered, and nobody was asked to predict it"
            assert shows_something(part.code), part.code
            question = ""
        else:
            assert not (question and shows_something(part.code)), f"not covered: {part.code}"
    assert not question


@pytest.mark.parametrize("page", PAGES)
def test_what_is_covered_with_an_answer_ends_there(page):
    """The paragraph right after a covered cell is covered too: it may not lead to what follows."""
    parts = PAGES[page].parts
    for answer, following in itertools.pairwise(parts):
        if not isinstance(answer, Cell) or "hide-output" not in answer.tags:
            continue
        assert not isinstance(following, Cell), f"line {answer.line}: nothing explains the answer"
        explanation, _, then = following.text.partition("\n\n")
        if explanation.startswith(("#", "(", ":::")):
            continue  # the page goes on to something else
        assert re.search(r"[.!?)*]$", explanation), f"goes on after the cover: {explanation}"
        assert not then.startswith("$$"), f"goes on with an equation: {explanation}"


def test_the_chapters_ask_for_predictions():
    texts = [page.text for page in PAGES.values() if page.number is not None]
    assert all(PREDICT.search(text) for text in texts)
