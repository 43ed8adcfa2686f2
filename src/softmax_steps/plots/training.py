"""Pictures for chapter 7: learning curves, runs side by side, weights, and what went wrong."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import FixedLocator, MaxNLocator, MultipleLocator, NullLocator

from softmax_steps.figure_style import PHONE_WIDTH, WIDTH, arranged_for_phones
from softmax_steps.palette import BLUE, DARK_ON_COLOUR, GREEN, MAPS, OCHRE, ORANGE, PURPLE
from softmax_steps.plots.common import add_scale

_LINES = ((BLUE, "-"), (ORANGE, "--"), (GREEN, "-."), (PURPLE, ":"), (OCHRE, (0, (6, 2))))


def draw_learning_curves(epochs, train_loss, validation_loss, train_accuracy, validation_accuracy):
    """Draw the losses above and the accuracies below, training and validation in each.

    Parameters
    ----------
    epochs : ndarray, shape (K,)
    train_loss, validation_loss : ndarray, shape (K,)
        In nats.
    train_accuracy, validation_accuracy : ndarray, shape (K,)
        Shares between 0 and 1, drawn in percent.

    Returns
    -------
    ndarray of matplotlib.axes.Axes, shape (2,)
    """
    _, axes = plt.subplots(2, 1, figsize=(WIDTH, 4.8), sharex=True)
    _draw_lines(axes[0], epochs, {"training": train_loss, "validation": validation_loss})
    shares = {"training": 100 * train_accuracy, "validation": 100 * validation_accuracy}
    _draw_lines(axes[1], epochs, shares)
    axes[0].set(ylabel="data loss (nats)", yscale="log")
    axes[0].yaxis.set_major_locator(FixedLocator([0.1, 0.2, 0.5, 1, 2]))
    axes[0].yaxis.set_major_formatter("{x:g}")
    axes[0].yaxis.set_minor_locator(NullLocator())
    axes[1].set(xlabel="epoch", ylabel="accuracy (%)", ylim=(80, 100))
    axes[1].yaxis.set_major_locator(MultipleLocator(5))
    for ax, values in zip(axes, ((train_loss, validation_loss), shares.values()), strict=True):
        _label_ends(ax, ("training", "validation"), [v[-1] for v in values])
    return axes


def draw_runs(epochs, runs, *, quantity, log=False, limits=None):
    """Draw one quantity against the epoch for several runs, each labelled at its end.

    Parameters
    ----------
    epochs : ndarray, shape (K,)
    runs : dict of str to ndarray, shape (K,)
        At most five.
    quantity : str
        The vertical axis's label, with its unit.
    log : bool
        True for a logarithmic vertical axis.
    limits : (float, float), optional
        Of the vertical axis.

    Returns
    -------
    matplotlib.axes.Axes
    """
    _, ax = plt.subplots(figsize=(WIDTH, 3.4))
    _draw_lines(ax, epochs, runs)
    if log:
        ax.set_yscale("log")
        ax.yaxis.set_major_formatter("{x:g}")
    ax.set(xlabel="epoch", ylabel=quantity, ylim=limits)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    _label_ends(ax, list(runs), [values[-1] for values in runs.values()])
    return ax


def draw_strengths(strengths, accuracies):
    """Draw the validation accuracy against λ, one labelled line per training set.

    Parameters
    ----------
    strengths : ndarray, shape (K,)
        λ above 0, on a logarithmic axis.
    accuracies : dict of str to ndarray, shape (K,)
        Two, the upper one first. Shares between 0 and 1, drawn in percent; the largest of
        each line is ringed.

    Returns
    -------
    matplotlib.axes.Axes
    """
    _, ax = plt.subplots(figsize=(WIDTH, 3.4))
    percents = {label: 100 * np.asarray(shares) for label, shares in accuracies.items()}
    _draw_lines(ax, strengths, percents, marker="o")
    lifts = (9, -19)  # the first label above its line, the second below
    for (label, values), (colour, _), lift in zip(percents.items(), _LINES, lifts, strict=False):
        best = int(values.argmax())
        ax.plot(strengths[best], values[best], "o", ms=13, mfc="none", mec=colour, mew=1.5)
        place = (strengths[0], values[0])
        ax.annotate(label, place, xytext=(2, lift), textcoords="offset points")
    ax.set_xscale("log")
    ax.xaxis.set_major_formatter("{x:g}")
    ax.set(xlabel="strength λ", ylabel="validation accuracy (%)", ylim=(80, 100))
    ax.yaxis.set_major_locator(MultipleLocator(5))
    return ax


@arranged_for_phones
def draw_weight_images(weights, *, shape, narrow=False):
    """Draw each model's weights as one image per class, all on one colour scale.

    Parameters
    ----------
    weights : dict of str to ndarray, shape (D, C)
        A title for each model, and its weights; C is even.
    shape : (int, int)
        Height and width of an image; their product is D.
    narrow : bool
        True for a phone: the scale below the images.

    Returns
    -------
    ndarray of matplotlib.axes.Axes, shape (number of models, 2, C/2)
    """
    n_models, n_classes = len(weights), next(iter(weights.values())).shape[1]
    top = max(np.abs(W).max() for W in weights.values())
    size = (PHONE_WIDTH, 2.25 * n_models + 0.7) if narrow else (WIDTH, 2.7 * n_models)
    figure, axes = plt.subplots(2 * n_models, n_classes // 2, figsize=size, squeeze=False)
    blocks = axes.reshape(n_models, 2, -1)
    for block, (title, W) in zip(blocks, weights.items(), strict=True):
        for k, ax in enumerate(block.flat):
            image = ax.imshow(W[:, k].reshape(shape), cmap=MAPS["signed"], vmin=-top, vmax=top)
            ax.set_title(str(k), fontsize=10, loc="center", fontweight="normal", pad=3, y=1.0)
            ax.set_axis_off()
        # With an empty line below it, so that it stands above the digits.
        block[0, 0].set_title(f"{title}\n", loc="left", fontweight="normal", pad=3, y=1.0)
    add_scale(figure, image, axes, label="weight (no unit)", narrow=narrow, shrink=0.5)
    return blocks


def draw_confusion(counts):
    """Draw a confusion matrix: counts as numbers, the mistakes coloured, zeros left out.

    Parameters
    ----------
    counts : ndarray of int, shape (C, C)
        A row for each true class, a column for each predicted one.

    Returns
    -------
    matplotlib.axes.Axes
    """
    _, ax = plt.subplots(figsize=(5.2, 4.8))
    mistakes = np.ma.masked_equal(np.where(np.eye(len(counts), dtype=bool), 0, counts), 0)
    top = max(mistakes.max(), 1) if mistakes.count() else 1
    colour_map = plt.get_cmap(MAPS["mistakes"])
    ax.imshow(mistakes, cmap=colour_map, vmin=0, vmax=1.5 * top)
    for (i, j), count in np.ndenumerate(counts):
        if count:
            on_cell = (
                {} if i == j else {"color": DARK_ON_COLOUR}
            )  # on a coloured cell, not on the page
            weight = "bold" if i == j else "normal"
            ax.text(j, i, str(count), ha="center", va="center", fontweight=weight, **on_cell)
    ax.set_xticks(range(len(counts)))
    ax.set_yticks(range(len(counts)))
    ax.set_xticks(np.arange(len(counts) + 1) - 0.5, minor=True)
    ax.set_yticks(np.arange(len(counts) + 1) - 0.5, minor=True)
    ax.grid(which="minor")
    ax.tick_params(which="both", length=0)
    ax.spines[:].set_visible(False)
    ax.set(xlabel="predicted digit", ylabel="true digit")
    return ax


def _draw_lines(ax, x, runs, **style):
    for values, (colour, dashes) in zip(runs.values(), _LINES, strict=False):
        ax.plot(x, values, linestyle=dashes, color=colour, **style)


def _label_ends(ax, labels, values, *, gap=0.09):
    """Write each label to the right of its line's end, pushed apart where they would touch."""
    ends = (ax.transScale + ax.transLimits).transform([(1, value) for value in values])[:, 1]
    lowest = -np.inf
    for k in np.argsort(ends):
        lowest = max(ends[k], lowest + gap)
        ax.annotate(
            labels[k],
            (1, lowest),
            xycoords="axes fraction",
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
        )
