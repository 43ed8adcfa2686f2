"""Each page's description, the words that a shared link shows, and what is fetched first."""

import re
from html import escape
from typing import Any

from sphinx.application import Sphinx
from sphinx.util import logging

from softmax_steps.palette import PROSE_FILES

log = logging.getLogger(__name__)
MADE_BY_SPHINX = {
    "search": "Search the book Softmax, Step by Step.",
    "genindex": "Alphabetical index of the functions in the book Softmax, Step by Step.",
    "py-modindex": "The modules of the package softmax_steps, in alphabetical order.",
}
DESCRIPTION = re.compile(r'<meta\b(?=[^>]*\bname="description")[^>]*\bcontent="([^"]*)"[^>]*>')
# The face of the text, asked for before the style sheet that names it. Not from a disk, where a
# browser takes fonts for the style sheet alone.
FETCH_FACE = (
    '\n<script>location.protocol=="file:"||document.head.append(Object.assign('
    'document.createElement("link"),{rel:"preload",as:"font",type:"font/woff2",crossOrigin:"",'
    'href:"%s"}))</script>'
)


def fetch_face(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Let a page that has a text fetch its upright letters at once."""
    if doctree is not None:
        address = context["pathto"](f"_static/fonts/{PROSE_FILES['normal']}", 1)
        context["metatags"] = context.get("metatags", "") + FETCH_FACE % address


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
