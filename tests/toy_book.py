"""A book of one page, under the settings of the real one, for the tests and the benchmarks."""

import shutil

from softmax_book.building.npm import fetch_on_demand, find_node
from softmax_book.pages.widgets.core_widgets import PACKAGE

PAGE = """---
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
    description: A page to try things on.
---
"""


def lay_out_book(folder, root):
    """Lay out a book of one page under the settings, and with the looks, of the real one.

    Its page and ``src/softmax_steps`` are not there yet.

    Parameters
    ----------
    folder : pathlib.Path
        Of the new book; made if it is missing.
    root : pathlib.Path
        The repository's root.
    """
    # The packages of the real book are linked below, and a build fetches none through a link.
    fetch_on_demand(root, find_node(), PACKAGE)
    (folder / "book").mkdir(parents=True)
    for name in ("_config.yml", "package.json", "package-lock.json", ".npmrc"):
        shutil.copy(root / name, folder / name)
    for name in ("node_modules", "book/assets", "book/styles"):
        (folder / name).symlink_to(root / name, target_is_directory=True)
    (folder / "_toc.yml").write_text("format: jb-book\nroot: book/index\n")
    (folder / "book" / "references.bib").write_text("")


def write_page(folder, text):
    """Write the text of the one page, in MyST with cells; it begins with the title."""
    (folder / "book" / "index.md").write_text(PAGE + text)
