"""Serves the scripts and styles of the pages, and links a page to those that it needs."""

import shutil
from pathlib import Path

from sphinx.application import Sphinx

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
    """Serve a script, and let the page that is being written load it after its text.

    Parameters
    ----------
    app, source, folder
        As for :func:`serve`.
    """
    path = serve(app, source, folder)
    app.add_js_file(path, priority=AFTER_THEME, loading_method="defer")


def add_style(app: Sphinx, source: Path, folder: str = "") -> None:
    """Serve a style sheet, and link it from the page that is being written.

    Parameters
    ----------
    app, source, folder
        As for :func:`serve`.
    """
    app.add_css_file(serve(app, source, folder))
