"""The pages at the site's root: the one that leads to the book, and the one for wrong addresses."""

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from softmax_book.edition import LITE

if TYPE_CHECKING:
    from sphinx.application import Sphinx

OWN_PAGES = {"404.html", "index.html"}  #: written here, and not by the theme
MADE_WITHOUT_SOURCE = {*OWN_PAGES, "search.html"}
# Not made by Sphinx: what softmax_book.lite puts there, and templates of the theme.
MADE_ELSEWHERE = (f"{LITE}/", "_static/")
PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<title>{title}</title>
<meta name="description" content="{description}" />
{head}<link rel="icon" href="_static/favicon.svg" type="image/svg+xml" />
<link rel="stylesheet" href="_static/plain.css" />
</head>
<body>
<main>
<img src="_static/logo.svg" alt="" width="96" height="96" />
<h1>{heading}</h1>
{body}
</main>
</body>
</html>
"""


def is_made_elsewhere(name: str) -> bool:
    """Say whether a file of the site was not made by Sphinx.

    Parameters
    ----------
    name : str
        Its path in the site, with slashes.
    """
    return name.startswith(MADE_ELSEWHERE)


def base_path(baseurl: str, repository_url: str) -> str:
    """Return the path at which the site's root is served.

    A server shows the page for wrong addresses at the wrong address, so links in it cannot be
    relative to where it stands; they are relative to this path.

    Parameters
    ----------
    baseurl : str
        ``html: baseurl`` of the settings: its path is the answer if it is set.
    repository_url : str
        Else GitHub Pages serves ``.../NAME/REPOSITORY`` at ``/REPOSITORY/``, but
        ``.../NAME/NAME.github.io`` at ``/``.

    Returns
    -------
    str
        Begins and ends with a slash.

    Examples
    --------
    >>> base_path("https://books.example/softmax", "")
    '/softmax/'
    >>> base_path("", "https://github.com/name/book")
    '/book/'
    >>> base_path("", "")
    '/'
    """
    if baseurl:
        return urlsplit(baseurl).path.rstrip("/") + "/"
    name = repository_url.rstrip("/").removesuffix(".git").rsplit("/", 1)[-1]
    return f"/{name}/" if name and not name.endswith(".github.io") else "/"


def write_own_pages(app: "Sphinx") -> None:
    """After the build: write ``404.html`` and the redirecting ``index.html``."""
    title, language = app.config.html_title, app.config.language
    first = f"{app.config.root_doc}.html"
    pages = [app.config.root_doc, *app.env.toctree_includes.get(app.config.root_doc, [])]
    links = "\n".join(
        f'<li><a href="{page}.html">{escape(app.env.titles[page].astext())}</a></li>'
        for page in pages
        if page in app.env.titles
    )
    base = base_path(
        app.config.html_baseurl or "", app.config.html_theme_options.get("repository_url") or ""
    )
    not_found = PAGE.format(
        language=language,
        title=f"Page not found — {title}",
        description=f"This address does not exist in the book {title}. Here are its pages.",
        head=f'<base href="{escape(base)}" />\n<meta name="robots" content="noindex" />\n',
        heading="There is no page at this address",
        body=f"<p>It may have moved, or the address is misspelt. These are the pages of "
        f"<em>{escape(title)}</em>:</p>\n<ul>\n{links}\n</ul>\n"
        f'<p>Or <a href="search.html">search the book</a>.</p>',
    )
    front_door = PAGE.format(
        language=language,
        title=escape(title),
        description="The softmax classifier in six steps, each run on real handwriting.",
        head=f'<meta http-equiv="refresh" content="0; url={first}" />\n',
        heading=escape(title),
        body=f'<p><a href="{first}">Open the book</a></p>',
    )
    Path(app.outdir, "404.html").write_text(not_found, "utf-8")
    Path(app.outdir, "index.html").write_text(front_door, "utf-8")


def remove_old_pages(app: "Sphinx") -> None:
    """After the build: remove pages of an earlier build whose source has left the book."""
    site = Path(app.outdir)
    present = {f"{page}.html" for page in app.env.found_docs} | MADE_WITHOUT_SOURCE
    for path in site.rglob("*.html"):
        name = path.relative_to(site).as_posix()
        if name not in present and not is_made_elsewhere(name):
            path.unlink()
