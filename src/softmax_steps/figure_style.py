"""The book's matplotlib style, ``plt.style.use("softmax_steps.book")``: calm, one palette.

Importing this module gives matplotlib the style and the book's colour map; whatever shows or draws
a figure imports it. :func:`narrow` turns a figure of a page's width into one for a phone.
"""

import functools
import warnings

import matplotlib
import matplotlib.style
import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text

from softmax_steps.palette import CYCLE, FIGURE, FONTS, MAPS, SIGNED

NAME = "softmax_steps.book"
WIDTH = 5.6  # of a figure on a page, in inches
# As wide as a page's column on a phone of 360 to 390 pixels, at 96 an inch. Its letters are a
# little smaller than a page's, at least 12 pixels.
PHONE_WIDTH = 3.6
PHONE_LETTERS = 0.9
STYLE = {
    "figure.figsize": (WIDTH, 3.2),
    "figure.dpi": 100,
    "figure.facecolor": "none",
    "figure.constrained_layout.use": True,
    "savefig.facecolor": "none",
    "font.family": "sans-serif",
    "font.sans-serif": [FONTS["figure"]],
    "font.size": 11,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 11,
    "axes.facecolor": "none",
    "axes.edgecolor": FIGURE["muted"],
    "axes.labelcolor": FIGURE["ink"],
    "axes.titlecolor": FIGURE["ink"],
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": False,
    "axes.prop_cycle": matplotlib.cycler(color=CYCLE),
    "grid.color": FIGURE["grid"],
    "grid.linewidth": 0.6,
    "lines.linewidth": 2,
    "lines.markersize": 6,
    "patch.linewidth": 0.8,
    "text.color": FIGURE["ink"],
    "xtick.color": FIGURE["muted"],
    "ytick.color": FIGURE["muted"],
    "xtick.labelcolor": FIGURE["ink"],
    "ytick.labelcolor": FIGURE["ink"],
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "legend.frameon": False,
    "legend.fontsize": 10,
    "image.cmap": MAPS["other"],
    "image.interpolation": "none",
    "svg.fonttype": "none",
    "svg.hashsalt": "softmax",
}

matplotlib.style.library[NAME] = matplotlib.RcParams(STYLE)
if MAPS["signed"] not in matplotlib.colormaps:  # matplotlib warns of a second time
    matplotlib.colormaps.register(LinearSegmentedColormap.from_list(MAPS["signed"], SIGNED))


def arranged_for_phones(draw):
    """Let a picture be drawn a second time where :func:`narrow` is asked for it.

    For a picture that a phone needs in another arrangement: fewer panels in a line, a scale
    below and not beside it. What a cell changes of its axes afterwards, the second drawing lacks.

    Parameters
    ----------
    draw : callable
        Draws a figure of its own and returns its axes. ``narrow=True`` asks for the arrangement
        for a phone, ``PHONE_WIDTH`` wide.

    Returns
    -------
    callable
    """

    @functools.wraps(draw)
    def draw_wide(*args, narrow=False, **options):
        axes = draw(*args, narrow=narrow, **options)
        if not narrow:
            redraw = functools.partial(draw, *args, narrow=True, **options)
            _figure_of(axes).redraw_narrow = lambda: _figure_of(redraw())
        return axes

    return draw_wide


def _figure_of(axes):
    return np.ravel(axes)[0].figure


def narrow(figure):
    """Return a figure for a phone: as wide as its page, with letters that can be read there.

    It is the picture drawn anew, if its function is :func:`arranged_for_phones`. Any other figure
    is laid out anew in the smaller width: the figure that came is changed.

    Parameters
    ----------
    figure : matplotlib.figure.Figure

    Returns
    -------
    matplotlib.figure.Figure or None
        None if the figure is narrow as it is, if no layout engine places its parts, or if they
        do not fit.
    """
    width, height = figure.get_size_inches()
    if width <= PHONE_WIDTH:
        return None
    if hasattr(figure, "redraw_narrow"):
        figure = figure.redraw_narrow()
    elif figure.get_layout_engine() is None:
        return None
    else:
        # Pixels are squares, so what consists of them gets lower as it gets narrower.
        if all(ax.get_aspect() == 1 for ax in figure.axes):
            height *= PHONE_WIDTH / width
        figure.set_size_inches(PHONE_WIDTH, height)
    _shrink_letters(figure)
    with warnings.catch_warnings(action="error", category=UserWarning):
        try:
            figure.draw_without_rendering()
        except UserWarning:
            return None
    return figure


def _shrink_letters(figure):
    for ax in figure.axes:
        for axis in (ax.xaxis, ax.yaxis):  # for the marks that another width needs
            size = axis.get_tick_params().get("labelsize", matplotlib.rcParams["xtick.labelsize"])
            points = FontProperties(size=size).get_size_in_points()  # it may be "medium"
            axis.set_tick_params(labelsize=PHONE_LETTERS * points)
    marks = {
        label
        for ax in figure.axes
        for axis in (ax.xaxis, ax.yaxis)
        for label in (*axis.get_majorticklabels(), *axis.get_minorticklabels())
    }
    for text in set(figure.findobj(Text)) - marks:
        text.set_fontsize(PHONE_LETTERS * text.get_fontsize())
