"""The gradient check: the error of measured slopes against the step h. Chapter 06."""

import math

import matplotlib.pyplot as plt
import numpy as np
import traitlets

from softmax_steps.gradient import loss_and_gradient
from softmax_steps.notebook import show
from softmax_steps.plots.stills.gradient_check import draw_gradient_check
from softmax_steps.step_size import METHODS, measured_slopes
from softmax_steps.tiny_example import TinyExample, tiny_example
from softmax_steps.widgets.base import BookWidget, plain

PER_DECADE = ("1", "1.33", "1.78", "2.37", "3.16", "4.22", "5.62", "7.5")
STOPS = (*(float(f"{m}e-{k}") for k in range(15, 1, -1) for m in PER_DECADE), 0.1)
FAR = {"float64": 1e-300, "float32": 1e-30}  # a complex step as small as can be
MOST = 100  # weights: each stop costs a few losses for each of them


class GradientCheck(BookWidget):
    r"""Let the reader choose h, and see what three ways to measure a slope make of it.

    Nothing is computed in the page: every error at every stop of the slider was measured by
    NumPy, in float32 and in float64, for JavaScript has no float32 mathematics to imitate it
    with. With a kernel, NumPy measures again at the reader's h.

    Parameters
    ----------
    example : TinyExample, optional
        The loss to measure at; :func:`softmax_steps.tiny_example` without. At most 100
        weights.
    step : float
        h at the start; the nearest stop is taken.
    float_type : str
        ``"float64"`` or ``"float32"`` at the start.
    weight : (int, int)
        The weight whose slope is written out.

    Raises
    ------
    TypeError, ValueError
        If the example is none, is too large, or has no slope to compare with.
    traitlets.TraitError
        If there is no such floating type.
    """

    name = "gradient_check"

    step = traitlets.Float().tag(sync=True)
    float_type = traitlets.Enum(["float64", "float32"], "float64").tag(sync=True)
    weight = traitlets.List().tag(sync=True)
    measured = traitlets.Dict().tag(sync=True)
    numpy_says = traitlets.Dict().tag(sync=True)

    def __init__(self, example=None, *, step=1e-6, float_type="float64", weight=(0, 0)):
        self._example = example = tiny_example() if example is None else example
        if not isinstance(example, TinyExample):
            raise TypeError(
                f"example is {example!r:.60}; expected what tiny_example() returns. "
                f"Call GradientCheck(tiny_example())."
            )
        if example.W.size > MOST:
            raise ValueError(
                f"the example has {example.W.size} weights; expected at most {MOST}, for each "
                f"is moved at each of {len(STOPS)} steps."
            )
        d, j = weight
        if not (0 <= d < len(example.W) and 0 <= j < example.W.shape[1]):
            raise ValueError(
                f"weight is {tuple(weight)}, but W has shape {example.W.shape}; expected a row "
                f"and a column of it, counted from 0."
            )
        if not (math.isfinite(step) and step > 0):
            raise ValueError(f"step is {step}; expected a finite number above 0, such as 1e-6.")
        self._gradient = self._formula("float64")
        if not self._gradient.any():
            raise ValueError(
                "the gradient is 0 in every entry, so there is nothing to measure an error "
                "against; expected another W or other samples."
            )
        super().__init__(
            step=nearest_stop(step),
            float_type=float_type,
            weight=[int(d), int(j)],
            measured=self._table((d, j)),
        )

    def _formula(self, float_type):
        t, dtype = self._example, np.dtype(float_type)
        X, W, b = (value.astype(dtype) for value in (t.X, t.W, t.b))
        return loss_and_gradient(X, t.y, W, b, strength=t.strength).dW

    def _error(self, slopes):
        """Length of the difference to the formula's gradient, as a share of its length."""
        gap = slopes.astype(np.float64) - self._gradient
        error = np.linalg.norm(gap) / np.linalg.norm(self._gradient)
        return float(f"{error:.4e}")  # more digits than anybody reads would only load the page

    def _table(self, weight):
        """Measure everything once: by type and method, the slope of one weight and the error."""
        table = {"h": list(STOPS)}
        for float_type, far in FAR.items():
            runs = [measured_slopes(self._example, step=h, float_type=float_type) for h in STOPS]
            formula = self._formula(float_type)
            least = measured_slopes(self._example, step=far, float_type=float_type)["complex"]
            table[float_type] = {
                "formula": {"slope": formula[weight].item(), "error": self._error(formula)},
                "far": {"h": far, "error": self._error(least)},
                **{
                    name: {
                        "slope": [run[name][weight].item() for run in runs],
                        "error": [self._error(run[name]) for run in runs],
                    }
                    for name in METHODS
                },
            }
        return table

    @traitlets.observe("step", "float_type")
    def _answer(self, change):
        """Measure again at the reader's h, so that the view can say by how much it differs."""
        if not self.step > 0:
            return
        h = nearest_stop(self.step)
        slopes = measured_slopes(self._example, step=h, float_type=self.float_type)
        self.numpy_says = {
            "step": h,
            "float_type": self.float_type,
            **{name: plain(slopes[name]) for name in METHODS},
        }

    def picture(self):
        """Return the errors of all three methods against h, with the present h marked."""
        at = STOPS.index(nearest_stop(self.step))
        table = self.measured[self.float_type]
        errors = {name: np.array(table[name]["error"]) for name in METHODS}
        with plt.style.context("softmax_steps.book"):
            ax = draw_gradient_check(np.array(STOPS), errors, at=at)
        now = ", ".join(f"{name} {errors[name][at]:.1e}" for name in METHODS)
        return show(
            ax.figure,
            alt=(
                f"The relative error of the measured gradient against the step h, in "
                f"{self.float_type}. Forward and central differences fall with h and rise again; "
                f"the complex step falls and stays. At h = {STOPS[at]:g}: {now}."
            ),
            caption=(
                f"Measured in {self.float_type}; the upright line marks h = {STOPS[at]:g}. "
                f"Relative errors there: {now}."
            ),
        )


def nearest_stop(step):
    """Return the stop of the slider that lies nearest to h on the logarithmic scale.

    Parameters
    ----------
    step : float
        h > 0.

    Returns
    -------
    float
        One of ``STOPS``.
    """
    return min(STOPS, key=lambda stop: abs(math.log(stop) - math.log(step)))
