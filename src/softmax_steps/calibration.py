"""Whether probabilities mean what they say. Chapter ``book/10_neighbours.md``."""

from typing import NamedTuple

import numpy as np

from softmax_steps.checks import require_count, require_labels, require_scores, widen
from softmax_steps.gradient import _require_probabilities_and_labels
from softmax_steps.softmax import _softmax

MOST_STEPS = 200
COLDEST = 1e-3  # of the scores' spread; below it all probabilities are 0 or 1 anyway


class Reliability(NamedTuple):
    """A reliability diagram: per bin the mean ``confidence``, the ``accuracy`` and the ``count``.

    ``edges`` has one entry more. In an empty bin the two means are nan.
    """

    edges: np.ndarray
    confidence: np.ndarray
    accuracy: np.ndarray
    count: np.ndarray


def reliability(P, y, *, bins=10):
    r"""Sort the predictions by their confidence, and compare it with the share that is right.

    .. math:: c_i = \max_j P_{ij}, \qquad
        \operatorname{conf}_B = \frac{1}{|B|} \sum_{i \in B} c_i, \qquad
        \operatorname{acc}_B = \frac{1}{|B|} \sum_{i \in B} [\, \hat y_i = y_i \,]

    Parameters
    ----------
    P : array_like, shape (N, C)
        Probabilities, each row adding up to 1.
    y : array_like of int, shape (N,)
        True labels in 0…C−1.
    bins : int
        The number of bins of equal width between 0 and 1; a bin holds its upper edge.

    Returns
    -------
    Reliability

    Raises
    ------
    TypeError, ValueError
        If the probabilities or labels are none, or ``bins`` is no whole number of at least 1.

    Examples
    --------
    >>> P = [[0.9, 0.1], [0.8, 0.2], [0.3, 0.7]]
    >>> reliability(P, [0, 1, 1], bins=2).accuracy.round(3)
    array([  nan, 0.667])

    Source: Guo, Pleiss, Sun and Weinberger (2017).
    """
    P, y = _require_probabilities_and_labels(P, y)
    return _reliability(widen(P), y, require_count(bins, "bins"))


def _reliability(P, y, bins):
    confidence = P.max(axis=1)
    is_right = P.argmax(axis=1) == y
    edges = np.linspace(0, 1, bins + 1)
    place = np.clip(np.searchsorted(edges, confidence) - 1, 0, bins - 1)
    count = np.bincount(place, minlength=bins)
    with np.errstate(invalid="ignore"):  # 0 / 0 in an empty bin
        return Reliability(
            edges,
            np.bincount(place, confidence, bins) / count,
            np.bincount(place, is_right, bins) / count,
            count,
        )


def expected_calibration_error(P, y, *, bins=10):
    r"""Give the mean distance of confidence and accuracy over the bins of :func:`reliability`.

    .. math:: \mathrm{ECE} = \sum_B \frac{|B|}{N}
        \left\lvert \operatorname{acc}_B - \operatorname{conf}_B \right\rvert

    Parameters
    ----------
    P : array_like, shape (N, C)
        Probabilities, each row adding up to 1.
    y : array_like of int, shape (N,)
        True labels in 0…C−1.
    bins : int
        As for :func:`reliability`.

    Returns
    -------
    float
        Between 0 and 1. It depends on the bins, and for few samples it is above 0 by chance alone.

    Raises
    ------
    TypeError, ValueError
        As for :func:`reliability`.

    Examples
    --------
    >>> P = [[0.9, 0.1], [0.8, 0.2], [0.3, 0.7]]
    >>> round(expected_calibration_error(P, [0, 1, 1], bins=2), 3)
    0.133

    Source: Guo, Pleiss, Sun and Weinberger (2017).
    """
    found = reliability(P, y, bins=bins)
    gaps = np.abs(found.accuracy - found.confidence)
    return float(np.nansum(gaps * found.count) / found.count.sum())


def fit_temperature(F, y):
    r"""Give the temperature T at which the scores' mean cross-entropy is least.

    .. math:: T = \operatorname{arg\,min}_{T > 0} \;
        \frac{1}{N} \sum_i -\log \operatorname{softmax}(F_i / T)_{y_i}

    In 1/T the loss is convex, so Newton's method, kept within an interval that holds the least,
    finds it. No prediction changes with T.

    Parameters
    ----------
    F : array_like, shape (N, C)
        Scores of samples that the model was not trained on.
    y : array_like of int, shape (N,)
        Their labels in 0…C−1.

    Returns
    -------
    float
        Up to inf, where the scores are worse than none. Where all predictions are right the loss
        falls for ever as T goes to 0; then it is a thousandth of the scores' largest distance.

    Raises
    ------
    TypeError, ValueError
        If the scores are not finite numbers or labels do not fit.

    Examples
    --------
    Three of four right, each said with the probability 0.982: too sure.

    >>> from softmax_steps import softmax
    >>> F = [[4.0, 0.0], [4.0, 0.0], [4.0, 0.0], [4.0, 0.0]]
    >>> T = fit_temperature(F, [0, 0, 0, 1])
    >>> round(T, 3)
    3.641
    >>> softmax([[4.0 / T, 0.0]]).round(3)
    array([[0.75, 0.25]])

    Source: Guo, Pleiss, Sun and Weinberger (2017).
    """
    F = require_scores(F, allow_complex=False)
    y = require_labels(y, *F.shape)
    F = widen(F).astype(np.float64)
    F = F - F.max(axis=1, keepdims=True)
    spread = -F.min()
    return float(spread * _fit_temperature(F / spread, y)) if spread else np.inf


def _fit_temperature(F, y):
    true = F[np.arange(len(y)), y]

    def slope_and_curvature(inverse):
        P = _softmax(inverse * F)
        mean = (P * F).sum(axis=1)
        spread = (P * (F - mean[:, np.newaxis]) ** 2).sum(axis=1)
        return (mean - true).mean(), spread.mean()

    low, high = 0.0, 1 / COLDEST
    if slope_and_curvature(low)[0] >= 0:
        return np.inf
    if slope_and_curvature(high)[0] <= 0:
        return COLDEST
    inverse = 1.0
    for _ in range(MOST_STEPS):
        slope, curvature = slope_and_curvature(inverse)
        low, high = (inverse, high) if slope < 0 else (low, inverse)
        newton = inverse - slope / curvature if curvature > 0 else -1.0
        following = newton if low < newton < high else (low + high) / 2
        if abs(following - inverse) <= 1e-12 * inverse:
            break
        inverse = following
    return float(1 / inverse)
