"""The differential, one entry at a time: one weight is nudged, and the loss follows. Chapter 08."""

import math

import matplotlib.pyplot as plt
import numpy as np
import traitlets

from softmax_steps.differentials import loss_differential, loss_remainder
from softmax_steps.notebook import show
from softmax_steps.plots.stills.differential import draw_differential
from softmax_steps.regularization import loss
from softmax_steps.score import scores
from softmax_steps.softmax import softmax
from softmax_steps.tiny_example import TinyExample, tiny_example
from softmax_steps.widgets.base import BookWidget, plain

PER_DECADE = ("1", "1.78", "3.16", "5.62")
STOPS = (*(float(f"{m}e-{k}") for k in range(10, 0, -1) for m in PER_DECADE), 1.0)


class Differential(BookWidget):
    r"""Let the reader nudge one weight of the tiny example, and see what follows to first order.

    .. math:: L(W + dW) - L(W) = dL + \text{what it misses}, \qquad
        dL = \operatorname{tr}(G^{\mathsf T} dW)

    Parameters
    ----------
    example : TinyExample, optional
        Two samples, two features and three classes, as :func:`softmax_steps.tiny_example` has.
    weight : (int, int)
        The weight that is nudged at the start: its row and column in W.
    step : float
        By how much; the nearest of ``STOPS`` is taken.

    Raises
    ------
    TypeError, ValueError
        If the example is none, has another size, or there is no such weight or step.
    """

    name = "differential"

    X = traitlets.List().tag(sync=True)
    y = traitlets.List().tag(sync=True)
    W = traitlets.List().tag(sync=True)
    b = traitlets.List().tag(sync=True)
    strength = traitlets.Float().tag(sync=True)
    stops = traitlets.List(list(STOPS)).tag(sync=True)
    weight = traitlets.List().tag(sync=True)
    step = traitlets.Float().tag(sync=True)
    numpy_says = traitlets.Dict().tag(sync=True)

    def __init__(self, example=None, *, weight=(0, 0), step=0.562):
        example = tiny_example() if example is None else example
        if not isinstance(example, TinyExample):
            raise TypeError(
                f"example is {example!r:.60}; expected what tiny_example() returns. "
                f"Call Differential(tiny_example())."
            )
        if (example.X.shape, example.W.shape) != ((2, 2), (2, 3)):
            raise ValueError(
                f"X has shape {example.X.shape} and W {example.W.shape}; expected (2, 2) and "
                f"(2, 3), for the formulas have room for these."
            )
        d, k = weight
        if not (d in range(2) and k in range(3)):
            raise ValueError(
                f"weight is {tuple(weight)}, but W has shape (2, 3); expected a row and a column "
                f"of it, counted from 0."
            )
        if not (math.isfinite(step) and step > 0):
            raise ValueError(f"step is {step}; expected a finite number above 0, such as 0.1.")
        super().__init__(
            X=plain(example.X),
            y=plain(example.y),
            W=plain(example.W),
            b=plain(example.b),
            strength=float(example.strength),
            weight=[int(d), int(k)],
            step=nearest_stop(step),
        )

    def answers(self, step=None):
        """Return every number that the view shows, by NumPy.

        Parameters
        ----------
        step : float, optional
            Another step than the present one.

        Returns
        -------
        dict
            ``dF``, ``dP`` and what the probabilities really ``moved`` by, each (N, C); the
            ``slope`` of the weight; in nats ``dL`` with its parts ``data`` and ``penalty``, what
            it ``missed`` with the penalty's part ``missed_penalty``, the whole ``change``, and what
            ``subtracted`` losses say of the miss; and ``rounding``, the step below which these
            have no digit of it.
        """
        X, y, W, b = (np.array(value) for value in (self.X, self.y, self.W, self.b))
        dW = np.zeros_like(W)
        dW[tuple(self.weight)] = self.step if step is None else step
        problem = {"dW": dW, "strength": self.strength}
        first = loss_differential(X, y, W, b, **problem)
        missed = loss_remainder(X, y, W, b, **problem)
        before, after = (loss(X, y, V, b, strength=self.strength) for V in (W, W + dW))
        penalty = self.strength * (W * dW).sum().item()
        size = np.abs(dW).max()
        tiny = loss_remainder(X, y, W, b, dW=dW * (STOPS[0] / size), strength=self.strength)
        return {
            "dF": first.dF,
            "dP": first.dP,
            "moved": softmax(scores(X, W + dW, b)) - softmax(scores(X, W, b)),
            "slope": first.dL / size,
            "dL": first.dL,
            "data": first.dL - penalty,
            "penalty": penalty,
            "missed": missed,
            "missed_penalty": self.strength / 2 * size**2,
            "change": first.dL + missed,
            "subtracted": float(after - before) - first.dL,
            "rounding": STOPS[0] * math.sqrt(np.finfo(float).eps * abs(before) / tiny),
        }

    @traitlets.observe("weight", "step")
    def _answer(self, change):
        """Recompute with NumPy what the view has shown, so that it can say how they differ."""
        if self.W and self.step > 0 and len(self.weight) == 2:
            answers = self.answers()
            self.numpy_says = {
                "weight": self.weight,
                "step": self.step,
                **{name: plain(answers[name]) for name in ("dF", "dP")},
                **{name: answers[name] for name in ("dL", "missed", "change")},
            }

    def picture(self):
        """Return the loss along the weight with its tangent, and what the tangent misses."""
        along = np.linspace(0, 1, 41)[1:]
        curve = [self.answers(step) for step in along]
        table = [self.answers(step) for step in STOPS]
        now = self.answers()
        with plt.style.context("softmax_steps.book"):
            axes = draw_differential(
                np.append(0, along),
                np.append(0, [row["change"] for row in curve]),
                np.array(STOPS),
                {
                    name: np.array([abs(row[name]) for row in table])
                    for name in ("dL", "missed", "subtracted")
                },
                slope=now["slope"],
                step=self.step,
                missed=now["missed"],
            )
        d, k = self.weight
        values = {name: f"{now[name]:.3g}".replace("-", "−") for name in ("dL", "change", "missed")}
        return show(
            axes[0].figure,
            alt=(
                f"Left, the loss against the step of the weight W[{d}, {k}], with its tangent. "
                f"Right, on logarithmic axes, dL falls with the step and what it misses falls "
                f"with its square. At {self.step:g}: dL {values['dL']}, missed {values['missed']}."
            ),
            caption=(
                f"The weight W[{d}, {k}] is moved by {self.step:g}. To first order the loss moves "
                f"by {values['dL']} nats, in truth by {values['change']}; dL misses "
                f"{values['missed']}."
            ),
        )


def nearest_stop(step):
    """Return the stop of the slider that lies nearest to a step on the logarithmic scale.

    Parameters
    ----------
    step : float
        Above 0.

    Returns
    -------
    float
        One of ``STOPS``.
    """
    return min(STOPS, key=lambda stop: abs(math.log(stop) - math.log(step)))
