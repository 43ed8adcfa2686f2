"""Another example as a still picture: what is given, and the lines to be filled in."""

import matplotlib.pyplot as plt

STEP = 0.52  # between two columns of a table


def draw_another_example(given, strength, lines):
    """Draw the given tables in a row, λ after them, and the lines of the working below.

    Parameters
    ----------
    given : sequence of (str, ndarray)
        A name and a table, shape (rows, columns).
    strength : float
        λ.
    lines : sequence of str
        The formulas, in their order.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, ax = plt.subplots(figsize=(5.6, 3.6))
    height = 3 + 0.5 * len(lines)
    ax.set(xlim=(0, 9.6), ylim=(height, 0))
    ax.set_axis_off()
    x = 0.0
    for name, table in given:
        ax.text(x, 0.9, f"{name} =", va="center")
        x += 0.95
        for i, row in enumerate(table):
            y = 0.9 + 0.35 * (2 * i - len(table) + 1)
            for j, value in enumerate(row):
                ax.text(x + STEP * j, y, f"{value:g}".replace("-", "−"), va="center", ha="right")
        x += STEP * table.shape[1]
    ax.text(x, 0.9, f"λ = {strength:g}", va="center")
    for k, line in enumerate(lines):
        ax.text(4.9 * (k % 2), 2.6 + 1.15 * (k // 2), line, va="center")
    return figure
