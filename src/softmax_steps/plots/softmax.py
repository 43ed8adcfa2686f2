"""Pictures of step 3: rival shares, scores that become probabilities, temperature, one-hot."""

import matplotlib.pyplot as plt
import numpy as np

from softmax_steps.figure_style import PHONE_WIDTH, WIDTH, arranged_for_phones
from softmax_steps.palette import BLUE, FIGURE, MAPS, ORANGE
from softmax_steps.plots.common import CLASS_COLOURS


def draw_shares(score, shares):
    """Draw one class's share against its own score, a small panel for each rule.

    An odd number of rules leaves no empty place: the last panel is as wide as two.

    Parameters
    ----------
    score : ndarray, shape (K,)
        The score that varies.
    shares : dict of str to ndarray, shape (K,)
        For each rule its name and the share it gives; NaN leaves a gap.

    Returns
    -------
    ndarray of matplotlib.axes.Axes, one per rule
    """
    lines = -(-len(shares) // 2)
    figure, axes = plt.subplots(
        lines, 2, figsize=(WIDTH, 1.7 * lines + 0.4), sharex=True, sharey=True, squeeze=False
    )
    axes = axes.ravel()
    if len(shares) % 2:
        last = axes[-2].get_subplotspec().get_gridspec()[-1, :]
        axes[-1].remove()
        axes = axes[:-1]
        axes[-1].set_subplotspec(last)
    for k, (ax, (name, share)) in enumerate(zip(axes, shares.items(), strict=True)):
        ax.axhline(0, color=FIGURE["grid"], linewidth=0.8)
        ax.axhline(1, color=FIGURE["grid"], linewidth=0.8)
        ax.plot(score, share, color=BLUE if k == len(shares) - 1 else ORANGE)
        ax.set_title(name, fontweight="normal")
    figure.supxlabel("score of class 0", fontsize=11)
    figure.supylabel("share of class 0", fontsize=11)
    return axes


@arranged_for_phones
def draw_pipeline(stages, *, class_names, digits=3, narrow=False):
    """Draw one sample's numbers stage by stage, a bar for each class.

    Parameters
    ----------
    stages : dict of str to ndarray, shape (C,)
        A title and the C numbers of each stage, in their order.
    class_names : sequence of str
    digits : int
        Decimals written beside each bar.
    narrow : bool
        True for a phone: two stages in a line.

    Returns
    -------
    ndarray of matplotlib.axes.Axes, one per stage
    """
    n_classes = len(class_names)
    columns = 2 if narrow else len(stages)
    lines = -(-len(stages) // columns)
    size = (PHONE_WIDTH if narrow else WIDTH, (0.45 * n_classes + 0.8) * lines)
    axes = plt.subplots(lines, columns, figsize=size, sharey=True, squeeze=False)[1].ravel()
    for ax in axes[len(stages) :]:
        ax.set_axis_off()
    axes = axes[: len(stages)]
    for ax, (title, numbers) in zip(axes, stages.items(), strict=True):
        colours = [CLASS_COLOURS[k % len(CLASS_COLOURS)] for k in range(n_classes)]
        bars = ax.barh(range(n_classes), numbers, color=colours, height=0.6)
        texts = [f"{number:.{digits}f}".replace("-", "−") for number in numbers]
        ax.bar_label(bars, texts, padding=3, fontsize=10)
        low, high = min(0, *numbers), max(0, *numbers)
        span = (high - low) or 1.0
        ax.set_xlim(low - 0.7 * span * (low < 0), high + 0.7 * span * (high > 0 or low == 0))
        ax.axvline(0, color=FIGURE["muted"], linewidth=0.8)
        ax.set_title(title, fontweight="normal", fontsize=10)
        ax.set_xticks([])
        ax.spines[["bottom", "left"]].set_visible(False)
        ax.tick_params(length=0)
    axes[0].set_yticks(range(n_classes), class_names)
    axes[0].invert_yaxis()
    return axes


def draw_temperatures(temperatures, P):
    """Draw the probabilities of one sample at several temperatures, side by side.

    Parameters
    ----------
    temperatures : sequence of float
    P : ndarray, shape (K, C)
        One row of probabilities for each temperature.

    Returns
    -------
    ndarray of matplotlib.axes.Axes, shape (K,)
    """
    P = np.asarray(P)
    figure, axes = plt.subplots(1, len(P), figsize=(WIDTH, 2.4), sharey=True, squeeze=False)
    classes = np.arange(P.shape[1])
    for ax, temperature, row in zip(axes[0], temperatures, P, strict=True):
        ax.bar(classes, row, color=BLUE)
        ax.set_title(f"T = {temperature:g}", fontweight="normal")
        ax.set_xticks(classes[:: 1 if len(classes) < 6 else 3])
        ax.set_ylim(0, 1.02)
    axes[0, 0].set_ylabel("probability")
    figure.supxlabel("class", fontsize=11)
    return axes[0]


def draw_output_and_target(image, output, target, *, shape):
    """Draw a sample, the probabilities that came out, and the one-hot row that was asked for.

    Parameters
    ----------
    image : ndarray, shape (D,)
        The sample's pixels.
    output, target : ndarray, shape (C,)
        The row of probabilities and the one-hot row.
    shape : (int, int)
        Height and width of the image; their product is D.

    Returns
    -------
    ndarray of matplotlib.axes.Axes, shape (3,)
        Image, output, target.
    """
    _, axes = plt.subplots(1, 3, figsize=(WIDTH, 3.1), width_ratios=(1, 1.4, 1.4))
    axes[0].imshow(np.reshape(image, shape), cmap=MAPS["ink"])
    axes[0].set_axis_off()
    for ax, row, title, colour in (
        (axes[1], output, "output P", BLUE),
        (axes[2], target, "target Y", ORANGE),
    ):
        ax.barh(range(len(row)), row, color=colour)
        ax.set_title(title, fontweight="normal")
        ax.set_xlim(0, 1.02)
        ax.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
        ax.set_xlabel("probability")
        ax.set_yticks(range(len(row)))
        ax.invert_yaxis()
    axes[1].set_ylabel("class")
    return axes
