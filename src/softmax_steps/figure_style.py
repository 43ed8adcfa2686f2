"""The book's matplotlib style, ``plt.style.use("softmax_steps.book")``: calm, one palette.

Importing this module gives matplotlib the style and the book's colour map; whatever shows or draws
a figure imports it.
"""

import matplotlib
import matplotlib.style
from matplotlib.colors import LinearSegmentedColormap

from softmax_steps.palette import CYCLE, FIGURE, FONTS, MAPS, SIGNED

NAME = "softmax_steps.book"
STYLE = {
    "figure.figsize": (5.6, 3.2),
    "figure.dpi": 100,
    "figure.facecolor": "none",
    "figure.constrained_layout.use": True,
    "savefig.facecolor": "none",
    "font.family": "sans-serif",
    "font.sans-serif": [FONTS["figure"]],
    "font.size": 11,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 11,
    "axes.facecolor": "none",
    "axes.edgecolor": FIGURE["muted"],
    "axes.labelcolor": FIGURE["ink"],
    "axes.titlecolor": FIGURE["ink"],
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": False,
    "axes.prop_cycle": matplotlib.cycler(color=CYCLE),
    "grid.color": FIGURE["grid"],
    "grid.linewidth": 0.6,
    "lines.linewidth": 2,
    "lines.markersize": 6,
    "patch.linewidth": 0.8,
    "text.color": FIGURE["ink"],
    "xtick.color": FIGURE["muted"],
    "ytick.color": FIGURE["muted"],
    "xtick.labelcolor": FIGURE["ink"],
    "ytick.labelcolor": FIGURE["ink"],
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "legend.frameon": False,
    "legend.fontsize": 10,
    "image.cmap": MAPS["other"],
    "image.interpolation": "none",
    "svg.fonttype": "none",
    "svg.hashsalt": "softmax",
}

matplotlib.style.library[NAME] = matplotlib.RcParams(STYLE)
if MAPS["signed"] not in matplotlib.colormaps:  # matplotlib warns of a second time
    matplotlib.colormaps.register(LinearSegmentedColormap.from_list(MAPS["signed"], SIGNED))
