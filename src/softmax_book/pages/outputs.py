"""Tells what a cell prints apart: sentences, which wrap on a phone, and tables, which scroll.

An error's message is one long line. A table of numbers would fall apart if its lines broke.
``live/page/sentences.js`` says the same of what a live cell prints.
"""

import re
from typing import Any

from docutils import nodes

LONG = 36  # letters of a line of code on a phone of 320 pixels
COLUMNS = re.compile(r"\S {2,}\S")
WORD = re.compile(r"[^\W\d_]{2,}")
WORDS = 5  # of a line that is a sentence
CLASS = "sms-sentences"


def is_sentences(text: str) -> bool:
    """Tell whether a text has long lines, all of them sentences, and no columns.

    Parameters
    ----------
    text : str
        What a cell prints.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_sentences("X has 2 columns (features) but W has 3 rows: W should be (2, C).")
    True
    >>> is_sentences("start  ‖full gradient‖ 0.447   ‖batch − full‖ 0.521")
    False
    """
    long = [line for line in text.splitlines() if len(line) > LONG]
    return bool(long) and not (
        COLUMNS.search(text) or any(len(WORD.findall(line)) < WORDS for line in long)
    )


def mark_sentences(app: Any, doctree: nodes.document) -> None:
    """Give a class to each output of a page that is sentences."""
    for output in doctree.findall(nodes.literal_block):
        if "output" in output["classes"] and is_sentences(output.astext()):
            output["classes"].append(CLASS)
