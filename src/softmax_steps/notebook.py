"""What a chapter's cells need to show things: a figure, a step's own code.

No maths here, and nothing that draws: :mod:`softmax_steps.plots` draws.
"""

import ast
import html
import inspect
import io
import json
import re
import sys
import textwrap

import matplotlib.pyplot as plt

from softmax_steps.figure_style import narrow
from softmax_steps.page_svg import page_svg
from softmax_steps.palette import FIGURE

# In an alt text or a caption: the place of a value that the cell computes.
PLACEHOLDER = re.compile(r"\{(\w+)\}")
# A picture that show was given no alt text for; what the place of the alt text is in it.
WITHOUT_ALT = re.compile(
    r'<figure class="sms-figure"(?: data-values="(?P<values>[^"]*)")?>'
    r'(?P<head><div role="img")'
    r'(?P<drawings>>(?:<div(?: class="[\w-]+")?(?: hidden="")?><svg .*?</svg></div>)+</div>)'
    r"(?P<caption><figcaption>.*?</figcaption>)?</figure>",
    re.DOTALL,
)


# Seconds that something may take before a reader wants to see that it goes on.
PATIENCE = 2.0


class Figure:
    """A finished picture: vector graphics for a page, pixels for a plain viewer, words for all.

    Made by :func:`show`.

    Parameters
    ----------
    svg : str
        Inline SVG.
    narrow_svg : str or None
        The same picture, drawn for a phone.
    png : bytes
    alt, caption : str or None
    values : dict of str to str
        What an alt text and a caption from the cell's metadata may ask for.
    """

    def __init__(self, svg, narrow_svg, png, alt, caption, values):
        self.svg, self.narrow_svg, self.png = svg, narrow_svg, png
        self.alt, self.caption, self.values = alt, caption, values

    @property
    def html(self):
        """The picture and its caption as HTML."""
        values = ""
        if self.values and self.alt is None:
            text = html.escape(json.dumps(self.values, ensure_ascii=False))
            values = f' data-values="{text}"'
        drawings = f"<div>{self.svg}</div>"
        if self.narrow_svg is not None:  # hidden, but where the book's style shows it
            drawings = (
                f'<div class="sms-wide">{self.svg}</div>'
                f'<div class="sms-narrow" hidden="">{self.narrow_svg}</div>'
            )
        return (
            f'<figure class="sms-figure"{values}><div role="img"{_label(self.alt)}>{drawings}</div>'
            f"{_caption(self.caption)}</figure>"
        )

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/html": self.html, "image/png": self.png, "text/plain": repr(self)}

    def __repr__(self):
        return self.alt or self.caption or "A picture without an alt text"


def show(figure, *, alt=None, caption=None, values=None):
    """Close a matplotlib figure and return it as a picture for the page.

    The picture is inline SVG: sharp at any size, its text is the page's text, and its ink
    follows the light and the dark theme. It is drawn twice, for the width of a page and for that
    of a phone, with letters that can be read on either; the page shows the one that fits. What
    the second drawing is, :func:`softmax_steps.figure_style.narrow` says.

    In a chapter the alt text and the caption stand in the cell's metadata, under ``figure``, and
    the built page puts them on the picture. In a notebook of your own, pass them.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        What to show; give ``ax.figure`` for an Axes.
    alt : str, optional
        What the picture tells, for a reader who cannot see it: one or two sentences.
    caption : str, optional
        Printed below the picture.
    values : dict of str to str, optional
        Replaces ``{name}`` in the alt text and in the caption, wherever these stand.

    Returns
    -------
    Figure
        As a cell's last value it is displayed.

    Raises
    ------
    TypeError
        If a value is not a str.
    ValueError
        If ``alt`` is given and empty, or asks for a value that is not there.
    """
    if alt is not None and not (isinstance(alt, str) and alt.strip()):
        raise ValueError(
            f"alt is {alt!r}; expected a sentence that tells what the picture shows, "
            f"for readers who cannot see it."
        )
    values = dict(values or {})
    for name, value in values.items():
        if not isinstance(value, str):
            raise TypeError(
                f"values[{name!r}] is of type {type(value).__name__}; expected a str. "
                f'Format a number first, as f"{{value:.3f}}".'
            )
    if alt is not None and values:
        alt = fill_in(alt, values)
        caption = fill_in(caption, values) if caption else caption
    svg, pixels = page_svg(figure, alt or ""), io.BytesIO()
    figure.savefig(pixels, format="png", dpi=110, facecolor=FIGURE["paper"])
    for_phone = narrow(figure)
    narrow_svg = None if for_phone is None else page_svg(for_phone, alt or "")
    for drawn in {figure, for_phone} - {None}:
        plt.close(drawn)
    return Figure(svg, narrow_svg, pixels.getvalue(), alt, caption, values)


def progress(items):
    """Go through items, and show a bar where that takes more than two seconds.

    The bar goes when the last item is done: what a cell prints is the same on a quick machine and
    on a slow one, such as the browser.

    Parameters
    ----------
    items : iterable

    Yields
    ------
    object
        Each item.

    Examples
    --------
    >>> [rate for rate in progress([0.05, 0.5])]
    [0.05, 0.5]
    """
    try:
        from tqdm import tqdm
    except ImportError:  # a bar is no reason to stop
        yield from items
        return

    class Bar(tqdm):
        monitor_interval = 0  # no thread to watch it: some places have none

    yield from Bar(items, delay=PATIENCE, leave=False, file=sys.stdout, dynamic_ncols=True)


def fill_in(text, values):
    """Put values into a text that has ``{name}`` where they belong.

    Parameters
    ----------
    text : str
    values : dict of str to str

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If the text asks for a value that is not there.

    Examples
    --------
    >>> fill_in("The loss is {loss} nats.", {"loss": "0.935"})
    'The loss is 0.935 nats.'
    """
    missing = sorted(set(PLACEHOLDER.findall(text)) - set(values))
    if missing:
        raise ValueError(
            f"the words of a picture ask for {missing}, but its values are {sorted(values)}. "
            f"Give show(..., values={{...}}) what is missing."
        )
    return PLACEHOLDER.sub(lambda match: values[match[1]], text)


def add_words(page, *, alt, caption=None):
    """Put an alt text and a caption on the one picture that :func:`show` made without.

    Parameters
    ----------
    page : str
        HTML of a cell's output.
    alt : str
        May hold ``{name}`` for the picture's values.
    caption : str, optional
        The same. None keeps the caption that the picture has.

    Returns
    -------
    (str, str)
        The HTML, and the alt text with its values. Words with values are kept in the picture's
        ``data-alt`` and ``data-caption`` too: a live page fills them in again.

    Raises
    ------
    ValueError
        If there is not exactly one such picture, or a value is missing.
    """
    pictures = list(WITHOUT_ALT.finditer(page))
    if len(pictures) != 1:
        raise ValueError(f"{len(pictures)} pictures lack an alt text; expected one.")
    picture = pictures[0]
    values = json.loads(html.unescape(picture["values"])) if picture["values"] else {}
    templates = "".join(
        f' data-{name}="{html.escape(text)}"'
        for name, text in (("alt", alt), ("caption", caption))
        if text and PLACEHOLDER.search(text)
    )
    alt = fill_in(alt, values)
    below = _caption(fill_in(caption, values)) if caption else picture["caption"] or ""
    whole = (
        f'<figure class="sms-figure"{templates}>{picture["head"]}{_label(alt)}'
        f"{picture['drawings']}{below}</figure>"
    )
    return page[: picture.start()] + whole + page[picture.end() :], alt


def _label(alt):
    return f' aria-label="{html.escape(alt)}"' if alt else ""


def _caption(caption):
    return f"<figcaption>{html.escape(caption)}</figcaption>" if caption else ""


class Code:
    """The text of a function, displayed as Python. Made by :func:`show_code`."""

    def __init__(self, text):
        self.text = text

    def _repr_markdown_(self):
        return f"```python\n{self.text}\n```"

    def __repr__(self):
        return self.text


def show_code(*functions):
    """Show functions as they stand in the package, without their docstrings.

    A function that only checks and hands over to its kernel, as ``softmax`` does to
    ``_softmax``, is followed by the kernel.

    Parameters
    ----------
    *functions : callable
        Functions of the package, in the order in which to show them.

    Returns
    -------
    Code
        As a cell's last value it is displayed. ``help(function)`` shows the docstring.
    """
    shown = [part for function in functions for part in (function, _kernel(function)) if part]
    return Code("\n\n\n".join(_without_docstring(part) for part in shown))


def _kernel(function):
    """Return the function of the same module and name with an underscore before it, or None."""
    return getattr(inspect.getmodule(function), f"_{function.__name__}", None)


def _without_docstring(function):
    source = textwrap.dedent(inspect.getsource(function))
    node = ast.parse(source).body[0]
    if ast.get_docstring(node) is None:
        return source.rstrip()
    docstring = node.body[0]
    lines = source.splitlines()
    return "\n".join(lines[: docstring.lineno - 1] + lines[docstring.end_lineno :]).rstrip()
