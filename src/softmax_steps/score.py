"""Step 1, the score: F = XW + b. Chapter ``book/01_score.md``; note 000, first step."""

import numpy as np

from softmax_steps.checks import as_array, require_finite, same_float

BIASES = "(C,), one bias per class"


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
    X, W, b = check_model(X, W, b)
    F = X @ W
    return F if b is None else F + b


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

    >>> X1, W1 = fold_bias(np.zeros((500, 3072)), np.zeros((3072, 10)), np.zeros(10))
    >>> X1.shape, W1.shape
    ((500, 3073), (3073, 10))

    Source: note 003.
    """
    X, W, b = check_model(X, W, as_array(b, "b", 1, shape_hint=BIASES))
    ones = np.ones((len(X), 1), dtype=X.dtype)
    return np.hstack([X, ones]), np.vstack([W, b])


def check_model(X, W, b=None):
    """Return ``X``, ``W`` and ``b`` checked against each other, in one floating type.

    Raises
    ------
    TypeError, ValueError
        If one of them is not a finite array of numbers, or their shapes do not fit.
    """
    X = as_array(X, "X", 2, shape_hint="(N, D), one sample per row")
    W = as_array(W, "W", 2, shape_hint="(D, C), one column per class")
    if X.shape[1] != W.shape[0]:
        raise ValueError(
            f"X has {X.shape[1]} columns (features) but W has {W.shape[0]} rows: W should be "
            f"({X.shape[1]}, C), one row per feature. {_fit_mend(X, W)}"
        )
    require_finite(X, "X")
    require_finite(W, "W")
    if b is None:
        return (*same_float(X, W), None)
    b = as_array(b, "b", 1, shape_hint=BIASES)
    if len(b) != W.shape[1]:
        raise ValueError(
            f"b has {len(b)} entries but W has {W.shape[1]} columns (classes); expected "
            f"shape ({W.shape[1]},), one bias per class."
        )
    require_finite(b, "b")
    return same_float(X, W, b)


def _fit_mend(X, W):
    if X.shape[1] == W.shape[1]:
        return "Is W transposed? Then pass W.T."
    if X.shape[0] == W.shape[0]:
        return "Is X transposed? Samples go in rows: pass X.T."
    if X.shape[1] + 1 == W.shape[0]:
        return "Does W carry the bias as its last row? Then split it off, or use fold_bias."
    if X.shape[1] == W.shape[0] + 1:
        return "Does X carry a column of ones for the bias? Then W needs a row for it."
    return "Do both belong to the same data?"
