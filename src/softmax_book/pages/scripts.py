"""The book's own small scripts, which every page has.

``menus.js`` does what these pages use of Bootstrap, which the theme has for its menus: Bootstrap
listens to every key and looks through the whole page each time. On a page with many equations this
is a good part of the time that a press of a slider's key takes. The template
``webpack-macros.html`` leaves it out.

``scrolling.js`` lets code and outputs that are wider than the window be scrolled with the keys
alone. The theme's script looks for them at once, and again after every change of the page: that
lays out the whole page, thousands of boxes, before the reader may do anything. Ours looks when the
browser has nothing else to do; :mod:`softmax_book.pages.theme` takes the work from the theme's.
"""

import shutil
from pathlib import Path

HERE = Path(__file__).parent
SCRIPTS = "menus.js", "scrolling.js"


def add_scripts(app, page, template, context, doctree):
    """Give the page the scripts."""
    static = Path(app.outdir, "_static")
    static.mkdir(parents=True, exist_ok=True)
    for name in SCRIPTS:
        shutil.copyfile(HERE / name, static / name)
        app.add_js_file(name, priority=700, loading_method="defer")


def setup(app):
    """Register with Sphinx."""
    app.connect("html-page-context", add_scripts)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
