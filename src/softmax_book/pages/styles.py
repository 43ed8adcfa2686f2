"""Puts the palette's colours and fonts before the book's style sheets."""

import tempfile
from pathlib import Path
from typing import Any

from sphinx.errors import ExtensionError

from softmax_book.building.npm import FrontEndError, bundle
from softmax_book.edition import Edition
from softmax_steps import palette

# Each served style sheet: its colours, and the files of book/styles that follow them.
SHEETS = {
    "book.css": (palette.page_css, ("book.css", "cards.css", "frame.css")),
    "plain.css": (palette.plain_page_css, ("plain.css",)),
}


def write_styles(app: Any) -> None:
    """Write each style sheet to where Sphinx copies the site's static files from.

    Parameters
    ----------
    app : sphinx.application.Sphinx

    Raises
    ------
    sphinx.errors.ExtensionError
        If esbuild, which leaves out comments and spaces, is missing or cannot read one.
    """
    edition = Edition.of(app)
    with tempfile.TemporaryDirectory() as folder:
        entry_points = [Path(folder, name) for name in SHEETS]
        for path in entry_points:
            colours, names = SHEETS[path.name]
            styles = [(edition.styles / name).read_text("utf-8") for name in names]
            path.write_text("\n".join([colours(), *styles]), "utf-8")
        try:
            # Fonts stay files: the build has put them beside the style sheet.
            external = ["--external:*.woff2"]
            bundle(edition.root, entry_points, edition.front_end, splitting=False, options=external)
        except FrontEndError as error:
            raise ExtensionError(str(error)) from None
