"""What a chapter's cells need to show things: a figure with its alt text, a step's own code.

No maths here, and nothing that draws: :mod:`softmax_steps.plots` draws.
"""

import ast
import hashlib
import html
import inspect
import io
import re
import textwrap

import matplotlib.pyplot as plt

INK, MUTED, GRID, PAPER = "#24292f", "#6e7781", "#d0d7de", "#ffffff"
# In the page these become its own colours, so that one picture serves both themes.
THEME = {INK: "--sms-ink", MUTED: "--sms-muted", GRID: "--sms-grid", PAPER: "--sms-paper"}


class Figure:
    """A finished picture: vector graphics for a page, pixels for a plain viewer, words for all.

    Made by :func:`show`.
    """

    def __init__(self, svg, png, alt, caption):
        self.svg, self.png, self.alt, self.caption = svg, png, alt, caption

    @property
    def html(self):
        """The picture and its caption as HTML."""
        caption = f"<figcaption>{html.escape(self.caption)}</figcaption>" if self.caption else ""
        return f'<figure class="sms-figure">{self.svg}{caption}</figure>'

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/html": self.html, "image/png": self.png, "text/plain": self.alt}

    def __repr__(self):
        return self.alt


def show(figure, *, alt, caption=None):
    """Close a matplotlib figure and return it as a picture for the page.

    The picture is inline SVG: sharp at any size, its text is the page's text, and its ink
    follows the light and the dark theme.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        What to show; give ``ax.figure`` for an Axes.
    alt : str
        What the picture tells, for a reader who cannot see it: one or two sentences.
    caption : str, optional
        Printed below the picture.

    Returns
    -------
    Figure
        As a cell's last value it is displayed.

    Raises
    ------
    ValueError
        If ``alt`` is missing or empty.
    """
    if not isinstance(alt, str) or not alt.strip():
        raise ValueError(
            f"alt is {alt!r}; expected a sentence that tells what the picture shows, "
            f"for readers who cannot see it."
        )
    vector, pixels = io.StringIO(), io.BytesIO()
    with plt.rc_context({"svg.fonttype": "none", "svg.hashsalt": "softmax"}):  # same ids each time
        figure.savefig(vector, format="svg", metadata={"Date": None})
    figure.savefig(pixels, format="png", dpi=110, facecolor=PAPER)
    width = figure.get_figwidth() * 96
    plt.close(figure)
    return Figure(_page_svg(vector.getvalue(), alt, width), pixels.getvalue(), alt, caption)


def _page_svg(svg, alt, width):
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<style.*?</style>", "", svg, flags=re.DOTALL)  # would style the whole page
    svg = svg[svg.index("<svg ") :]
    mark = "f" + hashlib.sha256((svg + alt).encode()).hexdigest()[:8]
    svg = re.sub(r'\bid="', f'id="{mark}-', svg)  # many pictures share one page
    svg = re.sub(r'(href="#|url\(#)', rf"\g<1>{mark}-", svg)
    svg = re.sub(r"'DejaVu Sans'(, '[^']*')*(, sans-serif)?", "var(--sms-font, sans-serif)", svg)
    for colour, name in THEME.items():
        svg = svg.replace(colour, f"var({name}, {colour})")
    head, rest = svg.split(">", 1)
    view_box = re.search(r'viewBox="[^"]*"', head).group()
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'{view_box} role="img" aria-label="{html.escape(alt)}" '
        f'style="width: 100%; max-width: {width:.0f}px; height: auto; stroke-linejoin: round"'
    )
    return f"{head}>{rest}"


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
