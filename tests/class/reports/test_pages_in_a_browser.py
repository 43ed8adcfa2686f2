"""The pages that students and teachers get, in a browser: light and dark, wide and on a phone."""

import pytest

from softmax_grader.commands.softmax_class import main
from softmax_grader.reports.class_page import Likeness, Passage

from ...browser.conftest import COLOURS, LAYOUT, NARROW, WIDE, Visit
from ...browser.conftest import axe as axe  # a fixture of the book's pages
from ..courses import MINI
from .test_class_page import made_up, page_of


@pytest.fixture(scope="module")
def pages(graded, tmp_path_factory):
    """From a page's name to its address."""
    folder = tmp_path_factory.mktemp("pages")
    both = Passage("def guard(F):\n    return F", "def guard(F):\n    return F + 0", {0}, {0})
    alike = [Likeness("s1", "s2", 0.9, "of their rare words", [both])]
    (folder / "report.html").write_text(page_of(made_up(), alike=alike), "utf-8")
    for step in ("feedback", "answers"):
        assert main(["--course", str(graded.root), step, MINI]) == 0
    return {
        "report": folder / "report.html",
        "feedback": graded.notebook("feedback", MINI, "s002").with_suffix(".html"),
        "answers": graded.root / "reports" / MINI / "answers.html",
    }


@pytest.mark.parametrize("name", ["feedback", "report", "answers"])
def test_a_page_keeps_no_reader_out(chromium, axe, pages, name):
    page = chromium.new_page(**WIDE)
    opened = Visit(page, pages[name].as_uri())
    opened.listen()
    page.goto(opened.home)
    for summary in page.locator("summary").all():
        summary.click()
    found = opened.barriers(axe, exclude=[])
    opened.turn_dark()
    found += opened.barriers(axe, exclude=[], only=COLOURS)
    page.set_viewport_size(NARROW["viewport"])
    found += opened.barriers(axe, exclude=[], only=LAYOUT)
    assert not found, "\n".join(found)
    assert opened.overflow() == 0
    assert not opened.problems, "\n".join(opened.problems)
    page.close()
