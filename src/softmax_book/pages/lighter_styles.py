"""Leaves out of the theme's style sheets what no page of the book uses.

The theme brings Bootstrap and Font Awesome whole, for every page that anybody may write. That is
66 kB of each first visit, compressed, of which the book's own pages use less than a third.
"""

import shutil
import tempfile
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx_design.extension import STATIC_DIR

from softmax_book.building.npm import FrontEndError, leave_out_unused
from softmax_book.edition import LITE, Edition
from softmax_book.pages.theme import STATIC

# From where a style sheet is served, below _static, to where it comes from.
SHEETS = {
    "styles/pydata-sphinx-theme.css": STATIC / "styles" / "pydata-sphinx-theme.css",
    "sphinx-design.min.css": Path(STATIC_DIR) / "sphinx-design.min.css",
}
# The scripts of a live page, which give it classes as those do that the site serves.
LIVE_SCRIPTS = Path(__file__).parents[1] / "live" / "page"


def write_lighter_styles(app: Sphinx) -> None:
    """After the build: serve the style sheets without what no page uses.

    Parameters
    ----------
    app : sphinx.application.Sphinx

    Raises
    ------
    sphinx.errors.ExtensionError
        If PurgeCSS is missing, or cannot read a style sheet.
    """
    site = Path(app.outdir)
    pages = [
        page
        for page in site.rglob("*.html")
        if page.relative_to(site).parts[0] not in ("_static", LITE)
    ]
    scripts = [
        script for folder in (site / "_static", LIVE_SCRIPTS) for script in folder.rglob("*.js")
    ]
    with tempfile.TemporaryDirectory() as folder:
        try:
            leave_out_unused(
                Edition.of(app).root, SHEETS.values(), [*pages, *scripts], Path(folder)
            )
        except FrontEndError as error:
            raise ExtensionError(str(error)) from None
        for name in SHEETS:
            shutil.copyfile(Path(folder, Path(name).name), site / "_static" / name)
