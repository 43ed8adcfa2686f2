"""The overflow lab as a still picture: the line of exponents, and what comes out of each way."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle

from softmax_steps.palette import BLUE, LIGHT_ON_COLOUR, OCHRE, ORANGE
from softmax_steps.plots.common import CLASS_COLOURS, CLASS_MARKERS

SIGNS = {"right": "✓", "wrong": "≠", "inf": "inf", "nan": "nan"}
COLOURS = {"wrong": OCHRE, "inf": ORANGE, "nan": ORANGE}
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def draw_overflow_lab(scores, steps, verdicts, *, walls, titles, method_names, dtype_names):
    """Draw the scores and the exponents between a type's walls, and the verdicts below them.

    Parameters
    ----------
    scores : list of list of int, shape (N, C)
        As they are before a float type holds them. C ≤ 3.
    steps : dict of str to ndarray, shape (N, C)
        ``shifted``, the exponents that one method leaves, and ``exponential``, what one type
        stores for e to their power.
    verdicts : list of list of list of str
        For each method and each type, one word per row: right, wrong, inf or nan.
    walls : (float, float, float)
        The exponents below which a 0 is stored, below which e^f fades, above which it is inf.
    titles : (str, str)
        Of the scores and of the exponents.
    method_names, dtype_names : list of str
        Labels of the methods and of the types.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, (top, middle, bottom) = plt.subplots(
        3, 1, figsize=(5.6, 5.4), height_ratios=[1, 1, 0.95]
    )
    values = np.array(scores, dtype=float)
    _draw_line(top, values, [[f"{v}" for v in row] for row in scores], walls)
    powers = [
        [f"e{f'{v:.0f}'.translate(RAISED)} = {_short(e)}" for v, e in zip(*pair, strict=True)]
        for pair in zip(steps["shifted"], steps["exponential"], strict=True)
    ]
    _draw_line(middle, steps["shifted"].astype(float), powers, walls)
    top.set_xticks([])
    for ax, title in zip((top, middle), titles, strict=True):
        ax.set_title(title, loc="left", fontweight="normal")
    low, fades, high = walls
    left, right = top.get_xlim()
    for x, name, place in (
        ((left + low) / 2, "stored as 0", "center"),
        (low, " fades", "left"),
        ((fades + high) / 2, "$e^f$ can be stored", "center"),
        ((high + right) / 2, "inf", "center"),
    ):
        top.text(x, 0.35, name, ha=place, va="center")
    _draw_verdicts(bottom, verdicts, method_names, dtype_names)
    return figure


def _draw_line(ax, values, labels, walls):
    low, fades, high = walls
    left, right = low - 0.5 * (high - low), high + 0.4 * (high - low)
    ax.axvspan(low, fades, color=BLUE, alpha=0.1, lw=0)
    ax.axvspan(fades, high, color=BLUE, alpha=0.22, lw=0)
    for wall in (low, high):
        ax.axvline(wall, color=BLUE, lw=1.5)
    last = 1.0
    for i, row in enumerate(values):
        for j, value in enumerate(row):
            last = 1.1 + 3.4 * i + j
            if np.isnan(value):
                ax.text(0, last, "nan: not on the line", ha="center", va="center")
                continue
            place = np.clip(value, left, right)
            ax.plot(
                [place],
                [last],
                CLASS_MARKERS[j],
                color=CLASS_COLOURS[j],
                ms=6,
                mec=LIGHT_ON_COLOUR,
                mew=0.5,
                clip_on=False,
            )
            is_left = place > 0
            arrow = "→" if value > right else "←" if value < left else ""
            text = labels[i][j].replace("-", "−")
            ax.annotate(
                f"{text} {arrow}".rstrip() if is_left else f"{arrow} {text}".lstrip(),
                (place, last),
                xytext=(-7 if is_left else 7, 0),
                textcoords="offset points",
                ha="right" if is_left else "left",
                va="center",
            )
    ax.set(xlim=(left, right), ylim=(last + 0.7, 0))
    ax.set_yticks([2.1 + 3.4 * i for i in range(len(values))])
    ax.set_yticklabels([f"row {i}" for i in range(len(values))])
    ax.tick_params(axis="y", length=0)
    ax.set_xticks([low, 0, high], [f"{low:.2f}".replace("-", "−"), "0", f"{high:.2f}"])
    ax.spines["left"].set_visible(False)


def _draw_verdicts(ax, verdicts, method_names, dtype_names):
    ax.set(xlim=(0, 10.2), ylim=(len(method_names) + 1, 0), xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    ax.set_title("What comes out (row 0, row 1)", loc="left", fontweight="normal")
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
    value = float(value)
    if not np.isfinite(value) or (value == np.rint(value) and abs(value) < 1e6):
        return f"{value:.0f}".replace("-", "−")
    return f"{value:.3g}".replace("e-0", "e-").replace("e+", "e").replace("-", "−")
