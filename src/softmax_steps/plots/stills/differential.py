"""The differential as a still picture: the loss along one weight, and what its tangent misses."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import LogLocator

from softmax_steps.figure_style import PHONE_WIDTH, WIDTH, arranged_for_phones
from softmax_steps.palette import BLUE, FIGURE, GREEN, ORANGE
from softmax_steps.plots.common import ten_to_the

FLOOR = 1e-21  # where a difference of 0 is drawn, for it has no place on a logarithmic axis


@arranged_for_phones
def draw_differential(along, change, stops, sizes, *, slope, step, missed, narrow=False):
    """Draw a loss along one weight with its tangent, and how both parts of its change shrink.

    Parameters
    ----------
    along, change : ndarray, shape (K,)
        Steps from 0 on, and the change of the loss for each, in nats.
    stops : ndarray, shape (M,)
        Steps above 0 and rising, for logarithmic axes.
    sizes : dict of str to ndarray, shape (M,)
        Under ``"dL"``, ``"missed"`` and ``"subtracted"`` the sizes of the first-order change, of
        what it misses, and of the miss as two losses give it, in nats.
    slope : float
        Of the tangent.
    step, missed : float
        The step to mark, and what dL misses there.
    narrow : bool
        True for a phone: one picture above the other.

    Returns
    -------
    (matplotlib.axes.Axes, matplotlib.axes.Axes)
    """
    size, shape = ((PHONE_WIDTH, 4.8), (2, 1)) if narrow else ((WIDTH, 2.9), (1, 2))
    _, (left, right) = plt.subplots(*shape, figsize=size)
    left.plot(along, change, color=GREEN)
    left.plot([0, along[-1]], [0, slope * along[-1]], "--", color=BLUE)
    left.plot([step, step], [slope * step, slope * step + missed], color=ORANGE, linewidth=3)
    left.plot(step, slope * step + missed, "o", color=GREEN)
    ends = {"loss": change[-1], "dL": slope * along[-1]}
    for name, end in ends.items():
        is_upper = end == max(ends.values())
        left.annotate(
            name, (along[-1], end), xytext=(5, 4 if is_upper else -4), textcoords="offset points",
            va="center",
        )  # fmt: skip
    left.set(xlabel="step", ylabel="change of the loss (nats)")

    right.axvline(step, color=FIGURE["ink"], linewidth=1)
    right.loglog(stops, np.maximum(sizes["subtracted"], FLOOR), color=FIGURE["muted"], linewidth=1)
    right.loglog(stops, sizes["dL"], "--", color=BLUE)
    right.loglog(stops, sizes["missed"], color=ORANGE)
    at = len(stops) // 2
    right.annotate(
        "dL", (stops[at], sizes["dL"][at]), xytext=(-4, 6), textcoords="offset points", ha="right"
    )
    right.annotate(
        "missed", (stops[at], sizes["missed"][at]), xytext=(8, -8), textcoords="offset points"
    )
    right.annotate(
        "by\nsubtraction", (stops[0], 1e-15), xytext=(0, 3), textcoords="offset points",
        fontsize=10,
    )  # fmt: skip
    for axis in (right.xaxis, right.yaxis):
        axis.set_major_formatter(ten_to_the)
        axis.set_major_locator(LogLocator(numticks=5))
    right.set(ylim=(FLOOR, 10), xlabel="step", ylabel="nats")
    return left, right
