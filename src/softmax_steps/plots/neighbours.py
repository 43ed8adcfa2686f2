"""Pictures for chapter 10: the choice of k, and what a lead costs under each loss."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import FixedLocator, MultipleLocator, NullLocator

from softmax_steps.figure_style import WIDTH
from softmax_steps.palette import BLUE, GREEN, ORANGE

_LINES = ((BLUE, "-"), (ORANGE, "--"), (GREEN, "-."))


def draw_choice_of_k(ks, accuracies, *, lowest=70):
    """Draw the accuracy against the number of neighbours, one labelled line for each set.

    Parameters
    ----------
    ks : sequence of int, K of them
        The numbers of neighbours, on a logarithmic axis.
    accuracies : dict of str to ndarray, shape (K,)
        At most three. Shares between 0 and 1, drawn in percent; the largest of each is ringed.
    lowest : float
        Where the vertical axis begins, in percent.

    Returns
    -------
    matplotlib.axes.Axes
    """
    _, ax = plt.subplots(figsize=(WIDTH, 3.6))
    for (label, shares), (colour, dashes) in zip(accuracies.items(), _LINES, strict=False):
        percents = 100 * np.asarray(shares)
        best = int(percents.argmax())
        ax.plot(ks, percents, linestyle=dashes, marker="o", color=colour, label=label)
        ax.plot(ks[best], percents[best], "o", ms=13, mfc="none", mec=colour, mew=1.5)
    ax.set_xscale("log")
    ax.xaxis.set_major_locator(FixedLocator(ks))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter("{x:g}")
    ax.yaxis.set_major_locator(MultipleLocator(10))
    ax.set(xlabel="neighbours k", ylabel="accuracy (%)", ylim=(lowest, 102))
    ax.legend(loc="lower center", handlelength=3)
    return ax


def draw_lead_prices(leads, prices):
    """Draw what each loss asks for a lead of the true class over one other.

    Parameters
    ----------
    leads : ndarray, shape (K,)
        The true class's score less the other's.
    prices : dict of str to ndarray, shape (K,)
        At most three losses.

    Returns
    -------
    matplotlib.axes.Axes
    """
    _, ax = plt.subplots(figsize=(WIDTH, 3.0))
    ax.axvline(1, color=plt.rcParams["axes.edgecolor"], ls=":", lw=1)
    for (label, values), (colour, dashes) in zip(prices.items(), _LINES, strict=False):
        ax.plot(leads, values, linestyle=dashes, color=colour, label=label)
    ax.annotate(
        "the margin",
        (1, 0.97),
        xycoords=("data", "axes fraction"),
        xytext=(5, 0),
        textcoords="offset points",
        va="top",
    )
    ax.set(xlabel="lead of the true class (no unit)", ylabel="loss of the sample")
    ax.set_xlim(leads[0], leads[-1])
    ax.legend(loc="upper right", handlelength=3, bbox_to_anchor=(1, 0.88))
    return ax
