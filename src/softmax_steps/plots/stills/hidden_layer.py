"""A network's regions in the plane, and beside them each hidden unit's own."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import to_rgb

from softmax_steps.figure_style import PHONE_WIDTH, WIDTH, arranged_for_phones
from softmax_steps.palette import FIGURE, LIGHT_ON_COLOUR
from softmax_steps.plots.common import CLASS_COLOURS, CLASS_MARKERS

DEEPEST = 0.55  # as in the widget: the share of a class's colour where the network is certain
STRONGEST = 4.0  # and what a unit passes on where its picture is deepest


@arranged_for_phones
def draw_hidden_layer(P, O1, X, y, *, grid, narrow=False):
    """Draw points over the regions of a network, and a small picture of each hidden unit.

    Parameters
    ----------
    P : ndarray, shape (G, G, C)
        Probabilities on a grid over the plane, the first index upwards.
    O1 : ndarray, shape (G, G, H)
        What the units add up on the same grid.
    X : ndarray, shape (N, 2)
        The points.
    y : ndarray of int, shape (N,)
        Their classes.
    grid : list of ndarray
        The grid's places along feature 1 and along feature 2.
    narrow : bool
        True for a phone: the units below the plane.

    Returns
    -------
    matplotlib.axes.Axes
        That of the plane.
    """
    C, H = P.shape[2], O1.shape[2]
    columns = 3 if H <= 9 else 4
    rows = -(-H // columns)
    if narrow:
        figure = plt.figure(figsize=(PHONE_WIDTH, PHONE_WIDTH * (1 + 0.9 * rows / columns)))
        plane, units = figure.add_gridspec(2, 1, height_ratios=[columns, 0.9 * rows])
    else:
        figure = plt.figure(figsize=(WIDTH, 3.4))
        plane, units = figure.add_gridspec(1, 2, width_ratios=[1.45, 1])
    ax = figure.add_subplot(plane)
    extent = (grid[0][0], grid[0][-1], grid[1][0], grid[1][-1])
    sure = np.clip((C * P.max(axis=2) - 1) / (C - 1), 0, 1)
    colours = np.array([to_rgb(colour) for colour in CLASS_COLOURS[:C]])
    regions = np.dstack([colours[P.argmax(axis=2)], DEEPEST * np.sqrt(sure)])
    # As it is: in another resolution the picture on the page would be several times as large.
    ax.imshow(regions, extent=extent, origin="lower", interpolation="none")
    for k in range(C):
        lead = P[:, :, k] - np.delete(P, k, axis=2).max(axis=2)
        _zero_line(ax, grid, lead, linewidths=1)
    size = 18 if len(X) > 50 else 60
    for k, (colour, marker) in enumerate(zip(CLASS_COLOURS[:C], CLASS_MARKERS, strict=False)):
        ax.scatter(
            *X[y == k].T,
            color=colour,
            marker=marker,
            s=size,
            edgecolor=LIGHT_ON_COLOUR,
            linewidth=0.5,
            zorder=3,
        )
    ax.set(xlabel="feature 1", ylabel="feature 2", xlim=extent[:2], ylim=extent[2:])
    # Beside the plane as many lines as make the small pictures' places square.
    lines = rows if narrow else columns + 2
    small = units.subgridspec(lines, columns, wspace=0.1, hspace=0.1)
    for h in range(H):
        tile = figure.add_subplot(small[h // columns, h % columns])
        # A small picture has no room for more than every third place.
        passed = np.clip(O1[::3, ::3, h] / STRONGEST, 0, 1)
        ink = np.dstack([np.broadcast_to(to_rgb(FIGURE["ink"]), (*passed.shape, 3)), 0.6 * passed])
        tile.imshow(ink, extent=extent, origin="lower", interpolation="none")
        _zero_line(tile, [axis[::3] for axis in grid], O1[::3, ::3, h], linewidths=0.8)
        tile.set(xticks=[], yticks=[])
        if h == 0:
            tile.set_title("the hidden units", loc="left", fontsize=10, fontweight="normal")
        for side in tile.spines.values():
            side.set_visible(True)
    return ax


def _zero_line(ax, grid, values, **style):
    if values.min() < 0 < values.max():
        ax.contour(*grid, values, levels=[0], colors=FIGURE["ink"], **style)
