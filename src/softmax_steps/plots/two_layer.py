"""Pictures of the network with a hidden layer. Chapter ``book/09_two_layer.md``."""

from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.patches import FancyBboxPatch

from softmax_steps.figure_style import PHONE_WIDTH, WIDTH, arranged_for_phones
from softmax_steps.palette import BLUE, FIGURE, LIGHT_ON_COLOUR, ORANGE, SKY
from softmax_steps.plots.common import CLASS_COLOURS, CLASS_MARKERS


class Plane(NamedTuple):
    """What one panel of :func:`draw_planes` shows.

    ``winners`` (K, K) is the winning class at each point, its first row at the smallest second
    feature; ``extent`` is (left, right, bottom, top); ``X`` (N, 2) and ``y`` (N,) are the samples.
    """

    title: str
    winners: np.ndarray
    extent: tuple
    X: np.ndarray
    y: np.ndarray


@arranged_for_phones
def draw_planes(planes, *, narrow=False):
    """Colour the plane by the winning class, for several models or sets of points.

    Parameters
    ----------
    planes : sequence of Plane
    narrow : bool
        True for a phone: one panel below the other.

    Returns
    -------
    ndarray of matplotlib.axes.Axes
        One per plane.
    """
    if narrow:
        size, grid = (PHONE_WIDTH, 2.2 * len(planes)), (len(planes), 1)
    else:
        size, grid = (WIDTH, 0.45 + WIDTH / len(planes)), (1, len(planes))
    axes = plt.subplots(*grid, figsize=size, squeeze=False)[1].ravel()
    tints = np.array([to_rgba(colour, 0.32) for colour in CLASS_COLOURS])
    for ax, plane in zip(axes, planes, strict=True):
        ax.imshow(
            tints[plane.winners],
            extent=plane.extent,
            origin="lower",
            interpolation="nearest",
            aspect="auto",
        )
        size = 9 if len(plane.X) < 10 else 4.5
        for k in np.unique(plane.y):
            ax.plot(
                *plane.X[plane.y == k].T,
                CLASS_MARKERS[k],
                color=CLASS_COLOURS[k],
                ms=size,
                mec=LIGHT_ON_COLOUR,
                mew=0.6,
            )
        ax.set_title(plane.title, loc="left", fontweight="normal", fontsize=10)
        ax.set(xticks=[], yticks=[], box_aspect=1, xlim=plane.extent[:2], ylim=plane.extent[2:])
        if narrow or ax is axes[0]:
            ax.set_ylabel("x₂")
        if not narrow or ax is axes[-1]:
            ax.set_xlabel("x₁")
    return axes


# Where the boxes of the graph stand along the way: those of an affine step close together, the bend
# and the loss with room for what they do.
_PLACES = (0.0, 0.95, 2.32, 3.27, 4.55)
_VALUES = (("X", "N × D"), ("O₁", "N × M"), ("H", "N × M"), ("O₂", "N × C"), ("L", "1"))
_LAYERS = ((1, "₁", "D × M, M"), (3, "₂", "M × C, C"))


@arranged_for_phones
def draw_graph(*, narrow=False):
    """Draw the network as a graph: the values on their way to the loss, and the slopes back.

    Parameters
    ----------
    narrow : bool
        True for a phone: the way forth runs down, the way back up.

    Returns
    -------
    matplotlib.axes.Axes
    """
    graph = _Graph(narrow)
    for first, second in ((0, 1), (2, 3)):
        graph.shade(first, second, "affine\nstep" if narrow else "affine step")
    for k, (name, shape) in enumerate(_VALUES):
        graph.box(k, 1, (name, shape), BLUE)
        if k:
            graph.box(k, 2, (f"∂L/∂{name}", shape), ORANGE)
            graph.arrow((k - 1, 1), (k, 1), BLUE)
        if k > 1:
            graph.arrow((k, 2), (k - 1, 2), ORANGE)
    graph.arrow((4, 1), (4, 2), ORANGE)
    for k, layer, shapes in _LAYERS:
        graph.box(k, 0, (f"W{layer}, b{layer}", shapes), BLUE)
        graph.arrow((k, 0), (k, 1), BLUE)
        graph.box(k, 3, (f"∂L/∂W{layer}", f"∂L/∂b{layer}"), ORANGE)
        graph.arrow((k, 2), (k, 3), ORANGE)
    graph.word(1, 1, "max(0, ·)")
    graph.word(1, 2, "⊙ [O₁ > 0]")
    graph.word(2, 2, "·W₂ᵀ")
    graph.word(3, 1, "softmax,\nloss")
    graph.word(3, 2, "(P − Y)/N")
    return graph.ax


class _Graph:
    """Boxes and arrows, each by its place along the way, 0 to 4, and its row, 0 to 3."""

    def __init__(self, narrow):
        self.narrow = narrow
        self.half = (0.35, 0.27) if narrow else (0.3, 0.27)  # of a box, as it is seen
        _, self.ax = plt.subplots(figsize=(PHONE_WIDTH, 5.6) if narrow else (WIDTH, 3.9))
        limits = ((-0.48, 3.39), (-5.0, 0.45)) if narrow else ((-0.42, 4.92), (-3.45, 0.75))
        self.ax.set(xlim=limits[0], ylim=limits[1])
        self.ax.set_axis_off()

    def place(self, k, row):
        along = _PLACES[k]
        return (0.98 * row, -along) if self.narrow else (along, -row)

    def shade(self, first, second, name):
        (left, top), (right, bottom) = self.place(first, 0), self.place(second, 3)
        left, right = left - self.half[0] - 0.1, right + self.half[0] + 0.1
        top, bottom = top + self.half[1] + 0.12, bottom - self.half[1] - 0.12
        self.ax.add_patch(
            FancyBboxPatch(
                (left, bottom),
                right - left,
                top - bottom,
                boxstyle="round,pad=0,rounding_size=0.08",
                facecolor=SKY,  # not the grid's: forced colours would make it a strong one
                edgecolor="none",
                alpha=0.15,
                zorder=0,
            )
        )
        place = self.place(first, 0) if self.narrow else ((left + right) / 2, top + 0.17)
        self.ax.text(*place, name, ha="center", va="center", fontsize=10)

    def box(self, k, row, words, colour):
        x, y = self.place(k, row)
        width, height = self.half
        if row == 0:  # two arrays' names and shapes
            width += 0.05
        self.ax.add_patch(
            FancyBboxPatch(
                (x - width, y - height),
                2 * width,
                2 * height,
                boxstyle="round,pad=0,rounding_size=0.06",
                facecolor=FIGURE["paper"],
                edgecolor=colour,
                lw=1.4,
            )
        )
        for text, shift in zip(words, (0.11, -0.12), strict=True):
            self.ax.text(x, y + shift, text, ha="center", va="center", fontsize=10)

    def arrow(self, start, end, colour):
        start, end = (np.array(self.place(*box)) for box in (start, end))
        way = np.sign(end - start)
        reach = way * (np.array(self.half) + 0.04)
        self.ax.annotate(
            "",
            xy=end - reach,
            xytext=start + reach,
            arrowprops={
                "arrowstyle": "->",
                "color": colour,
                "linestyle": "-" if colour == BLUE else (0, (3, 1.5)),
                "lw": 1.5,
                "shrinkA": 0,
                "shrinkB": 0,
            },
        )

    def word(self, k, row, text):
        """Write what the arrow between place k and the next one does."""
        (x0, y0), (x1, y1) = self.place(k, row), self.place(k + 1, row)
        x, y = (x0 + x1) / 2, (y0 + y1) / 2
        if self.narrow:
            self.ax.text(x + 0.07, y, text, ha="left", va="center", fontsize=10)
        else:
            self.ax.text(x, y + 0.06, text, ha="center", va="bottom", fontsize=9.5)


def draw_pairs(pairs, *, names):
    """Draw two models' accuracies side by side, with a line for each split.

    Parameters
    ----------
    pairs : ndarray, shape (K, 2)
        One split a row: the accuracy of the first and of the second model, between 0 and 1.
    names : (str, str)
        The models.

    Returns
    -------
    matplotlib.axes.Axes
    """
    _, ax = plt.subplots(figsize=(4.2, 3.0))
    for first, second in pairs:
        style = "-" if second > first else "--"
        ax.plot([0, 1], [first, second], style, marker="o", color=BLUE, lw=1.4, ms=6)
    ax.set_xticks([0, 1], names)
    ax.set(xlim=(-0.3, 1.3), ylabel="test accuracy")
    return ax
