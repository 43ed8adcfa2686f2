"""Every figure of the book has an alt text, in its cell's metadata and not in its code."""

import ast
from pathlib import Path

import jupytext
import pytest
import yaml

from softmax_book.sources import read_figure_words
from softmax_steps.notebook import PLACEHOLDER

ROOT = Path(__file__).parents[2]
LONGEST = 300  # letters of an alt text: what a screen reader speaks in about 20 seconds


def read_pages():
    """Return the names of the pages that `_toc.yml` lists."""
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
    files = [contents["root"]]
    for part in contents["parts"]:
        files += [chapter["file"] for chapter in part["chapters"]]
    return files


PAGES = read_pages()


def read_cells(page):
    text = (ROOT / f"{page}.md").read_text("utf-8")
    return [cell for cell in jupytext.reads(text, fmt="md:myst").cells if cell.cell_type == "code"]


def show_calls(source):
    """Return the calls of ``show`` in a cell; none in a cell with notebook commands."""
    return [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and getattr(node.func, "id", None) == "show"
    ]


def test_the_chapters_have_figures():
    assert sum(len(show_calls(cell.source)) for page in PAGES for cell in read_cells(page)) > 30


@pytest.mark.parametrize("page", PAGES)
def test_every_figure_has_an_alt_text_in_its_cells_metadata(page):
    for cell in read_cells(page):
        calls, words = show_calls(cell.source), read_figure_words(cell.metadata)
        assert (words is not None) == bool(calls), cell.source
        if not calls:
            continue
        assert len(calls) == 1, f"one figure a cell: {cell.source}"
        assert len(words["alt"]) <= LONGEST, words["alt"]
        keywords = {keyword.arg for keyword in calls[0].keywords}
        assert keywords <= {"values"}, f"{keywords} in code, not in metadata: {cell.source}"
        placeholders = PLACEHOLDER.findall(words["alt"] + words.get("caption", ""))
        assert bool(placeholders) == ("values" in keywords), cell.source


@pytest.mark.parametrize("page", PAGES)
def test_every_cell_that_is_folded_ends_by_showing_a_figure(page):
    """The fold's label says so: "Show the code of this figure"."""
    for cell in read_cells(page):
        if "hide-input" in cell.metadata.get("tags", []):
            last = ast.parse(cell.source).body[-1]
            assert isinstance(last, ast.Expr)
            assert show_calls(ast.unparse(last)), cell.source
