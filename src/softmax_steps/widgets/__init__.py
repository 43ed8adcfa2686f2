"""The widgets: interactive versions of the steps, with a kernel and without one.

Each widget is one class, ``NAME.py`` (its state, and NumPy's values for it), one view,
``NAME.mjs``, and one style, ``NAME.css``. The views compute with ``shared/maths.mjs``, whose
functions have the package's names; tests compare them with the package.
"""

from softmax_steps.widgets.conventions import Conventions
from softmax_steps.widgets.cross_entropy_batch import CrossEntropyBatch
from softmax_steps.widgets.gradient_check import GradientCheck
from softmax_steps.widgets.lambda_explorer import LambdaExplorer
from softmax_steps.widgets.overflow_lab import OverflowLab
from softmax_steps.widgets.points_in_the_plane import PointsInThePlane
from softmax_steps.widgets.softmax_bars import SoftmaxBars

__all__ = [
    "Conventions",
    "CrossEntropyBatch",
    "GradientCheck",
    "LambdaExplorer",
    "OverflowLab",
    "PointsInThePlane",
    "SoftmaxBars",
]
