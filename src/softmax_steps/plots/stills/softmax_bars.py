"""The softmax widget as a still picture: scores as bars, and their probabilities beside them."""

import matplotlib.pyplot as plt
import numpy as np

from softmax_steps.palette import BLUE, FIGURE, OCHRE


def draw_softmax_bars(F, P):
    """Draw one sample's scores and probabilities as bars, a line for each class.

    Parameters
    ----------
    F : ndarray, shape (C,)
        Scores.
    P : ndarray, shape (C,)
        Their probabilities.

    Returns
    -------
    ndarray of matplotlib.axes.Axes, shape (2,)
        Scores and probabilities.
    """
    _, axes = plt.subplots(
        1, 2, figsize=(5.6, 0.42 * len(F) + 0.9), sharey=True, width_ratios=(1.4, 1)
    )
    places = np.arange(len(F))
    for ax, numbers, colour, digits in ((axes[0], F, OCHRE, 1), (axes[1], P, BLUE, 3)):
        bars = ax.barh(places, numbers, color=colour, height=0.6)
        texts = [f"{value:.{digits}f}".replace("-", "−") for value in numbers]
        ax.bar_label(bars, texts, padding=3, fontsize=10)
    reach = 1.3 * (np.abs(F).max() or 1.0)
    axes[0].set_xlim(-reach if min(F) < 0 else 0, reach)
    axes[0].axvline(0, color=FIGURE["muted"], linewidth=0.8)
    axes[0].spines["left"].set_visible(False)
    axes[0].tick_params(axis="y", length=0)
    axes[0].set_ylabel("class")
    axes[0].set_xlabel("score")
    axes[0].set_yticks(places)
    axes[0].invert_yaxis()
    axes[1].set_xlim(0, 1.25)
    axes[1].set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
    axes[1].set_xlabel("probability")
    return axes
