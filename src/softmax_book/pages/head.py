"""Each page's description, and the words that a shared link shows."""

import re
from html import escape
from typing import Any

from sphinx.application import Sphinx
from sphinx.util import logging

log = logging.getLogger(__name__)
MADE_BY_SPHINX = {
    "search": "Search the book Softmax, Step by Step.",
    "genindex": "Alphabetical index of the functions in the book Softmax, Step by Step.",
    "py-modindex": "The modules of the package softmax_steps, in alphabetical order.",
}
DESCRIPTION = re.compile(r'<meta\b(?=[^>]*\bname="description")[^>]*\bcontent="([^"]*)"[^>]*>')


def describe(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Give Sphinx's own pages a description, and every page the words that a shared link shows.

    Warn if a page has no description. A chapter states it in its front matter, at
    ``myst: html_meta: description``.
    """
    tags = context.get("metatags", "")
    if pagename in MADE_BY_SPHINX:
        tags += f'\n<meta name="description" content="{MADE_BY_SPHINX[pagename]}" />'
    description = DESCRIPTION.search(tags)
    if description is None:
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
            f'\n<meta property="og:description" content="{description[1]}" />'
        )
    context["metatags"] = tags
