"""A chapter that is added to the table of contents is picked up by everything.

A throw-away chapter goes into a copy of the tree: the tests must find it, say what it lacks, and
accept it when nothing is lacking any more. Then it is built, in a book of two pages.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from softmax_book.lite.contents import chapters as lite_chapters
from softmax_book.sources import chapters, read_text

from .page_reader import read_page

ROOT = Path(__file__).parents[2]
CHAPTERS = chapters(ROOT)
LAST = CHAPTERS[-1]
NUMBER = LAST.number + 1
NAME = f"{NUMBER:02d}_throw_away"
TITLE = f"{NUMBER} · Throw away"

FIGURE = """\
```{code-cell} ipython3
---
tags: [hide-input]
---
figure, ax = plt.subplots()
ax.plot([0, 1], [1, 0])
show(figure)
```
"""
FIGURE_WITH_WORDS = FIGURE.replace("]\n", "]\nfigure:\n  alt: A line falls to zero.\n")
CHAPTER = f"""\
---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
myst:
  html_meta:
    description: A chapter that is there for the length of one test.
---
# {TITLE}

:::{{admonition}} In this chapter
:class: tip

**You will** throw something away.

**You will learn** nothing.

**You need** [the other page](OTHER_PAGE). **Time** 6 minutes, and 25 for the exercises.
:::

```{{code-cell}} ipython3
import matplotlib.pyplot as plt

from softmax_steps import one_hot, tiny_example
from softmax_steps.notebook import show, show_code
from softmax_steps.widgets import Conventions

show_code(one_hot)
6 * 7
```

$$
1 + 1 = 2
$$ (eq-throw-away)

{FIGURE}
```{{code-cell}} ipython3
Conventions(tiny_example(), over="mean", penalty="whole")
```

(silent-mistakes)=
## Reworded mistakes

See [here](#silent-mistakes), and {{eq}}`eq-throw-away`.

## Recap

Nothing.

:::{{admonition}} A common mistake
:class: warning
To keep it.
:::

## Exercises

**1.** ★ Why?

:::{{dropdown}} Solution
Because.
:::

**2.** ★★ Why not?

:::{{dropdown}} Solution
Because.
:::

**3.** ★★★ And then?

:::{{dropdown}} Solution
Nothing.
:::

## What you can do now

Nothing.

**Next:** the end.
"""
EQUATION_TEST = '''\
import pytest


@pytest.mark.equation("eq-throw-away")
def test_one_and_one():
    r"""1 + 1 = 2"""
    assert 1 + 1 == 2
'''


def change(path, old, new):
    text = path.read_text("utf-8")
    assert text.count(old) == 1, f"{path}: {old!r}"
    path.write_text(text.replace(old, new), "utf-8")


def run_pytest(tree, *arguments):
    """Run pytest in a copy of the tree, on the copy's own packages."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree / "src"), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A copy of the tree with a new chapter, which stands in the table of contents and nowhere
    else."""
    tree = tmp_path_factory.mktemp("tree")
    for name in ("assignments", "book", "src", "tests"):
        shutil.copytree(
            ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info")
        )
    for path in ROOT.iterdir():
        if path.is_file():
            shutil.copy(path, tree)
    change(
        tree / "_toc.yml",
        f"      - file: book/{LAST.name}\n",
        f"      - file: book/{LAST.name}\n      - file: book/{NAME}\n",
    )
    other = f"{LAST.name}.md#what-you-can-do-now"
    chapter = CHAPTER.replace("OTHER_PAGE", other).replace("-mistakes)=", "-slips)=")
    (tree / "book" / f"{NAME}.md").write_text(chapter, "utf-8")
    return tree


# What is run in the copy: the tests that read the pages' sources.
READERS = (
    "tests/book/test_chapters.py",
    "tests/book/test_figures.py",
    "tests/book/test_links.py",
    "tests/book/test_equation_register.py::test_every_labelled_equation_has_a_test_that_quotes_it",
    "tests/book/test_teaching.py::test_the_timings_are_the_chapters_own",
)


def test_every_test_that_runs_for_each_chapter_runs_for_the_new_one(tree):
    """For each test of the last chapter there is one of the new chapter."""
    listing = run_pytest(tree, "--collect-only", "tests/book", "tests/browser", "tests/site")
    assert listing.returncode == 0, listing.stdout + listing.stderr
    tests = set(re.findall(r"^tests/\S+::.*$", listing.stdout, re.MULTILINE))
    of_last = {test for test in tests if f"[{LAST.name}" in test or f"book/{LAST.name}" in test}
    wanted = {test.replace(LAST.name, NAME) for test in of_last}
    for file in ("book/test_chapters", "book/test_links", "site/exports/test_notebooks"):
        assert any(test.startswith(f"tests/{file}.py") for test in wanted)
    for name in ("pages", "widgets", "live", "chapters_in_browser"):
        assert any(test.startswith(f"tests/browser/test_{name}.py") for test in wanted)
    assert wanted <= tests, "\n".join(sorted(wanted - tests))


def test_what_the_new_chapter_lacks_is_named_and_then_accepted(tree):
    bare = run_pytest(tree, *READERS)
    assert bare.returncode == 1, bare.stdout + bare.stderr
    for fault in (
        "eq-throw-away has no test. Write one in tests/book/equations/"
        f"test_{NAME}.py that would fail",
        f"test_every_figure_has_an_alt_text_in_its_cells_metadata[book/{NAME}]",
        f"no heading of book/{NAME}.md has the anchor: write (silent-mistakes)= on the line before",
        f"AssertionError: link to {NAME}.md",
        "AssertionError: the table of book/index.md",
        "AssertionError: the table of lessons in book/teaching.md",
    ):
        assert fault in bare.stdout, f"{fault}\n\n{bare.stdout}"
    failed = re.findall(r"^FAILED (\S+)", bare.stdout, re.MULTILINE)
    assert len(failed) == 6, bare.stdout

    chapter = tree / "book" / f"{NAME}.md"
    change(chapter, FIGURE, FIGURE_WITH_WORDS)
    change(chapter, "(silent-slips)=", "(silent-mistakes)=")
    for page, line in (
        ("index", "| [{title}]({file}) | What now? |"),
        ("teaching", "| Nothing | [{title}]({file}) | 6 |"),
    ):
        path = tree / "book" / f"{page}.md"
        (row,) = re.findall(rf"^\|.*\[{LAST.title}\].*$", path.read_text("utf-8"), re.MULTILINE)
        change(path, row, f"{row}\n" + line.format(title=TITLE, file=f"{NAME}.md"))
    with (tree / "book" / f"{LAST.name}.md").open("a", encoding="utf-8") as last:
        last.write(f" [Chapter {NUMBER}]({NAME}.md) throws it away.\n")
    test = f"tests/book/equations/test_{NAME}.py"
    (tree / test).write_text(EQUATION_TEST, "utf-8")
    whole = run_pytest(tree, *READERS, test)
    assert whole.returncode == 0, whole.stdout + whole.stderr


def test_the_new_chapter_is_built_and_can_be_downloaded_run_live_and_in_the_browser(toy_book):
    """Two pages, each with an anchor of one name, which links find although the heading differs."""
    chapter = CHAPTER.replace("OTHER_PAGE", "index.md#silent-mistakes")
    chapter = chapter.replace(FIGURE, FIGURE_WITH_WORDS)
    (toy_book.root / "book" / f"{NAME}.md").write_text(chapter, "utf-8")
    toy_book.write_page(
        f"(silent-mistakes)=\n## Silent mistakes\n\nSee [there]({NAME}.md#silent-mistakes).\n\n"
        "```{code-cell} ipython3\n1 + 1\n```\n"
    )
    (toy_book.root / "_toc.yml").write_text(
        f"format: jb-book\nroot: book/index\nchapters:\n- file: book/{NAME}\n"
    )
    site = toy_book.build().site

    path = site / "book" / f"{NAME}.html"
    text, page = path.read_text("utf-8"), read_page(path)
    assert ">42\n" in text, "the cell has not run"
    assert 'data-widget="' in text
    assert 'class="sms-live-start"' in text
    assert f'href="../_sources/book/{NAME}.ipynb"' in text
    assert f">({NUMBER}.1)<" in text
    assert not page.images_without_alt
    assert not page.graphics_without_name
    assert "A line falls to zero." in text
    assert {"index.html#silent-mistakes", "#silent-mistakes"} <= set(page.links)
    assert "silent-mistakes" in page.ids
    assert "reworded-mistakes" not in page.ids
    assert f"{NAME}.html#silent-mistakes" in read_page(site / "book" / "index.html").links

    notebook = nbformat.read(site / "_sources" / "book" / f"{NAME}.ipynb", as_version=4)
    code = [cell.source for cell in notebook.cells[2:] if cell.cell_type == "code"]
    cells = read_text(chapter).cells
    assert [cell.code for cell in cells if "figure" not in cell.options] == [code[0], code[2]]
    assert 'alt="A line falls to zero."' in code[1]
    assert f"\\tag{{{NUMBER}.1}}" in "".join(cell.source for cell in notebook.cells)
    lessons = lite_chapters(toy_book.edition, "The book")
    assert [(lesson.name, lesson.title) for lesson in lessons] == [("index", "Toy"), (NAME, TITLE)]
