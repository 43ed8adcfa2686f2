"""Sphinx extension: puts the palette's colours and fonts before the book's style sheets."""

from pathlib import Path
from typing import Any

from softmax_book.edition import Edition
from softmax_steps import palette

SOURCES = Path("book", "styles")
PALETTES = {"book.css": palette.page_css, "plain.css": palette.plain_page_css}


def write_styles(app: Any) -> None:
    """Write each style sheet to where Sphinx copies the site's static files from.

    Parameters
    ----------
    app : sphinx.application.Sphinx
    """
    if app.builder.format != "html":
        return
    target = Edition(app.srcdir).front_end
    target.mkdir(parents=True, exist_ok=True)
    for name, rules in PALETTES.items():
        style = (Path(app.srcdir) / SOURCES / name).read_text("utf-8")
        (target / name).write_text(f"{rules()}\n{style}", "utf-8")


def setup(app: Any) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("builder-inited", write_styles)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
