"""What the theme's script need not do: two searches through the whole page.

At once, and again after every change of the page, it looks for what is wider than its place, which
lays out thousands of boxes before the reader may do anything: ``scrolling.js`` does it
when the browser is idle. And at every key it looks for the search form, whichever key it is.
"""

import re
from pathlib import Path

from sphinx.util import logging

THEME = Path("_static", "scripts", "pydata-sphinx-theme.js")
# What stands there, what takes its place, and the words by which a mended script is known.
MENDED = (
    (
        r'document\.querySelectorAll\(\["pre",[^\]]*\]\.join\(", "\)\)\.forEach\(',
        "[].forEach(",
        "[].forEach(",
    ),
    (
        r'window\.addEventListener\("keydown",(\w+)=>\{(?=let \w+=\w+\(\);\1\.shiftKey)',
        r'window.addEventListener("keydown",\1=>{if(!/^(k|escape)$/i.test(\1.key))return;',
        "if(!/^(k|escape)$/i",
    ),
)
log = logging.getLogger(__name__)


def spare_the_theme(app, exception):
    """After the build: take the searches out of the theme's script."""
    if exception or app.builder.format != "html":
        return
    path = Path(app.outdir) / THEME
    text = path.read_text("utf-8")
    for stands, instead, known in MENDED:
        mended = re.sub(stands, instead, text)
        if mended == text and known not in text:
            log.info("%s has changed: see softmax_book.pages.theme", THEME)
        text = mended
    path.write_text(text, "utf-8")


def setup(app):
    """Register with Sphinx."""
    app.connect("build-finished", spare_the_theme)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
