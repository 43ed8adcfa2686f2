"""Where the time goes, as a still picture: the roof of a machine and one problem's place."""

import matplotlib.pyplot as plt
import numpy as np

from softmax_steps.palette import BLUE, FIGURE, ORANGE
from softmax_steps.plots.common import ten_to_the

FROM, TO = 0.1, 2e5  # multiplications for each byte


def draw_where_the_time_goes(roof, place):
    """Draw a machine's roof, its two parts in two colours, and a place below it.

    Parameters
    ----------
    roof : (float, float)
        Multiplications a second, and bytes a second from memory.
    place : (float, float)
        Multiplications for each byte, and a second, of one problem.

    Returns
    -------
    matplotlib.axes.Axes
    """
    rate, bandwidth = roof
    ridge = rate / bandwidth
    _, ax = plt.subplots(figsize=(5.6, 3.4))
    ax.plot([FROM, ridge], [FROM * bandwidth, rate], color=BLUE)
    ax.plot([ridge, TO], [rate, rate], "--", color=ORANGE)
    ax.plot([place[0], place[0]], [FROM * bandwidth, place[1]], ":", color=FIGURE["ink"], lw=1.2)
    ax.plot(*place, "o", color=FIGURE["ink"], ms=8)
    ax.annotate("memory", (FROM, FROM * bandwidth), xytext=(28, 8), textcoords="offset points")
    ax.annotate("arithmetic", (TO, rate), xytext=(0, 6), textcoords="offset points", ha="right")
    ax.set(xscale="log", yscale="log", ylim=(FROM * bandwidth, 3 * rate))
    ax.set(xlabel="multiplications for each byte of X", ylabel="multiplications a second")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(ten_to_the)
    ax.xaxis.set_major_locator(plt.FixedLocator(10.0 ** np.arange(-1, 6)))
    return ax
