"""Step 2, the overflow guard: each row's maximum becomes 0. Chapter ``book/02_overflow_guard.md``.

The guards that fail are in :mod:`softmax_steps.mistakes`.
"""

import numpy as np

from softmax_steps.checks import require_scores


def shift_scores(F):
    r"""Subtract from each row its own largest score.

    .. math:: F'_{ij} = F_{ij} - \max_k F_{ik}

    Softmax depends only on differences within a row, so the shift changes no
    probability; after it every exponential lies in [0, 1] and each row holds a 1.

    Parameters
    ----------
    F : array_like, shape (N, C)
        Finite scores.

    Returns
    -------
    ndarray, shape (N, C)
        Scores whose largest entry in each row is 0; the input's floating type. A gap
        that the type cannot hold (in float16, over 65504) becomes −inf.

    Raises
    ------
    TypeError, ValueError
        If ``F`` is not a matrix of finite numbers; the message names the place.

    Examples
    --------
    The exponential of 1000 does not fit a float64. After the shift it need not.

    >>> with np.errstate(over="ignore"):
    ...     np.exp([1000.0, 999.0, 998.0])
    array([inf, inf, inf])
    >>> np.exp(shift_scores([[1000.0, 999.0, 998.0]]))
    array([[1.        , 0.36787944, 0.13533528]])

    Source: note 000, step 2, mended: the note takes the maximum of the whole matrix.
    """
    return _shift_scores(require_scores(F))


# A gap wider than the type holds is −inf, and e^−inf is 0.
@np.errstate(over="ignore")
def _shift_scores(F):
    return F - F.max(axis=1, keepdims=True)
