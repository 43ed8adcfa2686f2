"""A book of one page, built under the real settings."""

import re

import pytest

from softmax_book.building.site import BuildError, readable_faults
from softmax_book.edition import Edition

from ..conftest import ToyBook, with_own_package

CELL = "```{code-cell} ipython3\n%s\n```\n"


def test_a_page_runs_again_when_it_must_and_only_then(toy_book):
    assert list(toy_book.build().ran) == ["book/index"]

    toy_book.write_page("More prose.\n\n" + CELL % "from softmax_steps.toy import answer\nanswer")
    report = toy_book.build()
    assert report.ran == {}
    assert report.remembered == ["book/index"]
    assert "More prose." in toy_book.read_page()

    toy_book.write_module("answer = 4321\n")
    report = toy_book.build()
    assert list(report.ran) == ["book/index"]
    assert report.changed_code == ["book/index.md"]
    assert "4321" in toy_book.read_page()

    toy_book.write_page(CELL % "6 * 111")
    assert list(toy_book.build().ran) == ["book/index"]
    assert "666" in toy_book.read_page()


FIGURE = """```{code-cell} ipython3
---
tags: [%s]
figure:
  alt: %s
---
from softmax_steps.notebook import show
import matplotlib.pyplot as plt
show(plt.figure())
```
"""
WIDGET = """```{code-cell} ipython3
---
tags: [remove-input]
---
from softmax_steps.widgets import SoftmaxBars
SoftmaxBars()
```
"""


@pytest.fixture(scope="module")
def built_again(tmp_path_factory, site):
    """A book that was built, then once more with other looks alone; and the second report."""
    with pytest.MonkeyPatch.context() as patch:
        root = tmp_path_factory.mktemp("again")
        with_own_package(patch, root)
        book = ToyBook(root)
        book.write_page(FIGURE % ("hide-input", "A line falls.") + WIDGET)
        assert list(book.build().ran) == ["book/index"]
        style = book.edition.package / "widgets" / "softmax_bars.css"
        style.write_text(style.read_text() + ".sms-of-this-test { opacity: 0.5 }\n")
        book.write_page(FIGURE % ("remove-input", "A line falls to zero.") + WIDGET)
        yield book, book.build()


def test_a_changed_style_of_a_widget_runs_no_page_and_is_served(built_again):
    book, report = built_again
    assert report.ran == {}
    served = (book.edition.site / "_static" / "widgets").glob("*.css")
    assert any("sms-of-this-test" in path.read_text() for path in served)


def test_other_words_for_a_figure_run_no_page_and_are_shown(built_again):
    book, report = built_again
    assert report.ran == {}
    page = book.read_page()
    assert "A line falls to zero." in page
    assert "A line falls." not in page
    assert "cell_input" not in page
    book.write_page(FIGURE % ("raises-exception", "A line falls to zero.") + WIDGET)
    assert list(book.build().ran) == ["book/index"]


def test_without_a_reason_the_last_lines_of_the_log_are_shown():
    text = readable_faults(["Running Jupyter Book", "Killed"], Edition("/book"))
    assert "gave no reason; its last lines:\nRunning Jupyter Book\nKilled" in text
    assert "_build/build.log" in text


def test_a_failing_cell_fails_the_build_and_is_shown(toy_book):
    toy_book.write_page(CELL % "first = 1" + "\n" + CELL % "second = first / 0")
    with pytest.raises(BuildError) as caught:
        toy_book.build()
    message = str(caught.value)
    assert "book/index.md" in message
    assert "second = first / 0" in message
    assert "ZeroDivisionError: division by zero" in message
    assert str(toy_book.root) + "/" not in message
    assert "\x1b" not in message


FAULTS = {
    "nowhere": "[A link](nowhere.md)\n",
    "KaTeX cannot draw": "$$ \\frac{1}{ $$\n",
    "eq-a": "$$ a = b $$ (eq-a)\n\n$$ a = c $$ (eq-a)\n",
    "eq-missing": "See {eq}`eq-missing`.\n",
    "nobody2000": "{cite}`nobody2000`\n",
    "stderr": CELL % "import sys\nsys.stderr.write('trouble')",
}


def test_warnings_fail_the_build_and_each_is_told(toy_book):
    toy_book.write_page("\n".join(FAULTS.values()))
    with pytest.raises(BuildError) as caught:
        toy_book.build()
    told = [line for line in str(caught.value).splitlines() if re.search("(WARNING|ERROR): ", line)]
    for word in FAULTS:
        assert any(word in line for line in told), word
