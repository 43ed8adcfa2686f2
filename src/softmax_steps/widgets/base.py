"""What all widgets share: one view for Jupyter and for the page, and a picture for neither."""

import html
import json
import re
from pathlib import Path

import anywidget
import numpy as np

FOLDER = Path(__file__).parent
IMPORT = re.compile(r'^import \{[^}]*\} from "\./([\w/]+)\.mjs";\n', re.MULTILINE)


def view_source(name):
    """Return a widget's view as one ES module: its file, with what it imports put before it.

    Parameters
    ----------
    name : str
        The widget's file name without its ending, such as ``"lambda_explorer"``.

    Returns
    -------
    str
        JavaScript with one default export and no import.

    Raises
    ------
    FileNotFoundError
        If there is no such view.
    """
    parts = [_inlined(part) for part in _modules(name)]
    return "\n".join([*parts, IMPORT.sub("", (FOLDER / f"{name}.mjs").read_text("utf-8"))])


def view_style(name):
    """Return a widget's style: what all widgets share, then its own."""
    files = [FOLDER / "shared" / "view.css", FOLDER / f"{name}.css"]
    return "\n".join(file.read_text("utf-8") for file in files)


def _modules(name):
    """Names of the modules that a view imports, directly or not, each before its users."""
    found = []
    for part in IMPORT.findall((FOLDER / f"{name}.mjs").read_text("utf-8")):
        found += [other for other in [*_modules(part), part] if other not in found]
    return found


def _inlined(name):
    source = IMPORT.sub("", (FOLDER / f"{name}.mjs").read_text("utf-8"))
    return re.sub(r"^export ", "", source, flags=re.MULTILINE)


class BookWidget(anywidget.AnyWidget):
    """A widget of the book. A subclass gives a ``name``, traits, and ``picture()``.

    Where Jupyter has a widget manager, the view is live and Python answers it. On a page
    the same view runs alone, from the state saved in the page; until it does, and where
    JavaScript is off, the picture stands there.
    """

    name = None

    def __init_subclass__(cls, **options):
        super().__init_subclass__(**options)
        if "name" in vars(cls):  # not the class that traitlets derives when it adds a trait
            cls._esm = view_source(cls.name)
            cls._css = view_style(cls.name)

    def picture(self):
        """Return the present state as a :class:`softmax_steps.notebook.Figure`."""
        raise TypeError(
            f"{type(self).__name__} has no picture(); expected every widget to draw one."
        )

    def page_state(self):
        """Return the state that the view needs, as plain numbers, strings, lists and dicts.

        NumPy's answer is left out: the page has no kernel to compare with.
        """
        own = set(self.traits(sync=True)) - set(anywidget.AnyWidget.class_traits(sync=True))
        own.discard("numpy_says")
        names = sorted(name for name in own if not name.startswith("_"))
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
    """Return an array as nested lists of Python numbers, which a page can carry exactly."""
    return np.asarray(array).tolist()
