"""The classifier whose loss is least, found by L-BFGS. Chapter ``book/11_one_pass.md``.

:func:`softmax_steps.train` walks downhill and is for learning how that goes. The loss of the
softmax classifier is convex, so its least value is a problem with one answer, and a solver finds
it in a few dozen passes over the data. This module needs SciPy.
"""

import math
import warnings
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np

from softmax_steps.checks import (
    as_array,
    plain_array,
    require_class_count,
    require_count,
    require_finite,
    require_labels,
    require_step,
    require_strength,
)
from softmax_steps.gradient import loss_and_gradient, require_kernel

BLOCK = 2**19  # numbers of narrower rows that are made float64 at a time, 4 MB
MEMORY = 20  # how many of its last steps L-BFGS remembers: a few hundred kB of arithmetic each


class NotConvergedWarning(RuntimeWarning):
    """The solver stopped before it was as near the minimum as asked for."""


class Survey(NamedTuple):
    """What the solver has to know of the data before it begins; see :func:`survey`.

    ``class_counts`` (C,) has the rows of each class, ``mean`` (D,) the mean row, and ``size`` is
    the root of the mean squared length of a row.
    """

    class_counts: np.ndarray
    mean: np.ndarray
    size: float


@dataclass(frozen=True, eq=False, repr=False)
class FittedModel:
    """The classifier at which the loss is least, and how it was found.

    ``W`` (D, C) and ``b`` (C,) are its parameters, ``strength`` is λ, ``loss`` the whole loss in
    nats, ``slope`` the length of its gradient with respect to W and the biases of centred rows, in
    nats per unit, and ``passes`` how often the solver went through the data. ``converged`` tells
    whether the slope is as small as asked for, or as rounding lets it be; ``interrupted`` whether
    the reader stopped it (Ctrl-C).
    """

    W: np.ndarray
    b: np.ndarray
    strength: float
    loss: float
    slope: float
    passes: int
    converged: bool
    interrupted: bool = False

    def __repr__(self):
        D, C = self.W.shape
        parts = [f"{D} features, {C} classes", f"strength {self.strength:g}"]
        parts += [f"loss {self.loss:.4f}", f"slope {self.slope:.0e}", f"{self.passes} passes"]
        if self.interrupted:
            parts.append("interrupted")
        elif not self.converged:
            parts.append("not converged")
        return f"FittedModel({', '.join(parts)})"


def fit(
    X,
    y,
    *,
    strength,
    n_classes=None,
    initial=None,
    tolerance=1e-5,
    most_passes=10_000,
    kernel=None,
):
    r"""Find the weights and biases at which the loss is least.

    .. math:: (W^*, b^*) = \operatorname{arg\,min}_{W, b} \;
        \frac{1}{N} \sum_i -\log P_{i, y_i} + \frac{\lambda}{2} \lVert W \rVert^2

    SciPy's L-BFGS does it. It works on the biases :math:`c = b + W^{\mathsf T} \bar x` of the
    centred rows :math:`x - \bar x`: the loss is the same, the data are not copied, and it takes
    several times fewer passes where features have a mean that is not 0, such as the ink of a
    pixel.

    Among equals the answer is the one whose biases add up to 0; for λ = 0, the weights of each
    feature too. That is softmax's free direction, in which the loss does not change.

    Parameters
    ----------
    X : array_like, shape (N, D)
        One sample per row.
    y : array_like of int, shape (N,)
        True labels in 0…C−1; every class must occur, else its bias falls for ever.
    strength : float
        λ ≥ 0.
    n_classes : int, optional
        C; without it, the largest label and one.
    initial : FittedModel or (array_like, array_like), optional
        A model, or ``W, b``, to start from: the solution for another λ is a good start.
    tolerance : float
        How far the weights may be from the best ones, about: the slope shall be less than
        ``tolerance`` times λ, since the loss curves at least λ in the direction of each weight.
        Where rounding does not let it be so small, the solver goes as far as it can.
    most_passes : int
        Stop after so many passes over the data all the same, with a :class:`NotConvergedWarning`.
    kernel : str, optional
        ``"numpy"``, or ``"numba"`` for compiled passes, as for
        :func:`softmax_steps.loss_and_gradient`.

    Returns
    -------
    FittedModel
        Its ``W`` (D, C) and ``b`` (C,) have the floating type of ``X``.

    Raises
    ------
    ImportError
        If SciPy is not installed, or numba, where the kernel is numba's.
    TypeError, ValueError
        If the inputs do not fit together, a class has no row, or λ is 0 and a straight border
        parts the classes without error, so that the loss has no least value.

    Notes
    -----
    scikit-learn's ``LogisticRegression(C=c)`` adds up the losses where ours is their mean, so
    it is the same problem for :math:`\lambda = 1 / (c N)`. Of two classes it has one column of
    weights, which stands for the difference of ours, and then
    :math:`\lambda = 2 / (c N)`.

    Examples
    --------
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], [0, 1, 0, 1]
    >>> model = fit(X, y, strength=0.1)
    >>> model.W.round(3)
    array([[-0.372,  0.372]])

    Source: Liu and Nocedal (1989), *On the limited memory BFGS method*.
    """
    kernel = require_kernel(kernel)
    X = as_array(X, "X", 2, allow_complex=False, shape_hint="(N, D), one sample per row")
    y = plain_array(y, "y")
    C = require_class_count(n_classes) if n_classes is not None else _class_count(y)
    y = require_labels(y, len(X), C, labels_of="X")
    return solve(
        partial(_at, X, y, kernel),
        survey(X, y, C),
        dtype=X.dtype,
        strength=strength,
        initial=initial,
        tolerance=tolerance,
        most_passes=most_passes,
    )


def _at(X, y, kernel, W, b, strength):
    # In float64, as W is.
    return loss_and_gradient(X, y, W, b, strength=strength, kernel=kernel)


def fit_path(X, y, *, strengths, **options):
    """Fit a model for each λ, from the largest to the smallest, each from the one before.

    A large λ takes few passes, and its solution is a better start for the next one than zeros.

    Parameters
    ----------
    X : array_like, shape (N, D)
    y : array_like of int, shape (N,)
    strengths : sequence of float
        The values of λ.
    **options
        As for :func:`fit`.

    Returns
    -------
    list of FittedModel
        In the order of ``strengths``.

    Raises
    ------
    ImportError, TypeError, ValueError
        As for :func:`fit`, and if there is no λ.

    Examples
    --------
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], [0, 1, 0, 1]
    >>> path = fit_path(X, y, strengths=[1.0, 0.1, 0.01])
    >>> [round(model.loss, 3) for model in path]
    [0.655, 0.604, 0.589]
    """
    strengths = [require_strength(strength) for strength in strengths]
    if not strengths:
        raise ValueError("strengths is empty; expected at least one λ, such as [0.1, 0.01].")
    model, models = options.pop("initial", None), {}
    for strength in sorted(set(strengths), reverse=True):
        model = fit(X, y, strength=strength, initial=model, **options)
        models[strength] = model
        if model.interrupted:
            break
    return [models[strength] for strength in strengths if strength in models]


def survey(X, y, n_classes):
    """Give what the solver has to know of the data before it begins, or of a part of it.

    Parameters
    ----------
    X : ndarray, shape (N, D)
        Of a floating type.
    y : ndarray of int, shape (N,)
        Labels in 0…C−1.
    n_classes : int
        C.

    Returns
    -------
    Survey

    Raises
    ------
    ValueError
        If a number in X is not finite.

    Examples
    --------
    >>> survey(np.array([[3.0, 4.0], [3.0, 4.0]]), np.array([0, 1]), 2)
    Survey(class_counts=array([1, 1]), mean=array([3., 4.]), size=5.0)
    """
    require_finite(X, "X")  # here, once: what the solver adds is finite
    rows = max(1, BLOCK // X.shape[1])
    parts = []
    for start in range(0, len(X), rows):
        part, labels = X[start : start + rows].astype(np.float64), y[start : start + rows]
        size = math.sqrt(np.vdot(part, part) / len(part))
        counts = np.bincount(labels, minlength=n_classes)
        parts.append(Survey(counts, part.mean(axis=0), size))
    return join_surveys(parts)


def join_surveys(surveys):
    """Give the survey of all rows from those of the parts.

    Parameters
    ----------
    surveys : iterable of Survey
        At least one.

    Returns
    -------
    Survey

    Examples
    --------
    >>> one = Survey(np.array([1, 0]), np.array([0.0]), 0.0)
    >>> two = Survey(np.array([0, 3]), np.array([4.0]), 4.0)
    >>> join_surveys([one, two]).mean
    array([3.])
    """
    total = None
    for part in surveys:
        if total is None:
            total = part
            continue
        counts = total.class_counts + part.class_counts
        share = part.class_counts.sum() / counts.sum()
        mean = (1 - share) * total.mean + share * part.mean
        square = (1 - share) * total.size**2 + share * part.size**2
        total = Survey(counts, mean, math.sqrt(square))
    return total


def solve(
    loss_and_gradient,
    survey,
    *,
    dtype,
    strength,
    initial=None,
    tolerance=1e-5,
    most_passes=10_000,
    after_step=None,
):
    """Find the least loss, wherever the rows are: in memory, in a file, on other machines.

    Parameters
    ----------
    loss_and_gradient : callable
        Called as ``loss_and_gradient(W, b, strength)``; gives loss, dW and db over all rows.
    survey : Survey
        Of all rows.
    dtype : numpy floating type
        The type of the model that is given; the solver itself works in float64.
    strength, initial, tolerance, most_passes
        As for :func:`fit`.
    after_step : callable, optional
        Called with the loss after each step of the solver.

    Returns
    -------
    FittedModel

    Raises
    ------
    ImportError, TypeError, ValueError
        As for :func:`fit`.
    """
    minimize = _scipy_minimize()
    strength = require_strength(strength)
    most_passes = require_count(most_passes, "most_passes")
    _require_every_class(survey.class_counts)
    problem = _Problem(loss_and_gradient, survey, np.dtype(dtype), strength)
    run = _Run(problem, require_step(tolerance, "tolerance"), after_step)
    start = problem.place(*_require_start(initial, survey))
    try:
        ended = minimize(
            run.evaluate,
            start,
            jac=True,
            method="L-BFGS-B",
            callback=run.accept,
            options={
                "maxiter": most_passes,
                "maxfun": most_passes,
                "maxcor": MEMORY,
                "maxls": 50,
                "ftol": 0,  # the slope alone decides
                "gtol": 0,
            },
        ).message
    except KeyboardInterrupt:
        if run.best is None:
            raise
        return run.model(interrupted=True)
    model = run.model()
    if not model.converged:
        warnings.warn(
            f"The fit ended after {model.passes} passes with a slope of {model.slope:.1e}; "
            f"expected at most {run.short_enough:.1e} ({ended}). Pass a larger "
            f"most_passes, a larger strength, or features of about the same size.",
            NotConvergedWarning,
            stacklevel=3,
        )
    return model


class _Problem:
    """The loss as a function of one vector: the weights, and the biases of centred rows."""

    def __init__(self, loss_and_gradient, survey, dtype, strength):
        self.loss_and_gradient, self.mean, self.strength = loss_and_gradient, survey.mean, strength
        self.shape = len(survey.mean), len(survey.class_counts)
        self.dtype = dtype
        self.n_samples, self.size = int(survey.class_counts.sum()), survey.size
        self.spread = math.sqrt(max(survey.size**2 - survey.mean @ survey.mean, 0))

    def place(self, W, b):
        """Return the vector of a model, moved along softmax's free direction to the middle."""
        if self.strength == 0:
            W = W - W.mean(axis=1, keepdims=True)
        c = b + self.mean @ W
        return np.vstack([W, c - c.mean()]).ravel()

    def model(self, place):
        """Return the weights and biases at a vector, in float64."""
        theta = place.reshape(-1, self.shape[1])
        W, c = theta[:-1], theta[-1]
        return W, c - self.mean @ W

    def at(self, place):
        """Return loss and gradient at a vector."""
        loss, dW, db = self.loss_and_gradient(*self.model(place), self.strength)
        return float(loss), np.vstack([dW - np.outer(self.mean, db), db]).ravel()


class _Run:
    """What a run of the solver has reached."""

    def __init__(self, problem, tolerance, after_step):
        self.problem, self.after_step = problem, after_step
        self.short_enough = tolerance * problem.strength
        self.passes, self.newest, self.best = 0, None, None

    def evaluate(self, place):
        loss, gradient = self.problem.at(place)
        self.passes += 1
        self.newest = place.copy(), loss, math.sqrt(gradient @ gradient)
        if self.best is None:
            self.best = self.newest
        return loss, gradient

    def accept(self, intermediate_result):
        """Take the solver's step, which was evaluated last; end the run where it is enough."""
        self.best = self.newest
        _, loss, slope = self.best
        if self.after_step is not None:
            self.after_step(loss)
        if self.problem.strength == 0:
            self.refuse_if_parted(loss)
        if slope <= (self.short_enough or self.rounding() / 100):
            raise StopIteration

    def rounding(self):
        """Return the slope at which a step lowers the loss by its rounding: no solver goes on.

        Scores are as large as the rows and weights; of N of them the rounding partly cancels.
        """
        place, loss, _ = self.best
        scores = self.problem.size * math.sqrt(place @ place)
        error = np.finfo(np.float64).eps * (loss + scores) / math.sqrt(self.problem.n_samples)
        return math.sqrt(error) * (1 + self.problem.spread + math.sqrt(self.problem.strength))

    def refuse_if_parted(self, loss):
        """Refuse data without a least loss: below log 2 / N, every true class has P > 1/2."""
        if loss * self.problem.n_samples < math.log(2) and self.problem.shape[1] > 1:
            raise ValueError(
                "strength is 0, and these weights give every sample's true class more than half "
                "of the probability; expected λ > 0 for such data: the larger the weights, the "
                "smaller the loss, without end. Pass a small strength, such as 1e-6."
            )

    def model(self, interrupted=False):
        place, loss, slope = self.best
        W, b = self.problem.model(place)
        if self.problem.strength == 0:
            W = W - W.mean(axis=1, keepdims=True)
        narrow = (part.astype(self.problem.dtype, copy=False) for part in (W, b - b.mean()))
        return FittedModel(
            *narrow,
            strength=self.problem.strength,
            loss=loss,
            slope=slope,
            passes=self.passes,
            converged=slope <= max(self.short_enough, self.rounding()),
            interrupted=interrupted,
        )


def _scipy_minimize():
    try:
        from scipy.optimize import minimize  # only here: the maths itself needs NumPy alone
    except ImportError as error:
        raise ImportError(
            "fit needs SciPy, which is not installed. Install it (python -m pip install scipy), "
            "or walk to the minimum with train."
        ) from error
    return minimize


def _class_count(y):
    """Return the number of classes that the labels ask for; odd labels are refused later."""
    return max(int(y.max()) + 1, 1) if y.ndim == 1 and y.dtype.kind in "iu" and y.size else 1


def _require_every_class(counts):
    if (counts == 0).any():
        missing = np.flatnonzero(counts == 0)
        raise ValueError(
            f"No sample has the label {missing[0]}; expected every class 0…{len(counts) - 1} among "
            f"the labels: the bias of one that never comes falls for ever. "
            f"np.unique(y, return_inverse=True) numbers those that there are."
        )


def _require_start(initial, survey):
    """Return W and b to start from: those given, or zero weights and each class's frequency."""
    D, C = len(survey.mean), len(survey.class_counts)
    if initial is None:
        return np.zeros((D, C)), np.log(survey.class_counts / survey.class_counts.sum())
    if isinstance(initial, FittedModel):
        initial = initial.W, initial.b
    if not isinstance(initial, tuple | list) or len(initial) != 2:
        raise TypeError(
            f"initial is a {type(initial).__name__}; expected a FittedModel or the pair (W, b)."
        )
    W = as_array(initial[0], "W", 2, allow_complex=False, shape_hint="(D, C)")
    b = as_array(initial[1], "b", 1, allow_complex=False, shape_hint="(C,)")
    if W.shape != (D, C) or b.shape != (C,):
        raise ValueError(
            f"initial holds W {W.shape} and b {b.shape}; expected {(D, C)} and {(C,)}. Is it a "
            f"model of other data?"
        )
    require_finite(W, "W")
    require_finite(b, "b")
    return W.astype(np.float64), b.astype(np.float64)
