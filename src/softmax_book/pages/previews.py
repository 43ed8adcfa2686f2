"""What a reference points to, told where it stands: an equation's formula, a chapter in a sentence.

An equation of the same page is there already, and ``cards.js`` takes it from its place. Of other
pages the title, the description and the equations that are named stand in the page's template.
"""

import posixpath
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinxcontrib import katex

from softmax_book.edition import Edition
from softmax_book.pages.equations import REGISTER
from softmax_book.pages.files import add_script
from softmax_book.pages.symbols import symbol_cards
from softmax_book.sources import Page, read_page

SCRIPT = Path(__file__).parent / "cards.js"


def add_cards(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Give a page what its symbols and references tell, and the script that shows it."""
    if doctree is None:
        return
    cards = symbol_cards(doctree) + reference_cards(app, doctree, pagename)
    if cards:
        context["body"] += f'<template id="sms-cards">\n{cards}</template>\n'
        add_script(app, SCRIPT)


def reference_cards(app: Sphinx, doctree: nodes.document, page: str) -> str:
    """Return what a page's links to other pages of the book point to.

    Parameters
    ----------
    app : sphinx.application.Sphinx
    doctree : docutils.nodes.document
        The page, its references resolved.
    page : str
        Its name, as ``book/03_softmax``.

    Returns
    -------
    str
        HTML, one element for each address.
    """
    addresses = {
        node["refuri"]: None
        for node in doctree.findall(nodes.reference)
        if node.get("internal") and node.get("refuri")
    }
    cards = []
    for address in addresses:
        path, _, fragment = address.partition("#")
        target = posixpath.normpath(
            posixpath.join(posixpath.dirname(page), path.removesuffix(".html"))
        )
        told = _told(app, target, fragment, page) if target != page else ""
        if told:
            cards.append(f'<div data-card="{escape(address)}">{told}</div>\n')
    return "".join(cards)


def _told(app: Sphinx, target: str, fragment: str, page: str) -> str:
    source = Edition.of(app).source / f"{target}.md"
    if target not in app.env.titles or not source.is_file():
        return ""
    title = escape(app.env.titles[target].astext())
    read = _read(source, source.stat().st_mtime_ns)
    for equation in read.equations:
        if fragment and fragment == nodes.make_id(f"equation-{equation.label}"):
            if page == REGISTER:  # where each stands beside its reference
                return ""
            _, number = app.env.get_domain("math").equations[equation.label]  # type: ignore[attr-defined]
            drawn = katex.render_latex(equation.latex, {"displayMode": True})
            head = f'<p class="sms-card-head">({number}) in {title}</p>'
            return f'{head}<div class="math">{drawn}</div>'
    if not fragment:
        words = read.metadata.get("myst", {}).get("html_meta", {}).get("description", "")
        return f'<p class="sms-card-head">{title}</p><p>{escape(words)}</p>'
    slugs = app.env.metadata.get(target, {}).get("myst_slugs", {})
    section = next((text for _, name, text in slugs.values() if name == fragment), "")
    return f'<p class="sms-card-head">{escape(section)}</p><p>{title}</p>' if section else ""


@cache
def _read(source: Path, changed: int) -> Page:
    return read_page(source)
