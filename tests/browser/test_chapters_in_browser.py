"""Every chapter in the browser's Python, cell by cell, with NumPy: it shows what its page shows.

This is Pyodide 0.27, whose NumPy the tests have; the site's own, 314, gets its NumPy from Pyodide's
distribution. ``pyodide_027/set_up.py`` says what comes from where.
"""

import re
import time

import nbformat
import pytest

from softmax_book.edition import Edition
from softmax_book.lite.contents import for_browser
from softmax_book.sources import read_book
from softmax_steps import notebook

from ..conftest import PATIENCE
from ..waiting import wait_until
from .conftest import ROOT, SETTINGS, Visit, numpy_agrees, serving
from .pyodide_027 import set_up
from .pyodide_027.compare import differ

PAGES = {page.name: page for page in read_book(ROOT).values() if page.is_notebook}
# The longest first: two kernels run them, and neither shall wait for the other at the end.
LONGEST = ("07_training", "09_two_layer", "05_regularization", "06_gradient")
ORDER = [*LONGEST, *(name for name in PAGES if name not in LONGEST)]
KERNELS = 2
NO_NEWS = 900  # seconds: on a busy machine one cell may take minutes
# Shown by a bar, once the reader has waited for two seconds: what stands in those cells.
SLOW = (
    ("07_training", "X_294"),
    ("07_training", "20.0]"),
    ("09_two_layer", "nets = {}"),
    ("09_two_layer", "found = []"),
    ("09_two_layer", "pairs = []"),
)


def check_chaos(cell):
    """The text says of what kind the numbers are."""
    losses, accuracies = (
        [float(each) for each in re.findall(r"\d+\.?\d*", line)]
        for line in cell["printed"].strip().split("\n")
    )
    assert len(losses) == len(accuracies) == 6
    assert sum(loss > 2.303 for loss in losses) >= 2
    assert 0.8 < max(accuracies) < 0.95


# Where a browser truly shows something else than the page. The key's second part stands in the
# cell; its check takes the place of the comparison.
OTHERWISE = {
    # With η = 20 the last bit of a sum grows into other numbers within an epoch.
    ("07_training", "run.history.validation_data_loss[-6:]"): check_chaos,
}


@pytest.fixture(scope="module")
def notebooks(site):
    """The code of each notebook as it stands below ``lite/``."""
    found = {}
    for name in ORDER:
        path = Edition(ROOT).downloads / "book" / f"{name}.ipynb"
        cells = for_browser(nbformat.read(path, as_version=4), "the book").cells
        found[name] = [cell.source for cell in cells if cell.cell_type == "code"]
    return found


@pytest.fixture(scope="module")
def kernels(chromium, notebooks, tmp_path_factory):
    """A page whose kernels run all notebooks, two at once; the tests look at those that ended."""
    if not set_up.is_here():
        pytest.skip(set_up.LACKING)
    folder = tmp_path_factory.mktemp("pyodide_027")
    set_up.lay_out(folder)
    with serving(folder) as server:
        context = chromium.new_context(**SETTINGS["wide-light"])
        context.set_default_timeout(PATIENCE)
        opened = Visit(context.new_page(), server.home)
        opened.listen()
        opened.page.goto(server.home)
        lessons = [{"name": name, "cells": cells} for name, cells in notebooks.items()]
        opened.page.evaluate("([lessons, kernels]) => run(lessons, kernels)", [lessons, KERNELS])
        yield opened
        context.close()


def wait_for_end(opened, name):
    """Wait until a notebook has run; it may take its time as long as there is news."""
    last, since = None, time.monotonic()

    def ended():
        nonlocal last, since
        news = opened.page.evaluate("({failed: news.failed, ended: news.ended, count: news.count})")
        assert not news["failed"], news["failed"][0]
        if news["count"] != last:
            last, since = news["count"], time.monotonic()
        assert time.monotonic() - since < NO_NEWS, f"{name}: a cell does not end"
        opened.page.wait_for_timeout(100)  # the page's own news come in meanwhile
        return name in news["ended"]

    wait_until(ended, seconds=3600)


def how_cells_differ(name, code, shown, built):
    """Return how what a cell shows differs from what the page shows."""
    checks = [check for (page, part), check in OTHERWISE.items() if page == name and part in code]
    if checks:
        checks[0](shown)
        return []
    pairs = [
        # A bar that shows progress is written over.
        ("prints", re.sub(r"[^\n]*\r", "", shown["printed"]), built["printed"]),
        ("raises", shown["error"], built["error"]),
        *_in_pairs("has the value", shown["values"], built["values"]),
        *_in_pairs("draws what is described as", shown["pictures"], built["pictures"]),
        ("complains with", shown["complained"], ""),
    ]
    found = [(what, differ(theirs, mine)) for what, mine, theirs in pairs]
    return [f"{what} {how}" for what, how in found if how]


def _in_pairs(what, shown, built):
    assert len(shown) == len(built), f"{what} {shown} where the page has {built}"
    return [(what, mine, theirs) for mine, theirs in zip(shown, built, strict=True)]


@pytest.mark.parametrize("name", ORDER)
def test_each_cell_shows_in_the_browser_what_its_page_shows(name, kernels, notebooks, site):
    wait_for_end(kernels, name)
    ran = kernels.page.evaluate("name => news.ran[name]", name)
    page = (site / "book" / f"{name}.html").read_text("utf-8")
    built = kernels.page.evaluate("page => readBuilt(page)", page)
    sources = PAGES[name].cells
    assert len(ran) == len(built) == len(sources) == len(notebooks[name])
    differences = {}
    for number, (cell, shown, on_page) in enumerate(zip(sources, ran, built, strict=True), 1):
        assert bool(shown["error"]) == ("raises-exception" in cell.tags), shown["error"]
        if found := how_cells_differ(name, cell.code, shown, on_page):
            differences[f"cell {number}, line {cell.line}"] = found
    assert differences == {}
    assert any(cell["printed"] or cell["values"] or cell["pictures"] for cell in ran)


@pytest.mark.parametrize(("name", "part"), SLOW, ids=[f"{part} in {name}" for name, part in SLOW])
def test_a_cell_that_takes_long_shows_that_it_goes_on(name, part, kernels):
    wait_for_end(kernels, name)
    ran = kernels.page.evaluate("name => news.ran[name]", name)
    pairs = zip(PAGES[name].cells, ran, strict=True)
    (shown,) = [shown for cell, shown in pairs if part in cell.code]
    assert shown["printed"].endswith("\r") == ("%|" in shown["printed"])
    assert "%|" in shown["printed"] or shown["seconds"] < 2 * notebook.PATIENCE


def test_what_differs_in_the_browser_stands_in_the_chapters():
    for name, part in (*OTHERWISE, *SLOW):
        assert sum(part in cell.code for cell in PAGES[name].cells) == 1


@pytest.mark.parametrize(
    ("name", "trait", "key"),
    [("SoftmaxBars", "scores", "ArrowUp"), ("LambdaExplorer", "strength", "ArrowRight")],
)
def test_a_widget_and_its_kernel_in_the_browser_follow_each_other(name, trait, key, kernels):
    for chapter in ORDER:
        wait_for_end(kernels, chapter)
    kernels.page.evaluate("name => draw(name)", name)
    before = kernels.page.evaluate("trait => shown.get(trait)", trait)
    numpy_agrees(kernels.page.locator("section"), key)
    moved, answered = kernels.page.evaluate(
        "trait => [shown.get(trait), shown.get('numpy_says')[trait]]", trait
    )
    assert moved == answered != before
    complaints = [said for said in kernels.problems if "blob:" not in said and "font" not in said]
    assert complaints == []


def test_the_times_by_chapter(kernels, capsys):
    for name in ORDER:
        wait_for_end(kernels, name)
    news = kernels.page.evaluate("news")
    lines = [
        "Python's start {boot:.1f} s, the packages {packages:.1f} s".format(**each)
        for each in news["started"]
    ]
    for name, cells in news["ran"].items():
        seconds = [cell["seconds"] for cell in cells]
        slow = [f"cell {n}: {each:.1f} s" for n, each in enumerate(seconds, 1) if each > 5]
        lines.append(f"{name}: {len(cells)} cells in {sum(seconds):.1f} s  {', '.join(slow)}")
    assert len(lines) == KERNELS + len(ORDER)
    with capsys.disabled():
        print("\nIn the browser, two at once:", *lines, sep="\n  ")
