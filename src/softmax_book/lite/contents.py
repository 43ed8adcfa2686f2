"""The notebooks under ``lite/``: every chapter, and what students get of every assignment."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from softmax_book.edition import LITE, Edition
from softmax_book.exports.notebooks import INSTALL_ID, OPENING_ID
from softmax_book.lite import LiteError
from softmax_book.pages.policy import with_policy
from softmax_book.pages.roots import PAGE
from softmax_book.sources import page_names

OPENING = (
    "From *{title}*. This notebook runs in your browser, where the book's package is installed "
    "already; the first cell takes some seconds. Your changes are kept in this browser, on this "
    "computer; to keep a copy elsewhere, choose File → Download."
)
KERNEL = {"display_name": "Python (Pyodide)", "language": "python", "name": "python"}
HEADING = re.compile(r"^#[ \t]+(.+)$", re.MULTILINE)
# The app looks on the page at its root for settings, and stops if there is no place for them.
ROOT_MARK = (
    '<script id="jupyter-config-data" type="application/json" '
    'data-jupyter-lite-root=".">{}</script>\n'
)
LISTING = "all.json"
# What older_copy.js reads: each notebook's edition, which stands in the notebook too.
EDITIONS = "editions.json"
EDITION = "softmax_edition"
OPEN = LITE + "/notebooks/index.html?path={name}.ipynb"


@dataclass
class Lesson:
    """One notebook of ``lite/``."""

    name: str
    title: str
    notebook: NotebookNode


def chapters(edition: Edition, title: str) -> list[Lesson]:
    """Return the chapters as they run in the browser, in the order of the book.

    Parameters
    ----------
    edition : Edition
        Its book is built: the notebooks that can be downloaded there are the source.
    title : str
        The book's title.

    Returns
    -------
    list of Lesson

    Raises
    ------
    LiteError
        If the book is not built.
    """
    lessons = []
    for page in page_names(edition.source):
        path = edition.downloads / f"{page}.ipynb"
        if path.is_file():
            notebook = for_browser(nbformat.read(path, as_version=4), title)
            lessons.append(Lesson(path.stem, _title(notebook, path.stem), notebook))
    if not lessons:
        raise LiteError(f"{edition.site} holds no chapter: build the book first, with  make book")
    return lessons


def assignments(folder: Path) -> list[Lesson]:
    """Return the assignments as students get them.

    Parameters
    ----------
    folder : pathlib.Path
        Holds the released notebooks.

    Returns
    -------
    list of Lesson

    Raises
    ------
    LiteError
        If a notebook gives away what students must not see.
    """
    lessons = []
    for path in sorted(Path(folder).glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        if "### BEGIN " in "".join(cell.source for cell in notebook.cells):
            raise LiteError(f"{path} holds a solution or hidden tests: give the released notebook.")
        notebook.metadata.kernelspec = KERNEL
        lessons.append(Lesson(path.stem, _title(notebook, path.stem), notebook))
    return lessons


def for_browser(notebook: NotebookNode, title: str) -> NotebookNode:
    """Return a chapter's notebook with the opening that is true in the browser.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        As :mod:`softmax_book.exports.notebooks` writes it.
    title : str
        The book's title.

    Returns
    -------
    nbformat.NotebookNode
    """
    cells = []
    for cell in notebook.cells:
        if cell.id == OPENING_ID:
            cell.source = OPENING.format(title=title)
        if cell.id != INSTALL_ID:
            cells.append(cell)
    notebook.cells = cells
    notebook.metadata.kernelspec = KERNEL
    return notebook


def write_contents(lite: Path, lessons: Iterable[Lesson]) -> None:
    """Write the notebooks and the list of them that the app reads.

    Parameters
    ----------
    lite : pathlib.Path
        The app's folder.
    lessons : list of Lesson
    """
    files, listing = lite / "files", lite / "api" / "contents"
    files.mkdir()
    listing.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    entries, editions = [], {}
    for lesson in lessons:
        path = files / f"{lesson.name}.ipynb"
        edition = sha256(nbformat.writes(lesson.notebook).encode()).hexdigest()[:16]
        lesson.notebook.metadata[EDITION] = editions[path.name] = edition
        nbformat.write(lesson.notebook, path)
        entries.append(_entry(path.name, now) | {"type": "notebook", "size": path.stat().st_size})
    folder = _entry("", now) | {"type": "directory", "content": entries, "format": "json"}
    (listing / LISTING).write_text(json.dumps(folder, indent=1), "utf-8")
    (lite / EDITIONS).write_text(json.dumps(editions, indent=1), "utf-8")


def write_landing(
    lite: Path,
    book: Sequence[Lesson],
    class_work: Sequence[Lesson],
    title: str,
    *,
    language: str = "en",
) -> None:
    """Write the page that ``lite/`` itself shows: what there is, and where work is kept.

    Parameters
    ----------
    lite : pathlib.Path
        The app's folder.
    book, class_work : sequence of Lesson
    title : str
        The book's title.
    language : str
        Of the page.
    """
    parts = [
        "<p>These notebooks run in your browser: nothing is installed, and no code leaves this "
        "computer. The first cell of a notebook takes some seconds.</p>",
        "<h2>Chapters</h2>",
        _links(book),
    ]
    if class_work:
        parts += ["<h2>Assignments</h2>", _links(class_work)]
    parts += [
        "<h2>Your work</h2>",
        "<p>Changes are kept in this browser, on this computer, and are there when you come back. "
        "Private windows forget them, and so does clearing the browser's data. When the book has "
        "changed since, your notebook says so and offers both. To keep a copy, or "
        "to hand one in, choose File → Download in the notebook. To begin a notebook again, delete "
        'yours in <a href="lite/tree/index.html">the list of files</a>: the book\'s own copy '
        "comes back. There you can also upload a notebook.</p>",
    ]
    page = PAGE.format(
        language=language,
        title=f"Notebooks — {escape(title)}",
        description=f"The chapters of {escape(title)} as notebooks that run in the browser.",
        head=f'<base href="../" />\n{ROOT_MARK}',
        heading="Run the book in your browser",
        body="\n".join([*parts, f'<p><a href="index.html">{escape(title)}</a></p>']),
    )
    (lite / "index.html").write_text(with_policy(page), "utf-8")


def _links(lessons: Iterable[Lesson]) -> str:
    items = "\n".join(
        f'<li><a href="{OPEN.format(name=lesson.name)}">{escape(lesson.title)}</a></li>'
        for lesson in lessons
    )
    return f"<ul>\n{items}\n</ul>"


def _entry(name: str, now: str) -> dict[str, Any]:
    return {
        "name": name,
        "path": name,
        "created": now,
        "last_modified": now,
        "content": None,
        "format": None,
        "mimetype": None,
        "size": None,
        "writable": True,
    }


def _title(notebook: NotebookNode, name: str) -> str:
    for cell in notebook.cells:
        heading = HEADING.search(cell.source) if cell.cell_type == "markdown" else None
        if heading:
            return heading[1].strip()
    return name
