"""Puts the button that makes a page live on the pages with cells, and on no others.

A reader who does not press it pays for a few kilobytes; what live cells need is loaded then.
"""

import json
from html import escape
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from softmax_book.edition import Edition
from softmax_book.expected import replace_exactly
from softmax_book.exports.notebooks import is_notebook
from softmax_book.pages.files import add_script, add_style

HERE = Path(__file__).parent
FOLDER = "live"  # of the site, below _static
# No script, no button: the theme hides what has the class pst-js-only.
BAR = """
<div class="sms-live pst-js-only" role="region" aria-label="Live cells" data-chapter="{chapter}"
 data-packages="{packages}" data-download="{download}">
<div class="sms-live-buttons">
<button type="button" class="sms-live-start">Make this page live</button>
</div>
<p class="sms-live-status" role="status">Edit the cells and run them.</p>
</div>
"""


def write_status(edition: Edition) -> None:
    """Write what a plain server answers when the button asks what is behind the page.

    The server of live pages answers for itself. A file that is there, whatever it says, spares the
    reader's console a missing one.

    Parameters
    ----------
    edition : Edition
    """
    status = {"live": False, "lite": (edition.lite / "notebooks" / "index.html").is_file()}
    edition.live_status.parent.mkdir(parents=True, exist_ok=True)
    edition.live_status.write_text(json.dumps(status), "utf-8")


def answer_without_server(app: Sphinx) -> None:
    """After the build: write the answer of a server that is no live one."""
    write_status(Edition.of(app))


def add_button(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Put the bar below the title of a page that shows cells."""
    body = context.get("body") or ""
    if not is_notebook(app, pagename) or "cell_input" not in body:
        return
    edition = Edition.of(app)
    bar = BAR.format(
        chapter=escape(pagename.rsplit("/", 1)[-1]),
        packages=edition.lite_lock.relative_to(edition.site).as_posix(),
        download=escape((edition.downloads / pagename).relative_to(edition.site).as_posix()),
    )
    context["body"] = replace_exactly(
        body, "</h1>", lambda title: title[0] + bar, where=f"{pagename}, the end of its title"
    )
    add_script(app, HERE / "live_button.js", FOLDER)
    add_style(app, HERE / "live_button.css", FOLDER)
