"""Code and outputs that are wider than the window can be scrolled with the keys alone.

The theme's script looks for them at once, and again after every change of the page: that lays out
the whole page, thousands of boxes, before the reader may do anything. Ours looks when the browser
has nothing else to do.
"""

import re
from pathlib import Path

from sphinx.util import logging

SCRIPT = Path(__file__).with_suffix(".js")
THEME = Path("_static", "scripts", "pydata-sphinx-theme.js")
LOOKS = re.compile(r'document\.querySelectorAll\(\["pre",[^\]]*\]\.join\(", "\)\)\.forEach\(')
log = logging.getLogger(__name__)


def add_script(app, page, template, context, doctree):
    """Give every page our script."""
    target = Path(app.outdir, "_static", SCRIPT.name)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(SCRIPT.read_text("utf-8"), "utf-8")
    app.add_js_file(SCRIPT.name, priority=700, loading_method="defer")


def spare_the_theme(app, exception):
    """After the build: take the same work out of the theme's script."""
    if exception or app.builder.format != "html":
        return
    path = Path(app.outdir) / THEME
    text = path.read_text("utf-8")
    text, found = LOOKS.subn("[].forEach(", text)
    if found:
        path.write_text(text, "utf-8")
    elif "[].forEach(" not in text:
        log.info("%s no longer looks for what scrolls: drop softmax_book.scrolling", THEME)


def setup(app):
    """Register with Sphinx."""
    app.connect("html-page-context", add_script)
    app.connect("build-finished", spare_the_theme)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
