"""The words on a fold say what is folded; below the cover of an answer is its explanation too."""

import re

import pytest
from docutils import nodes
from docutils.utils import new_document
from myst_nb.sphinx_ import HideCodeCellNode

from softmax_book.pages.folds import (
    FIGURE,
    IMPORTS,
    OTHER,
    WIDGET,
    purpose,
    take_in_explanation,
)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import numpy as np\nfrom a import (\n    b,\n)", IMPORTS),
        ("import numpy as np\n\nnp.set_printoptions(precision=3)", IMPORTS),
        ("import numpy as np\n\nprint(np.pi)", OTHER),
        ("np.set_printoptions(precision=3)", OTHER),
        ("ax = draw(x)\nshow(ax.figure, values={})", FIGURE),
        ("import a\n\nshow(a.draw())", FIGURE),
        ("show(figure)\n1 + 1", OTHER),
        ("show_code(scores)", OTHER),
        ("from softmax_steps.widgets import Bars\n\nBars([1.0])", WIDGET),
        ("from softmax_steps.widgets import Bars\n\nx = 1\nBars([x])", WIDGET),
        ("from softmax_steps.widgets import Bars\n\nBars([1.0])\nx = 1", OTHER),
        ("Bars([1.0])", OTHER),
        ("%matplotlib inline", OTHER),
    ],
)
def test_a_cell_is_known_by_what_it_does(code, expected):
    assert purpose(code) == expected


EXPLAINS = {
    "paragraph": (nodes.paragraph("", "As many as one."), True),
    "list": (nodes.bullet_list("", nodes.list_item("", nodes.paragraph("", "One."))), True),
    "section": (nodes.section("", nodes.title("", "The formula")), False),
    "box": (nodes.note("", nodes.paragraph("", "A common mistake.")), False),
    "equation": (nodes.math_block("", "p = 1"), False),
    "cell": (nodes.container(nb_element="cell_code"), False),
}


@pytest.mark.parametrize(("following", "covered"), EXPLAINS.values(), ids=EXPLAINS)
def test_the_paragraph_or_list_right_after_an_answer_is_covered_with_it(following, covered):
    output, later = nodes.container(), nodes.paragraph("", "Next.")
    fold = HideCodeCellNode("", output)
    cell = nodes.container("", fold)
    page = new_document("page")
    following = following.deepcopy()
    page += [cell, following, later]
    take_in_explanation(fold)
    assert fold.children == ([output, following] if covered else [output])
    assert page.children == ([cell, later] if covered else [cell, following, later])


def test_an_answer_may_end_its_page():
    fold = HideCodeCellNode("", nodes.container())
    page = new_document("page")
    page += nodes.container("", fold)
    take_in_explanation(fold)
    assert len(fold.children) == 1


FOLD = re.compile(
    r'<details class="admonition hide (?P<place>[\w-]+)">\s*<summary>\s*<p[^>]*>(?P<show>[^<]*)</p>'
    r"\s*<p[^>]*>(?P<hide>[^<]*)</p>"
)
WORDS = {
    "above-input": {
        "the imports of this chapter",
        "the code of this figure",
        "the code of this widget",
    },
    "below-input": {"the answer"},
}


def test_every_fold_of_the_book_is_closed_and_has_its_words(pages):
    found = {place: set() for place in WORDS}
    for page in pages:
        text = page.path.read_text("utf-8")
        folds = list(FOLD.finditer(text))
        assert len(folds) == text.count('<details class="admonition hide')
        for fold in folds:
            words = fold["show"].removeprefix("Show ")
            assert fold["hide"] == f"Hide {words}"
            found[fold["place"]].add(words)
    assert found == WORDS
