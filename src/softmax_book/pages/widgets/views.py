"""Puts a widget's script and style on the pages that show it, and no others.

The scripts are the views of :mod:`softmax_steps.widgets`, bundled and served as files of the site,
so that a page needs neither a kernel nor another host, also when it is opened from a disk: there a
browser loads classic scripts alone, and no modules.
"""

import json
import re
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from sphinx.errors import ExtensionError

from softmax_book.building.npm import FrontEndError, bundle
from softmax_book.edition import Edition
from softmax_book.pages.files import AFTER_THEME
from softmax_book.pages.maths import typeset_slots
from softmax_steps.widgets.base import view_formulas, view_style
from softmax_steps.widgets.names import FOLDER, view_names

HOST = Path(__file__).parent / "host.js"
SHOWN = re.compile(r'class="sms-page-widget" data-widget="(\w+)"')
SERVED = Path("_static", "widgets")  # in the site
OPTIONS = ("--format=iife",)


def bundle_views(
    root: Path,
    target: Path,
    names: Iterable[str],
    folder: Path = FOLDER,
    typeset: Callable[[str], str] | None = None,
) -> None:
    """Write the host, and the script and style of each view.

    Parameters
    ----------
    root : pathlib.Path
        The repository's root, where ``node_modules`` is.
    target : pathlib.Path
        The folder to write to.
    names : iterable of str
        The views, such as ``"lambda_explorer"``.
    folder : pathlib.Path
        Where the views lie.
    typeset : callable, optional
        Turns a formula's TeX into HTML; without it a widget writes its formulas as plain lines.

    Raises
    ------
    FrontEndError
        If esbuild is missing or cannot read a module.
    """
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as entries:
        entry_points = {"host": HOST}
        for name in names:
            entry_points[name] = Path(entries, f"{name}.js")
            view = (folder / f"{name}.mjs").as_posix()
            formulas = typeset_formulas(name, typeset) if typeset else {}
            entry_points[name].write_text(
                f'import view from "{view}";\nimport "./{name}.css";\n'
                f'softmaxWidget("{name}", view, {json.dumps(formulas)});\n',
                "utf-8",
            )
            Path(entries, f"{name}.css").write_text(view_style(name), "utf-8")
        bundle(root, entry_points, target, splitting=False, options=OPTIONS)


def typeset_formulas(name: str, typeset: Callable[[str], str]) -> dict[str, str]:
    """Return a widget's formulas as HTML, by name.

    Parameters
    ----------
    name : str
        The widget's file name without its ending.
    typeset : callable
        Turns TeX into HTML.

    Returns
    -------
    dict of str to str
    """
    return {key: typeset(latex) for key, latex in view_formulas(name).items()}


def write_views(app: Any) -> None:
    """Before pages are written: put all views into the site.

    Parameters
    ----------
    app : sphinx.application.Sphinx

    Raises
    ------
    sphinx.errors.ExtensionError
        If a view cannot be bundled.
    """
    try:
        root, target = Edition.of(app).root, Path(app.outdir) / SERVED
        bundle_views(root, target, view_names(), typeset=typeset_slots)
    except FrontEndError as error:
        raise ExtensionError(str(error)) from None


def add_widgets(app: Any, page: str, template: str, context: dict, doctree: Any) -> None:
    """Give the page the host and the files of each widget that its body holds.

    Parameters
    ----------
    app : sphinx.application.Sphinx
    page, template, context, doctree
        As Sphinx's event ``html-page-context`` gives them.

    Raises
    ------
    sphinx.errors.ExtensionError
        If the body holds a widget that has no view.
    """
    names = sorted(set(SHOWN.findall(context.get("body") or "")))
    unknown = set(names) - set(view_names())
    if unknown:
        raise ExtensionError(
            f"{page} shows the widgets {', '.join(sorted(unknown))}; expected some of "
            f"{', '.join(view_names())}. Was one renamed? Then run the page again."
        )
    if names:
        app.add_js_file("widgets/host.js", priority=AFTER_THEME, loading_method="defer")
    for name in names:
        app.add_js_file(f"widgets/{name}.js", priority=AFTER_THEME, loading_method="defer")
        app.add_css_file(f"widgets/{name}.css")
