"""A downloaded notebook says in its code what the page takes from a cell's metadata."""

import ast
from pathlib import Path

import pytest

from softmax_book.exports.figure_words import WIDTH, add_words_to_source, fold_metadata
from softmax_book.exports.notebooks import Book, to_notebook
from softmax_book.sources import read_book

ROOT = Path(__file__).parents[3]
ALT = 'It "rises" to {end}: a text of more than one line, with a back\\slash, λ and a long word.'


def read_call(source):
    """Return the words and the values in the one call of ``show``."""
    (call,) = (
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "show"
    )
    words = {key.arg: key.value for key in call.keywords}
    return {
        name: ast.literal_eval(words[name]) for name in ("alt", "caption") if name in words
    }, words.get("values")


@pytest.mark.parametrize(
    "source",
    [
        "show(ax.figure)",
        "ax = draw()\nshow(ax.figure)",
        "show(\n    ax.figure,\n)",
        'λ = "é"; shown = show(f(λ)); shown',
        "if True:\n    show(draw('(', 3).figure)  # at the end",
    ],
)
@pytest.mark.parametrize("words", [{"alt": ALT}, {"alt": ALT, "caption": "Up."}], ids=str)
def test_the_words_are_in_the_call_and_the_rest_is_as_it_was(source, words):
    written = add_words_to_source(source, {"figure": words})
    assert read_call(written)[0] == words
    assert all(len(line) <= WIDTH for line in written.splitlines())
    before, after = ast.parse(source), ast.parse(written)
    for node in ast.walk(after):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "show":
            node.keywords = []
    assert ast.unparse(before) == ast.unparse(after)


def test_the_call_looks_as_one_would_write_it():
    source = 'show(ax.figure, values={"end": "1"})'
    words = {
        "alt": "Three histograms of the ink in the middle. The zeros lie below 0.4, the "
        "eights above 0.4.",
        "caption": "Up.",
    }
    assert (
        add_words_to_source(source, {"figure": words})
        == """\
show(
    ax.figure,
    alt="Three histograms of the ink in the middle. The zeros lie below 0.4, "
    "the eights above 0.4.",
    caption="Up.",
    values={"end": "1"},
)"""
    )


def test_a_cell_without_words_stays_as_it_is():
    assert add_words_to_source("%pip list\nshow(", {}) == "%pip list\nshow("


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("ax", "0 calls of show"),
        ("show(a)\nshow(b)", "2 calls of show"),
        ("show(a, alt='A')", r"\['alt'\] stands in the metadata and in the code"),
    ],
)
def test_words_that_have_no_place_are_refused(source, message):
    with pytest.raises(ValueError, match=message):
        add_words_to_source(source, {"figure": {"alt": "A line."}})


def test_what_the_page_folds_is_folded_in_jupyter():
    assert fold_metadata({"tags": ["hide-input"]}) == {"jupyter": {"source_hidden": True}}
    assert fold_metadata({"tags": ["raises-exception"]}) == fold_metadata({}) == {}


NOTEBOOKS = {name: page for name, page in read_book(ROOT).items() if page.is_notebook}


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_figure_of_a_notebook_has_the_words_of_its_chapter(name):
    cells = [cell for cell in NOTEBOOKS[name].cells if "figure" in cell.options]
    notebook = to_notebook(NOTEBOOKS[name].text, Book(title="The book"))
    written = [
        cell for cell in notebook.cells[2:] if cell.cell_type == "code" and "alt=" in cell.source
    ]
    assert [read_call(cell.source)[0] for cell in written] == [
        cell.options["figure"] for cell in cells
    ]
    assert [bool(cell.metadata.get("jupyter")) for cell in written] == [
        "hide-input" in cell.tags for cell in cells
    ]
