"""Points of three classes in the plane, over the regions that a model gives to each class."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import to_rgb

from softmax_steps.palette import CLASS_TINTS, LIGHT_ON_COLOUR
from softmax_steps.plots.common import CLASS_COLOURS, CLASS_MARKERS


def draw_points_in_the_plane(P, X, y, *, edge):
    """Draw points over a background that shows each class by its colour, surer where stronger.

    Parameters
    ----------
    P : ndarray, shape (H, H, 3)
        Probabilities on a grid over [−edge, edge] × [−edge, edge], the first index going upwards.
    X : ndarray, shape (N, 2)
        The points.
    y : ndarray of int, shape (N,)
        Their classes.
    edge : float
        Where the plane ends.

    Returns
    -------
    matplotlib.axes.Axes
    """
    _, ax = plt.subplots(figsize=(4.2, 4.2))
    tints = np.array([to_rgb(tint) for tint in CLASS_TINTS])
    ax.imshow(P @ tints, extent=(-edge, edge, -edge, edge), origin="lower")
    for k, (colour, marker) in enumerate(zip(CLASS_COLOURS, CLASS_MARKERS, strict=True)):
        ax.scatter(
            *X[y == k].T, color=colour, marker=marker, s=60, edgecolor=LIGHT_ON_COLOUR, zorder=3
        )
    ax.set(xlabel="feature 1", ylabel="feature 2", xticks=[-edge, 0, edge], yticks=[-edge, 0, edge])
    return ax
