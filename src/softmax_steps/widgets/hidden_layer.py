"""The hidden layer: train it by hand, unit by unit, beside a linear model. Chapter 09."""

import matplotlib.pyplot as plt
import numpy as np
import traitlets

from softmax_steps.checks import require_count, require_strength
from softmax_steps.data import Samples
from softmax_steps.gradient import loss_and_gradient
from softmax_steps.notebook import show
from softmax_steps.palette import CLASSES
from softmax_steps.plots.stills.hidden_layer import draw_hidden_layer
from softmax_steps.regularization import l2_penalty
from softmax_steps.score import scores
from softmax_steps.shapes import exclusive_or, moons, spiral
from softmax_steps.softmax import predict, softmax
from softmax_steps.two_layer import (
    TwoLayerParams,
    initial_two_layer,
    two_layer_forward,
    two_layer_loss_and_gradient,
)
from softmax_steps.widgets.base import BookWidget, plain

WIDEST = 16  # hidden units
N_STARTS = 8  # draws of the weights to start from
LONGEST = 3000  # steps
STILL_STEPS = 1000  # before the picture of a page without scripts, if the state has none
STILL_PLACES = 121  # in a row of its plane
# The sliders, with 25 positions for a factor of ten: λ is 0, or 10⁻⁵ to 1; η is 0.01 to 10.
STRENGTHS = {"from": -5, "to": 0, "perDecade": 25}
LEARNING_RATES = {"from": -2, "to": 1, "perDecade": 25}
#: For each set of points the square that is drawn: its middle, and from there to its edge.
SQUARES = {
    "spiral": ((0.0, 0.0), 1.2),
    "moons": ((0.5, 0.25), 1.75),
    "exclusive_or": ((0.5, 0.5), 1.0),
}


class HiddenLayer(BookWidget):
    """Let the reader choose points, width, λ and η, and train a network and a linear model.

    Both take every step together, so that a switch from one to the other shows what the hidden
    layer adds.

    Parameters
    ----------
    data : {"spiral", "moons", "exclusive_or"}
        The points, of :mod:`softmax_steps.shapes`.
    width : int
        How many hidden units there are, from 1 to 16.
    start : int
        Which draw of the weights it starts from, from 1 to 8: :func:`hidden_start`.
    strength : float
        λ at the start.
    learning_rate : float
        η at the start.
    kind : {"hidden", "linear"}
        Which of the two is shown.

    Raises
    ------
    TypeError, ValueError
        If the points, the width, the start, λ or the kind are not as described.

    Source: note 004.
    """

    name = "hidden_layer"

    shapes = traitlets.Dict().tag(sync=True)
    data = traitlets.Enum(list(SQUARES), "spiral").tag(sync=True)
    width = traitlets.Int().tag(sync=True)
    start = traitlets.Int().tag(sync=True)
    draws = traitlets.List().tag(sync=True)
    strength = traitlets.Float().tag(sync=True)
    strength_scale = traitlets.Dict(STRENGTHS).tag(sync=True)
    learning_rate = traitlets.Float().tag(sync=True)
    rate_scale = traitlets.Dict(LEARNING_RATES).tag(sync=True)
    kind = traitlets.Enum(["hidden", "linear"], "hidden").tag(sync=True)
    unit = traitlets.Int(0).tag(sync=True)  # the unit that is picked out, from 1; 0 is none
    # The steps that were taken: [λ, η, how many], one after the other.
    road = traitlets.List().tag(sync=True)
    longest = traitlets.Int(LONGEST).tag(sync=True)
    # What the view has trained, as [W1, b1, W2, b2] or [W, b]: sent when a hand rests.
    trained = traitlets.Dict().tag(sync=True)
    class_colours = traitlets.List(list(CLASSES)).tag(sync=True)
    numpy_says = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        data="spiral",
        *,
        width=8,
        start=1,
        strength=1e-4,
        learning_rate=1.0,
        kind="hidden",
    ):
        super().__init__(
            shapes={
                name: {
                    "points": [[*map(float, x), int(label)] for x, label in zip(X, y, strict=True)],
                    "middle": list(SQUARES[name][0]),
                    "reach": SQUARES[name][1],
                }
                for name, (X, y) in ((name, points_of(name)) for name in SQUARES)
            },
            data=data,
            width=_within(width, "width", WIDEST),
            start=_within(start, "start", N_STARTS),
            draws=[[plain(part) for part in unit_draw(k + 1)] for k in range(N_STARTS)],
            strength=require_strength(strength),
            learning_rate=float(learning_rate),
            kind=kind,
        )

    @property
    def params(self):
        """What the view has trained when a hand last rested; before that, the start.

        Returns
        -------
        TwoLayerParams
        """
        found = self.trained.get("hidden")
        if found:
            return TwoLayerParams(*map(np.array, found))
        return hidden_start(self.width, self._classes(), start=self.start)

    def _classes(self):
        return int(max(label for *_, label in self.shapes[self.data]["points"])) + 1

    @traitlets.observe("trained")
    def _answer(self, change):
        """Compute with NumPy what the view has shown, so that it can say how they differ."""
        if not self.trained:
            return
        X, y = points_of(self.trained["data"])
        given, strength = self.trained[self.trained["kind"]], self.trained["strength"]
        params = [np.array(part) for part in given]
        model = two_layer_loss_and_gradient if len(params) == 4 else loss_and_gradient
        whole, *gradient = model(X, y, *params, strength=strength)
        penalty = sum(l2_penalty(W, strength=strength) for W in params[::2])
        self.numpy_says = {
            "asked": self.trained,
            "data_loss": whole - penalty,
            "penalty": penalty,
            "gradient": [plain(np.atleast_2d(part)) for part in gradient],
        }

    def page_state(self):
        """Return the state, without what only a kernel is told."""
        return {name: value for name, value in super().page_state().items() if name != "trained"}

    def picture(self):
        """Return the plane as the network divides it, trained for a while, and its units."""
        X, y = points_of(self.data)
        steps = [tuple(part) for part in self.road] or [
            (self.strength, self.learning_rate, STILL_STEPS)
        ]
        network = descend(X, y, self.params if self.trained else self._first(), steps)
        C = self._classes()
        W, b = descend(X, y, (np.zeros((2, C)), np.zeros(C)), steps)
        middle, reach = SQUARES[self.data]
        grid = [np.linspace(m - reach, m + reach, STILL_PLACES) for m in middle]
        plane = np.column_stack([g.ravel() for g in np.meshgrid(*grid)])
        found = two_layer_forward(plane, *network)
        right = int((predict(two_layer_forward(X, *network).O2) == y).sum())
        linear = int((predict(scores(X, W, b)) == y).sum())
        with plt.style.context("softmax_steps.book"):
            ax = draw_hidden_layer(
                softmax(found.O2).reshape(STILL_PLACES, STILL_PLACES, C),
                found.O1.reshape(STILL_PLACES, STILL_PLACES, -1),
                X,
                y,
                grid=grid,
            )
        taken = sum(count for *_, count in steps)
        return show(
            ax.figure,
            alt=(
                f"{len(X)} points of {C} classes in a plane, coloured by the class that a network "
                f"with {self.width} hidden units names there; its borders bend where they meet the "
                f"units’ own. Beside it a small picture of each unit."
            ),
            caption=f"{self.width} hidden units after {taken:,} steps: {right} of {len(X)} points "
            f"are right. A linear model, trained as long, has {linear}.",
        )

    def _first(self):
        return hidden_start(self.width, self._classes(), start=self.start)


def points_of(name):
    """Return a set of points, to three decimals as a page carries them.

    Parameters
    ----------
    name : {"spiral", "moons", "exclusive_or"}

    Returns
    -------
    Samples
        ``X`` (N, 2) and ``y`` (N,).
    """
    if name == "exclusive_or":
        return exclusive_or()
    X, y = {"spiral": spiral, "moons": moons}[name](rng=np.random.default_rng(0))
    return Samples(X.round(3), y)


def unit_draw(start):
    """Draw what goes into and out of 16 hidden units, all with the standard deviation 1.

    Parameters
    ----------
    start : int
        Seeds the draw.

    Returns
    -------
    (ndarray, ndarray)
        Shapes (2, 16) and (16, 3), to four decimals as a page carries them.
    """
    rng = np.random.default_rng(start - 1)
    W1, _, W2, _ = initial_two_layer(2, WIDEST, 3, rng=rng, scale=1.0)
    return W1.round(4), W2.round(4)


def hidden_start(width, n_classes, *, start=1):
    """Return the parameters that the widget starts from.

    The standard deviations are those of :func:`softmax_steps.two_layer.initial_two_layer`: 1 for
    ``W1``, since there are two features, and the root of 2 / H for ``W2``. A wider layer begins
    with the units of the narrower one: they are the first of one draw.

    Parameters
    ----------
    width : int
        H, at most 16.
    n_classes : int
        At most 3.
    start : int
        Which draw, from 1.

    Returns
    -------
    TwoLayerParams

    Examples
    --------
    >>> narrow, wide = (hidden_start(width, 3).W1 for width in (2, 5))
    >>> bool((wide[:, :2] == narrow).all())
    True
    """
    Z1, Z2 = unit_draw(start)
    return TwoLayerParams(
        Z1[:, :width],
        np.zeros(width),
        np.sqrt(2 / width) * Z2[:width, :n_classes],
        np.zeros(n_classes),
    )


def descend(X, y, params, road):
    """Take the steps of a road against the gradient, as the view does.

    Parameters
    ----------
    X : array_like, shape (N, 2)
    y : array_like of int, shape (N,)
    params : TwoLayerParams, or (W, b) of a linear model
    road : list of (float, float, int)
        λ, η and the number of steps, one after the other.

    Returns
    -------
    TwoLayerParams, or (ndarray, ndarray)
    """
    model = two_layer_loss_and_gradient if len(params) == 4 else loss_and_gradient
    for strength, rate, count in road:
        for _ in range(count):
            _, *gradient = model(X, y, *params, strength=strength)
            params = [p - rate * d for p, d in zip(params, gradient, strict=True)]
    return TwoLayerParams(*params) if len(params) == 4 else tuple(params)


def _within(value, name, most):
    if require_count(value, name) > most:
        raise ValueError(f"{name} is {value}; expected 1 to {most}.")
    return int(value)
