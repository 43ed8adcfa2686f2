"""Step 4, cross-entropy: the price of the true class. Chapter ``book/04_cross_entropy.md``."""

import numpy as np

from softmax_steps.checks import as_array, require_labels


def cross_entropy(log_p, y):
    r"""Give each sample's loss: minus the log-probability of its true class.

    .. math:: L_i = -\log P_{i, y_i}

    Parameters
    ----------
    log_p : array_like, shape (N, C)
        Log-probabilities in nats, from :func:`softmax_steps.log_softmax`; −inf is
        allowed and costs inf.
    y : array_like of int, shape (N,)
        True labels in 0…C−1.

    Returns
    -------
    ndarray, shape (N,)
        Losses in nats, at least 0; the input's floating type.

    Raises
    ------
    TypeError, ValueError
        If an entry is NaN or above 0 (then it is no log-probability), or labels and
        rows do not fit.

    Examples
    --------
    The logarithm of a computed softmax loses the loss; log-softmax keeps it.

    >>> from softmax_steps import log_softmax, softmax
    >>> F, y = [[1000.0, 0.0]], [1]
    >>> with np.errstate(divide="ignore"):
    ...     cross_entropy(np.log(softmax(F)), y)
    array([inf])
    >>> cross_entropy(log_softmax(F), y)
    array([1000.])

    Source: notes 000 (step 4), 001 and 003.
    """
    log_p = _require_log_probabilities(log_p)
    y = require_labels(y, *log_p.shape, labels_of="the log-probabilities")
    return _cross_entropy(log_p, y)


def _cross_entropy(log_p, y):
    return 0.0 - log_p[np.arange(len(y)), y]  # 0.0 - 0.0 is 0.0, where a minus sign gives -0.0


def cross_entropy_one_hot(log_p, Y):
    r"""Give each sample's loss with the labels written as one-hot rows.

    .. math:: L_i = -\sum_j Y_{ij} \log P_{ij}

    Only one term of each sum is not zero, so the value equals :func:`cross_entropy`'s.
    Terms with :math:`Y_{ij} = 0` count as 0, also where the log-probability is −inf.

    Parameters
    ----------
    log_p : array_like, shape (N, C)
        Log-probabilities in nats.
    Y : array_like, shape (N, C)
        Rows of zeros with a single 1, from :func:`softmax_steps.one_hot`.

    Returns
    -------
    ndarray, shape (N,)
        Losses in nats; the floating type of ``log_p``.

    Raises
    ------
    TypeError, ValueError
        If the shapes differ, a row of ``Y`` is not one-hot, or ``log_p`` is invalid.

    Examples
    --------
    >>> from softmax_steps import log_softmax
    >>> cross_entropy_one_hot(log_softmax([[0.0, 0.0]]), [[0, 1]])
    array([0.69314718])

    Source: note 000, step 4, with the sum over the classes written out.
    """
    log_p = _require_log_probabilities(log_p)
    Y = as_array(Y, "Y", 2, allow_complex=False, shape_hint="(N, C), one one-hot row per sample")
    if Y.shape != log_p.shape:
        raise ValueError(
            f"Y has shape {Y.shape} but the log-probabilities have shape {log_p.shape}; "
            f"expected the same. Was one_hot given the right number of classes?"
        )
    one_hot_row = np.all((Y == 0) | (Y == 1), axis=1) & (Y.sum(axis=1) == 1)
    if not one_hot_row.all():
        i = int(np.argmin(one_hot_row))
        raise ValueError(
            f"Y[{i}] is {Y[i]}; expected a row of zeros with a single 1. "
            f"one_hot(y, n_classes) makes such rows from labels."
        )
    return -np.where(Y == 1, log_p, np.zeros_like(log_p)).sum(axis=1) + 0.0


def _require_log_probabilities(log_p):
    log_p = as_array(log_p, "log_p", 2, shape_hint="(N, C), log-probabilities")
    bad = np.isnan(log_p) | (log_p.real > 0)
    if bad.any():
        i, j = (int(k) for k in np.argwhere(bad)[0])
        raise ValueError(
            f"log_p[{i}, {j}] is {log_p[i, j]}; expected log-probabilities, which are at most 0. "
            f"Did you pass scores or probabilities? Use log_softmax(F)."
        )
    return log_p
