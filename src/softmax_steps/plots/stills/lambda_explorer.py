"""The λ explorer as a still picture: the loss stacked over λ, the gradient as images."""

import math

import matplotlib.pyplot as plt
import numpy as np

from softmax_steps.palette import FIGURE, MAPS
from softmax_steps.plots.common import DATA_COLOUR, PENALTY_COLOUR, TOTAL_COLOUR

# The axis of λ has the powers of ten from the first to the last, and 0 to the left of them.
FIRST, LAST = -5, 1
ZERO = FIRST - 0.3
ROUND = (7, 5, 3, 2, 1.5)


def axis_end(value):
    """Return the end of an axis from 0 that has room for a value, at one of its ticks.

    Parameters
    ----------
    value : float

    Returns
    -------
    float

    Examples
    --------
    >>> axis_end(1.79), axis_end(2.16)
    (2.0, 2.5)
    """
    if not value > 0:
        return 1.0
    rough = value / 5
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(k * unit for k in (1, 2, 5, 10) if k * unit >= rough * (1 - 1e-9))
    return float(f"{step * math.ceil(value / step - 1e-9):.12g}")


def tile_scale(dW):
    """Return the end of the images' scale: a round number near the largest entry, and below it.

    Parameters
    ----------
    dW : ndarray, any shape

    Returns
    -------
    float

    Examples
    --------
    >>> tile_scale(np.array([[0.0131, -0.002]])), tile_scale(np.array([[-0.0309]]))
    (0.01, 0.03)
    """
    top = np.abs(dW).max().item()
    if not top > 0:
        return 1.0
    unit = 10.0 ** math.floor(math.log10(top))
    return float(f"{next((k for k in ROUND if k * unit <= top), 1) * unit:.3g}")


def draw_lambda_explorer(data_loss, half_norm, data_gradient, W, *, strength, shape):
    """Draw the two parts of the loss over λ, and the gradient at one λ as one image per class.

    Parameters
    ----------
    data_loss : float
        In nats.
    half_norm : float
        ½‖W‖²: times λ it is the penalty.
    data_gradient, W : ndarray, shape (D, C)
        The data's part of the gradient, and the weights: times λ they are the penalty's part.
    strength : float
        The λ that is marked.
    shape : (int, int)
        Height and width of an image; their product is D.

    Returns
    -------
    matplotlib.figure.Figure
    """
    top, end = axis_end(2.6 * data_loss), tile_scale(data_gradient)
    columns = 5
    lines = -(-W.shape[1] // columns)
    figure = plt.figure(figsize=(5.6, 2.9 + 1.2 * lines))
    upper, lower = figure.subfigures(2, 1, height_ratios=[2.6, 1.2 * lines])
    _draw_loss(upper.subplots(), data_loss, half_norm, strength, top)
    axes = lower.subplots(lines, columns, squeeze=False)
    for ax in axes.flat:
        ax.set_axis_off()
    dW = data_gradient + strength * W
    for j, column in enumerate(dW.T):
        ax = axes.flat[j]
        values = column.reshape(shape)
        image = ax.imshow(values, cmap=MAPS["signed"], vmin=-end, vmax=end)
        ax.set_title(str(j), loc="center", fontweight="normal", fontsize=10, pad=3)
    extend = "both" if np.abs(dW).max() > end else "neither"
    label = "∂L/∂W (nats per unit)"
    lower.colorbar(image, ax=axes, label=label, shrink=0.9, aspect=25, extend=extend)
    return figure


def _draw_loss(ax, data_loss, half_norm, strength, top):
    """Draw the loss, stacked, and a bar at one λ."""
    powers = np.linspace(FIRST, LAST, 400)
    places = np.concatenate([[ZERO], powers])
    data = np.full(places.size, float(data_loss))
    total = data + np.concatenate([[0.0], 10.0**powers * half_norm])
    ax.fill_between(places, 0, data, color=DATA_COLOUR, alpha=0.28, linewidth=0)
    ax.fill_between(places, data, total, color=PENALTY_COLOUR, alpha=0.28, linewidth=0)
    ax.plot(places, data, color=DATA_COLOUR)
    ax.plot(places, total, color=TOTAL_COLOUR, linewidth=2.5)
    place = np.log10(strength) if strength > 0 else ZERO
    penalty = strength * half_norm
    ax.bar(place, data_loss, width=0.24, color=DATA_COLOUR)
    ax.bar(place, penalty, width=0.24, bottom=data_loss, color=PENALTY_COLOUR)
    whole = data_loss + penalty
    is_off = whole > top
    ax.plot(place, min(whole, top), "^" if is_off else "o", color=TOTAL_COLOUR, clip_on=False)
    ax.set(xlim=(ZERO - 0.2, LAST + 0.2), ylim=(0, top), xlabel="strength λ", ylabel="loss (nats)")
    shown = range(FIRST + 1, LAST + 1)
    names = [f"10$^{{{p}}}$" if p < -2 else f"{10.0**p:g}" for p in shown]
    ax.set_xticks([ZERO, *shown], ["0", *names])
    ax.annotate("data loss", (FIRST + 0.1, 0.06 * top), color=FIGURE["ink"])
    ax.annotate("penalty", (LAST, data_loss + 0.05 * top), ha="right", color=FIGURE["ink"])
    rise = np.log10(0.86 * top / half_norm) if half_norm > 0 else LAST
    ax.annotate(
        "L, their sum",
        (min(max(rise, FIRST + 2), LAST) - 0.35, 0.86 * top),
        ha="right",
        color=FIGURE["ink"],
    )
    ax.set_title(
        f"λ = {strength:g}: L = {data_loss:.4f} + {penalty:.4f} = {whole:.4f} nats"
        + (", off the axis" if is_off else ""),
        fontweight="normal",
    )
