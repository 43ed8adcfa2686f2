"""Pictures of step 2, the overflow guard. Chapter ``book/02_overflow_guard.md``."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle

from softmax_steps.figure_style import PHONE_WIDTH, WIDTH, arranged_for_phones
from softmax_steps.palette import BLUE, LIGHT_ON_COLOUR, MAPS, ORANGE
from softmax_steps.plots.common import CLASS_COLOURS, CLASS_MARKERS, add_scale


def draw_number_line(exponents, *, lowest, highest, row_names):
    """Draw where the exponents lie for several guards, and where the exponential can be stored.

    Parameters
    ----------
    exponents : dict of str to ndarray, shape (N, C)
        The name of a guard, and the exponents that it leaves; from top to bottom. N ≤ 3.
    lowest, highest : float
        Below ``lowest`` the exponential is stored as 0, above ``highest`` as inf.
    row_names : sequence of str
        One label per row of the matrices, written at the row in each line.

    Returns
    -------
    ndarray of matplotlib.axes.Axes
        One per guard.
    """
    size = (WIDTH, 0.4 + 1.05 * len(exponents))
    axes = plt.subplots(len(exponents), 1, sharex=True, squeeze=False, figsize=size)[1][:, 0]
    everything = np.concatenate([rows.ravel() for rows in exponents.values()])
    margin = 0.35 * (highest - lowest)  # room for a row's name on a phone
    left = min(everything.min(), lowest) - margin
    right = max(everything.max(), highest) + margin
    for ax, (name, rows) in zip(axes, exponents.items(), strict=True):
        ax.axvspan(lowest, highest, color=BLUE, alpha=0.22, lw=0)
        for k, row in enumerate(rows):
            y = (k - (len(rows) - 1) / 2) * 0.5
            ax.plot(
                row,
                np.full_like(row, y),
                CLASS_MARKERS[k],
                color=CLASS_COLOURS[k],
                ms=7,
                mec=LIGHT_ON_COLOUR,
                mew=0.5,
            )
            ax.annotate(
                row_names[k],
                (row.min(), y),
                xytext=(-7, 0),
                textcoords="offset points",
                ha="right",
                va="center",
            )
        ax.set(xlim=(left, right), ylim=(0.9, -0.9), yticks=[])
        ax.set_title(name, loc="left", fontweight="normal")
        ax.spines["left"].set_visible(False)
    ticks = (lowest, 0, highest)
    axes[-1].set_xticks(ticks, [f"{tick:.0f}".replace("-", "−") for tick in ticks])
    axes[-1].set_xlabel("exponent of e (no unit); shaded: can be stored")
    return axes


@arranged_for_phones
def draw_dead_rows(probabilities, *, row_labels, row_label_title, narrow=False):
    """Draw probabilities as heat maps; a row that holds a NaN is crossed out.

    Parameters
    ----------
    probabilities : dict of str to ndarray, shape (N, C)
        A title and the matrix below it.
    row_labels : sequence of str
        One label per row.
    row_label_title : str
        What the row labels tell.
    narrow : bool
        True for a phone: the scale below the maps, a mark at every third class.

    Returns
    -------
    ndarray of matplotlib.axes.Axes
        One per matrix.
    """
    size = (PHONE_WIDTH, 3.9) if narrow else (WIDTH, 3.0)
    axes = plt.subplots(1, len(probabilities), figsize=size, sharey=True, squeeze=False)[1][0]
    for ax, (title, P) in zip(axes, probabilities.items(), strict=True):
        image = ax.imshow(P, cmap=MAPS["share"], vmin=0, vmax=1, aspect="auto")
        for i in np.flatnonzero(np.isnan(P).any(axis=1)):
            ax.add_patch(
                Rectangle(
                    (-0.5, i - 0.5), P.shape[1], 1, fill=False, hatch="////", edgecolor=ORANGE, lw=0
                )
            )
        ax.set_title(title, loc="left", fontweight="normal")
        ax.set_xticks(range(0, P.shape[1], 3 if narrow else 1))
        ax.set_xlabel("class")
        ax.tick_params(length=0)
    axes[0].set_yticks(range(len(row_labels)), row_labels)
    axes[0].set_ylabel(row_label_title)
    add_scale(axes[0].figure, image, axes, label="probability", narrow=narrow)
    return axes
