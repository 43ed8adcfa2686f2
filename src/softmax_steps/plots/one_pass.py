"""Pictures for chapter 11: the roof of a machine, times beside each other, two walks."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import FuncFormatter, NullFormatter, NullLocator

from softmax_steps.figure_style import PHONE_WIDTH, WIDTH, arranged_for_phones
from softmax_steps.palette import CYCLE
from softmax_steps.plots.common import ten_to_the

_MARKERS = "oxs^Dv"
_LINES = ("-", "--", "-.")
_GAP = 0.17  # between two names beside points, as a part of a power of ten


@arranged_for_phones
def draw_roofline(roof, columns, *, names, narrow=False):
    """Draw what a machine can do at most, and what some programs did, on logarithmic axes.

    Parameters
    ----------
    roof : (float, float)
        Multiplications a second, and bytes a second from memory.
    columns : dict of str to (sequence of float, sequence of float)
        For each program its points: multiplications for each byte, and multiplications a second.
        The points of the first program are named.
    names : sequence of str
        One for each point.
    narrow : bool
        True for a phone.

    Returns
    -------
    matplotlib.axes.Axes
    """
    rate, bandwidth = roof
    left = min(0.4, rate / bandwidth / 16)  # so far that the slope's name has room below it
    size = (PHONE_WIDTH, 4.2) if narrow else (WIDTH, 3.9)
    _, ax = plt.subplots(figsize=size)
    x = np.geomspace(left, 4000, 200)
    ax.plot(x, np.minimum(rate, bandwidth * x) / 1e9, color=plt.rcParams["axes.edgecolor"])
    for k, (label, (per_byte, per_second)) in enumerate(columns.items()):
        ax.plot(
            per_byte,
            np.asarray(per_second) / 1e9,
            _MARKERS[k],
            color=CYCLE[k],
            mfc=CYCLE[k] if k == 0 else "none",
            mew=1.5,
            label=label,
        )
    per_byte, per_second = next(iter(columns.values()))
    reached = np.asarray(per_second) / 1e9
    heights = _apart(np.log10(reached))
    thread = {"arrowstyle": "-", "lw": 0.7, "color": plt.rcParams["axes.edgecolor"]}
    for name, across, place, height in zip(names, per_byte, reached, heights, strict=True):
        below = across > 50  # there is no room to the right of it
        ax.annotate(
            name,
            (across, place),
            xytext=(4, -13) if below else (1.7 * across, 10**height),
            textcoords="offset points" if below else "data",
            ha="right" if below else "left",
            va="center",
            fontsize=9,
            arrowprops=None if below else thread | {"shrinkA": 1, "shrinkB": 5},
        )
    slope = "memory's part" if narrow else "what memory can bring"
    foot = 1.25 * left, 1.25 * left * bandwidth / 1e9
    ax.annotate(slope, foot, xytext=(4, -14), textcoords="offset points")
    ax.annotate(
        "what arithmetic can do",
        (4000, rate / 1e9),
        xytext=(0, 5),
        textcoords="offset points",
        ha="right",
    )
    ax.set(xscale="log", yscale="log", xlim=(left, 4000))
    ax.set(xlabel="multiplications for each byte of X", ylabel="10⁹ multiplications a second")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(FuncFormatter(_plain))
        axis.set_minor_formatter(NullFormatter())
    ax.set_ylim(top=2.2 * rate / 1e9)
    ax.legend(loc="lower right")
    return ax


def _plain(number, position=None):
    return f"{number:g}" if 0.01 <= number <= 1000 else ten_to_the(number)


def _apart(heights):
    """Return heights in the same order, moved apart where two names would lie on each other."""
    moved, lowest = heights.copy(), -np.inf
    for k in np.argsort(heights):
        moved[k] = lowest = max(heights[k], lowest + _GAP)
    return moved


@arranged_for_phones
def draw_ratios(ratios, *, narrow=False):
    """Draw times as multiples of the two bare products, a line for each size.

    Parameters
    ----------
    ratios : dict of str to dict of str to float
        Size to program to ratio; a program may lack a size. At most six programs.
    narrow : bool
        True for a phone.

    Returns
    -------
    matplotlib.axes.Axes
    """
    height = 0.5 * len(ratios) + (2.3 if narrow else 1.4)
    _, ax = plt.subplots(figsize=(PHONE_WIDTH if narrow else WIDTH, height))
    ax.axvline(1, color=plt.rcParams["axes.edgecolor"], lw=1, ls=":")
    programs = list(dict.fromkeys(name for row in ratios.values() for name in row))
    for k, program in enumerate(programs):
        there = [i for i, row in enumerate(ratios.values()) if program in row]
        values = [row[program] for row in ratios.values() if program in row]
        fill = CYCLE[k] if k == 0 else "none"
        ax.plot(values, there, _MARKERS[k], color=CYCLE[k], mfc=fill, mew=1.5, label=program)
    ax.set_yticks(range(len(ratios)), list(ratios))
    ax.set_ylim(len(ratios) - 0.5, -0.5)
    of = "time / two products" if narrow else "time, as a multiple of the two products"
    ax.set(xscale="log", xlabel=of)
    ax.xaxis.set_major_locator(plt.FixedLocator([0.25, 0.5, 1, 2, 4, 8, 16, 32]))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter("{x:g}")
    ax.grid(visible=True, axis="y")
    ax.figure.legend(loc="outside lower center", ncols=2 if narrow else 3)
    return ax


def draw_walks(walks):
    """Draw how far from the best weights each walk is at most, after each pass over the data.

    Parameters
    ----------
    walks : dict of str to ndarray
        At most three; distances of passes 0, 1, 2, …

    Returns
    -------
    matplotlib.axes.Axes
    """
    _, ax = plt.subplots(figsize=(WIDTH, 3.4))
    for (label, far), colour, dashes in zip(walks.items(), CYCLE, _LINES, strict=False):
        ax.plot(np.arange(len(far)), far, linestyle=dashes, color=colour, label=label)
    ax.set(yscale="log", xlabel="passes over the data")
    ax.set_ylabel("farthest that W can be from W*")
    ax.yaxis.set_major_formatter(FuncFormatter(ten_to_the))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.legend(loc="lower left", handlelength=3)
    return ax
