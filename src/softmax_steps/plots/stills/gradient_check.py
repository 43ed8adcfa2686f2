"""The gradient check as a still picture: the error of measured slopes against the step h."""

import matplotlib.pyplot as plt
import numpy as np

from softmax_steps.palette import BLUE, FIGURE, GREEN, ORANGE
from softmax_steps.plots.common import ten_to_the

LOOKS = {"forward": (ORANGE, "s", "--"), "central": (BLUE, "o", "-"), "complex": (GREEN, "^", "-.")}
APART = 1.2  # two names, one under the other, in powers of ten
FLOOR = 1e-17  # where an error of 0 is drawn, for it has no place on a logarithmic axis


def draw_gradient_check(steps, errors, *, at):
    """Draw each method's error against the step h, and mark one h.

    Parameters
    ----------
    steps : ndarray, shape (K,)
        The steps h, above 0 and rising; both axes are logarithmic.
    errors : dict of str to ndarray, shape (K,)
        Under ``"forward"``, ``"central"`` and ``"complex"`` the relative errors.
    at : int
        Which of the steps to mark.

    Returns
    -------
    matplotlib.axes.Axes
    """
    _, ax = plt.subplots(figsize=(5.6, 3.6))
    ax.axvline(steps[at], color=FIGURE["ink"], linewidth=1)
    for name, values in errors.items():
        colour, marker, style = LOOKS[name]
        shown = np.maximum(values, FLOOR)
        ax.plot(steps, shown, style, color=colour, linewidth=1.6)
        ax.plot(steps[at], shown[at], marker, color=colour, markersize=8)
    # Names at the lines' right ends, in the order in which they lie, and apart from each other.
    ends = {name: np.log10(max(values[-1], FLOOR)) for name, values in errors.items()}
    last = np.inf
    for name in sorted(ends, key=lambda name: -ends[name]):
        last = min(ends[name], last - APART)
        label = "complex step" if name == "complex" else name
        ax.annotate(
            label, (steps[-1], 10.0**last), xytext=(8, 0), textcoords="offset points", va="center"
        )
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.grid(axis="y", color=FIGURE["grid"], linewidth=0.8)
    ax.set_axisbelow(True)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(ten_to_the)
    ax.set(ylim=(FLOOR / 2, None), xlabel="step h", ylabel="relative error")
    return ax
