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
        1, 2, figsize=(5.6, 0.36 * len(F) + 0.9), sharey=True, width_ratios=(1.25, 1)
    )
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
    reach = 1.6 * (np.abs(F).max() or 1.0)
    axes[0].set_xlim(-reach if min(F) < 0 else 0, reach)
    # The grips by which the widget's bars are dragged.
    ends = {"marker": "|", "markersize": 17, "markeredgewidth": 4, "linestyle": "none"}
    axes[0].plot(F, places, color=FIGURE["ink"], **ends)
    axes[0].set_ylabel("class")
    axes[0].set_xlabel("score")
    axes[0].set_yticks(places)
    axes[0].invert_yaxis()
    axes[1].set_xlim(0, 1.25)
    axes[1].set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "0.25", "0.5", "0.75", "1"])
    axes[1].set_xlabel("probability")
    return axes
