"""Mathematics in a sentence is set as mathematics: every symbol stands between dollars.

Numbers are words, as (1, 0.368) or −40. Headings are left out: they stand in menus too, as plain
text, and so do the words of a figure.
"""

import re
from pathlib import Path

import pytest

from softmax_book.sources import read_book

ROOT = Path(__file__).parents[2]
PAGES = read_book(ROOT)
# Code, mathematics, roles, the targets of links, tags, and the mark of a right answer.
NOT_PROSE = re.compile(
    r"(?P<ticks>`+).+?(?P=ticks)|(?<!\\)\$.+?(?<!\\)\$|\{[\w:]+\}`[^`]*`|(?<=\])\([^)\s]*\)"
    r"|</?\w[^>]*>|^\[x\] ",
    re.DOTALL | re.MULTILINE,
)
# Words that look like symbols: a model or a class that is called by a letter, and names.
NAMES = re.compile(r"[Mm]odels? [AB]\b|\b[AB] (costs|has|would|is)\b|C\+\+|Jean H\.")
SYMBOL = re.compile(
    r"""
    [Ͱ-Ͽ∂Σ√∛∞‖⊤𝟏≤≥≈]                         # Greek letters and signs
    | [⁰¹²³⁴-⁹⁺⁻ⁿᵀ₀-₉ᵢⱼ½¼]                     # letters and digits above or below the line
    | (?<![\w’'.-])[B-HJ-Zb-z](?![\w’'.-]|\.\w)  # a letter that stands alone
    | (?<!\w)[a-zA-Z][WX](?!\w)                # a product of two
    | (?<!\w)(?:ln|log|exp|diag)(?=\ [\d(])    # a function of a number
    """,
    re.VERBOSE,
)


def plain_symbols(page):
    """Return the symbols in a page's sentences that are set as letters, each with its place."""
    headings = {heading.line for heading in page.headings}
    found = []
    for paragraph in page.paragraphs:
        if paragraph.line in headings:
            continue
        text = NAMES.sub(" ", NOT_PROSE.sub(" ", paragraph.text))
        for symbol in SYMBOL.finditer(text):
            around = text[max(symbol.start() - 20, 0) : symbol.end() + 20]
            found.append(f"line {paragraph.line}: {symbol[0]!r} in {' '.join(around.split())!r}")
    return found


@pytest.mark.parametrize("name", PAGES)
def test_every_symbol_of_a_sentence_is_set_as_mathematics(name):
    found = plain_symbols(PAGES[name])
    assert not found, "\n".join(found)


ALIGNED = re.compile(r"\\begin\{aligned\}(.*?)\\end\{aligned\}", re.DOTALL)
RELATION = re.compile(r"[=<>]|\\(?:ge|le|ne|approx)\b")


@pytest.mark.parametrize("name", PAGES)
def test_no_equation_is_cut_for_narrow_pages(name):
    """A page breaks an equation where it does not fit. Rows are for several statements."""
    for aligned in ALIGNED.findall(PAGES[name].text):
        rows = aligned.split(r"\\")
        assert len(rows) > 2 or all(RELATION.search(row) for row in rows), aligned
