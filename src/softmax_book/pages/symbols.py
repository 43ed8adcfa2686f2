"""Letters that can be asked: each displayed formula's symbols are marked, and a page tells of them.

What is told stands in a ``<template>`` of the page, once for each symbol that the page's formulas
have. A browser without scripts shows nothing of it, nor does paper. ``cards.js`` shows it.
"""

import re
from functools import cache
from html import escape
from typing import Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective
from sphinxcontrib import katex

from softmax_book.edition import PAGES
from softmax_book.pages.equations import REGISTER
from softmax_book.symbols.letters import Letter, mark_letters
from softmax_book.symbols.table import Symbol, read_table, resolve, written_table

# Pages with formulas that are explained elsewhere, or that have letters of their own.
UNMARKED = {REGISTER, f"{PAGES}/api"}
SYMBOLS = "sms_symbols"  # an attribute of a page's document: the names, in their order
PARTS = re.compile(r"\$([^$]+)\$|`([^`]+)`")


class SymbolTable(SphinxDirective):
    """``{symbol-table} name``: one of the tables of the notation."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        return self.parse_text_to_nodes(written_table(self.arguments[0]))


def mark_symbols(app: Any, doctree: nodes.document, page: str) -> None:
    """Mark the letters of a page's displayed formulas, and note which symbols they are.

    A mark is the letter's place among those of its formula, as a reader reads them, and the
    symbol's name.
    """
    names: dict[str, None] = {}
    for node in () if page in UNMARKED else doctree.findall(nodes.math_block):
        place = 0

        def mark(letter: Letter, label: str = node.get("label") or "") -> str | None:
            nonlocal place
            symbol = resolve(letter, page.rsplit("/", 1)[-1], label)
            if symbol is None:
                return None
            names[symbol.name] = None
            place += 1
            return f"{place}.{symbol.name}"

        node[:] = [nodes.Text(mark_letters(node.astext(), mark))]
    doctree[SYMBOLS] = list(names)


def symbol_cards(doctree: nodes.document) -> str:
    """Return what a page tells of the symbols in its formulas.

    Parameters
    ----------
    doctree : docutils.nodes.document
        A page that :func:`mark_symbols` has seen.

    Returns
    -------
    str
        HTML, one element for each symbol.
    """
    return "".join(symbol_card(read_table()[name]) for name in doctree.get(SYMBOLS, ()))


@cache
def symbol_card(symbol: Symbol) -> str:
    """Return what the card of one symbol shows.

    Parameters
    ----------
    symbol : softmax_book.symbols.table.Symbol

    Returns
    -------
    str
        HTML.
    """
    told = {"in code": f"`{symbol.code}`" if symbol.code else "", "shape": symbol.shape}
    told["unit"] = symbol.unit
    lines = [
        f"<div><dt>{name}</dt><dd>{in_html(text)}</dd></div>" for name, text in told.items() if text
    ]
    if symbol.rows:
        lines.append(f"<div><dt>tiny example</dt><dd>{_value(symbol.rows)}</dd></div>")
    return (
        f'<div data-card="{symbol.name}"><p class="sms-card-head"><span class="sms-said">'
        f'{escape(symbol.said)}: </span><span aria-hidden="true">{_drawn(_glyph(symbol))}</span> '
        f"<span>{in_html(symbol.card or symbol.meaning)}</span></p>"
        f"<dl>{''.join(lines)}</dl></div>\n"
    )


def in_html(text: str) -> str:
    """Return a line of the table, in which only formulas and code are marked, as HTML.

    >>> in_html("a `b` & c")
    'a <code>b</code> &amp; c'
    """
    pieces, done = [], 0
    for part in PARTS.finditer(text):
        pieces.append(escape(text[done : part.start()]))
        pieces.append(_drawn(part[1]) if part[1] else f"<code>{escape(part[2])}</code>")
        done = part.end()
    return "".join([*pieces, escape(text[done:])])


def _glyph(symbol: Symbol) -> str:
    """Return a symbol's TeX; a derivative, which the table writes in one line, as a fraction."""
    above, slash, below = symbol.tex.partition("/")
    if not slash:
        return symbol.tex.removesuffix("*")
    return rf"\frac{{{above}{' L' * above.endswith('partial')}}}{{{below}}}"


@cache
def _drawn(latex: str) -> str:
    return katex.render_latex(latex, {"displayMode": False, "output": "html"})


def _value(rows: list[list[str]]) -> str:
    if len(rows) == len(rows[0]) == 1:
        return escape(rows[0][0])
    said = "; ".join(", ".join(row) for row in rows)
    entries = "".join(
        f"<tr>{''.join(f'<td>{escape(entry)}</td>' for entry in row)}</tr>" for row in rows
    )
    return (
        f'<span class="sms-said">{said}</span>'
        f'<table class="sms-matrix" aria-hidden="true">{entries}</table>'
    )
