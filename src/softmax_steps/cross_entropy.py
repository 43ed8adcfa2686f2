"""Step 4, cross-entropy: the price of the true class. Chapter ``book/04_cross_entropy.md``."""

import numpy as np

from softmax_steps.checks import as_array, require_labels, rounding_of, sums_to_one


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
        If an entry is NaN or above 0, or the exponentials of a row do not sum to 1 (then
        they are no log-probabilities), or labels and rows do not fit.

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
    # 0.0 - 0.0 is 0.0, where a minus sign gives -0.0.
    return 0.0 - log_p[np.arange(len(y)), y]


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
    hint = "(N, C), one one-hot row per sample"
    Y = as_array(Y, "Y", 2, allow_complex=False, shape_hint=hint)
    if Y.shape != log_p.shape:
        raise ValueError(
            f"Y has shape {Y.shape} but the log-probabilities have shape "
            f"{log_p.shape}; expected the same. Was one_hot given the right "
            f"number of classes?"
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
            f"{_sign_mend(log_p.real)}"
        )
    real = log_p.real.astype(np.float64, copy=False)
    totals = np.exp(real).sum(axis=1)
    # Each entry is rounded in proportion to its size, which is log C on average at most.
    off = np.abs(totals - 1) > (20 + 2 * np.log(log_p.shape[1])) * rounding_of(log_p)
    if off.any():
        i = int(np.argmax(off))
        raise ValueError(
            f"exp(log_p[{i}]) sums to {totals[i]:.9g}; expected log-probabilities, whose "
            f"exponentials sum to 1 over the classes. {_sum_mend(real, totals)}"
        )
    return log_p


def _sign_mend(log_p):
    if np.isnan(log_p).any():
        return "log_softmax(F) makes no NaN of finite scores F."
    if sums_to_one(log_p) and not (log_p < 0).any():
        return "Did you pass probabilities? Use log_softmax(F) of the scores F that gave them."
    if sums_to_one(np.exp(-log_p)):
        return "Is the sign turned? Then pass -log_p."
    return "Did you pass scores? Use log_softmax(F)."


def _sum_mend(log_p, totals):
    for base in (10, 2):
        if sums_to_one(np.exp(log_p * np.log(base))):
            return f"Are they logarithms to base {base}? Then pass np.log({base}) * log_p."
    if sums_to_one(np.exp(log_p), axis=0):
        return "Was the softmax taken over the samples, not over the classes?"
    if (totals == 0).any():
        return "A row of −inf leaves no class possible: leave that sample out."
    if np.abs(totals - 1).max() < 0.01:
        return "Are they rounded? log_softmax(log_p) makes the sums 1 again."
    return "Did you pass scores? Use log_softmax(F)."
