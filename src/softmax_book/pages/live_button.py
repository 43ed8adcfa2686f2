"""Sphinx extension: puts the button that makes a page live on the pages with cells, and no others.

A reader who does not press it pays for a few kilobytes; what live cells need is loaded then.
"""

from html import escape
from pathlib import Path

from softmax_book.exports.notebooks import is_notebook

HERE = Path(__file__).parent
FILES = ("live_button.js", "live_button.css")
# No script, no button: the theme hides what has the class pst-js-only.
BAR = """
<div class="sms-live pst-js-only" role="region" aria-label="Live cells" data-chapter="{chapter}">
<div class="sms-live-buttons">
<button type="button" class="sms-live-start">Make this page live</button>
</div>
<p class="sms-live-status" role="status">Edit the cells and run them.</p>
</div>
"""


def add_button(app, page, template, context, doctree):
    """Put the bar below the title of a page that shows cells."""
    body = context.get("body") or ""
    if not is_notebook(app, page) or "cell_input" not in body or "</h1>" not in body:
        return
    bar = BAR.format(chapter=escape(page.rsplit("/", 1)[-1]))
    context["body"] = body.replace("</h1>", f"</h1>{bar}", 1)
    static = Path(app.outdir) / "_static" / "live"
    static.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        (static / name).write_text((HERE / name).read_text("utf-8"), "utf-8")
    app.add_js_file("live/live_button.js", loading_method="defer")
    app.add_css_file("live/live_button.css")


def setup(app):
    """Connect the extension."""
    app.connect("html-page-context", add_button)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
