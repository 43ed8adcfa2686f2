"""The notebooks for the browser, and the page that lists them."""

import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from softmax_book.edition import Edition
from softmax_book.exports.notebooks import INSTALL_ID, Book, to_notebook
from softmax_book.lite import LiteError, contents
from softmax_book.sources import read_book

ROOT = Path(__file__).parents[3]
RELEASE = "softmax_grader.commands.release_for_students"


def test_a_chapter_in_the_browser_installs_nothing_and_says_where_work_is_kept():
    notebook = to_notebook("# 1 · A title\n\n```{code-cell}\n1 + 1\n```\n", Book(title="The book"))
    assert notebook.cells[1].id == INSTALL_ID
    notebook = contents.for_browser(notebook, "The book")
    assert [cell.cell_type for cell in notebook.cells] == ["markdown", "markdown", "code"]
    assert "kept in this browser" in notebook.cells[0].source
    assert "install" not in "".join(cell.source for cell in notebook.cells if cell.id != "opening")
    assert notebook.metadata.kernelspec.name == "python"  # what JupyterLite calls its kernel


def test_the_chapters_come_in_the_order_of_the_book_and_link_to_one_another(site):
    lessons = contents.chapters(Edition(ROOT), "The book")
    names = [lesson.name for lesson in lessons]
    pages = [page for page in read_book(ROOT).values() if page.is_notebook]
    assert names == [page.name for page in pages]
    assert [lesson.title for lesson in lessons] == [page.title for page in pages]
    links = [
        link
        for lesson in lessons
        for cell in lesson.notebook.cells
        for link in re.findall(r"\]\(([\w-]+)\.ipynb\)", cell.source)
    ]
    assert len(links) > 10
    assert set(links) <= set(names)


def test_without_the_book_the_command_says_what_to_build(tmp_path):
    (tmp_path / "_toc.yml").write_text((ROOT / "_toc.yml").read_text())
    with pytest.raises(LiteError, match="make book"):
        contents.chapters(Edition(tmp_path), "The book")


def test_a_notebook_with_a_solution_is_not_published(tmp_path):
    cell = nbformat.v4.new_code_cell("### BEGIN SOLUTION\n1\n### END SOLUTION")
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "a1.ipynb")
    with pytest.raises(LiteError, match=r"a1\.ipynb holds a solution"):
        contents.assignments(tmp_path)


def test_every_assignment_is_released_without_solutions_and_hidden_tests(tmp_path):
    subprocess.run(
        [sys.executable, "-m", RELEASE, tmp_path / "released"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    lessons = contents.assignments(tmp_path / "released")
    assert [lesson.name for lesson in lessons] == sorted(
        path.stem for path in (ROOT / "assignments").glob("*.md")
    )
    for lesson in lessons:
        assert "raise NotImplementedError()" in "".join(c.source for c in lesson.notebook.cells)


def test_the_landing_page_lists_everything_under_a_strict_policy(tmp_path):
    lesson = contents.Lesson("01_score", "1 · The <score>", nbformat.v4.new_notebook())
    work = contents.Lesson("a1_forward", "Assignment 1", nbformat.v4.new_notebook())
    contents.write_landing(tmp_path, [lesson], [work], "The book")
    page = (tmp_path / "index.html").read_text()
    assert 'href="lite/notebooks/index.html?path=01_score.ipynb">1 · The &lt;score&gt;' in page
    assert 'href="lite/notebooks/index.html?path=a1_forward.ipynb"' in page
    assert "Content-Security-Policy" in page
    assert 'id="jupyter-config-data"' in page


def test_a_notebook_knows_its_edition_which_changes_with_its_cells_alone(tmp_path):
    editions = []
    for count, code in enumerate(("1 + 1", "1 + 1", "1 + 2")):
        cell = nbformat.v4.new_code_cell(code, id="one")
        lite = tmp_path / str(count)
        lite.mkdir()
        lesson = contents.Lesson("01_score", "1", nbformat.v4.new_notebook(cells=[cell]))
        contents.write_contents(lite, [lesson])
        editions.append(json.loads((lite / "editions.json").read_text())["01_score.ipynb"])
        served = nbformat.read(lite / "files" / "01_score.ipynb", as_version=4)
        assert served.metadata.softmax_edition == editions[-1]
    assert editions[0] == editions[1] != editions[2]
