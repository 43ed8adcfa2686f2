"""What several steps' pictures share: the colours, a matrix as a heat map, digits as images."""

import textwrap

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import MaxNLocator

from softmax_steps.figure_style import PHONE_WIDTH, WIDTH, arranged_for_phones
from softmax_steps.palette import CLASSES, DARK_ON_COLOUR, LIGHT_ON_COLOUR, MAPS, ROLES

CLASS_COLOURS = CLASSES  # told apart by marker and label too
CLASS_MARKERS = ("o", "s", "^")
DATA_COLOUR, PENALTY_COLOUR, TOTAL_COLOUR = (ROLES[r] for r in ("data", "penalty", "total"))


def ten_to_the(exponent, position=None):
    """Write a power of ten without small type, for the marks of a logarithmic axis.

    Parameters
    ----------
    exponent : float
        The number itself, such as 0.001.
    position : int, optional
        Not used; matplotlib gives it.

    Returns
    -------
    str

    Examples
    --------
    >>> ten_to_the(0.001)
    '10⁻³'
    """
    power = round(np.log10(exponent))
    return "10" + str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def open_panels(count, *, narrow, height, phone_height):
    """Open a figure with panels beside each other, on a phone one below the other.

    Parameters
    ----------
    count : int
        How many panels.
    narrow : bool
        True for a phone.
    height, phone_height : float
        The figure's height in inches, in each arrangement.

    Returns
    -------
    ndarray of matplotlib.axes.Axes, shape (count,)
    """
    if narrow:
        size = (PHONE_WIDTH, phone_height)
        return plt.subplots(count, 1, figsize=size, sharex=True, squeeze=False)[1][:, 0]
    return plt.subplots(1, count, figsize=(WIDTH, height), sharey=True, squeeze=False)[1][0]


@arranged_for_phones
def draw_images(rows, *, shape, titles=None, columns=5, diverging=False, label=None, narrow=False):
    """Draw rows of numbers as small images with one shared, labelled colour scale.

    Parameters
    ----------
    rows : ndarray, shape (K, D)
        One image per row.
    shape : (int, int)
        Height and width of an image; their product is D.
    titles : sequence of str, optional
        One short title per image.
    columns : int
        Images per line.
    diverging : bool
        True for numbers around 0: white is 0, red above, blue below.
    label : str, optional
        What the colour scale measures, with its unit.
    narrow : bool
        True for a phone: the scale below the images, long titles in two lines.

    Returns
    -------
    ndarray of matplotlib.axes.Axes, shape (K,)
    """
    rows = np.asarray(rows)
    lines = -(-len(rows) // columns)
    width, height = (PHONE_WIDTH, 1.0) if narrow else (WIDTH, 1.25)
    scale = (0.75 if narrow else 0.3) if label else 0
    if narrow and titles is not None:
        titles = [textwrap.fill(title, round(36 / columns)) for title in titles]
        height += 0.2 * max(title.count("\n") for title in titles)
    figure, axes = plt.subplots(
        lines, columns, figsize=(width, height * lines + scale), squeeze=False
    )
    top = np.abs(rows).max() or 1.0  # untrained weights are all 0, and 0 is white
    limits = (-top, top) if diverging else (rows.min(), rows.max())
    for ax in axes.flat:
        ax.set_axis_off()
    for k, row in enumerate(rows):
        image = axes.flat[k].imshow(
            row.reshape(shape),
            cmap=MAPS["signed" if diverging else "ink"],
            vmin=limits[0],
            vmax=limits[1],
        )
        if titles is not None:
            axes.flat[k].set_title(titles[k], fontsize=10, loc="center", fontweight="normal", pad=3)
    if label:
        add_scale(figure, image, axes, label=label, narrow=narrow)
    return axes.ravel()[: len(rows)]


def add_scale(figure, image, axes, *, label, narrow, shrink=0.9):
    """Add the scale of an image's colours: beside the axes, on a phone below them.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    image : matplotlib.image.AxesImage
    axes : ndarray of matplotlib.axes.Axes
        All that have this scale.
    label : str
        What the colours measure, with its unit.
    narrow : bool
        True for a phone.
    shrink : float
        The scale's length beside the axes, as a share of theirs.

    Returns
    -------
    matplotlib.colorbar.Colorbar
    """
    if narrow:
        place = {"location": "bottom", "shrink": 0.9, "aspect": 30, "ticks": MaxNLocator(4)}
    else:
        place = {"shrink": shrink, "aspect": 25}
    return figure.colorbar(image, ax=axes, label=label, **place)


def draw_matrix(ax, matrix, *, row_labels, column_labels, digits=2, diverging=True, top=None):
    """Draw a small matrix as coloured cells with the numbers written in them.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    matrix : ndarray, shape (R, K)
    row_labels, column_labels : sequence of str
    digits : int
        Decimals written in each cell.
    diverging : bool
        True for numbers around 0, False for numbers from 0 upwards.
    top : float, optional
        The number that has the last colour; the largest by default.

    Returns
    -------
    matplotlib.axes.Axes
    """
    matrix = np.asarray(matrix)
    top = top or np.abs(matrix).max() or 1.0
    lowest = -top if diverging else 0.0
    colour_map = plt.get_cmap(MAPS["signed" if diverging else "share"])
    ax.imshow(matrix, cmap=colour_map, vmin=lowest, vmax=top, aspect="auto")
    for (i, j), value in np.ndenumerate(matrix):
        red, green, blue, _ = colour_map((value - lowest) / (top - lowest))
        light = 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2
        dark = light < 0.18  # below it white can be read better than black
        ax.text(
            j,
            i,
            f"{value:.{digits}f}".replace("-", "−"),
            ha="center",
            va="center",
            color=LIGHT_ON_COLOUR if dark else DARK_ON_COLOUR,
        )
    ax.set_xticks(range(matrix.shape[1]), column_labels)
    ax.set_yticks(range(matrix.shape[0]), row_labels)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    return ax
