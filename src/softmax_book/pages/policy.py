"""Each page's own policy (Content-Security-Policy): what it may load and run.

A page may load the files of the site, and run the few scripts that are written into it, each known
by its hash. So nothing can leave the page's origin, wherever it is published, and no text can
become a script.
"""

import base64
import hashlib
import re
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

from softmax_book.expected import replace_exactly
from softmax_book.pages.roots import is_made_elsewhere

if TYPE_CHECKING:
    from sphinx.application import Sphinx

#: The one script of the site that makes code of strings, below ``_static``: ipywidgets' front end.
EVALUATOR = "core_widgets/embed.js"
EVALUATES = re.compile(rf'<script\b[^>]*\bsrc="[^"]*_static/{re.escape(EVALUATOR)}')

SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.DOTALL)
DATA = re.compile(r'\btype="(?!module"|text/javascript"|application/javascript")')
HANDLER = re.compile(r'<[a-z][^>]*?\s(on[a-z]+)="')
META = '<meta http-equiv="Content-Security-Policy" content="'
WRITTEN_POLICY = re.compile(re.escape(META) + r'[^"]*" />\n?')
CHARSET = re.compile(r'<meta charset="[^"]*" ?/>\n?')


def policy(page: str, *, evaluates: bool = False) -> str:
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


def with_policy(page: str, *, evaluates: bool = False) -> str:
    """Put a page's policy at its head, in place of an older one.

    Parameters
    ----------
    page : str
        HTML.
    evaluates : bool
        As for :func:`policy`.

    Returns
    -------
    str

    Raises
    ------
    softmax_book.expected.UnexpectedError
        If the page does not state its character set exactly once: the policy stands behind that.
    """
    page = without_policy(page)
    line = f'{META}{policy(page, evaluates=evaluates)}" />\n'
    return replace_exactly(
        page, CHARSET, lambda charset: charset[0] + line, where="the page's head, its charset"
    )


def without_policy(page: str) -> str:
    """Return a page without its policy.

    Parameters
    ----------
    page : str
        HTML.
    """
    return WRITTEN_POLICY.sub("", page)


def has_policy(page: str) -> bool:
    """Say whether a page has its policy.

    Parameters
    ----------
    page : str
        HTML.
    """
    return META in page


def read_policy(page: str) -> dict[str, str]:
    """Return the policy of a page, by rule.

    Parameters
    ----------
    page : str
        HTML.

    Examples
    --------
    >>> read_policy(META + "img-src 'self' data:; base-uri 'self'" + '" />')
    {'img-src': "'self' data:", 'base-uri': "'self'"}
    """
    content = re.search(re.escape(META) + r'([^"]*)"', page)
    rules = unescape(content[1]).split(";") if content else []
    return {name: rule for name, _, rule in (each.strip().partition(" ") for each in rules)}


def add_policies(app: "Sphinx") -> None:
    """After the build: give every page its policy.

    The pages that have one are of an earlier build, which wrote it.
    """
    for path in sorted(Path(app.outdir).rglob("*.html")):
        if is_made_elsewhere(path.relative_to(app.outdir).as_posix()):
            continue
        page = path.read_text("utf-8")
        if not has_policy(page):
            evaluates = EVALUATES.search(page) is not None
            path.write_text(with_policy(page, evaluates=evaluates), "utf-8")
