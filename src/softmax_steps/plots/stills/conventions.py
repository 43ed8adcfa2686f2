"""The conventions as a still picture: two texts' formulas, line below line, and their losses."""

import matplotlib.pyplot as plt

from softmax_steps.plots.common import DATA_COLOUR, PENALTY_COLOUR


def draw_conventions(formulas, losses, *, titles, unit):
    """Draw what two texts write of one model, and below it their losses in two parts.

    Parameters
    ----------
    formulas : sequence of (str, str)
        Of the scores and of the loss: this book's and the other text's, in TeX.
    losses : sequence of (float, float)
        For each text its data loss and its penalty, in its own unit.
    titles : sequence of str
        One for each text, over its loss.
    unit : str
        The other text's unit of the loss; this book's is the nat.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = plt.figure(figsize=(5.6, 3.5))
    grid = figure.add_gridspec(3, 1, height_ratios=[2.2, 0.5, 0.5])
    lines = figure.add_subplot(grid[0])
    lines.set(xlim=(0, 1), ylim=(4, 0), xticks=[], yticks=[])
    lines.spines[:].set_visible(False)
    for pair, both in enumerate(formulas):
        for k, (who, formula) in enumerate(zip(("ours", "theirs"), both, strict=True)):
            y = 2 * pair + k + 0.5
            lines.text(0, y, who, va="center")
            lines.text(0.14, y, f"${formula}$", va="center", fontsize="large")
    reach = 1.25 * max(sum(parts) for parts in losses)
    for k, ((data_loss, penalty), its_unit) in enumerate(zip(losses, ("nats", unit), strict=True)):
        bar = figure.add_subplot(grid[1 + k])
        bar.barh([0], [data_loss], color=DATA_COLOUR)
        bar.barh([0], [penalty], left=[data_loss], color=PENALTY_COLOUR)
        bar.set(xlim=(0, reach), xticks=[], yticks=[])
        bar.spines[["left", "bottom"]].set_visible(False)
        bar.set_title(
            f"{titles[k]}: {data_loss:.3f} + {penalty:.3f} {its_unit}", fontweight="normal"
        )
    return figure
