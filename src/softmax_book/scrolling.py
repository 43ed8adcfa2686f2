"""Code and outputs that are wider than the window can be scrolled with the keys alone.

The theme's script looks for them at once, and again after every change of the page: that lays out
the whole page, thousands of boxes, before the reader may do anything. Ours looks when the browser
has nothing else to do; :mod:`softmax_book.theme_script` takes the work from the theme's.
"""

from pathlib import Path

SCRIPT = Path(__file__).with_suffix(".js")


def add_script(app, page, template, context, doctree):
    """Give every page our script."""
    target = Path(app.outdir, "_static", SCRIPT.name)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(SCRIPT.read_text("utf-8"), "utf-8")
    app.add_js_file(SCRIPT.name, priority=700, loading_method="defer")


def setup(app):
    """Register with Sphinx."""
    app.connect("html-page-context", add_script)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
