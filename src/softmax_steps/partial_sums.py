"""The loss and its gradient as sums over rows, which can be taken in any order and any place.

A part's sums are added to another's, in a loop over the blocks of a file or in a tree over the
machines of a cluster; only at the end come the 1/N and the penalty.
"""

from contextlib import contextmanager
from typing import NamedTuple

import numpy as np

from softmax_steps.compensated_sum import CompensatedSum
from softmax_steps.gradient import LossGradient, loss_and_gradient
from softmax_steps.regularization import _l2_gradient, _l2_penalty


class PartialSums(NamedTuple):
    """Of some rows: how many they are, and the sums of their losses (nats) and gradients."""

    n_samples: int
    loss: float
    dW: np.ndarray
    db: np.ndarray


def partial_sums(X, y, W, b, *, kernel=None):
    r"""Add up the losses of some rows, and their gradients.

    .. math::
        \Bigl( \sum_i -\log P_{i, y_i}, \quad X^{\mathsf T} (P - Y), \quad
        \sum_i (P - Y)_{i,:} \Bigr)

    Parameters
    ----------
    X : array_like, shape (N, D)
        Some rows; those of one part.
    y : array_like of int, shape (N,)
        Their labels in 0…C−1.
    W : array_like, shape (D, C)
        Weights.
    b : array_like, shape (C,)
        Biases.
    kernel : str, optional
        As for :func:`softmax_steps.loss_and_gradient`.

    Returns
    -------
    PartialSums
        In float64.

    Raises
    ------
    ImportError, TypeError, ValueError
        As for :func:`softmax_steps.loss_and_gradient`.

    Examples
    --------
    >>> partial_sums([[1.0], [3.0]], [0, 1], [[0.0, 0.0]], [0.0, 0.0]).dW
    array([[ 1., -1.]])
    """
    loss, dW, db = loss_and_gradient(X, y, W, b, kernel=kernel)
    N = len(y)
    return PartialSums(N, N * loss, N * np.float64(dW), N * np.float64(db))


@contextmanager
def naming_part(part):
    """Put the name of a part before what an error says of it, since places count from its begin.

    Parameters
    ----------
    part : str
        Such as ``"rows 2000…2999"``.

    Raises
    ------
    TypeError, ValueError
        Those raised within.

    Examples
    --------
    >>> with naming_part("rows 2…3"):
    ...     partial_sums([[1.0], [np.inf]], [0, 1], [[0.0, 0.0]], [0.0, 0.0])
    Traceback (most recent call last):
    ValueError: In rows 2…3, counted from the first of them: X[1, 0] is inf; expected finite \
numbers. Look for an overflow or a division by zero in the step before.
    """
    try:
        yield
    except (TypeError, ValueError) as error:
        message = f"In {part}, counted from the first of them: {error}"
        raise type(error)(message) from error


def add_sums(parts):
    """Add the sums of several parts, with what the additions round away.

    Parameters
    ----------
    parts : iterable of PartialSums
        At least one.

    Returns
    -------
    PartialSums

    Examples
    --------
    >>> part = partial_sums([[1.0]], [0], [[0.0, 0.0]], [0.0, 0.0])
    >>> add_sums([part, part]).db
    array([-1.,  1.])
    """
    N, sums = 0, [CompensatedSum() for _ in range(3)]
    for part in parts:  # one at a time: there may be thousands, and dW may be large
        N += part.n_samples
        for total, new in zip(sums, part[1:], strict=True):
            total.add(new)
    loss, dW, db = (total.result() for total in sums)
    return PartialSums(N, float(loss), dW, db)


def mean_of_sums(total, W, *, strength):
    """Give the loss and gradient of all rows from the sums over them, with the penalty.

    Parameters
    ----------
    total : PartialSums
        Of all rows.
    W : ndarray, shape (D, C)
        The weights at which they were taken.
    strength : float
        λ ≥ 0.

    Returns
    -------
    LossGradient
        ``dW`` and ``db`` in the floating type of ``W``.

    Examples
    --------
    >>> W = np.zeros((1, 2))
    >>> total = partial_sums([[1.0], [3.0]], [0, 1], W, [0.0, 0.0])
    >>> round(mean_of_sums(total, W, strength=0.1).loss, 3)
    0.693
    """
    N, loss, dW, db = total
    dW = dW / N + _l2_gradient(np.float64(W), strength)
    narrow = (part.astype(W.dtype, copy=False) for part in (dW, db / N))
    return LossGradient(loss / N + _l2_penalty(W, strength), *narrow)
