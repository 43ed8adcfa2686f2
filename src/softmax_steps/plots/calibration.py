"""Pictures for chapter 10: whether probabilities mean what they say."""

import matplotlib.pyplot as plt
import numpy as np

from softmax_steps.figure_style import arranged_for_phones
from softmax_steps.palette import BLUE, ORANGE
from softmax_steps.plots.common import open_panels


@arranged_for_phones
def draw_reliability(diagrams, *, narrow=False):
    """Draw reliability diagrams beside each other: the share that is right against confidence.

    Parameters
    ----------
    diagrams : dict of str to Reliability
        A title for each; ``confidence``, ``accuracy`` and ``count`` of its bins. Empty bins are
        left out; the size of a point grows with its count, which stands beside it.
    narrow : bool
        True for a phone: one diagram below the other.

    Returns
    -------
    ndarray of matplotlib.axes.Axes
        One per diagram.
    """
    count = len(diagrams)
    axes = open_panels(count, narrow=narrow, height=3.3, phone_height=0.4 + 2.9 * count)
    for ax, (title, found) in zip(axes, diagrams.items(), strict=True):
        ax.plot([0, 100], [0, 100], color=plt.rcParams["axes.edgecolor"], ls="--", lw=1)
        full = found.count > 0
        said, right = 100 * found.confidence[full], 100 * found.accuracy[full]
        counts = found.count[full]
        ax.vlines(said, said, right, color=ORANGE, lw=2)
        ax.scatter(said, right, s=20 + 180 * counts / counts.max(), color=BLUE, zorder=3)
        for x, y, n in zip(said, right, counts, strict=True):
            above = y >= x
            ax.annotate(
                str(n),
                (x, y),
                xytext=(0, (7 if above else -7) + np.sign(y - x) * 6 * n / counts.max()),
                textcoords="offset points",
                ha="center",
                va="bottom" if above else "top",
                fontsize=9,
            )
        ax.set_title(title, loc="left", fontweight="normal")
        ax.set(xlim=(0, 109), ylim=(0, 118), aspect="equal")
        ax.set_xticks(range(0, 101, 25))
        ax.set_yticks(range(0, 101, 25))
        if not narrow or ax is axes[-1]:
            ax.set_xlabel("confidence (%)")
        if narrow or ax is axes[0]:
            ax.set_ylabel("right (%)")
    return axes
