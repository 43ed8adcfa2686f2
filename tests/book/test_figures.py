"""Every figure of the book has an alt text, in its cell's metadata and not in its code."""

import ast
from pathlib import Path

import pytest

from softmax_book.sources import read_book, read_figure_words
from softmax_steps.notebook import PLACEHOLDER

ROOT = Path(__file__).parents[2]
LONGEST = 300  # letters of an alt text: what a screen reader speaks in about 20 seconds
PAGES = read_book(ROOT)


def show_calls(source):
    """Return the calls of ``show`` in a cell; none in a cell with notebook commands."""
    return [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and getattr(node.func, "id", None) == "show"
    ]


def test_the_chapters_have_figures():
    assert sum(len(show_calls(cell.code)) for page in PAGES.values() for cell in page.cells) > 30


@pytest.mark.parametrize("page", PAGES)
def test_every_figure_has_an_alt_text_in_its_cells_metadata(page):
    for cell in PAGES[page].cells:
        calls, words = show_calls(cell.code), read_figure_words(cell.options)
        assert (words is not None) == bool(calls), cell.code
        if not calls:
            continue
        assert len(calls) == 1, f"one figure a cell: {cell.code}"
        assert len(words["alt"]) <= LONGEST, words["alt"]
        keywords = {keyword.arg for keyword in calls[0].keywords}
        assert keywords <= {"values"}, f"{keywords} in code, not in metadata: {cell.code}"
        placeholders = PLACEHOLDER.findall(words["alt"] + words.get("caption", ""))
        assert bool(placeholders) == ("values" in keywords), cell.code
