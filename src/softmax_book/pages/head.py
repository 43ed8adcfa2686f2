"""Each page's description, and that it has one."""

import re
from html import escape

from sphinx.util import logging

log = logging.getLogger(__name__)
MADE_BY_SPHINX = {
    "search": "Search the book Softmax, Step by Step.",
    "genindex": "Alphabetical index of the functions in the book Softmax, Step by Step.",
    "py-modindex": "The modules of the package softmax_steps, in alphabetical order.",
}
DESCRIPTION = re.compile(r'<meta\b(?=[^>]*\bname="description")[^>]*\bcontent="([^"]*)"[^>]*>')


def describe(app, pagename, templatename, context, doctree):
    """Give Sphinx's own pages a description, and every page the words a shared link shows.

    A chapter states its description in its front matter, at ``myst: html_meta: description``.
    """
    tags = context.get("metatags", "")
    if pagename in MADE_BY_SPHINX:
        tags += f'\n<meta name="description" content="{MADE_BY_SPHINX[pagename]}" />'
    found = DESCRIPTION.search(tags)
    if found is None:
        log.warning(
            "the page has no description: add  myst: html_meta: description: ...  to its "
            "front matter",
            location=pagename,
        )
    else:
        title = re.sub(r"<[^>]*>", "", context.get("title", ""))
        tags += (
            f'\n<meta property="og:type" content="article" />'
            f'\n<meta property="og:site_name" content="{escape(app.config.html_title)}" />'
            f'\n<meta property="og:title" content="{title}" />'
            f'\n<meta property="og:description" content="{found[1]}" />'
        )
    context["metatags"] = tags


def setup(app):
    """Register with Sphinx."""
    app.connect("html-page-context", describe, priority=800)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
