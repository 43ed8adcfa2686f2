"""Puts the palette's colours and fonts before the book's style sheets."""

from typing import Any

from softmax_book.edition import Edition
from softmax_steps import palette

PALETTES = {"book.css": palette.page_css, "plain.css": palette.plain_page_css}


def write_styles(app: Any) -> None:
    """Write each style sheet to where Sphinx copies the site's static files from.

    Parameters
    ----------
    app : sphinx.application.Sphinx
    """
    edition = Edition.of(app)
    target = edition.front_end
    target.mkdir(parents=True, exist_ok=True)
    for name, rules in PALETTES.items():
        style = (edition.styles / name).read_text("utf-8")
        (target / name).write_text(f"{rules()}\n{style}", "utf-8")
