"""The λ explorer as a still picture: the loss in its two parts, the gradient as images."""

import matplotlib.pyplot as plt
import numpy as np

from softmax_steps.palette import MAPS
from softmax_steps.plots.common import DATA_COLOUR, PENALTY_COLOUR


def draw_lambda_explorer(data_loss, penalty, dW, *, strength, shape):
    """Draw the two parts of the loss as one bar, and the gradient as one image per class.

    Parameters
    ----------
    data_loss, penalty : float
        The two parts of the loss, in nats.
    dW : ndarray, shape (D, C)
        The gradient with respect to the weights, in nats per unit of weight.
    strength : float
        λ, for the title.
    shape : (int, int)
        Height and width of an image; their product is D.

    Returns
    -------
    matplotlib.figure.Figure
    """
    columns = 5
    lines = -(-dW.shape[1] // columns)
    figure = plt.figure(figsize=(5.6, 1.3 + 1.25 * lines))
    grid = figure.add_gridspec(lines + 1, columns, height_ratios=[0.35] + [1] * lines)
    bar = figure.add_subplot(grid[0, :])
    bar.barh([0], [data_loss], color=DATA_COLOUR)
    bar.barh([0], [penalty], left=[data_loss], color=PENALTY_COLOUR)
    bar.set_yticks([])
    bar.spines["left"].set_visible(False)
    bar.set_title(
        f"λ = {strength:g}: data loss {data_loss:.4f} + penalty {penalty:.4f} nats",
        fontweight="normal",
    )
    top = np.abs(dW).max()
    axes = []
    for j in range(dW.shape[1]):
        ax = figure.add_subplot(grid[1 + j // columns, j % columns])
        image = ax.imshow(dW[:, j].reshape(shape), cmap=MAPS["signed"], vmin=-top, vmax=top)
        ax.set_title(str(j), loc="center", fontweight="normal", fontsize=10, pad=3)
        ax.set_axis_off()
        axes.append(ax)
    figure.colorbar(image, ax=axes, label="∂L/∂W, nats per unit", shrink=0.9, aspect=25)
    return figure
