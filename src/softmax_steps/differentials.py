"""The gradient by matrix differentials: how a small step travels to the loss.

Chapter ``book/08_differentials.md``; note 004. A differential is the part of a change that grows in
proportion to the step. It goes forward, from the weights to the loss, where the chain rule of
:mod:`softmax_steps.gradient` goes backward; the two share no formula but the scores.
"""

from typing import NamedTuple

import numpy as np

from softmax_steps.checks import (
    as_array,
    check_problem,
    require_class_count,
    require_finite,
    same_float,
    widen,
)
from softmax_steps.gradient import Gradient, _require_probabilities
from softmax_steps.score import _finite_scores
from softmax_steps.softmax import _one_hot, _softmax

FARTHEST = 300  # a score's change whose exponential is a number by far


class Differentials(NamedTuple):
    """What a step changes, to first order: ``dF`` and ``dP`` (N, C), and ``dL`` in nats."""

    dF: np.ndarray
    dP: np.ndarray
    dL: float


def score_tensor(X, n_classes):
    r"""Give the derivative of every score with respect to every weight, as one array.

    .. math:: T_{ijdk} = \frac{\partial F_{ij}}{\partial W_{dk}} = X_{id}\, [\,j = k\,]

    To look at: it has C times as many numbers as X has, times C, and all but one in C are 0. The
    gradient never needs it.

    Parameters
    ----------
    X : array_like, shape (N, D)
        One sample per row.
    n_classes : int
        The number of classes C.

    Returns
    -------
    T : ndarray, shape (N, C, D, C)

    Raises
    ------
    TypeError, ValueError
        If ``X`` is not a matrix of finite numbers, or the count no whole number of at least 1.

    Examples
    --------
    How the score of class 1 of the first sample follows the six weights:

    >>> score_tensor([[1, 2], [3, -1]], 3)[0, 1]
    array([[0., 1., 0.],
           [0., 2., 0.]])

    Source: note 003, its open question about the order of the factors.
    """
    X = as_array(X, "X", 2, shape_hint="(N, D), one sample per row")
    require_finite(X, "X")
    n_classes = require_class_count(n_classes)
    return np.einsum("id,jk->ijdk", X, np.eye(n_classes, dtype=X.dtype))


def softmax_differential(P, dF):
    r"""Give the change of the probabilities for a small change of the scores, to first order.

    .. math:: dP = P \odot \bigl(dF - ((P \odot dF)\, \mathbf{1})\, \mathbf{1}^{\mathsf T}\bigr)

    Parameters
    ----------
    P : array_like, shape (N, C)
        Probabilities, each row adding up to 1.
    dF : array_like, shape (N, C)
        The change of the scores.

    Returns
    -------
    dP : ndarray, shape (N, C)
        Each row sums to 0: what one class wins the others lose.

    Raises
    ------
    TypeError, ValueError
        If the two do not fit together, or the rows of ``P`` are no probabilities.

    Examples
    --------
    >>> softmax_differential([[0.5, 0.25, 0.25]], [[0.1, 0.0, 0.0]])
    array([[ 0.025 , -0.0125, -0.0125]])

    Source: note 004.
    """
    P = as_array(P, "P", 2, shape_hint="(N, C), one row of probabilities per sample")
    _require_probabilities(P, "P")
    dF = as_array(dF, "dF", 2, shape_hint="(N, C), the change of each score")
    require_finite(dF, "dF")
    if dF.shape != P.shape:
        raise ValueError(
            f"dF has shape {dF.shape} but P has {P.shape}; expected the change of each score: "
            f"the shape of P."
        )
    return _softmax_differential(*same_float(P, dF))


def _softmax_differential(P, dF):
    return P * (dF - (P * dF).sum(axis=1, keepdims=True))


def loss_differential(X, y, W, b=None, *, dW, db=None, strength=0.0):
    r"""Follow a small step of the weights to the loss, to first order.

    .. math::
        dF &= X\, dW + \mathbf{1}\, db^{\mathsf T} \\
        dP &= P \odot \bigl(dF - ((P \odot dF)\, \mathbf{1})\, \mathbf{1}^{\mathsf T}\bigr) \\
        dL &= \frac{1}{N} \operatorname{tr}\bigl((P - Y)^{\mathsf T} dF\bigr)
            + \lambda \operatorname{tr}(W^{\mathsf T} dW)

    Parameters
    ----------
    X : array_like, shape (N, D)
        One sample per row.
    y : array_like of int, shape (N,)
        True labels in 0…C−1.
    W : array_like, shape (D, C)
        Weights.
    b : array_like, shape (C,), optional
        Biases.
    dW : array_like, shape (D, C)
        The step of the weights.
    db : array_like, shape (C,), optional
        The step of the biases; 0 if it is left out.
    strength : float
        λ ≥ 0.

    Returns
    -------
    Differentials

    Raises
    ------
    TypeError, ValueError
        If the inputs are not finite numbers or do not fit together.

    Examples
    --------
    >>> X, y = [[1, 2], [3, -1]], [1, 0]
    >>> W, b = [[1, 0, 1], [0, 1, -1]], [0, 1, 0]
    >>> dW = [[0.01, 0, 0], [0, 0, 0]]
    >>> round(loss_differential(X, y, W, b, dW=dW, strength=0.1).dL, 5)
    -0.00943

    Source: note 004, for a batch, with the mean and the penalty.
    """
    X, y, W, b, strength = check_problem(X, y, W, b, strength)
    dW, db = _require_steps(dW, db, W)
    P = _softmax(_finite_scores(X, W, b))
    return _loss_differential(widen(X), y, W, P, dW, db, strength)


def _loss_differential(X, y, W, P, dW, db, strength):
    dF = X @ dW + db
    dP = _softmax_differential(P, dF)
    error = P - _one_hot(y, P.shape[1])
    dL = (error * dF).sum() / len(X) + strength * (W * dW).sum()
    return Differentials(dF, dP, dL.item())


def loss_remainder(X, y, W, b=None, *, dW, db=None, strength=0.0):
    r"""Give what the differential of the loss misses, without subtracting two losses.

    .. math::
        Z &= dF - ((P \odot dF)\, \mathbf{1})\, \mathbf{1}^{\mathsf T} \\
        L(W + dW, b + db) - L(W, b) - dL
            &= \frac{1}{N} \sum_i \log\Bigl(1 + \sum_j P_{ij} (e^{Z_{ij}} - 1 - Z_{ij})\Bigr)
            + \frac{\lambda}{2} \lVert dW \rVert^2

    Every term is at least 0, so nothing cancels: all digits are right, however small the step is.
    By subtraction, rounding leaves none for steps below about 1e-8.

    Parameters
    ----------
    X : array_like, shape (N, D)
        One sample per row.
    y : array_like of int, shape (N,)
        True labels in 0…C−1. They are checked; the remainder is the same for all.
    W : array_like, shape (D, C)
        Weights.
    b : array_like, shape (C,), optional
        Biases.
    dW : array_like, shape (D, C)
        The step of the weights.
    db : array_like, shape (C,), optional
        The step of the biases; 0 if it is left out.
    strength : float
        λ ≥ 0.

    Returns
    -------
    float
        In nats, computed in float64.

    Raises
    ------
    TypeError, ValueError
        If the inputs are not finite numbers or do not fit together, or if the step is so long that
        it moves a score by more than 300.

    Examples
    --------
    >>> X, y = [[1, 2], [3, -1]], [1, 0]
    >>> W, b = [[1, 0, 1], [0, 1, -1]], [0, 1, 0]
    >>> for size in (0.1, 0.01):
    ...     dW = [[size, 0, 0], [0, 0, 0]]
    ...     print(f"{loss_remainder(X, y, W, b, dW=dW, strength=0.1):.2e}")
    5.35e-03
    5.17e-05

    Source: note 004, and the chapter's widget.
    """
    X, y, W, b, strength = check_problem(X, y, W, b, strength)
    dW, db = _require_steps(dW, db, W)
    X, W, b, dW, db = (array.astype(np.float64) for array in (X, W, b, dW, db))
    P = _softmax(_finite_scores(X, W, b))
    dF = X @ dW + db
    if np.abs(dF).max() > FARTHEST:
        raise ValueError(
            f"the step moves a score by {np.abs(dF).max():.3g}; expected at most {FARTHEST}. "
            f"A differential is for small steps: scale dW and db down."
        )
    # dF less its mean over the row, from differences of the scores: exact for P near 1 too.
    Z = (P[:, np.newaxis] * (dF[:, :, np.newaxis] - dF[:, np.newaxis])).sum(axis=2)
    bent = np.log1p((P * _exp_rest(Z)).sum(axis=1)).mean()
    return (bent + strength / 2 * (dW**2).sum()).item()


def _exp_rest(Z):
    """Return e^Z − 1 − Z, by its series where the difference would lose digits."""
    is_small = np.abs(Z) < 1
    z = np.where(is_small, Z, 0)
    series = np.ones_like(z)
    for n in range(19, 2, -1):
        series = 1 + z / n * series
    return np.where(is_small, z * z / 2 * series, np.expm1(Z) - Z)


def gradient_by_differentials(X, y, W, b=None, *, strength=0.0):
    r"""Read the gradient off the differential of the loss, one entry at a time.

    .. math:: dL = \operatorname{tr}(G^{\mathsf T} dW)
        \quad \Longrightarrow \quad G_{dk} = dL \text{ for } dW = E_{dk}

    Here :math:`E_{dk}` is 1 in one place and 0 in all others. For reading and for tests: it goes
    through the data once for each weight. :func:`softmax_steps.loss_and_gradient` needs no more
    than one pass for all.

    Parameters
    ----------
    X : array_like, shape (N, D)
        One sample per row.
    y : array_like of int, shape (N,)
        True labels in 0…C−1.
    W : array_like, shape (D, C)
        Weights.
    b : array_like, shape (C,), optional
        Biases, not penalised; without them ``db`` is the gradient at b = 0.
    strength : float
        λ ≥ 0.

    Returns
    -------
    Gradient
        ``dW`` (D, C) and ``db`` (C,).

    Raises
    ------
    TypeError, ValueError
        If the inputs are not finite numbers or do not fit together.

    Examples
    --------
    >>> X, y = [[1, 2], [3, -1]], [1, 0]
    >>> W, b = [[1, 0, 1], [0, 1, -1]], [0, 1, 0]
    >>> gradient_by_differentials(X, y, W, b, strength=0.1).dW.round(3)
    array([[-0.943, -0.047,  1.19 ],
           [ 0.485, -0.04 , -0.445]])

    Source: note 004.
    """
    X, y, W, b, strength = check_problem(X, y, W, b, strength)
    P = _softmax(_finite_scores(X, W, b))
    X = widen(X)
    gradient = Gradient(np.zeros_like(W), np.zeros_like(W[0]))
    for k, part in enumerate(gradient):
        for place in np.ndindex(part.shape):
            step = [np.zeros_like(array) for array in gradient]
            step[k][place] = 1
            part[place] = _loss_differential(X, y, W, P, *step, strength).dL
    return gradient


def _require_steps(dW, db, W):
    dW = _require_step(dW, "dW", W.shape, "one entry per weight")
    db = np.zeros(W.shape[1]) if db is None else db
    return dW, _require_step(db, "db", W.shape[1:], "one entry per bias")


def _require_step(step, name, shape, expected):
    step = as_array(step, name, len(shape), shape_hint=f"{shape}, {expected}")
    require_finite(step, name)
    if step.shape != shape:
        raise ValueError(
            f"{name} has shape {step.shape}; expected {shape}, {expected}: a step has the shape of "
            f"what it moves."
        )
    return step
