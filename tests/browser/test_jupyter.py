"""The same widget with a kernel: JupyterLab and Notebook 7, started for real."""

import re

import nbformat
import pytest
from playwright.sync_api import expect

import softmax_steps.widgets
from softmax_book.exports.notebooks import Book, to_notebook

from ..jupyter import jupyter_server
from .conftest import KERNEL_READY, numpy_agrees

CELL = """
import numpy as np
from softmax_steps import load_digits
from softmax_steps.widgets import LambdaExplorer

X, y = load_digits()
rng = np.random.default_rng(0)
explorer = LambdaExplorer(X[:100], y[:100], 0.1 * rng.normal(size=(64, 10)))
explorer
"""
# Every widget of the package, in the order of its list.
ALL = """
from softmax_steps import widgets
for name in widgets.__all__:
    display(getattr(widgets, name).example())
"""
READ = "print('Python has', explorer.strength)"
CHAPTER = """
```{code-cell} ipython3
---
tags: [hide-input]
figure:
  alt: A line that rises to {end}.
  caption: Up.
---
import matplotlib.pyplot as plt
from softmax_steps.notebook import show

figure, ax = plt.subplots()
show(figure, values={"end": "1.00"})
```
"""


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory):
    """A JupyterLab server with one notebook, apart from the reader's own settings."""
    folder = tmp_path_factory.mktemp("jupyter")
    work = folder / "work"
    work.mkdir()
    cells = [nbformat.v4.new_code_cell(source.strip()) for source in (CELL, READ)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    for name in ("lab", "notebook"):
        nbformat.write(notebook, work / f"{name}.ipynb")
    notebook.cells = [nbformat.v4.new_code_cell(ALL.strip()), notebook.cells[1]]
    nbformat.write(notebook, work / "all.ipynb")
    nbformat.write(to_notebook(CHAPTER, Book(title="The book")), work / "chapter.ipynb")
    settings = [
        "--LabApp.news_url=",
        f"--LabApp.user_settings_dir={folder / 'settings'}",
        f"--LabApp.workspaces_dir={folder / 'workspaces'}",
    ]
    with jupyter_server("jupyterlab", folder, work, *settings) as address:
        yield address


def open_notebook(chromium, jupyter, path):
    """Open a notebook; return its page, its cells, and ``run(number)``."""
    context = chromium.new_context(viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    # Jupyter would ask its makers for news: nothing else is reached either.
    page.route(lambda url: not url.startswith(jupyter), lambda route: route.abort())
    page.goto(f"{jupyter}/{path}")
    cells = page.locator(".jp-Notebook .jp-CodeCell")
    cells.nth(1).wait_for()

    def run(number):
        """Run a cell and wait for its end."""
        page.wait_for_function(KERNEL_READY)
        cells.nth(number).locator(".cm-content").click()
        page.keyboard.press("Control+Enter")  # and stay: a cell out of sight is not drawn
        expect(cells.nth(number).locator(".jp-InputPrompt")).to_have_text(re.compile(r"\[\d+\]"))

    return page, cells, run


@pytest.mark.parametrize("front_end", ["lab", "notebook"])
def test_the_lambda_explorer_is_live_and_numpy_agrees(chromium, jupyter, front_end):
    path = "lab/tree/lab.ipynb" if front_end == "lab" else "notebooks/notebook.ipynb"
    page, cells, run = open_notebook(chromium, jupyter, path)
    run(0)
    widget = page.locator(".sms-lambda-explorer")
    slider = widget.get_by_role("slider").first
    slider.focus()
    for _ in range(98):  # and two more: a decade, from 0.01 to 0.1
        page.keyboard.press("ArrowRight")
    numpy_agrees(widget, "ArrowRight")
    expect(widget.locator(".sms-readout").first).to_have_text("λ = 0.1")

    run(1)
    printed = cells.nth(1).locator(".jp-OutputArea-output").first
    expect(printed).to_have_text(re.compile(r"Python has \S+"))
    assert float(printed.inner_text().split()[-1]) == pytest.approx(0.1, rel=1e-12)
    page.context.close()


@pytest.fixture(scope="module")
def all_widgets(chromium, jupyter):
    """Every widget of the package, in one notebook."""
    page, cells, run = open_notebook(chromium, jupyter, "notebooks/all.ipynb")
    run(0)
    widgets = cells.nth(0).locator(".sms-widget")
    expect(widgets).to_have_count(len(softmax_steps.widgets.__all__))
    yield dict(zip(softmax_steps.widgets.__all__, widgets.all(), strict=True))
    page.context.close()


@pytest.mark.parametrize("name", softmax_steps.widgets.__all__)
def test_every_widget_hears_from_numpy(all_widgets, name):
    numpy_agrees(all_widgets[name], "ArrowLeft")


# In a workspace of its own: JupyterLab opens what stood open in the last one, too.
@pytest.mark.parametrize("front_end", ["lab/workspaces/folded/tree", "notebooks"])
def test_a_folded_figure_of_a_downloaded_chapter_has_its_words(chromium, jupyter, front_end):
    page, cells, _ = open_notebook(chromium, jupyter, f"{front_end}/chapter.ipynb")
    page.wait_for_function(KERNEL_READY)
    page.locator(".lm-MenuBar-itemLabel", has_text="Run").first.click()
    page.locator(".lm-Menu-itemLabel").get_by_text("Run All Cells", exact=True).click()
    cell = cells.nth(1)
    picture = cell.locator(".sms-figure [role=img]")
    expect(picture).to_have_attribute("aria-label", "A line that rises to 1.00.")
    expect(cell.locator("figcaption")).to_have_text("Up.")
    expect(cell.locator(".cm-content")).to_be_hidden()
    cell.locator(".jp-Placeholder").first.click()
    expect(cell.locator(".cm-content")).to_contain_text('alt="A line that rises to {end}."')
    page.context.close()
