"""What all widgets share: the view, in Jupyter and on a page, and the still picture."""

import html
import json
import posixpath
import re
import tomllib

import anywidget
import numpy as np

from softmax_steps.palette import widget_css
from softmax_steps.widgets.names import FOLDER

SHARED = FOLDER / "shared"
IMPORT = re.compile(r'^import \{[^{}]*\} from "(\.{1,2}/[\w./]+\.mjs)";$', re.MULTILINE)
OTHER_IMPORT = re.compile(
    r"""^\s*(?:import\b(?!\.meta)|export\b[^;(=]*\bfrom\s*["']).*""", re.MULTILINE
)
# What a kernel need not send: lines that are comments or empty, comments at the ends of lines, and
# how far lines are indented. Of the views' strings only style sheets run over several lines, and
# none holds " // ".
UNSENT = re.compile(
    r"^[ \t]*(?://.*|/\*(?:[^*]|\*(?!/))*\*/)?\n|^[ \t]+|[ \t]+// .*$", re.MULTILINE
)


def view_module(name):
    """Return a view and the modules that it imports as one ES module, for a kernel to send.

    anywidget takes one text, and where a kernel runs there may be no program that bundles. Each
    module stays a module, with a scope of its own: the text holds them as strings, and
    ``shared/loader.mjs`` imports them in the browser.

    Parameters
    ----------
    name : str
        The widget's file name without its ending, such as ``"lambda_explorer"``.

    Returns
    -------
    str
        JavaScript whose default export is a function that returns a promise of the view.

    Raises
    ------
    FileNotFoundError
        If there is no such view, or no such module.
    ValueError
        If a module imports in another form than ``import { … } from "./….mjs";``.
    """
    modules = {}
    _add_module(f"{name}.mjs", modules, ())
    texts = json.dumps(list(modules.items()), ensure_ascii=False, separators=(",", ":"))
    loader = UNSENT.sub("", (SHARED / "loader.mjs").read_text("utf-8"))
    return f"{loader}export default () => load({texts});\n"


def _add_module(path, modules, users):
    """Add a module to `modules`, after those it imports: its text, cut at each imported name."""
    if path in users:
        raise ValueError(f"{' imports '.join([*users, path])}; expected no circle of imports.")
    if path in modules:
        return
    text = (FOLDER / path).read_text("utf-8")
    other = OTHER_IMPORT.search(IMPORT.sub("", text))
    if other:
        raise ValueError(
            f'{path} says {other[0].strip()!r}; expected import {{ … }} from "./NAME.mjs"; on its '
            f"own line: a kernel sends the views without a bundler."
        )
    pieces, end = [], 0
    for match in IMPORT.finditer(text):
        imported = posixpath.normpath(posixpath.join(posixpath.dirname(path), match[1]))
        _add_module(imported, modules, (*users, path))
        pieces += [text[end : match.start(1)], imported]
        end = match.end(1)
    pieces.append(text[end:])
    # Each second piece is a path.
    modules[path] = [part if k % 2 else UNSENT.sub("", part) for k, part in enumerate(pieces)]


def view_style(name):
    """Return a widget's style: the palette, what all widgets share, that of its parts, its own.

    A module that the view imports may have a style beside it, with its name.

    Parameters
    ----------
    name : str
        The widget's file name without its ending.

    Returns
    -------
    str
        CSS.
    """
    modules = {}
    if (FOLDER / f"{name}.mjs").is_file():
        _add_module(f"{name}.mjs", modules, ())
    parts = [(FOLDER / path).with_suffix(".css") for path in modules if path.startswith("parts/")]
    files = [SHARED / "view.css", *parts, FOLDER / f"{name}.css"]
    styles = [file.read_text("utf-8") for file in files if file.is_file()]
    return "\n".join([widget_css(), *(UNSENT.sub("", style) for style in styles)])


def view_formulas(name):
    r"""Return a widget's displayed formulas, from ``NAME.toml`` beside its view.

    Parameters
    ----------
    name : str
        The widget's file name without its ending.

    Returns
    -------
    dict of str to str
        TeX by name; ``\slot{loss}`` is the place of the number that the view calls ``loss``. Empty
        if the widget has no such file.
    """
    file = FOLDER / f"{name}.toml"
    return tomllib.loads(file.read_text("utf-8")) if file.is_file() else {}


class BookWidget(anywidget.AnyWidget):
    """A widget of the book. A subclass gives a ``name``, traits, and ``picture()``.

    Where Jupyter has a widget manager, the view is live and Python answers it. On a page
    the same view runs alone, from the state saved in the page; until it does, and where
    JavaScript is off, the page shows the picture.
    """

    name = None

    def __init_subclass__(cls, **options):
        super().__init_subclass__(**options)
        if "name" in vars(cls):  # not the class that traitlets derives when it adds a trait
            cls._esm = view_module(cls.name)
            cls._css = view_style(cls.name)

    @classmethod
    def example(cls):
        """Return the widget with an example: for tests, which show every widget once.

        A subclass that needs arguments overrides it.
        """
        return cls()

    def picture(self):
        """Return the present state as a :class:`softmax_steps.notebook.Figure`."""
        raise TypeError(
            f"{type(self).__name__} has no picture(); expected every widget to draw one."
        )

    def page_state(self):
        """Return the state that the view needs, as plain numbers, strings, lists and dicts.

        NumPy's answer is left out: the page has no kernel to compare with.
        """
        synced = set(self.traits(sync=True)) - set(anywidget.AnyWidget.class_traits(sync=True))
        synced.discard("numpy_says")
        names = sorted(name for name in synced if not name.startswith("_"))
        return {name: getattr(self, name) for name in names}

    def _repr_mimebundle_(self, include=None, exclude=None):
        data = super()._repr_mimebundle_()
        data, metadata = data if isinstance(data, tuple) else (data, {})
        figure = self.picture()
        state = json.dumps(self.page_state(), allow_nan=False, separators=(",", ":"))
        state = state.replace("</", r"<\/")  # no text in it may close the script element
        data["text/html"] = (
            f'<div class="sms-page-widget" data-widget="{html.escape(self.name)}">'
            f"{figure.html}"
            f'<script type="application/json">{state}</script></div>'
        )
        data["image/png"] = figure.png
        data["text/plain"] = figure.alt
        return data, metadata


def plain(array):
    """Return an array as nested lists of Python numbers, which a page can carry exactly.

    Parameters
    ----------
    array : array_like, any shape

    Returns
    -------
    list or number
    """
    return np.asarray(array).tolist()
