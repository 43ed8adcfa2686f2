"""Step 6, the gradient: which way each weight should move. Chapter ``book/06_gradient.md``.

Four routes lead to the same numbers: loops over samples and classes (note 003), the chain
rule with a Jacobian for each sample (note 000), one matrix product, and the finite
differences of :mod:`softmax_steps.gradient_check`.
"""

from typing import NamedTuple

import numpy as np

from softmax_steps.checks import (
    as_array,
    check_problem,
    finite_mean,
    require_block_rows,
    require_count,
    require_finite,
    require_labels,
    require_scale,
    rounding_of,
    sums_to_one,
    widen,
)
from softmax_steps.compiled import require_numba
from softmax_steps.cross_entropy import _cross_entropy
from softmax_steps.one_pass import mean_loss_and_gradient
from softmax_steps.regularization import _l2_gradient, _l2_penalty
from softmax_steps.score import _finite_scores
from softmax_steps.softmax import _log_softmax, _one_hot, _softmax


class Gradient(NamedTuple):
    """The gradient of the loss: ``dW`` (D, C) and ``db`` (C,), in nats per unit."""

    dW: np.ndarray
    db: np.ndarray


class LossGradient(NamedTuple):
    """The loss in nats with its gradient: ``loss``, ``dW`` (D, C) and ``db`` (C,)."""

    loss: float
    dW: np.ndarray
    db: np.ndarray


def softmax_jacobian(p):
    r"""Give the derivative of one sample's softmax with respect to its scores.

    .. math:: J_{jk} = \frac{\partial p_j}{\partial f_k} = p_j ([\,j = k\,] - p_k),
        \qquad J = \operatorname{diag}(p) - p p^{\mathsf T}

    Parameters
    ----------
    p : array_like, shape (C,)
        The probabilities of one sample.

    Returns
    -------
    J : ndarray, shape (C, C)
        Symmetric; each row and each column sums to 0.

    Raises
    ------
    TypeError, ValueError
        If ``p`` is not a vector of numbers between 0 and 1 that sum to 1.

    Examples
    --------
    >>> softmax_jacobian([0.5, 0.25, 0.25])
    array([[ 0.25  , -0.125 , -0.125 ],
           [-0.125 ,  0.1875, -0.0625],
           [-0.125 , -0.0625,  0.1875]])

    Source: note 000, step 6 (it stood in a lost picture).
    """
    p = as_array(p, "p", 1, shape_hint="(C,), the probabilities of one sample")
    _require_probabilities(p, "p")
    return _softmax_jacobian(p)


def _softmax_jacobian(p):
    J = -np.outer(p, p)
    np.fill_diagonal(J, p * (1 - p))  # p − p² would cancel where p is near 1
    return J


def score_gradient(P, y):
    r"""Give the gradient of the mean cross-entropy with respect to the scores.

    .. math:: \frac{\partial L}{\partial F} = \frac{1}{N} (P - Y), \qquad Y_{ij} = [\,j = y_i\,]

    Parameters
    ----------
    P : array_like, shape (N, C)
        Probabilities from :func:`softmax_steps.softmax`.
    y : array_like of int, shape (N,)
        True labels in 0…C−1.

    Returns
    -------
    ndarray, shape (N, C)
        In nats per unit of score; each row sums to 0; the floating type of ``P``.

    Raises
    ------
    TypeError, ValueError
        If a row of ``P`` is no row of probabilities, which are between 0 and 1 and sum to
        1, or the labels do not fit.

    Examples
    --------
    >>> score_gradient([[0.25, 0.75], [0.5, 0.5]], y=[1, 0])
    array([[ 0.125, -0.125],
           [-0.25 ,  0.25 ]])

    Source: notes 001 and 003.
    """
    P, y = _require_probabilities_and_labels(P, y)
    return _score_gradient(widen(P), y).astype(P.dtype, copy=False)


def _score_gradient(P, y):
    dF = P - _one_hot(y, P.shape[1])
    dF *= 1 / len(y)  # in place: large arrays are slow to make
    return dF


def score_gradient_by_chain_rule(P, y):
    r"""Give the same as :func:`score_gradient`, the long way: −Y/P through each Jacobian.

    .. math:: \frac{\partial L}{\partial F_{ik}} =
        \frac{1}{N} \sum_j \Bigl(-\frac{Y_{ij}}{P_{ij}}\Bigr)
        \frac{\partial P_{ij}}{\partial F_{ik}}

    For reading and for tests: it takes C² numbers for each sample and divides by
    probabilities that may be 0. :func:`score_gradient` has neither fault.

    Parameters
    ----------
    P : array_like, shape (N, C)
        Probabilities; those of the true classes must be above 0.
    y : array_like of int, shape (N,)
        True labels in 0…C−1.

    Returns
    -------
    ndarray, shape (N, C)
        In nats per unit of score.

    Raises
    ------
    TypeError, ValueError
        As for :func:`score_gradient`, and if 1 over a true class's probability overflows.

    Examples
    --------
    >>> score_gradient_by_chain_rule([[0.25, 0.75], [0.5, 0.5]], y=[1, 0])
    array([[ 0.125, -0.125],
           [-0.25 ,  0.25 ]])

    Source: note 000, step 6, with the factors contracted instead of multiplied.
    """
    P, y = _require_probabilities_and_labels(P, y)
    with np.errstate(divide="ignore", over="ignore"):
        too_small = ~np.isfinite(1 / P[np.arange(len(y)), y])
    if too_small.any():
        i = int(np.argmax(too_small))
        raise ValueError(
            f"P[{i}, {y[i]}], of a true class, is {P[i, y[i]]}, and −1 divided by it has no "
            f"value; expected a larger probability. score_gradient needs no division: use that."
        )
    dtype, P = P.dtype, widen(P)
    dF = np.zeros_like(P)
    for i in range(len(P)):
        dp = np.zeros_like(P[i])
        dp[y[i]] = -1 / P[i, y[i]]
        dF[i] = _softmax_jacobian(P[i]) @ dp
    return (1 / len(y) * dF).astype(dtype, copy=False)


def gradient_by_sample(X, y, W, b=None, *, strength=0.0):
    r"""Give the gradient of the loss by two loops, over samples and over classes.

    .. math:: \frac{\partial L_i}{\partial W_{:,j}} = (p_{ij} - [\,j = y_i\,])\, X_i

    For reading and for tests; :func:`loss_and_gradient` gives the same numbers with two
    matrix products.

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
    >>> gradient_by_sample(X, y, W, b, strength=0.1).dW.round(3)
    array([[-0.943, -0.047,  1.19 ],
           [ 0.485, -0.04 , -0.445]])

    Source: note 003, with the 1/N and the penalty that its last line lost.
    """
    X, y, W, b, strength = check_problem(X, y, W, b, strength)
    P = _softmax(_finite_scores(X, W, b))
    dW, db = np.zeros(W.shape, P.dtype), np.zeros(W.shape[1], P.dtype)
    for i in range(len(X)):
        for j in range(W.shape[1]):
            error = P[i, j] - (j == y[i])
            dW[:, j] += error * X[i]
            db[j] += error
    N = len(X)
    dW, db = 1 / N * dW + _l2_gradient(W, strength), 1 / N * db
    dW, db = (slopes.astype(W.dtype, copy=False) for slopes in (dW, db))
    return Gradient(dW, db)


def loss_and_gradient(
    X,
    y,
    W,
    b=None,
    *,
    strength=0.0,
    block_rows=None,
    scale=None,
    threads=1,
    kernel=None,
):
    r"""Give the loss and its gradient together, with two matrix products.

    .. math::
        L &= \frac{1}{N} \sum_i -\log P_{i, y_i} + \frac{\lambda}{2} \lVert W \rVert^2 \\
        \frac{\partial L}{\partial W} &= \frac{1}{N} X^{\mathsf T} (P - Y) + \lambda W, \qquad
        \frac{\partial L}{\partial b} = \frac{1}{N} \sum_i (P - Y)_{i,:}

    Both products are taken for a block of rows at a time, which is read from memory once. So ``X``
    may be larger than memory (a memory-mapped file), and is never copied as a whole.

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
    block_rows : int, optional
        Rows in a block; by default a measured rule chooses
        (:func:`softmax_steps.one_pass.choose_blocks`). It changes the result by rounding only.
    scale : float, optional
        The features are ``scale * X``: 1/255 for pictures stored as bytes. Whole numbers then
        take the floating type of ``W`` and ``b``.
    threads : int
        How many threads share the blocks, at most: fewer where there is little to do, and one
        where the products are large enough for BLAS to share. Each has a block of its own in
        memory; the result changes by rounding only.
    kernel : str, optional
        ``"numpy"``, which is used if nothing is said, or ``"numba"``: then what is between the two
        products is compiled, and the products themselves where classes are few
        (:mod:`softmax_steps.compiled`). It needs the extra ``softmax-steps[compiled]``, and some
        seconds for the first call of each floating type. The result changes by rounding only.

    Returns
    -------
    LossGradient
        ``loss`` in nats, ``dW`` (D, C) and ``db`` (C,); the widest floating type of
        ``X``, ``W`` and ``b``, where whole numbers count as float64. Blocks are added up in
        float64, and so is what these additions round away.

    Raises
    ------
    TypeError, ValueError
        If the inputs are not finite numbers or do not fit together, or there is no such kernel.
    ImportError
        If the kernel is numba's and numba is not installed.

    Examples
    --------
    >>> X, y = [[1, 2], [3, -1]], [1, 0]
    >>> W, b = [[1, 0, 1], [0, 1, -1]], [0, 1, 0]
    >>> result = loss_and_gradient(X, y, W, b, strength=0.1)
    >>> round(result.loss, 4)
    0.9347
    >>> result.dW.round(3)
    array([[-0.943, -0.047,  1.19 ],
           [ 0.485, -0.04 , -0.445]])
    >>> result.db.round(3)
    array([-0.309, -0.06 ,  0.369])

    Source: notes 000 (step 6) and 003.
    """
    blocks = {
        "block_rows": require_block_rows(block_rows),
        "scale": require_scale(scale),
        "threads": require_count(threads, "threads"),
        "kernel": _known_kernel(kernel),
    }
    X, y, W, b, strength = _check_stored(X, y, W, b, strength, scale, kernel)
    if W.dtype.kind == "c":  # a complex step: all rows at once
        F = _finite_scores(X, W, b)
        return _loss_and_gradient(F, X, y, W, strength)
    found = mean_loss_and_gradient(X, y, W, b, strength=strength, **blocks)
    return LossGradient(*found)


def require_kernel(kernel):
    """Return the name of a kernel as it is.

    Parameters
    ----------
    kernel : str or None
        ``"numpy"`` or ``"numba"``; None is NumPy's.

    Returns
    -------
    str or None

    Raises
    ------
    ImportError
        If it is numba's and numba is not installed.
    ValueError
        If there is no such kernel.
    """
    if _known_kernel(kernel) == "numba":
        require_numba()
    return kernel


def _known_kernel(kernel):
    if kernel not in (None, "numpy", "numba"):
        raise ValueError(
            f'kernel is {kernel!r}; expected "numpy" or "numba". Leave it out for NumPy.'
        )
    return kernel


def _check_stored(X, y, W, b, strength, scale, kernel):
    """Check a problem whose X stays as it is stored, unless a complex step is taken."""
    whole_as = np.float64 if scale is None else None
    own_look = kernel == "numba"
    X, y, W, b, strength = check_problem(
        X, y, W, b, strength, as_stored=True, whole_as=whole_as, any_label=own_look
    )
    if W.dtype.kind == "c":
        y = require_labels(y, len(X), W.shape[1], labels_of="X")
        X = as_array(X, "X", 2).astype(W.dtype, copy=False)
        X = X if scale is None else scale * X
    return X, y, W, b, strength


def _loss_and_gradient(F, X, y, W, strength):
    log_p = _log_softmax(F)
    loss = finite_mean(_cross_entropy(log_p, y)) + _l2_penalty(W, strength)
    dF = _score_gradient(np.exp(log_p), y)
    dW = X.T @ dF + _l2_gradient(W, strength)
    db = dF.sum(axis=0)
    return LossGradient(loss, dW, db)


def _require_probabilities_and_labels(P, y):
    P = as_array(P, "P", 2, shape_hint="(N, C), one row of probabilities per sample")
    _require_probabilities(P, "P")
    return P, require_labels(y, *P.shape, labels_of="the probabilities")


def _require_probabilities(P, name):
    require_finite(P, name)
    bad = (P.real < 0) | (P.real > 1)
    rows = np.atleast_2d(P.real)
    if bad.any():
        where = tuple(int(i) for i in np.argwhere(bad)[0])
        place = ", ".join(map(str, where))
        raise ValueError(
            f"{name}[{place}] is {P[where]}; expected probabilities between 0 and 1. "
            f"{_range_mend(rows, name)}"
        )
    totals = rows.sum(axis=1, dtype=np.float64)
    off = np.abs(totals - 1) > 20 * rounding_of(P)  # rounding takes 5 at most
    if off.any():
        i = int(np.argmax(off))
        row = name if P.ndim == 1 else f"{name}[{i}]"
        mend = (
            f"Are they rounded? Then divide {name} by its sums."
            if np.abs(totals - 1).max() < 0.01
            else "Was softmax taken over the samples, or keepdims=True forgotten?"
        )
        raise ValueError(
            f"{row} sums to {totals[i]:.9g}; expected probabilities that sum to 1 over the "
            f"classes. {mend}"
        )


def _range_mend(rows, name):
    if sums_to_one(np.exp(rows)) and not (rows > 0).any():
        return f"Did you pass log-probabilities? Then pass np.exp({name})."
    if sums_to_one(rows / 100) and not (rows < 0).any():
        return f"Are they percentages? Then pass {name} / 100."
    return "Did you pass scores? Use softmax(F)."
