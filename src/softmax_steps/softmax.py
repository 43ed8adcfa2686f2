"""Step 3, softmax: scores become probabilities. Chapter ``book/03_softmax.md``."""

import numpy as np

from softmax_steps.checks import require_class_count, require_labels, require_scores
from softmax_steps.overflow_guard import _shift_scores


def softmax(F):
    r"""Turn each row of scores into probabilities.

    .. math:: P_{ij} = \frac{e^{F_{ij}}}{\sum_k e^{F_{ik}}}

    Parameters
    ----------
    F : array_like, shape (N, C)
        Finite scores of any size; they are guarded inside.

    Returns
    -------
    P : ndarray, shape (N, C)
        Probabilities; each row sums to 1; the input's floating type.

    Raises
    ------
    TypeError, ValueError
        If ``F`` is not a matrix of finite numbers; the message names the place.

    See Also
    --------
    log_softmax : for a loss; the logarithm of ``softmax(F)`` can be −inf.

    Examples
    --------
    >>> softmax([[1000.0, 999.0, 998.0]]).round(3)
    array([[0.665, 0.245, 0.09 ]])

    Source: note 000, step 3; note 001.
    """
    return _softmax(require_scores(F))


def _softmax(F):
    E = np.exp(_shift_scores(F))
    return E / E.sum(axis=1, keepdims=True)


def log_softmax(F):
    r"""Give the logarithm of the softmax without taking the softmax first.

    .. math:: \log P_{ij} = F'_{ij} - \log \sum_k e^{F'_{ik}},
        \qquad F'_{ij} = F_{ij} - \max_k F_{ik}

    Parameters
    ----------
    F : array_like, shape (N, C)
        Finite scores of any size; they are guarded inside.

    Returns
    -------
    ndarray, shape (N, C)
        Log-probabilities in nats, at most 0; the input's floating type.

    Raises
    ------
    TypeError, ValueError
        If ``F`` is not a matrix of finite numbers; the message names the place.

    Examples
    --------
    The probability of the second class is too small to store; its logarithm is not.

    >>> softmax([[1000.0, 0.0]])
    array([[1., 0.]])
    >>> log_softmax([[1000.0, 0.0]])
    array([[    0., -1000.]])

    Source: note 003, which writes a sample's loss as a log-sum-exp minus the true score.
    """
    return _log_softmax(require_scores(F))


def _log_softmax(F):
    F = _shift_scores(F)
    return F - np.log(np.exp(F).sum(axis=1, keepdims=True))


def predict(F):
    r"""Name the class with the largest score in each row.

    .. math:: \hat{y}_i = \operatorname{arg\,max}_j F_{ij}

    Scores and probabilities give the same answer, since softmax keeps the order; only where
    rounding makes two probabilities equal may the scores know better.

    Parameters
    ----------
    F : array_like, shape (N, C)
        Scores or probabilities.

    Returns
    -------
    ndarray of int, shape (N,)
        Class indices in 0…C−1; of equal scores, the first wins.

    Raises
    ------
    TypeError, ValueError
        If ``F`` is not a matrix of finite real numbers; complex numbers have no order.

    Examples
    --------
    >>> predict([[1.0, 3.0, -1.0], [3.0, 0.0, 4.0]])
    array([1, 2])

    Source: note 001.
    """
    return np.argmax(require_scores(F, allow_complex=False), axis=1)


def one_hot(y, n_classes):
    r"""Write each label as a row with a single 1.

    .. math:: Y_{ij} = [\, j = y_i \,]

    Parameters
    ----------
    y : array_like of int, shape (N,)
        Labels in 0…C−1.
    n_classes : int
        The number of classes C.

    Returns
    -------
    ndarray of float64, shape (N, C)

    Raises
    ------
    TypeError, ValueError
        If a label is no integer or lies outside 0…C−1, or ``n_classes`` is below 1.

    Examples
    --------
    >>> one_hot([1, 0], n_classes=3)
    array([[0., 1., 0.],
           [1., 0., 0.]])

    Source: note 001.
    """
    n_classes = require_class_count(n_classes)
    y = require_labels(y, None, n_classes)
    return _one_hot(y, n_classes).astype(np.float64)


def _one_hot(y, n_classes):
    return y[:, np.newaxis] == np.arange(n_classes)
