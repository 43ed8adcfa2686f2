"""The map of the book: six steps from a picture to a gradient, on the tiny example's numbers."""

import matplotlib.pyplot as plt

from softmax_steps.figure_style import PHONE_WIDTH, WIDTH, arranged_for_phones
from softmax_steps.palette import BLUE, FIGURE, GREEN, ORANGE

STEP_COLOURS = (BLUE, BLUE, BLUE, ORANGE, ORANGE, GREEN)


@arranged_for_phones
def draw_map(steps, *, goes_in, narrow=False):
    """Draw the six steps from top to bottom, with one sample's numbers flowing through them.

    Parameters
    ----------
    steps : sequence of (str, str, str)
        For each step its name, its formula, and what comes out of it as text.
    goes_in : str
        What the first step is given.
    narrow : bool
        True for a phone: what comes out stands below the formula.

    Returns
    -------
    matplotlib.axes.Axes
    """
    size = (PHONE_WIDTH, 0.98 * len(steps) + 0.5) if narrow else (WIDTH, 0.78 * len(steps) + 0.5)
    _, ax = plt.subplots(figsize=size)
    ax.set(xlim=(0, 10), ylim=(-len(steps) - 0.15, 0.75))
    ax.set_axis_off()
    ax.text(0.15, 0.42, goes_in, va="center", fontsize=10)
    for k, (name, formula, comes_out) in enumerate(steps):
        y, colour = -k - 0.5, STEP_COLOURS[k]
        ax.annotate(
            "",
            xy=(0.75, y + 0.38),
            xytext=(0.75, y + 0.68),
            arrowprops={"arrowstyle": "-|>", "color": FIGURE["muted"], "lw": 1.2},
        )
        ax.add_patch(plt.Rectangle((0.1, y - 0.36), 9.8, 0.72, facecolor=colour, alpha=0.1, lw=0))
        ax.add_patch(plt.Rectangle((0.1, y - 0.36), 0.08, 0.72, facecolor=colour, lw=0))
        lines = (0.22, -0.02, -0.24) if narrow else (0.15, -0.18, -0.02)
        ax.text(0.4, y + lines[0], f"{k + 1}  {name}", va="center", fontweight="bold", fontsize=11)
        ax.text(0.4, y + lines[1], formula, va="center", fontsize=10)
        ax.text(9.75, y + lines[2], comes_out, va="center", ha="right", fontsize=10)
    return ax
