"""Pictures of step 4: what a probability costs, how hard it pulls, a product that vanishes."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle

from softmax_steps.figure_style import WIDTH
from softmax_steps.palette import BLUE, FIGURE, GREEN, ORANGE
from softmax_steps.plots.common import draw_matrix

LINES = ((BLUE, "-"), (ORANGE, "--"), (GREEN, "-."))


def draw_prices(p, prices, *, labels_at, batch_p, batch_losses):
    """Draw what the true class's probability costs under several rules, and a batch on the first.

    Parameters
    ----------
    p : ndarray, shape (K,)
        Probabilities of the true class.
    prices : dict of str to ndarray, shape (K,)
        Up to three rules: name and price; the first is in nats.
    labels_at : sequence of (float, float)
        Where each rule's name begins, in data coordinates.
    batch_p, batch_losses : ndarray, shape (N,)
        The samples to mark on the first rule.

    Returns
    -------
    matplotlib.axes.Axes
    """
    _, ax = plt.subplots(figsize=(WIDTH, 3.6))
    _draw_labelled(ax, p, prices, labels_at)
    ax.plot(batch_p, batch_losses, "o", color=BLUE)
    for x, y in zip(batch_p, batch_losses, strict=True):
        ax.annotate(
            f"{y:.2f}", (x, y), xytext=(7, 3), textcoords="offset points", fontsize=10, va="bottom"
        )
    ax.set(xlabel="probability of the true class", ylabel="price (nats for −log p)")
    ax.set_xlim(0, 1)
    ax.set_ylim(0, None)
    return ax


def draw_pulls(lead, pulls, *, labels_at):
    """Draw how fast each price falls when the true class's score rises.

    Parameters
    ----------
    lead : ndarray, shape (K,)
        The true class's score minus the other's; left of 0 the model is wrong.
    pulls : dict of str to ndarray, shape (K,)
        Up to three rules: name and size of the slope per unit of score.
    labels_at : sequence of (float, float)
        Where each rule's name begins, in data coordinates.

    Returns
    -------
    matplotlib.axes.Axes
    """
    _, ax = plt.subplots(figsize=(WIDTH, 3.3))
    _draw_labelled(ax, lead, pulls, labels_at)
    ax.axvline(0, color=FIGURE["grid"], linewidth=0.8, zorder=0)
    ax.set(
        xlabel="lead of the true class (units of score)", ylabel="pull (price per unit of score)"
    )
    ax.set_xlim(lead[0], lead[-1])
    ax.set_ylim(0, None)
    return ax


def draw_learnt(paths, *, labels_at):
    """Draw how the true class's probability rises while each price is stepped down.

    Parameters
    ----------
    paths : dict of str to ndarray, shape (K,)
        Up to three rules: name and the probability before each step, from step 0 on.
    labels_at : sequence of (float, float)
        Where each rule's name begins, in data coordinates.

    Returns
    -------
    matplotlib.axes.Axes
    """
    _, ax = plt.subplots(figsize=(WIDTH, 3.3))
    n_steps = max(len(path) for path in paths.values())
    steps = np.arange(1, n_steps)  # a logarithmic axis has no step 0
    _draw_labelled(ax, steps, {name: path[1:] for name, path in paths.items()}, labels_at)
    ax.set_xscale("log")
    ax.xaxis.set_major_formatter(lambda step, _: f"{step:g}")
    ax.set(xlabel="steps", ylabel="probability of the true class")
    ax.set_xlim(1, n_steps - 1)
    ax.set_ylim(0, 1)
    return ax


def _draw_labelled(ax, x, curves, labels_at):
    for (name, y), (colour, style), place in zip(curves.items(), LINES, labels_at, strict=False):
        ax.plot(x, y, color=colour, linestyle=style)
        ax.text(*place, name)


def draw_running_product(product_exponent, log_exponent, *, smallest):
    """Draw how small the product of the first n probabilities gets, by two roads.

    Parameters
    ----------
    product_exponent : ndarray, shape (N,)
        Power of ten of the product as it is stored; −inf where it is stored as 0.
    log_exponent : ndarray, shape (N,)
        The same power of ten, from the sum of the logarithms.
    smallest : float
        Power of ten of the smallest number that the product's type can hold.

    Returns
    -------
    matplotlib.axes.Axes
    """
    _, ax = plt.subplots(figsize=(WIDTH, 3.2))
    n = np.arange(1, len(log_exponent) + 1)
    stored = np.isfinite(product_exponent)
    ax.plot(n, log_exponent, color=BLUE, linestyle="--", linewidth=1.5)
    ax.plot(n[stored], np.asarray(product_exponent)[stored], color=ORANGE, linewidth=4, alpha=0.8)
    ax.axhline(smallest, color=FIGURE["muted"], linewidth=0.8)
    if not stored.all():
        last = int(n[stored][-1])
        ax.plot(last, product_exponent[last - 1], "X", color=ORANGE, markersize=9)
        ax.text(0.5 * last, 0.55 * smallest, "product", ha="right", va="top")
    ax.text(n[-1], smallest, "smallest float64", ha="right", va="bottom", fontsize=10)
    middle = int(0.8 * len(n))
    ax.text(n[middle], log_exponent[middle] * 1.06, "sum of logs", ha="right", va="top")
    ax.set(xlabel="number of samples so far", ylabel="power of ten")
    return ax


def draw_chosen(values, y, *, class_names, digits=3):
    """Draw a matrix and frame the one entry in each row that belongs to the true class.

    Parameters
    ----------
    values : ndarray, shape (N, C)
        Log-probabilities, or another number for each sample and class.
    y : ndarray of int, shape (N,)
        True labels.
    class_names : sequence of str
    digits : int
        Decimals written in each cell.

    Returns
    -------
    matplotlib.axes.Axes
    """
    _, ax = plt.subplots(figsize=(4.4, 0.55 * len(y) + 0.9))
    draw_matrix(
        ax,
        values,
        row_labels=[f"sample {i + 1}" for i in range(len(y))],
        column_labels=class_names,
        digits=digits,
    )
    for i, j in enumerate(y):
        ax.add_patch(
            Rectangle((j - 0.47, i - 0.45), 0.94, 0.9, fill=False, edgecolor=ORANGE, linewidth=3)
        )
    return ax
