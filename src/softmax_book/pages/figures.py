"""Puts the alt text and the caption of a cell's metadata on the picture that the cell shows.

A chapter keeps both where prose stands and not in its code, where they would be in the reader's
way and give away what the picture shows::

    ```{code-cell} ipython3
    ---
    tags: [hide-input]
    figure:
      alt: >-
        Ten bars, one score per class. The bar of class 0 is the tallest.
      caption: >-
        The ten scores of one picture.
    ---
    show(pictures.draw_scores(row).figure)
    ```
"""

from typing import Any

from docutils import nodes
from sphinx.util import logging

from softmax_book.sources import read_figure_words
from softmax_steps.notebook import WITHOUT_ALT, add_words

MARK = '<figure class="sms-figure"'
logger = logging.getLogger(__name__)


def add_words_to_cell(cell: nodes.container) -> None:
    """Put the words on the picture of one cell.

    Parameters
    ----------
    cell : docutils.nodes.container
        myst-nb's container of a code cell; changed in place.

    Raises
    ------
    ValueError
        If a picture has no alt text, or words have no picture.
    """
    words = read_figure_words(cell["cell_metadata"])
    pages = [
        node
        for node in cell.findall(nodes.raw)
        if node.get("format") == "html" and MARK in node.astext()
    ]
    wordless = [node for node in pages if WITHOUT_ALT.search(node.astext())]
    if words is None:
        if wordless:
            raise ValueError(
                "a picture has no alt text. Write one in the cell's metadata: figure, alt."
            )
        return
    if len(pages) != 1 or len(wordless) != 1:
        raise ValueError(
            f"the cell has words for one picture, but shows {len(pages)} pictures, "
            f"of which {len(wordless)} lack an alt text; expected 1 and 1."
        )
    (page,) = wordless
    html, alt = add_words(page.astext(), **words)
    page.children[:] = [nodes.Text(html)]
    page.rawsource = html
    _add_to_fallbacks(page.parent.parent, alt)


def _add_to_fallbacks(bundle, alt):
    """Give the same alt text to the forms of an output that other builders choose."""
    for kind in bundle.children:
        if kind.get("mime_type") == "image/png":
            for image in kind.findall(nodes.image):
                image["alt"] = alt
        elif kind.get("mime_type") == "text/plain":
            for block in kind.findall(nodes.literal_block):
                block.children[:] = [nodes.Text(alt)]
                block.rawsource = alt


def add_words_to_page(app: Any, doctree: nodes.document) -> None:
    """Put the words on all pictures of a page. What is wrong fails the build, with its line."""
    for cell in doctree.findall(nodes.container):
        if cell.get("nb_element") != "cell_code":
            continue
        try:
            add_words_to_cell(cell)
        except ValueError as error:
            logger.warning("%s", error, location=cell)
