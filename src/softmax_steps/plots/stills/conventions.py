"""The conventions as a still picture: two texts' losses, and the weights they end at."""

import matplotlib.pyplot as plt

from softmax_steps.plots.common import DATA_COLOUR, PENALTY_COLOUR, draw_matrix


def draw_conventions(losses, weights, *, titles, weight_titles, unit):
    """Draw what two texts say of one model: the loss in two parts above, the weights below.

    Parameters
    ----------
    losses : sequence of (float, float)
        For each text its data loss and its penalty, in its own unit.
    weights : sequence of ndarray
        For each text its weights, in its own layout.
    titles : sequence of str
        One for each text, over its loss.
    weight_titles : sequence of str
        One for each text, over its weights.
    unit : str
        The other text's unit of the loss; this book's is the nat.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = plt.figure(figsize=(5.6, 3.8))
    grid = figure.add_gridspec(3, 2, height_ratios=[0.4, 0.4, 1.6])
    reach = 1.25 * max(sum(parts) for parts in losses)
    units = ["nats", unit]
    for k, (data_loss, penalty) in enumerate(losses):
        bar = figure.add_subplot(grid[k, :])
        bar.barh([0], [data_loss], color=DATA_COLOUR)
        bar.barh([0], [penalty], left=[data_loss], color=PENALTY_COLOUR)
        bar.set(xlim=(0, reach), xticks=[], yticks=[])
        bar.spines[["left", "bottom"]].set_visible(False)
        bar.set_title(
            f"{titles[k]}: {data_loss:.3f} + {penalty:.3f} {units[k]}", fontweight="normal"
        )
    for k, W in enumerate(weights):
        ax = figure.add_subplot(grid[2, k])
        draw_matrix(ax, W, row_labels=[""] * len(W), column_labels=[""] * W.shape[1], digits=3)
        ax.set_title(weight_titles[k], fontweight="normal")
    return figure
