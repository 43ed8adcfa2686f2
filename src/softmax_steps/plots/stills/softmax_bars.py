"""The softmax widget as a still picture: scores as bars, and their probabilities beside them.

Three probabilities are a point of a triangle too.
"""

import matplotlib.pyplot as plt
import numpy as np

from softmax_steps.figure_style import PHONE_WIDTH, WIDTH, arranged_for_phones
from softmax_steps.palette import BLUE, FIGURE, OCHRE
from softmax_steps.plots.common import CLASS_COLOURS, CLASS_MARKERS

#: Class 0 lower left, class 1 on top, class 2 lower right; a side is 1 long.
CORNERS = np.array([[0.0, 0.0], [0.5, np.sqrt(3) / 2], [1.0, 0.0]])


@arranged_for_phones
def draw_softmax_bars(F, P, *, way=None, narrow=False):
    """Draw one sample's scores and probabilities as bars, a line for each class.

    Parameters
    ----------
    F : ndarray, shape (C,)
        Scores.
    P : ndarray, shape (C,)
        Their probabilities.
    way : ndarray, shape (K, 3), optional
        Of three classes: the probabilities from a very low to a very high temperature. With it,
        ``P`` is drawn as a point of a triangle as well, and these rows as its way.
    narrow : bool
        True for a phone: the triangle below the bars.

    Returns
    -------
    ndarray of matplotlib.axes.Axes, shape (2,) or (3,)
        Scores, probabilities, and the triangle.
    """
    tall = 0.36 * len(F) + 0.9
    if way is None:
        size = (PHONE_WIDTH if narrow else WIDTH, tall)
        figure, axes = plt.subplots(1, 2, figsize=size, sharey=True, width_ratios=(1.25, 1))
    elif narrow:
        figure, axes = plt.subplots(
            3, 1, figsize=(PHONE_WIDTH, 2 * tall + 3.2), height_ratios=(tall, tall, 3.2)
        )
    else:
        figure = plt.figure(figsize=(WIDTH, 2 * tall - 0.2))
        grid = figure.add_gridspec(2, 2, width_ratios=(1, 1))
        axes = np.array([figure.add_subplot(grid[place]) for place in ((0, 0), (1, 0))])
        axes = np.append(axes, figure.add_subplot(grid[:, 1]))
    places = np.arange(len(F))
    for ax, numbers, colour, digits in ((axes[0], F, OCHRE, 1), (axes[1], P, BLUE, 3)):
        ax.grid(axis="x", color=FIGURE["grid"], linewidth=0.8)
        ax.set_axisbelow(True)
        bars = ax.barh(places, numbers, color=colour, height=0.6)
        texts = [f"{value:.{digits}f}".replace("-", "−") for value in numbers]
        labels = ax.bar_label(bars, texts, padding=6, fontsize=10)
        labels[int(np.argmax(P))].set_fontweight("bold")
        ax.axvline(0, color=FIGURE["muted"], linewidth=0.8)
        ax.spines["left"].set_visible(False)
        ax.tick_params(axis="y", length=0, labelleft=True)
        ax.set_yticks(places)
        ax.set_ylim(len(F) - 0.5, -0.5)
    reach = 1.6 * (np.abs(F).max() or 1.0)
    axes[0].set_xlim(-reach if min(F) < 0 else 0, reach)
    # The grips by which the widget's bars are dragged.
    ends = {"marker": "|", "markersize": 17, "markeredgewidth": 4, "linestyle": "none"}
    axes[0].plot(F, places, color=FIGURE["ink"], **ends)
    for ax in axes[: 1 if way is None else 2]:
        ax.set_ylabel("class")
    axes[0].set_xlabel("score")
    axes[1].set_xlim(0, 1.25)
    axes[1].set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "0.25", "0.5", "0.75", "1"])
    axes[1].set_xlabel("probability")
    if way is not None:
        _draw_triangle(axes[2], P, way)
    return axes


def _draw_triangle(ax, P, way):
    """Draw three probabilities as a point: so far from a side as the class opposite has."""
    middle = CORNERS.mean(axis=0)
    sides = [np.delete(CORNERS, k, axis=0).mean(axis=0) for k in range(3)]
    for k, (colour, marker) in enumerate(zip(CLASS_COLOURS, CLASS_MARKERS, strict=True)):
        region = np.array([CORNERS[k], sides[k - 1], middle, sides[k - 2]])
        ax.fill(*region.T, color=colour, alpha=0.12, linewidth=0)
        ax.plot(*np.array([middle, sides[k]]).T, color=FIGURE["muted"], linewidth=0.6)
        ax.plot(*CORNERS[k], marker, color=colour, markersize=7, clip_on=False)
        sign, above = (1, "bottom") if k == 1 else (-1, "top")
        options = {"textcoords": "offset points", "va": above, "ha": ("left", "center", "right")[k]}
        weight = "bold" if k == np.argmax(P) else "normal"
        beside = (-8, 0, 8)[k]
        ax.annotate(
            f"class {k}", CORNERS[k], xytext=(beside, 8 * sign), fontweight=weight, **options
        )
    ax.plot(*CORNERS[[0, 1, 2, 0]].T, color=FIGURE["muted"], linewidth=1, zorder=1)
    ax.plot(*(way @ CORNERS).T, color=FIGURE["ink"], linewidth=1.5)
    ax.plot(*(P @ CORNERS), "o", color=FIGURE["ink"], markersize=8)
    ax.set_aspect("equal")
    ax.set_axis_off()
