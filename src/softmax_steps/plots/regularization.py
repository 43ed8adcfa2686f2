"""Pictures for step 5: what the penalty does to the loss, the weights and the learning."""

import matplotlib.pyplot as plt
import numpy as np

from softmax_steps.figure_style import WIDTH
from softmax_steps.palette import BLUE, FIGURE, GREEN, ORANGE, PURPLE
from softmax_steps.plots.common import ten_to_the

_LINES = ((BLUE, "-"), (GREEN, "--"), (ORANGE, "-."), (PURPLE, ":"))


def draw_loss_against_scale(scales, losses):
    """Draw the loss of s·W against the scale s, one line per strength λ.

    Parameters
    ----------
    scales : ndarray, shape (K,)
        The scales s, above 0; both axes are logarithmic.
    losses : dict of float to ndarray, shape (K,)
        For each λ the losses in nats. The lowest point of each line is marked, unless it
        is the last one: then the line is still falling.

    Returns
    -------
    matplotlib.axes.Axes
    """
    _, ax = plt.subplots()
    for (strength, values), (colour, style) in zip(losses.items(), _LINES, strict=False):
        values = np.asarray(values)
        ax.plot(scales, values, style, color=colour)
        lowest = int(values.argmin())
        if lowest < len(values) - 1:
            ax.plot(scales[lowest], values[lowest], "o", color=colour)
        ax.annotate(
            f"λ = {strength:g}",
            (scales[-1], values[-1]),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
        )
    ax.set_xscale("log")
    ax.set_yscale("log")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(ten_to_the)
    ax.set(xlabel="scale s of the weights s·W", ylabel="loss L (nats)")
    return ax


def draw_learning_by_heart(steps, train, validation, penalised, *, strength):
    """Draw losses against the gradient step: training, held out, and held out with a penalty.

    Parameters
    ----------
    steps : ndarray, shape (K,)
        Step numbers from 1, drawn on a logarithmic axis.
    train, validation, penalised : ndarray, shape (K,)
        Mean cross-entropies in nats: on the training samples without a penalty, on the
        held-out samples without, and on the held-out samples with the penalty.
    strength : float
        The λ of the last one.

    Returns
    -------
    matplotlib.axes.Axes
    """
    _, ax = plt.subplots()
    ax.plot(steps, train, color=BLUE)
    ax.plot(steps, validation, color=ORANGE)
    ax.plot(steps, penalised, "--", color=GREEN)
    ax.set_xscale("log")
    ax.xaxis.set_major_formatter("{x:g}")
    ax.set(xlabel="gradient step", ylabel="mean cross-entropy (nats)")
    ax.set_ylim(bottom=0)
    for text, values, up in (
        ("training", train, 0),
        ("held out, λ = 0", validation, 8),
        (f"held out, λ = {strength:g}", penalised, -8),
    ):
        ax.annotate(
            text,
            (steps[-1], values[-1]),
            xytext=(6, up),
            textcoords="offset points",
            va="center",
        )
    return ax


def draw_penalties(w, penalties, slopes):
    """Draw what one weight costs, and below it the slope, for several penalties.

    Parameters
    ----------
    w : ndarray, shape (K,)
        Values of one weight.
    penalties, slopes : dict of str to ndarray, shape (K,)
        Under each penalty's short name its values and its derivative. A jump in a slope
        is drawn as a gap where the array holds NaN.

    Returns
    -------
    ndarray of matplotlib.axes.Axes, shape (2,)
    """
    _, axes = plt.subplots(2, 1, figsize=(WIDTH, 5.2), sharex=True)
    for ax, curves in zip(axes, (penalties, slopes), strict=True):
        for (name, values), (colour, style) in zip(curves.items(), _LINES, strict=False):
            ax.plot(w, values, style, color=colour, label=name)
        ax.axvline(0, color=FIGURE["muted"], linewidth=0.6, zorder=0)
    axes[1].axhline(0, color=FIGURE["muted"], linewidth=0.6, zorder=0)
    axes[0].set_ylabel("price at λ = 1 (nats)")
    axes[1].set(xlabel="one weight w", ylabel="pull (nats per unit)")
    axes[0].legend(loc="upper center")
    return axes
