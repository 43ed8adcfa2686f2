"""Serves the scripts and styles of the pages, and links a page to those that it needs."""

import functools
import shutil
import tempfile
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from softmax_book.building.npm import FrontEndError, bundle
from softmax_book.edition import Edition

# Sphinx sorts a page's files by this number, and the theme's have 500 or less. Ours have one
# number, so that they load in the order in which pages.setup() adds them.
AFTER_THEME = 600


def serve(app: Sphinx, source: Path, folder: str = "") -> str:
    """Put a file into the site, below ``_static``.

    Parameters
    ----------
    app : sphinx.application.Sphinx
    source : pathlib.Path
        The file.
    folder : str
        Where it goes, below ``_static``.

    Returns
    -------
    str
        Its path below ``_static``, as Sphinx links it.
    """
    target = Path(app.outdir, "_static", folder)
    target.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target / source.name)
    return f"{folder}/{source.name}" if folder else source.name


def add_script(app: Sphinx, source: Path, folder: str = "") -> None:
    """Serve a script without its comments, and let the page load it after its text.

    Parameters
    ----------
    app, source, folder
        As for :func:`serve`.
    """
    path = _serve_minified(app, source, folder)
    app.add_js_file(path, priority=AFTER_THEME, loading_method="defer")


def add_style(app: Sphinx, source: Path, folder: str = "") -> None:
    """Serve a style sheet without its comments, and link it from the page.

    Parameters
    ----------
    app, source, folder
        As for :func:`serve`.
    """
    app.add_css_file(_serve_minified(app, source, folder))


def _serve_minified(app: Sphinx, source: Path, folder: str) -> str:
    try:
        text = minified(Edition.of(app).root, source, source.stat().st_mtime_ns)
    except FrontEndError as error:
        raise ExtensionError(str(error)) from None
    target = Path(app.outdir, "_static", folder)
    target.mkdir(parents=True, exist_ok=True)
    (target / source.name).write_text(text, "utf-8")
    return f"{folder}/{source.name}" if folder else source.name


@functools.cache
def minified(root: Path, source: Path, changed: int) -> str:
    """Return a script or style sheet without comments and spaces, as a page loads it.

    Parameters
    ----------
    root : pathlib.Path
        The repository's root, where ``node_modules`` is.
    source : pathlib.Path
        The file.
    changed : int
        When it was changed: what is remembered holds for that version.

    Returns
    -------
    str

    Raises
    ------
    FrontEndError
        If esbuild is missing or cannot read the file.
    """
    with tempfile.TemporaryDirectory() as folder:
        bundle(root, source, Path(folder), splitting=False, options=("--format=iife",))
        return Path(folder, source.name).read_text("utf-8")
