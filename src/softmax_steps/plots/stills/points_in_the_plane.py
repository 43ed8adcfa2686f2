"""Points of three classes in the plane, over the regions that a model gives to each class."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import to_rgb

from softmax_steps.palette import LIGHT_ON_COLOUR
from softmax_steps.plots.common import CLASS_COLOURS, CLASS_MARKERS


def draw_points_in_the_plane(P, X, y):
    """Draw points over a background that shows each class by its colour, surer where stronger.

    Parameters
    ----------
    P : ndarray, shape (H, H, 3)
        Probabilities on a grid over [−1, 1] × [−1, 1], the first index going upwards.
    X : ndarray, shape (N, 2)
        The points.
    y : ndarray of int, shape (N,)
        Their classes.

    Returns
    -------
    matplotlib.axes.Axes
    """
    _, ax = plt.subplots(figsize=(4.2, 4.2))
    colours = np.array([to_rgb(colour) for colour in CLASS_COLOURS])
    mixed = 1 - 0.45 * (1 - P @ colours)
    ax.imshow(mixed, extent=(-1, 1, -1, 1), origin="lower")
    for k, (colour, marker) in enumerate(zip(CLASS_COLOURS, CLASS_MARKERS, strict=True)):
        ax.scatter(
            *X[y == k].T, color=colour, marker=marker, s=60, edgecolor=LIGHT_ON_COLOUR, zorder=3
        )
    ax.set(xlabel="feature 1", ylabel="feature 2", xticks=[-1, 0, 1], yticks=[-1, 0, 1])
    return ax
