"""Pictures of step 1, the score. Chapter ``book/01_score.md``."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.patches import Rectangle

from softmax_steps.figure_style import PHONE_WIDTH, WIDTH, arranged_for_phones
from softmax_steps.palette import BLUE, GREEN, LIGHT_ON_COLOUR, MAPS, ORANGE
from softmax_steps.plots.common import CLASS_COLOURS, CLASS_MARKERS, open_panels


def draw_one_number(values, labels, *, classes, name, threshold=None):
    """Draw how one number per sample is spread, one strip of bars for each class.

    Parameters
    ----------
    values : ndarray, shape (N,)
        The number, between 0 and 1.
    labels : ndarray of int, shape (N,)
    classes : sequence of int
        The classes to show, from top to bottom; at most three.
    name : str
        What the number measures, for the axis.
    threshold : float, optional
        Where to draw a dashed line through all strips.

    Returns
    -------
    ndarray of matplotlib.axes.Axes
        One per class.
    """
    size = (WIDTH, 0.5 + 0.8 * len(classes))
    axes = plt.subplots(len(classes), 1, sharex=True, squeeze=False, figsize=size)[1]
    for ax, k, colour in zip(axes.flat, classes, CLASS_COLOURS, strict=False):
        ax.hist(values[labels == k], bins=np.linspace(0, 1, 26), color=colour)
        ax.set_ylabel(f"digit {k}", rotation=0, ha="right", va="center")
        ax.set_yticks([])
        ax.spines["left"].set_visible(False)
        if threshold is not None:
            ax.axvline(threshold, color=plt.rcParams["axes.edgecolor"], ls="--", lw=1.2)
    axes.flat[-1].set_xlabel(name)
    return axes.ravel()


@arranged_for_phones
def draw_product(picture, template, product, *, shape, score, narrow=False):
    """Draw a picture, a template, their product pixel by pixel, and the sum of it.

    Parameters
    ----------
    picture, template, product : ndarray, shape (D,)
    shape : (int, int)
        Height and width of the images; their product is D.
    score : float
        The sum of ``product``, written above it.
    narrow : bool
        True for a phone: the titles in two lines.

    Returns
    -------
    ndarray of matplotlib.axes.Axes, shape (3,)
    """
    size = (PHONE_WIDTH, 1.8) if narrow else (WIDTH, 2.2)
    axes = plt.subplots(1, 3, figsize=size)[1]
    sum_text = f"sum {score:.2f}".replace("-", "−")
    titles = ("picture x", "× template w", f"= product, {sum_text}")
    if narrow:
        titles = ("picture\nx", "× template\nw", f"= product,\n{sum_text}")
    top = np.abs(template).max()
    for ax, row, title in zip(axes, (picture, template, product), titles, strict=True):
        if row is picture:
            ax.imshow(row.reshape(shape), cmap=MAPS["ink"], vmin=0, vmax=1)
        else:
            ax.imshow(row.reshape(shape), cmap=MAPS["signed"], vmin=-top, vmax=top)
        ax.set_title(title, fontsize=11, loc="center", fontweight="normal")
        ax.set_axis_off()
    return axes


def draw_scores(row, *, ax=None):
    """Draw one sample's scores as bars; the largest has its own colour and its value.

    Parameters
    ----------
    row : ndarray, shape (C,)
    ax : matplotlib.axes.Axes, optional

    Returns
    -------
    matplotlib.axes.Axes
    """
    ax = ax or plt.subplots(figsize=(WIDTH, 2.4))[1]
    best = int(np.argmax(row))
    ax.bar(range(len(row)), row, color=[ORANGE if j == best else BLUE for j in range(len(row))])
    ax.axhline(0, color=plt.rcParams["axes.edgecolor"], lw=0.8)
    ax.text(best, row[best], f"{row[best]:.2f}", ha="center", va="bottom")
    ax.set_xticks(range(len(row)))
    ax.set(xlabel="class", ylabel="score (no unit)")
    return ax


def draw_shapes(n, d, c):
    """Draw the shapes in F = XW as rectangles; sides that must agree have one colour.

    Parameters
    ----------
    n, d, c : int
        The number of samples, features and classes. The rectangles are not to scale.

    Returns
    -------
    matplotlib.axes.Axes
    """
    ax = plt.subplots(figsize=(WIDTH, 2.5))[1]
    tall, wide, narrow = 1.5, 2.3, 0.9
    boxes = (
        ("X", 0.0, 0.0, wide, tall, (n, BLUE), (d, ORANGE)),
        ("W", 3.7, -0.4, narrow, wide, (d, ORANGE), (c, GREEN)),
        ("F", 6.4, 0.0, narrow, tall, (n, BLUE), (c, GREEN)),
    )
    for name, x, y, width, height, (rows, row_colour), (columns, column_colour) in boxes:
        ax.add_patch(
            Rectangle(
                (x, y), width, height, fill=False, edgecolor=plt.rcParams["axes.edgecolor"], lw=1
            )
        )
        ax.plot([x, x], [y, y + height], color=row_colour, lw=4)
        ax.plot([x, x + width], [y + height] * 2, color=column_colour, lw=4)
        ax.text(x + width / 2, y + height / 2, name, ha="center", va="center", size=15)
        ax.text(x - 0.12, y + height / 2, str(rows), ha="right", va="center")
        ax.text(x + width / 2, y + height + 0.1, str(columns), ha="center", va="bottom")
    ax.text(2.68, tall / 2, "@", ha="center", va="center", size=14)
    ax.text(4.97, tall / 2, "=", ha="center", va="center", size=14)
    ax.set(xlim=(-0.85, 7.5), ylim=(-0.6, 2.4))
    ax.set_axis_off()
    return ax


def draw_score_lines(x, F, *, name, names, crossings=()):
    """Draw each class's score along a walk through feature space; the winner is thick.

    Parameters
    ----------
    x : ndarray, shape (K,)
        The feature that changes on the walk.
    F : ndarray, shape (K, C)
        The scores at each place.
    name : str
        What ``x`` is, for the axis.
    names : sequence of str
        One label per class, written at the right end of its line.
    crossings : sequence of float
        Where the winner changes.

    Returns
    -------
    matplotlib.axes.Axes
    """
    ax = plt.subplots(figsize=(WIDTH, 3.0))[1]
    best = np.argmax(F, axis=1)
    for place in crossings:
        ax.axvline(place, color=plt.rcParams["axes.edgecolor"], ls="--", lw=1)
    for j, colour in zip(range(F.shape[1]), CLASS_COLOURS, strict=False):
        ax.plot(x, F[:, j], color=colour, lw=1.3)
        ax.plot(x, np.where(best == j, F[:, j], np.nan), color=colour, lw=4)
        ax.annotate(
            names[j], (x[-1], F[-1, j]), xytext=(8, 0), textcoords="offset points", va="center"
        )
    ax.set(xlabel=name, ylabel="score (no unit)", xlim=(x[0], x[-1]))
    return ax


@arranged_for_phones
def draw_regions(maps, *, extent, X, y, names, places, narrow=False):
    """Colour the plane by the winning class, one map beside the other.

    Parameters
    ----------
    maps : dict of str to ndarray of int, shape (K, K)
        A title and the winning class at each point of the plane; the first row of an array
        lies at the smallest second feature.
    extent : (float, float, float, float)
        Smallest and largest first feature, smallest and largest second feature.
    X : ndarray, shape (N, 2)
        Samples to mark in every map.
    y : ndarray of int, shape (N,)
        Their true classes.
    names : sequence of str
        One label per class.
    places : sequence of (float, float)
        Where to write the labels.
    narrow : bool
        True for a phone: one map below the other.

    Returns
    -------
    ndarray of matplotlib.axes.Axes
        One per map.
    """
    count = len(maps)
    axes = open_panels(count, narrow=narrow, height=3.1, phone_height=0.5 + 2.6 * count)
    tints = np.array([to_rgba(colour, 0.32) for colour in CLASS_COLOURS])
    for ax, (title, winners) in zip(axes, maps.items(), strict=True):
        ax.imshow(tints[winners], extent=extent, origin="lower", interpolation="nearest")
        for name, place in zip(names, places, strict=True):
            ax.text(*place, name, ha="center", va="center")
        for row, k in zip(X, y, strict=True):
            ax.plot(*row, CLASS_MARKERS[k], color=CLASS_COLOURS[k], ms=10, mec=LIGHT_ON_COLOUR)
        ax.set_title(title, loc="left", fontweight="normal")
        if not narrow or ax is axes[-1]:
            ax.set_xlabel("x₁ (feature 1)")
        if narrow or ax is axes[0]:
            ax.set_ylabel("x₂ (feature 2)")
    return axes
