"""The words on a fold say what is folded."""

import re

import pytest

from softmax_book.pages.folds import FIGURE, IMPORTS, OTHER, WIDGET, purpose


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
        ("from softmax_steps.widgets import Bars\n\nx = 1\nBars([x])", OTHER),
        ("Bars([1.0])", OTHER),
        ("%matplotlib inline", OTHER),
    ],
)
def test_a_cell_is_known_by_what_it_does(code, expected):
    assert purpose(code) == expected


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
    "below-input": {"what it prints", "the picture"},
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
