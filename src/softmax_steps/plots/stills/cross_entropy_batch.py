"""The cross-entropy widget as a still picture: a batch on the curve −log p."""

import numpy as np

from softmax_steps.palette import BLUE, FIGURE, LIGHT_ON_COLOUR
from softmax_steps.plots.cross_entropy import draw_prices

TOP = 5.0  # nats: what costs more is held there, with an arrow


def draw_cross_entropy_batch(p, prices, *, batch_p, batch_losses, chosen):
    """Draw the price of a probability under up to three rules, and a batch on the first.

    Parameters
    ----------
    p : ndarray, shape (K,)
        Probabilities of the true class.
    prices : dict of str to ndarray, shape (K,)
        Up to three rules: name and price; the first is in nats.
    batch_p, batch_losses : ndarray, shape (N,)
        The samples to mark on the first rule.
    chosen : int
        The sample whose tangent is drawn.

    Returns
    -------
    matplotlib.axes.Axes
    """
    ax = draw_prices(
        p,
        prices,
        labels_at=[(0.2, 2.1), (0.02, 1.15), (0.02, 0.3)],
        batch_p=[],
        batch_losses=[],
    )
    ax.set_ylim(0, TOP)
    ax.grid(axis="y", color=FIGURE["grid"], linewidth=0.8)
    ax.set_axisbelow(True)
    loss = np.mean(batch_losses)
    ax.axhline(min(loss, TOP), color=FIGURE["ink"], linewidth=1, linestyle=":")
    ax.annotate(
        f"loss L\n{loss:.3f}", (1, min(loss, TOP)), xytext=(6, 0), textcoords="offset points",
        va="center", fontsize=10,
    )  # fmt: skip
    p0, slope = batch_p[chosen], -1 / batch_p[chosen]
    if batch_losses[chosen] <= TOP:
        foot = p0 * (1 + batch_losses[chosen])
        ax.plot([0, foot], [batch_losses[chosen] + 1, 0], color=FIGURE["ink"], linewidth=1.2)
        name = f"tangent, slope {slope:.2f}".replace("-", "−")
        is_steep = foot < 0.45
        ax.annotate(
            name, (foot if is_steep else 0.75 * foot, 0), xytext=(8 if is_steep else -4, 5),
            textcoords="offset points", ha="left" if is_steep else "right", fontsize=10,
        )  # fmt: skip
    for k, (x, y) in enumerate(zip(batch_p, batch_losses, strict=True)):
        ax.plot(
            x, min(y, TOP), "o", color=BLUE, markersize=12, clip_on=False, zorder=3,
            markeredgecolor=FIGURE["ink"] if k == chosen else BLUE,
        )  # fmt: skip
        ax.text(
            x, min(y, TOP), str(k + 1), color=LIGHT_ON_COLOUR, fontsize=9, fontweight="bold",
            ha="center", va="center_baseline", zorder=4, clip_on=False,
        )  # fmt: skip
        if y > TOP:
            ax.annotate(
                f"↑ {y:.2f}", (x, TOP), xytext=(9, 3), textcoords="offset points", fontsize=10
            )
    return ax
