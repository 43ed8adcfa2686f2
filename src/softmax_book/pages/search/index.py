"""Writes what the search looks through: the sections of every page, and words that mean the same.

Sphinx's own index is not made. It takes the whole page for the text, menus included, knows whole
words only, and leads to the top of a page.
"""

import json
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError

from softmax_book.building.npm import FrontEndError, bundle
from softmax_book.edition import PAGES, BookError, Edition
from softmax_book.pages.equations import REGISTER
from softmax_book.pages.files import add_script
from softmax_book.pages.search.sections import read_sections
from softmax_book.sources import Page

HERE = Path(__file__).parent
FOLDER = "search"  # of the site, below _static
NAME = "search"
# How much a page says about a word that it has: a chapter teaches it, a list only holds it.
CHAPTER, OTHER = 1.0, 0.5
LISTS = {REGISTER: 0.15, f"{PAGES}/api": 0.25}


def use_own_search(app: Sphinx, config: Config) -> None:
    """Let the page of the search be one of the book's: its template is ``search.html``."""
    config.html_additional_pages[NAME] = "search.html"


def leave_out_sphinx_index(app: Sphinx) -> None:
    """Let Sphinx make no index of its own, and no page for it."""
    app.builder.search = False  # type: ignore[attr-defined]


def add_search(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Let a page's search box search."""
    add_script(app, HERE / "box.js", FOLDER)


def write_index(app: Sphinx) -> None:
    """After the build: write the sections of all pages with what searches them."""
    edition = Edition.of(app)
    Path(app.outdir, "searchindex.js").unlink(missing_ok=True)  # of an earlier build
    pages: list[dict[str, Any]] = []
    sections: list[dict[str, Any]] = []
    for name in sorted(app.env.found_docs):
        path = Path(app.outdir, f"{name}.html")
        title = app.env.titles.get(name, nodes.title("", name)).astext()
        for section in read_sections(path.read_text("utf-8")):
            sections.append({"page": len(pages), **asdict(section)})
        pages.append({"address": f"{name}.html", "title": title, "weight": weight(name)})
    synonyms = read_synonyms(edition.search_words)
    book = {"pages": pages, "sections": sections, "synonyms": synonyms}
    with tempfile.TemporaryDirectory() as folder:
        entry, data = Path(folder, "book.js"), Path(folder, "book.json")
        data.write_text(json.dumps(book, ensure_ascii=False), "utf-8")
        entry.write_text(ENTRY.format(find=json.dumps(str(HERE / "find.js"))), "utf-8")
        try:
            bundle(
                *(edition.root, entry, Path(app.outdir, "_static", FOLDER)),
                splitting=False,
                options=("--format=iife",),
            )
        except FrontEndError as error:
            raise ExtensionError(str(error)) from None


ENTRY = """\
import {{ makeFinder, places }} from {find};
import book from "./book.json";
window.softmaxFind = makeFinder(book);
window.softmaxPlaces = places;
"""


def weight(page: str) -> float:
    """Return how much a page says about a word that it has, compared with a chapter.

    Parameters
    ----------
    page : str
        Its name.

    Examples
    --------
    >>> weight("book/03_softmax"), weight("book/api"), weight("book/equations")
    (1.0, 0.25, 0.15)
    """
    is_chapter = Page(page.rsplit("/", 1)[-1], "").number is not None
    return LISTS.get(page, CHAPTER if is_chapter else OTHER)


def read_synonyms(path: Path) -> list[list[str]]:
    """Return the words that mean the same to a search, in groups.

    Parameters
    ----------
    path : pathlib.Path
        A list of lists of words in YAML. No file, no synonyms.

    Raises
    ------
    BookError
        If the file holds something else.
    """
    if not path.is_file():
        return []
    groups = yaml.safe_load(path.read_text("utf-8"))
    for group in groups if isinstance(groups, list) else [groups]:
        if not (
            isinstance(group, list)
            and len(group) > 1
            and all(isinstance(word, str) for word in group)
        ):
            raise BookError(
                f"{path.name} has {group!r}; expected a list of two or more words that mean the "
                f"same, as in  - [penalty, weight decay]. Put numbers and yes or no in quotes."
            )
    return groups
