"""Step 1, the score: F = XW + b. Chapter ``book/01_score.md``; note 000, first step."""

import numpy as np

from softmax_steps.checks import (
    BIASES,
    as_array,
    check_model,
    has_finite_sum,
    require_finite,
    require_finite_model,
    widen,
)


def scores(X, W, b=None):
    r"""Give every sample one score per class.

    .. math:: F = X W + \mathbf{1} b^{\mathsf T}, \qquad F_{ij} = \sum_d X_{id} W_{dj} + b_j

    Parameters
    ----------
    X : array_like, shape (N, D)
        One sample per row.
    W : array_like, shape (D, C)
        One column of weights per class.
    b : array_like, shape (C,), optional
        One bias per class; none when the bias is folded into ``X`` and ``W``.

    Returns
    -------
    F : ndarray, shape (N, C)
        Scores, without a unit; the widest floating type among the inputs.

    Raises
    ------
    TypeError, ValueError
        If the inputs are not numbers, not finite, or do not fit together.

    Examples
    --------
    >>> scores([[1, 2], [3, -1]], W=[[1, 0, 1], [0, 1, -1]], b=[0, 1, 0])
    array([[ 1.,  3., -1.],
           [ 3.,  0.,  4.]])

    Source: note 000, step 1; note 003 for the bias folded in.
    """
    return _scores(*check_model(X, W, b))


def _scores(X, W, b):
    F = X @ W
    return F if b is None else F + b


@np.errstate(over="ignore", invalid="ignore")  # reported as an error, with its place
def _finite_scores(X, W, b):
    """Return the scores of inputs whose shapes fit; refuse what is not finite, by its place.

    NaN or ±inf anywhere in X, W or b reaches the scores, so these alone are looked at until one
    of them is not finite. Scores for a loss are float32 at least, since float16 ends at 65504.
    """
    F = _scores(widen(X), W, b)
    if not has_finite_sum(F):
        require_finite_model(X, W, b)
        require_finite(F, "F")
    return F


def fold_bias(X, W, b):
    r"""Move the bias into the matrices: a column of ones for X, a row ``b`` for W.

    .. math:: X W + \mathbf{1} b^{\mathsf T} =
        \begin{pmatrix} X & \mathbf{1} \end{pmatrix}
        \begin{pmatrix} W \\ b^{\mathsf T} \end{pmatrix}

    Parameters
    ----------
    X : array_like, shape (N, D)
    W : array_like, shape (D, C)
    b : array_like, shape (C,)

    Returns
    -------
    X1 : ndarray, shape (N, D + 1)
    W1 : ndarray, shape (D + 1, C)
        ``scores(X1, W1)`` equals ``scores(X, W, b)``.

    Raises
    ------
    TypeError, ValueError
        As for :func:`scores`.

    Examples
    --------
    CIFAR-10 in note 003: 32 · 32 · 3 = 3072 features and one for the bias.

    >>> X, W, b = np.zeros((500, 3072)), np.zeros((3072, 10)), np.zeros(10)
    >>> X1, W1 = fold_bias(X, W, b)
    >>> X1.shape, W1.shape
    ((500, 3073), (3073, 10))

    Source: note 003.
    """
    X, W, b = check_model(X, W, as_array(b, "b", 1, shape_hint=BIASES))
    ones = np.ones((len(X), 1), dtype=X.dtype)
    return np.hstack([X, ones]), np.vstack([W, b])
