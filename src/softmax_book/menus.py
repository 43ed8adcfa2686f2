"""The header's menus without Bootstrap, which the theme has for them.

Bootstrap listens to every key and looks through the whole page each time. On a page with many
equations this is a good part of the time that a press of a slider's key takes. Our script does
what these pages use of it; the template ``webpack-macros.html`` leaves Bootstrap's out.
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
