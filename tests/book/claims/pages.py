"""The book's pages, and a check that a sentence stands on one.

Claims of the chapters that are no equations are quoted in this folder, and then tried. A test here
begins with ``says``: the sentence must stand on the page as it is quoted, so that neither it nor
its test changes alone. The numbers of a sentence are computed anew.
"""

import re
from pathlib import Path

from softmax_book.sources import read_book

ROOT = Path(__file__).parents[3]
PAGES = {page.name.removeprefix("book/"): page for page in read_book(ROOT).values()}


def says(page, *sentences):
    """Fail unless each sentence stands on the page, whatever its lines and spaces are."""
    text = " ".join(PAGES[page].text.split())
    for sentence in sentences:
        assert " ".join(sentence.split()) in text, f"{page} does not say: {sentence}"


def solution_code(page, number):
    """Return the code of an exercise's folded solution."""
    part = PAGES[page].text.split(f"\n**{number}.** ", 1)[1]
    return re.search(r"^:::\{dropdown\} Solution\n.*?^```python\n(.*?)^```", part, re.M | re.S)[1]
