"""Picture for the route by differentials: how every score responds to every weight."""

import matplotlib.pyplot as plt
import numpy as np

from softmax_steps.figure_style import PHONE_WIDTH, WIDTH, arranged_for_phones
from softmax_steps.plots.common import draw_matrix


@arranged_for_phones
def draw_score_tensor(T, *, narrow=False):
    """Draw the derivatives of all scores as a grid of small tables, one for each score.

    Parameters
    ----------
    T : ndarray, shape (N, C, D, C)
        T[i, j] holds the derivatives of score j of sample i with respect to the weights.
    narrow : bool
        True for a phone: as wide as its page.

    Returns
    -------
    ndarray of matplotlib.axes.Axes, shape (N, C)
    """
    n_samples, n_classes, n_features, _ = T.shape
    height = n_samples * (0.4 + 0.32 * n_features)
    _, axes = plt.subplots(
        n_samples,
        n_classes,
        figsize=(PHONE_WIDTH if narrow else WIDTH, height),
        squeeze=False,
        gridspec_kw={"wspace": 0.12, "hspace": 0.12},
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
        ax.spines[:].set_visible(True)
    return axes
