"""The widget of the drawn digit as a still picture: the drawing, its counts, bars."""

import matplotlib.pyplot as plt
import numpy as np

from softmax_steps.palette import BLUE, FIGURE, MAPS, OCHRE


def draw_draw_a_digit(bitmap, counts, F, P=None):
    """Draw a drawing, its counts, its ten scores and their probabilities.

    Parameters
    ----------
    bitmap : ndarray of bool, shape (32, 32)
    counts : ndarray of int, shape (8, 8)
        From 0 to 16.
    F : ndarray, shape (10,)
        Scores.
    P : ndarray, shape (10,), optional
        Probabilities; without them, the scores alone.

    Returns
    -------
    ndarray of matplotlib.axes.Axes
        The drawing, the counts, the scores, and the probabilities if there are any.
    """
    bars = [(F, OCHRE, 1, "score")]
    if P is not None:
        bars.append((P, BLUE, 3, "probability"))
    figure, axes = plt.subplots(
        2, 2, figsize=(5.6, 5.4), height_ratios=(1, 1.15), layout="constrained"
    )
    axes = axes.ravel()
    for ax, picture, top, name in ((axes[0], bitmap, 1, "drawn"), (axes[1], counts, 16, "counted")):
        ax.imshow(picture, cmap=MAPS["ink"], vmin=0, vmax=top)
        ax.set_title(name, fontsize=10, fontweight="normal", loc="center", pad=3)
        ax.set_xticks([])
        ax.set_yticks([])
        for spine in ax.spines.values():
            spine.set(visible=True, color=FIGURE["grid"])
    places = np.arange(len(F))
    for ax, (numbers, colour, digits, name) in zip(axes[2:], bars, strict=False):
        drawn = ax.barh(places, numbers, color=colour, height=0.6)
        texts = [f"{value:.{digits}f}".replace("-", "−") for value in numbers]
        labels = ax.bar_label(drawn, texts, padding=4, fontsize=9)
        labels[int(np.argmax(F))].set_fontweight("bold")
        ax.axvline(0, color=FIGURE["muted"], linewidth=0.8)
        ax.spines["left"].set_visible(False)
        ax.grid(visible=False)
        ax.set_yticks(places)
        ax.tick_params(axis="y", length=0)
        ax.set_xlabel(name)
        ax.invert_yaxis()
    reach = 1.5 * (np.abs(F).max() or 1.0)
    axes[2].set_xlim(-reach, reach)
    axes[2].set_ylabel("class")
    if P is None:
        figure.delaxes(axes[3])
    else:
        axes[3].set_xlim(0, 1.3)
        axes[3].set_xticks([0, 0.5, 1])
    return axes[: 2 + len(bars)]
