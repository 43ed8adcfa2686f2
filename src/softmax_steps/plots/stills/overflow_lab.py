"""The overflow lab as a still picture: what survives, and one way in full."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle

from softmax_steps.palette import OCHRE, ORANGE

SIGNS = {"right": "✓", "wrong": "≠", "inf": "inf", "nan": "nan"}
COLOURS = {"wrong": OCHRE, "inf": ORANGE, "nan": ORANGE}
STEP_NAMES = {
    "score": "score",
    "shifted": "shifted",
    "exponential": "exp",
    "sum": "sum",
    "logarithm": "log sum",
    "result": "P",
}


def draw_overflow_lab(verdicts, steps, *, method_names, dtype_names, breaks, title):
    """Draw what comes out of each method in each float type, and one working below it.

    Parameters
    ----------
    verdicts : list of list of list of str
        For each method and each type, one word per row: right, wrong, inf or nan.
    steps : dict of str to ndarray, shape (N, C) or (N, 1)
        The working of one method in one type, step by step.
    method_names, dtype_names : list of str
        Labels of the methods and of the types.
    breaks : list of ((str, int) or None)
        For each row the step and column where it breaks first; that cell is framed.
    title : str
        Written above the working.

    Returns
    -------
    matplotlib.figure.Figure
    """
    n_rows = len(breaks)
    lines = n_rows * len(steps)
    heights = [len(method_names) + 1, lines + 1]
    figure, (top, bottom) = plt.subplots(
        2, 1, figsize=(5.6, 0.9 + 0.27 * sum(heights)), height_ratios=heights
    )
    for ax, height in zip((top, bottom), heights, strict=True):
        ax.set(xlim=(0, 10.2), ylim=(height, 0), xticks=[], yticks=[])
        ax.spines[:].set_visible(False)
    top.set_title("What comes out (row 0, row 1)", fontweight="normal")
    _draw_verdicts(top, verdicts, method_names, dtype_names)
    bottom.set_title(f"The way: {title}", fontweight="normal")
    result_name = "log P" if "logarithm" in steps else "P"
    for i in range(n_rows):
        for line, (step, values) in enumerate(steps.items()):
            y = i * (len(steps) + 0.5) + line + 0.5
            if line == 0:
                bottom.text(0, y, f"row {i}", va="center", fontweight="bold")
            name = result_name if step == "result" else STEP_NAMES[step]
            bottom.text(3.6, y, name, va="center", ha="right")
            for j, value in enumerate(values[i]):
                x = 7.2 if len(values[i]) == 1 else 5.2 + 2 * j
                if breaks[i] == (step, j):
                    _frame(bottom, x, y, 1.8, ORANGE)
                bottom.text(x, y, _short(value), va="center", ha="center")
    return figure


def _draw_verdicts(ax, verdicts, method_names, dtype_names):
    for t, name in enumerate(dtype_names):
        ax.text(5.2 + 2 * t, 0.5, name, va="center", ha="center")
    for m, name in enumerate(method_names):
        ax.text(0, m + 1.5, name, va="center")
        for t, words in enumerate(verdicts[m]):
            for i, word in enumerate(words):
                x = 5.2 + 2 * t + 0.9 * (i - (len(words) - 1) / 2)
                if word in COLOURS:
                    _frame(ax, x, m + 1.5, 0.82, COLOURS[word])
                ax.text(x, m + 1.5, SIGNS[word], va="center", ha="center")


def _frame(ax, x, y, width, colour):
    box = Rectangle((x - width / 2, y - 0.44), width, 0.88, lw=1.5, ec=colour, fc="none")
    ax.add_patch(box)


def _short(value):
    if not np.isfinite(value) or (value == np.rint(value) and abs(value) < 1e6):
        return f"{value:.0f}".replace("-", "−")
    return f"{value:.3g}".replace("e-0", "e-").replace("e+", "e").replace("-", "−")
