"""Points of three classes in the plane, over the regions that a model gives to each class."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import to_rgb

from softmax_steps.palette import FIGURE, LIGHT_ON_COLOUR
from softmax_steps.plots.common import CLASS_COLOURS, CLASS_MARKERS

DEEPEST = 0.55  # as in the widget: the share of a class's colour where the model is certain


def draw_points_in_the_plane(P, X, y, *, edge):
    """Draw points over the regions of the classes: a colour for each, deeper where surer.

    Parameters
    ----------
    P : ndarray, shape (H, H, 3)
        Probabilities on a grid over [−edge, edge] × [−edge, edge], the first index upwards.
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
    deep = DEEPEST * np.sqrt((3 * P.max(axis=2) - 1) / 2)  # where it knows nothing, the paper shows
    regions = np.dstack([np.array([to_rgb(c) for c in CLASS_COLOURS])[P.argmax(axis=2)], deep])
    ax.imshow(regions, extent=(-edge, edge, -edge, edge), origin="lower")
    axis = np.linspace(-edge, edge, len(P))
    for k in range(3):
        lead = P[:, :, k] - np.delete(P, k, axis=2).max(axis=2)
        if lead.min() < 0 < lead.max():
            ax.contour(axis, axis, lead, levels=[0], colors=FIGURE["ink"], linewidths=1)
    for k, (colour, marker) in enumerate(zip(CLASS_COLOURS, CLASS_MARKERS, strict=True)):
        ax.scatter(
            *X[y == k].T, color=colour, marker=marker, s=60, edgecolor=LIGHT_ON_COLOUR, zorder=3
        )
    ax.set(xlabel="feature 1", ylabel="feature 2", xticks=[-edge, 0, edge], yticks=[-edge, 0, edge])
    return ax
