"""Pictures for the route by differentials: the four-index array, the remainder of a step."""

import matplotlib.pyplot as plt
import numpy as np

from softmax_steps.palette import BLUE, ORANGE
from softmax_steps.plots.common import draw_matrix


def draw_score_tensor(T):
    """Draw the derivatives of all scores as a grid of small tables, one for each score.

    Parameters
    ----------
    T : ndarray, shape (N, C, D, C)
        T[i, j] holds the derivatives of score j of sample i with respect to the weights.

    Returns
    -------
    ndarray of matplotlib.axes.Axes, shape (N, C)
    """
    n_samples, n_classes, n_features, _ = T.shape
    _, axes = plt.subplots(
        n_samples, n_classes, figsize=(5.6, 0.55 + 0.62 * n_features * n_samples), squeeze=False
    )
    top = np.abs(T).max() or 1.0
    for i, j in np.ndindex(n_samples, n_classes):
        ax = axes[i, j]
        draw_matrix(
            ax,
            T[i, j],
            row_labels=[""] * n_features,
            column_labels=[""] * n_classes,
            digits=0,
            top=top,
        )
        ax.set_title(f"∂F[{i}, {j}]/∂W", fontsize=10, fontweight="normal", loc="center")
        ax.set(xticks=[], yticks=[])
    return axes


def draw_remainder(sizes, changes, predictions):
    """Draw how the first-order prediction of a change, and what it misses, fall with the step.

    Parameters
    ----------
    sizes : ndarray, shape (K,)
        How large the step is.
    changes, predictions : ndarray, shape (K,)
        The change of the loss in nats, and its first-order part.

    Returns
    -------
    matplotlib.axes.Axes
    """
    _, ax = plt.subplots()
    ax.loglog(sizes, np.abs(predictions), color=BLUE)
    ax.loglog(sizes, np.abs(changes - predictions), color=ORANGE, linestyle="--")
    ax.text(sizes[0], abs(predictions[0]) * 2, "dL, first order", color=BLUE)
    missed = abs(changes[0] - predictions[0])
    ax.text(sizes[0], missed * 6, "what it misses", color=ORANGE)
    ax.set(xlabel="size of the step", ylabel="nats")
    return ax
