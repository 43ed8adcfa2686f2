"""Step 5, regularization: large weights cost something. Chapter ``book/05_regularization.md``."""

import math

import numpy as np

from softmax_steps.checks import (
    as_array,
    check_problem,
    finite_mean,
    require_finite,
    require_strength,
)
from softmax_steps.cross_entropy import _cross_entropy
from softmax_steps.score import _finite_scores
from softmax_steps.softmax import _log_softmax


def l2_penalty(W, *, strength):
    r"""Price the size of the weights.

    .. math:: R_\lambda(W) = \frac{\lambda}{2} \lVert W \rVert^2
        = \frac{\lambda}{2} \sum_{dj} W_{dj}^2

    Parameters
    ----------
    W : array_like, shape (D, C)
        Weights; biases are not penalised, so they do not belong here.
    strength : float
        λ ≥ 0.

    Returns
    -------
    float
        The penalty, in nats like the loss that it is added to.

    Raises
    ------
    TypeError, ValueError
        If ``W`` is not a finite matrix, or λ is negative, NaN or infinite.

    Examples
    --------
    >>> l2_penalty([[1, 0, 1], [0, 1, -1]], strength=0.1)
    0.2

    Source: note 000, step 5 (note 003 writes λ R(W), without the half).
    """
    return _l2_penalty(_require_weights(W), require_strength(strength))


@np.errstate(over="ignore")  # of the square, which is then taken anew
def _l2_penalty(W, strength, square=None):
    if strength == 0:  # whatever the weights
        return 0.0
    if square is None:  # given where the sum of squares is known
        square = _square(W)
    if 1e-280 < abs(square) < math.inf:
        return strength * (square / 2)
    # A power of 2 rounds nothing.
    size = 2.0 ** (math.frexp(float(np.abs(W).max()))[1] - 1)
    wide = np.promote_types(W.dtype, np.float64)
    v = W.astype(wide) / size  # between −2 and 2: no square overflows
    return strength * size * (size / 2) * _square(v)


def _square(W):
    w = W.ravel().astype(np.promote_types(W.dtype, np.float64), copy=False)
    return np.dot(w, w).item()


def l2_gradient(W, *, strength):
    r"""Give the gradient of the penalty: each weight pulls towards 0 in proportion.

    .. math:: \frac{\partial R_\lambda}{\partial W} = \lambda W

    Parameters
    ----------
    W : array_like, shape (D, C)
    strength : float
        λ ≥ 0.

    Returns
    -------
    ndarray, shape (D, C)
        In nats per unit of weight; the floating type of ``W``.

    Raises
    ------
    TypeError, ValueError
        As for :func:`l2_penalty`.

    Examples
    --------
    >>> l2_gradient([[1, 0, 1], [0, 1, -1]], strength=0.1)
    array([[ 0.1,  0. ,  0.1],
           [ 0. ,  0.1, -0.1]])

    Source: note 000, step 6.
    """
    strength = require_strength(strength)
    return _l2_gradient(_require_weights(W), strength)


def _l2_gradient(W, strength):
    # In float16 a small λ would be 0, and a large one inf.
    wide = np.float64(strength) * W
    return wide.astype(W.dtype, copy=False)


def loss(X, y, W, b=None, *, strength=0.0):
    r"""Give the whole loss: the mean cross-entropy plus the penalty.

    .. math:: L = \frac{1}{N} \sum_i -\log P_{i, y_i} + \frac{\lambda}{2} \lVert W \rVert^2

    Parameters
    ----------
    X : array_like, shape (N, D)
        One sample per row.
    y : array_like of int, shape (N,)
        True labels in 0…C−1.
    W : array_like, shape (D, C)
        Weights.
    b : array_like, shape (C,), optional
        Biases, not penalised.
    strength : float
        λ ≥ 0.

    Returns
    -------
    float
        The loss in nats.

    Raises
    ------
    TypeError, ValueError
        If the inputs are not finite numbers or do not fit together.

    Examples
    --------
    >>> X, y = [[1, 2], [3, -1]], [1, 0]
    >>> W, b = [[1, 0, 1], [0, 1, -1]], [0, 1, 0]
    >>> round(loss(X, y, W, b, strength=0.1), 4)
    0.9347

    Source: note 000, step 5, mended: a mean over the samples, so that λ means the
    same for every batch size.
    """
    X, y, W, b, strength = check_problem(X, y, W, b, strength)
    log_p = _log_softmax(_finite_scores(X, W, b))
    return finite_mean(_cross_entropy(log_p, y)) + _l2_penalty(W, strength)


def _require_weights(W):
    W = as_array(W, "W", 2, shape_hint="(D, C), one column per class")
    require_finite(W, "W")
    return W
