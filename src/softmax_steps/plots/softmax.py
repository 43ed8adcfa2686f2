"""Pictures of step 3: rival shares, scores that become probabilities, temperature, one-hot."""

import matplotlib.pyplot as plt
import numpy as np

from softmax_steps.palette import BLUE, FIGURE, MAPS, ORANGE
from softmax_steps.plots.common import CLASS_COLOURS


def draw_shares(score, shares):
    """Draw one class's share against its own score, a small panel for each rule.

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
        lines, 2, figsize=(5.6, 1.7 * lines + 0.4), sharex=True, sharey=True, squeeze=False
    )
    for ax in axes.flat[len(shares) :]:
        ax.set_axis_off()
    for k, (ax, (name, share)) in enumerate(zip(axes.flat, shares.items(), strict=False)):
        ax.axhline(0, color=FIGURE["grid"], linewidth=0.8)
        ax.axhline(1, color=FIGURE["grid"], linewidth=0.8)
        ax.plot(score, share, color=BLUE if k == len(shares) - 1 else ORANGE)
        ax.set_title(name, fontweight="normal")
        if k >= len(shares) - 2:  # nothing stands below it
            ax.tick_params(labelbottom=True)
    figure.supxlabel("score of class 0", fontsize=11)
    figure.supylabel("share of class 0", fontsize=11)
    return axes.ravel()[: len(shares)]


def draw_pipeline(stages, *, class_names, digits=3):
    """Draw one sample's numbers stage by stage, a bar for each class.

    Parameters
    ----------
    stages : dict of str to ndarray, shape (C,)
        A title and the C numbers of each stage, in their order.
    class_names : sequence of str
    digits : int
        Decimals written beside each bar.

    Returns
    -------
    ndarray of matplotlib.axes.Axes, one per stage
    """
    n_classes = len(class_names)
    _, axes = plt.subplots(
        1, len(stages), figsize=(5.6, 0.45 * n_classes + 0.8), sharey=True, squeeze=False
    )
    for ax, (title, numbers) in zip(axes[0], stages.items(), strict=True):
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
    axes[0, 0].set_yticks(range(n_classes), class_names)
    axes[0, 0].invert_yaxis()
    return axes[0]


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
    figure, axes = plt.subplots(1, len(P), figsize=(5.6, 2.4), sharey=True, squeeze=False)
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
    _, axes = plt.subplots(1, 3, figsize=(5.6, 3.1), width_ratios=(1, 1.4, 1.4))
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
