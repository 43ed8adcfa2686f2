"""The last hand on every page: the theme's markup mended, scripts last, and the page's own policy.

A page's policy (a Content-Security-Policy) tells the browser what the page may load and run:
files of the site, and the few scripts that are written into the page, each known by its hash.
So nothing can leave the page's origin, wherever it is published, and no text can become a script.
"""

import base64
import hashlib
import re
from html import unescape
from pathlib import Path

from softmax_book.pages.roots import NOT_OURS

# Of the theme and its extensions: what a screen reader trips over, or what no strict policy allows.
MENDED = (
    # A name that differs from the words shown cannot be spoken to a voice control.
    (re.compile(r'(<button class="btn search-button-field[^>]*?) aria-label="Search"'), r"\1"),
    (re.compile(r'<summary aria-label="Toggle hidden content">'), "<summary>"),
    # The book's name would stand outside every landmark.
    (
        re.compile(r'<div id="pst-primary-sidebar" class="([^"]*)">'),
        r'<div id="pst-primary-sidebar" class="\1" role="complementary" aria-label="The book">',
    ),
    # Roles that ARIA has dropped, and a list with children that are no items.
    (re.compile(r'<div role="list" class="citation-list">'), '<div class="citation-list">'),
    (re.compile(r'(<div class="citation" id="[^"]*") role="doc-biblioentry">'), r"\1>"),
    # Given twice: the theme has its own.
    (
        re.compile(r'(<meta name="viewport"[^>]*/>)\s*<meta name="viewport" content="[^"]*" ?/>'),
        r"\1",
    ),
    # Firefox fetches such a page ahead, which the policy forbids, and says so on the console.
    (re.compile(r'\s*<link rel="next"[^>]*/>'), ""),
)
# Scripts that hold up the page while it is read; none of them is needed before its end.
WAITED_FOR = re.compile(r'<script (src="[^"]*")></script>')
# Options of the theme that stay as they are: for switching versions, and for search while typing.
OPTIONS = re.compile(
    r"\s*<script>DOCUMENTATION_OPTIONS\.(?:pagename = '[^']*'|search_as_you_type = false);</script>"
)
# What searches, and the index of all words: wanted where the results are shown.
SEARCH = re.compile(
    r'\s*<script [^>]*src="[^"]*(?:_static/searchtools|_static/language_data|searchindex)\.js">'
    r"</script>"
)
RESULTS = 'id="search-results"'
PRINTS = ' onclick="window.print()"'
PRINT_SCRIPT = (
    '<script>document.querySelector("[data-sms-prints]")'
    '.addEventListener("click", () => print());</script>\n'
)
SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.DOTALL)
EVALUATES = re.compile(r'<script\b[^>]*\bsrc="[^"]*_static/core_widgets/embed\.js')
DATA = re.compile(r'\btype="(?!module"|text/javascript"|application/javascript")')
HANDLER = re.compile(r'<[a-z][^>]*?\s(on[a-z]+)="')
META = '<meta http-equiv="Content-Security-Policy" content="'
OLD_POLICY = re.compile(re.escape(META) + r'[^"]*" />\n?')
CHARSET = re.compile(r'<meta charset="[^"]*" ?/>\n?')


def mend(page):
    """Mend the theme's markup, and let no script hold up the page.

    Parameters
    ----------
    page : str
        HTML.

    Returns
    -------
    str
        A page that is mended already comes back as it was.
    """
    for pattern, better in MENDED:
        page = pattern.sub(better, page)
    page = OPTIONS.sub("", page)
    if RESULTS not in page:
        page = SEARCH.sub("", page)
    page = WAITED_FOR.sub(r"<script defer \1></script>", page)
    if PRINTS in page:
        page = page.replace(PRINTS, " data-sms-prints")
        page = page.replace("</body>", f"{PRINT_SCRIPT}</body>")
    return page


def policy(page, *, evaluates=False):
    """Return the policy that a page needs.

    Parameters
    ----------
    page : str
        HTML.
    evaluates : bool
        Whether the page's scripts may make code of strings. Only the widgets of ipywidgets do.

    Returns
    -------
    str
        The same file is read from a server and from a disk: ``file:`` is for the latter, and
        a page that came from a server cannot load such a file anyway.

    Raises
    ------
    ValueError
        If an element carries a script in an attribute, which no hash covers.
    """
    handlers = HANDLER.findall(SCRIPT.sub("", page))
    if handlers:
        raise ValueError(
            f"the page has {', '.join(sorted(set(handlers)))} attributes; expected "
            f"addEventListener in a script, which the page's policy can name."
        )
    hashes = {
        base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        for attributes, body in SCRIPT.findall(page)
        if " src=" not in attributes and not DATA.search(attributes)
    }
    scripts = ["'self'", "file:", *(f"'sha256-{value}'" for value in sorted(hashes))]
    if evaluates:
        scripts.append("'unsafe-eval'")
    rules = {
        "default-src": "'none'",
        "script-src": " ".join(scripts),
        "style-src": "'self' file: 'unsafe-inline'",  # equations are placed by style attributes
        "img-src": "'self' file: data: blob:" if evaluates else "'self' file: data:",
        "font-src": "'self' file: data:" if evaluates else "'self' file:",
        "connect-src": "'self'",
        "form-action": "'self' file:",
        "base-uri": "'self' file:",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def with_policy(page, **options):
    """Put a page's policy at its head, in place of an older one.

    Parameters
    ----------
    page : str
        HTML.
    **options
        Passed to :func:`policy`.

    Returns
    -------
    str
    """
    page = OLD_POLICY.sub("", page)
    line = f'{META}{policy(page, **options)}" />\n'
    return CHARSET.sub(lambda found: found[0] + line, page, count=1)


def read_policy(page):
    """Return the policy that stands in a page, by rule.

    >>> read_policy(META + "img-src 'self' data:; base-uri 'self'" + '" />')
    {'img-src': "'self' data:", 'base-uri': "'self'"}
    """
    found = re.search(re.escape(META) + r'([^"]*)"', page)
    rules = unescape(found[1]).split(";") if found else []
    return dict(rule.strip().split(" ", 1) for rule in rules)


def finish_pages(app, exception):
    """After the build: go over every page."""
    if exception or app.builder.format != "html":
        return
    for path in sorted(Path(app.outdir).rglob("*.html")):
        if path.relative_to(app.outdir).as_posix().startswith(NOT_OURS):
            continue
        before = path.read_text("utf-8")
        page = mend(before)
        page = with_policy(page, evaluates=bool(EVALUATES.search(page)))
        if page != before:
            path.write_text(page, "utf-8")


def setup(app):
    """Register with Sphinx; after the extension that writes the extra pages."""
    app.connect("build-finished", finish_pages, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
