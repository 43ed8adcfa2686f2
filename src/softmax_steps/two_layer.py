"""One hidden layer before the scores: the network of note 004. Chapter ``book/09_two_layer.md``.

The parameters are a NamedTuple, and the loss is called as :func:`softmax_steps.loss_and_gradient`
is, so :func:`softmax_steps.train` trains the network too.
"""

from typing import NamedTuple

import numpy as np

from softmax_steps.checks import (
    as_array,
    finite_mean,
    has_finite_sum,
    require_count,
    require_finite,
    require_labels,
    require_rng,
    require_strength,
    same_float,
    widen,
)
from softmax_steps.cross_entropy import _cross_entropy
from softmax_steps.gradient import _score_gradient
from softmax_steps.regularization import _l2_gradient, _l2_penalty
from softmax_steps.score import _scores
from softmax_steps.softmax import _log_softmax

HIDDEN = "(M,), one bias per hidden unit"
CLASSES = "(C,), one bias per class"


class TwoLayerParams(NamedTuple):
    """The parameters: ``W1`` (D, M), ``b1`` (M,), ``W2`` (M, C) and ``b2`` (C,)."""

    W1: np.ndarray
    b1: np.ndarray
    W2: np.ndarray
    b2: np.ndarray


class TwoLayerPass(NamedTuple):
    """What a forward pass finds: ``O1`` and ``H`` (N, M), and the scores ``O2`` (N, C)."""

    O1: np.ndarray
    H: np.ndarray
    O2: np.ndarray


class TwoLayerLossGradient(NamedTuple):
    """The loss in nats with its gradient, each part in the shape of its parameter."""

    loss: float
    dW1: np.ndarray
    db1: np.ndarray
    dW2: np.ndarray
    db2: np.ndarray


def two_layer_forward(X, W1, b1, W2, b2):
    r"""Give what the network computes, from the features to the scores.

    .. math::
        O_1 = X W_1 + \mathbf{1} b_1^{\mathsf T}, \qquad
        H = \max(0, O_1), \qquad
        O_2 = H W_2 + \mathbf{1} b_2^{\mathsf T}

    Parameters
    ----------
    X : array_like, shape (N, D)
        One sample per row.
    W1 : array_like, shape (D, M)
        One column of weights per hidden unit.
    b1 : array_like, shape (M,)
        One bias per hidden unit.
    W2 : array_like, shape (M, C)
        One column of weights per class.
    b2 : array_like, shape (C,)
        One bias per class.

    Returns
    -------
    TwoLayerPass
        ``O1`` (N, M), ``H`` (N, M) and the scores ``O2`` (N, C); the widest floating type among
        the inputs.

    Raises
    ------
    TypeError, ValueError
        If the inputs are not finite numbers or do not fit together.

    Examples
    --------
    >>> X = [[1, 2], [3, -1]]
    >>> W1, b1 = [[1, 0, -1], [0, 1, 1]], [0, -1, 0]
    >>> W2, b2 = [[1, 0, 0], [0, 1, 0], [0, 0, 1]], [0, 0, 1]
    >>> O1, H, O2 = two_layer_forward(X, W1, b1, W2, b2)
    >>> O1
    array([[ 1.,  1.,  1.],
           [ 3., -2., -4.]])
    >>> H
    array([[1., 1., 1.],
           [3., 0., 0.]])
    >>> O2
    array([[1., 1., 2.],
           [3., 0., 1.]])

    Source: note 004.
    """
    X, W1, b1, W2, b2 = _check_network(X, W1, b1, W2, b2)
    return _finite_pass(X, W1, b1, W2, b2)


def _two_layer_forward(X, W1, b1, W2, b2):
    O1 = _scores(X, W1, b1)
    H = _relu(O1)
    return TwoLayerPass(O1, H, _scores(H, W2, b2))


def _relu(O):  # noqa: E741
    # Not np.maximum: where the real parts are equal, that compares the imaginary ones, and a
    # complex step would open a unit that stands exactly at the kink.
    return np.where(O.real > 0, O, 0)


def two_layer_loss_and_gradient(X, y, W1, b1, W2, b2, *, strength=0.0):
    r"""Give the loss of the network and its gradient together.

    .. math::
        L &= \frac{1}{N} \sum_i -\log P_{i, y_i}
            + \frac{\lambda}{2} \left(\lVert W_1 \rVert^2 + \lVert W_2 \rVert^2\right), \qquad
            P = \operatorname{softmax}(O_2) \\
        \frac{\partial L}{\partial O_2} &= \frac{1}{N} (P - Y), \qquad
        \frac{\partial L}{\partial W_2} =
            H^{\mathsf T} \frac{\partial L}{\partial O_2} + \lambda W_2, \qquad
        \frac{\partial L}{\partial b_2} = \sum_i \frac{\partial L}{\partial O_{2\, i,:}} \\
        \frac{\partial L}{\partial O_1} &=
            \left(\frac{\partial L}{\partial O_2} W_2^{\mathsf T}\right) \odot [\,O_1 > 0\,], \qquad
        \frac{\partial L}{\partial W_1} =
            X^{\mathsf T} \frac{\partial L}{\partial O_1} + \lambda W_1, \qquad
        \frac{\partial L}{\partial b_1} = \sum_i \frac{\partial L}{\partial O_{1\, i,:}}

    At the kink, where a hidden unit's ``O1`` is exactly 0, it takes the flat side: 0.

    Parameters
    ----------
    X : array_like, shape (N, D)
        One sample per row.
    y : array_like of int, shape (N,)
        True labels in 0…C−1.
    W1 : array_like, shape (D, M)
        One column of weights per hidden unit.
    b1 : array_like, shape (M,)
        One bias per hidden unit, not penalised.
    W2 : array_like, shape (M, C)
        One column of weights per class.
    b2 : array_like, shape (C,)
        One bias per class, not penalised.
    strength : float
        λ ≥ 0.

    Returns
    -------
    TwoLayerLossGradient
        ``loss`` in nats, and ``dW1``, ``db1``, ``dW2`` and ``db2``.

    Raises
    ------
    TypeError, ValueError
        If the inputs are not finite numbers or do not fit together.

    Examples
    --------
    >>> X, y = [[1, 2], [3, -1]], [2, 0]
    >>> W1, b1 = [[1, 0, -1], [0, 1, 1]], [0, -1, 0]
    >>> W2, b2 = [[1, 0, 0], [0, 1, 0], [0, 0, 1]], [0, 0, 1]
    >>> result = two_layer_loss_and_gradient(X, y, W1, b1, W2, b2)
    >>> round(result.loss, 4)
    0.3606
    >>> result.db2.round(3)
    array([ 0.028,  0.127, -0.155])
    >>> result.dW1.round(3)
    array([[-0.128,  0.106, -0.212],
           [ 0.29 ,  0.212, -0.424]])

    Source: note 004, with the labels, the mean and the penalty that it lost.
    """
    strength = require_strength(strength)
    X, *params = _check_network(X, W1, b1, W2, b2)
    y = require_labels(y, len(X), len(params[-1]), labels_of="X")
    dtype = X.dtype
    X, W1, b1, W2, b2 = (widen(array) for array in (X, *params))
    found = _finite_pass(X, W1, b1, W2, b2)
    result = _two_layer_loss_and_gradient(found, X, y, W1, W2, strength)
    return _in_type(result, dtype)


def _two_layer_loss_and_gradient(found, X, y, W1, W2, strength):
    log_p = _log_softmax(found.O2)
    penalty = _l2_penalty(W1, strength) + _l2_penalty(W2, strength)
    loss = finite_mean(_cross_entropy(log_p, y)) + penalty
    dO2 = _score_gradient(np.exp(log_p), y)
    dW2, db2 = _affine_gradients(found.H, W2, dO2, strength)
    dH = dO2 @ W2.T
    dO1 = dH * (found.O1.real > 0)
    dW1, db1 = _affine_gradients(X, W1, dO1, strength)
    return TwoLayerLossGradient(loss, dW1, db1, dW2, db2)


def _affine_gradients(Z, W, dO, strength):
    """Give the slopes in W and b of an affine step O = ZW + 1bᵀ, whose own slopes are dO."""
    return Z.T @ dO + _l2_gradient(W, strength), dO.sum(axis=0)


def _in_type(result, dtype):
    loss, *slopes = result
    return TwoLayerLossGradient(loss, *(part.astype(dtype, copy=False) for part in slopes))


def initial_two_layer(n_features, n_hidden, n_classes, *, rng, scale=None):
    r"""Draw parameters to start from.

    .. math:: (W_1)_{dh} \sim \mathcal N\!\left(0, \frac{2}{D}\right), \qquad
        (W_2)_{hj} \sim \mathcal N\!\left(0, \frac{2}{M}\right), \qquad b_1 = 0, \quad b_2 = 0

    Zeros would not do: all hidden units would start alike, and stay alike.

    Parameters
    ----------
    n_features : int
        The number of features D.
    n_hidden : int
        The number of hidden units M.
    n_classes : int
        The number of classes C.
    rng : numpy.random.Generator
        Draws the weights.
    scale : float, optional
        One standard deviation for all weights instead of the two above.

    Returns
    -------
    TwoLayerParams

    Raises
    ------
    TypeError, ValueError
        If a count is no whole number of at least 1, or ``rng`` no generator.

    Examples
    --------
    >>> params = initial_two_layer(64, 32, 10, rng=np.random.default_rng(0))
    >>> [array.shape for array in params]
    [(64, 32), (32,), (32, 10), (10,)]

    Source: He, Zhang, Ren and Sun (2015) for the standard deviations.
    """
    D = require_count(n_features, "n_features")
    M = require_count(n_hidden, "n_hidden")
    C = require_count(n_classes, "n_classes")
    rng = require_rng(rng)
    first = np.sqrt(2 / D) if scale is None else scale
    second = np.sqrt(2 / M) if scale is None else scale
    W1 = first * rng.standard_normal((D, M))
    W2 = second * rng.standard_normal((M, C))
    return TwoLayerParams(W1, np.zeros(M), W2, np.zeros(C))


def _check_network(X, W1, b1, W2, b2):
    """Return the data and the parameters checked against each other, in one floating type."""
    X = as_array(X, "X", 2, shape_hint="(N, D), one sample per row")
    W1 = as_array(W1, "W1", 2, shape_hint="(D, M), one column per hidden unit")
    b1 = as_array(b1, "b1", 1, shape_hint=HIDDEN)
    W2 = as_array(W2, "W2", 2, shape_hint="(M, C), one column per class")
    b2 = as_array(b2, "b2", 1, shape_hint=CLASSES)
    if X.shape[1] != W1.shape[0]:
        raise ValueError(
            f"X has {X.shape[1]} columns (features) but W1 has {W1.shape[0]} rows: W1 should be "
            f"({X.shape[1]}, M), one row per feature. {_mend(X.shape[1], W1, 'W1')}"
        )
    if W1.shape[1] != W2.shape[0]:
        raise ValueError(
            f"W1 has {W1.shape[1]} columns (hidden units) but W2 has {W2.shape[0]} rows: W2 "
            f"should be ({W1.shape[1]}, C), one row per hidden unit. "
            f"{_mend(W1.shape[1], W2, 'W2')}"
        )
    for b, name, W, what in ((b1, "b1", W1, "hidden unit"), (b2, "b2", W2, "class")):
        if len(b) != W.shape[1]:
            raise ValueError(
                f"{name} has {len(b)} entries but there are {W.shape[1]} columns in "
                f"W{name[1]}; expected shape ({W.shape[1]},), one bias per {what}."
            )
    return same_float(X, W1, b1, W2, b2)


def _mend(rows, W, name):
    if W.shape[1] == rows:
        return f"Is {name} transposed? Then pass {name}.T."
    return "Do both belong to the same network?"


@np.errstate(over="ignore", invalid="ignore")  # reported as an error, with its place
def _finite_pass(X, W1, b1, W2, b2):
    found = _two_layer_forward(X, W1, b1, W2, b2)
    # A closed unit hides what is not finite, so both layers are looked at.
    if not (has_finite_sum(found.O1) and has_finite_sum(found.O2)):
        arrays = {"X": X, "W1": W1, "b1": b1, "W2": W2, "b2": b2, "O1": found.O1, "O2": found.O2}
        for name, array in arrays.items():
            require_finite(array, name)
    return found
