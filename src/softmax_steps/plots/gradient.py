"""Pictures for step 6: the chain of steps, one sample's Jacobian, how slopes are measured."""

import matplotlib.pyplot as plt

from softmax_steps.palette import BLUE, GREEN, ORANGE
from softmax_steps.plots.common import draw_matrix

_BELOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def draw_chain(values, forward, gradients, backward):
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

    Returns
    -------
    matplotlib.axes.Axes
    """
    _, ax = plt.subplots(figsize=(5.6, 2.8))
    for y, boxes, colour in ((1, values, BLUE), (0, gradients, ORANGE)):
        for x, (name, shape) in enumerate(boxes):
            ax.add_patch(
                plt.Rectangle((x - 0.25, y - 0.25), 0.5, 0.5, fill=False, edgecolor=colour, lw=1.5)
            )
            ax.text(x, y + 0.09, name, ha="center", va="center", fontsize=11.5)
            ax.text(x, y - 0.11, shape, ha="center", va="center", fontsize=10)
    for x, text in enumerate(forward):
        _draw_arrow(ax, (x + 0.27, 1), (x + 0.73, 1), text, BLUE, "-")
    for x, text in enumerate(backward):
        _draw_arrow(ax, (x + 0.73, 0), (x + 0.27, 0), text, ORANGE, "--")
    last = len(values) - 1
    _draw_arrow(ax, (last, 0.73), (last, 0.27), "", ORANGE, "--")
    ax.set(xlim=(-0.3, last + 0.3), ylim=(-0.3, 1.3))
    ax.set_axis_off()
    return ax


def _draw_arrow(ax, start, end, text, colour, style):
    looks = {"arrowstyle": "->", "color": colour, "linestyle": style, "lw": 1.6}
    ax.annotate("", xy=end, xytext=start, arrowprops=looks)
    middle = (start[0] + end[0]) / 2
    ax.text(middle, start[1] + 0.05, text, ha="center", va="bottom", fontsize=10)


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


def draw_step_errors(steps, errors):
    """Draw the error of measured slopes against the step h, one line per method.

    Parameters
    ----------
    steps : ndarray, shape (K,)
        The steps h, above 0; both axes are logarithmic.
    errors : dict of str to ndarray, shape (K,)
        Under each method's name its errors, in nats per unit. An error of 0 has no place
        on a logarithmic axis: raise it to the rounding of one number before.

    Returns
    -------
    matplotlib.axes.Axes
    """
    _, ax = plt.subplots(figsize=(5.6, 3.6))
    looks = ((ORANGE, "s", "--"), (BLUE, "o", "-"), (GREEN, "^", "-."))
    for (name, values), (colour, marker, style) in zip(errors.items(), looks, strict=False):
        ax.plot(steps, values, style, marker=marker, color=colour, label=name)
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set(xlabel="step h", ylabel="largest error (nats per unit)")
    ax.legend(loc="upper center")
    return ax
