"""Pictures for step 6: the chain of steps, one sample's Jacobian, how slopes are measured."""

import matplotlib.pyplot as plt

from softmax_steps.figure_style import PHONE_WIDTH, WIDTH, arranged_for_phones
from softmax_steps.palette import BLUE, ORANGE
from softmax_steps.plots.common import draw_matrix

_BELOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@arranged_for_phones
def draw_chain(values, forward, gradients, backward, *, narrow=False):
    """Draw the steps to the loss as a row of boxes, and the gradients below, running back.

    Parameters
    ----------
    values : sequence of (str, str)
        Name and shape of each box of the upper row, from left to right.
    forward : sequence of str
        What each arrow of the upper row does; one fewer than the boxes.
    gradients : sequence of (str, str)
        Name and shape of each box of the lower row, from left to right.
    backward : sequence of str
        What each arrow of the lower row does, from left to right; they point left.
    narrow : bool
        True for a phone: the rows become columns, the steps run down and the gradients up.

    Returns
    -------
    matplotlib.axes.Axes
    """
    last = len(values) - 1
    _, ax = plt.subplots(figsize=(PHONE_WIDTH, 1.15 * len(values)) if narrow else (WIDTH, 2.8))

    def place(along, across):
        """Turn a place in a row, counted from the upper row's first box, into one on the paper."""
        return (across, last - along) if narrow else (along, 1 - across)

    half = (0.17, 0.28) if narrow else (0.25, 0.25)
    reach = half[1 if narrow else 0] + 0.02  # of an arrow's end from a box's middle
    for across, boxes, colour in ((0, values, BLUE), (1, gradients, ORANGE)):
        for k, (name, shape) in enumerate(boxes):
            x, y = place(k, across)
            corner, size = (x - half[0], y - half[1]), (2 * half[0], 2 * half[1])
            ax.add_patch(plt.Rectangle(corner, *size, fill=False, edgecolor=colour, lw=1.5))
            ax.text(x, y + 0.09, name, ha="center", va="center", fontsize=11.5)
            ax.text(x, y - 0.11, shape, ha="center", va="center", fontsize=10)
    for k, text in enumerate(forward):
        ends = (place(k + reach, 0), place(k + 1 - reach, 0))
        _draw_arrow(ax, *ends, text, BLUE, "-", beside=narrow)
    for k, text in enumerate(backward):
        ends = (place(k + 1 - reach, 1), place(k + reach, 1))
        _draw_arrow(ax, *ends, text, ORANGE, "--", beside=narrow)
    gap = half[0 if narrow else 1] + 0.02
    _draw_arrow(ax, place(last, gap), place(last, 1 - gap), "", ORANGE, "--")
    if narrow:
        ax.set(xlim=(-0.2, 1.5), ylim=(-0.35, last + 0.35))
    else:
        ax.set(xlim=(-0.3, last + 0.3), ylim=(-0.3, 1.3))
    ax.set_axis_off()
    return ax


def _draw_arrow(ax, start, end, text, colour, style, *, beside=False):
    looks = {"arrowstyle": "->", "color": colour, "linestyle": style, "lw": 1.6}
    ax.annotate("", xy=end, xytext=start, arrowprops=looks)
    x, y = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    if beside:
        ax.text(x + 0.04, y, text, ha="left", va="center", fontsize=10)
    else:
        ax.text(x, y + 0.05, text, ha="center", va="bottom", fontsize=10)


def draw_jacobian(J):
    """Draw one sample's softmax Jacobian as a heat map with its numbers.

    Parameters
    ----------
    J : ndarray, shape (C, C)
        Row j, column k: how probability j responds to score k, per unit of score.

    Returns
    -------
    matplotlib.axes.Axes
    """
    _, ax = plt.subplots(figsize=(4.2, 2.8))
    numbers = [str(k).translate(_BELOW) for k in range(len(J))]
    draw_matrix(
        ax,
        J,
        row_labels=[f"p{k}" for k in numbers],
        column_labels=[f"f{k}" for k in numbers],
        digits=3,
    )
    ax.set(xlabel="score that is moved", ylabel="probability\nthat responds")
    return ax
