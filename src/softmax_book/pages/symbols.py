"""Letters that can be asked: each displayed formula's symbols are marked, and a page tells of them.

What is told stands in a ``<template>`` of the page, once for each symbol that the page's formulas
have. A browser without scripts shows nothing of it, nor does paper. ``cards.js`` shows it.
"""

import re
from functools import cache
from html import escape
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective
from sphinxcontrib import katex

from softmax_book.edition import PAGES
from softmax_book.pages.equations import HOME, LABEL_AT_HOME, chapter_sign
from softmax_book.symbols.letters import Letter, mark_letters
from softmax_book.symbols.table import Symbol, read_table, resolve, written_table

# The page of all functions: the chapter whose letters a section's formulas have, by the section's
# anchor. A step's section has its number.
FUNCTIONS = f"{PAGES}/api"
STEP = re.compile(r"step-(\d+)-")
CHAPTERS_OF_FUNCTIONS = {
    "what-a-gradient-costs": 11,
    "checking-a-gradient": 6,
    "your-own-functions": 6,
    "differentials": 8,
    "training": 7,
    "fitting": 11,
    "an-estimator-for-scikit-learn": 11,
    "more-data-than-memory": 11,
    "more-than-one-machine": 11,
    "two-layers": 9,
    "the-rivals-of-softmax": 10,
    "calibration": 10,
}
# Functions whose formula is an equation with letters of its own; and those whose letters are told
# beside the formula alone.
EQUATIONS_OF_FUNCTIONS = {
    "hinge_loss": "eq-hinge-sum",
    "initial_two_layer": "eq-he-start",
    "neighbour_votes": "eq-neighbour-votes",
}
UNMARKED_FUNCTIONS = {
    *("numerical_gradient", "complex_step_gradient", "compare_gradients"),
    *("score_tensor", "one_epoch", "confusion_matrix"),
}
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
    symbol's name. A letter means what it means in the formula's chapter, also where the formula
    stands on the page of all equations, or of all functions.
    """
    names: dict[str, None] = {}
    chapters = {chapter_sign(name): name for name in app.env.found_docs}
    for node in doctree.findall(nodes.math_block):
        home, label = node.get(HOME, page), node.get(LABEL_AT_HOME) or node.get("label") or ""
        if page == FUNCTIONS:
            chapter, function = _place_of_function(node)
            home, label = chapters.get(chapter, page), EQUATIONS_OF_FUNCTIONS.get(function, "")
            if function in UNMARKED_FUNCTIONS:
                continue
        place = 0

        def mark(
            letter: Letter, home: str = home.rsplit("/", 1)[-1], label: str = label
        ) -> str | None:
            nonlocal place
            symbol = resolve(letter, home, label)
            if symbol is None:
                return None
            names[symbol.name] = None
            place += 1
            return f"{place}.{symbol.name}"

        node[:] = [nodes.Text(mark_letters(node.astext(), mark))]
    doctree[SYMBOLS] = list(names)


def _place_of_function(node: nodes.Node) -> tuple[str, str]:
    """Return the number of the chapter to which a formula of the page of functions belongs.

    And the name of the function that has it.
    """
    function = ""
    while node.parent is not None:
        node = node.parent
        if isinstance(node, addnodes.desc):
            function = function or node[0]["fullname"].rsplit(".", 1)[-1]
        for name in node["ids"] if isinstance(node, nodes.section) else ():
            if step := STEP.match(name):
                return step[1], function
            if name in CHAPTERS_OF_FUNCTIONS:
                return str(CHAPTERS_OF_FUNCTIONS[name]), function
    return "", function


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
