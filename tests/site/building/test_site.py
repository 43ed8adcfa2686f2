"""A book of one page, built under the real settings."""

import re

import pytest

from softmax_book.building.site import BuildError, readable_faults
from softmax_book.edition import Edition

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


def test_a_changed_style_of_a_widget_runs_no_page_and_is_served(toy_book):
    toy_book.write_page(CELL % "from softmax_steps.widgets import SoftmaxBars\nSoftmaxBars()")
    assert list(toy_book.build().ran) == ["book/index"]
    style = toy_book.edition.package / "widgets" / "softmax_bars.css"
    style.write_text(style.read_text() + ".sms-of-this-test { opacity: 0.5 }\n")
    assert toy_book.build().ran == {}
    served = (toy_book.edition.site / "_static" / "widgets").glob("*.css")
    assert any("sms-of-this-test" in path.read_text() for path in served)


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


def test_other_words_for_a_figure_run_no_page_and_are_shown(toy_book):
    toy_book.write_page(FIGURE % ("hide-input", "A line falls."))
    assert list(toy_book.build().ran) == ["book/index"]
    toy_book.write_page(FIGURE % ("remove-input", "A line falls to zero."))
    assert toy_book.build().ran == {}
    page = toy_book.read_page()
    assert "A line falls to zero." in page
    assert "A line falls." not in page
    assert "cell_input" not in page
    toy_book.write_page(FIGURE % ("raises-exception", "A line falls to zero."))
    assert list(toy_book.build().ran) == ["book/index"]


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
