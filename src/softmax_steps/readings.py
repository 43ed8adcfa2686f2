"""Every number that the softmax bars and the cross-entropy batch show, by NumPy."""

import numpy as np

from softmax_steps.cross_entropy import _cross_entropy
from softmax_steps.overflow_guard import shift_scores
from softmax_steps.softmax import log_softmax, predict, softmax


def softmax_readings(scores, *, shift=0.0, temperature=1.0):
    r"""Give the whole way from one sample's scores to its probabilities, and how sure they are.

    .. math:: P_j = \frac{e^{(f_j + s) / T}}{\sum_k e^{(f_k + s) / T}}, \qquad
        H = -\sum_j P_j \log P_j

    Parameters
    ----------
    scores : array_like, shape (C,)
        One score for each class.
    shift : float
        s, added to every score.
    temperature : float
        T > 0; every score is divided by it.

    Returns
    -------
    dict
        ``F`` (scores, shifted and divided by T), ``guarded``, ``E``, ``P``, ``logP``: shape
        (C,); ``sum`` of the exponentials, ``total`` of the probabilities, ``leader``, the
        ``entropy`` H in nats, the ``effective`` number of classes e^H, and what the exponentials
        would sum to ``unguarded``.

    Raises
    ------
    TypeError, ValueError
        If the scores are not finite numbers.

    Examples
    --------
    >>> readings = softmax_readings([1.0, 3.0, -1.0])
    >>> readings["P"].round(3), readings["leader"]
    (array([0.117, 0.867, 0.016]), 1)
    """
    F = ((np.array(scores) + shift) / temperature)[np.newaxis]
    guarded, P, log_p = shift_scores(F)[0], softmax(F)[0], log_softmax(F)[0]
    entropy = 0.0 - np.sum(P * log_p)
    with np.errstate(over="ignore"):
        unguarded = np.exp(F).sum()
    return {
        "F": F[0],
        "guarded": guarded,
        "E": np.exp(guarded),
        "P": P,
        "logP": log_p,
        "sum": np.exp(guarded).sum(),
        "total": P.sum(),
        "leader": int(predict(F)[0]),
        "entropy": entropy,
        "effective": np.exp(entropy),
        "unguarded": unguarded,
    }


def cross_entropy_readings(p, *, repeats=1):
    r"""Give a batch's losses, and the product of probabilities whose logarithm they add up to.

    .. math:: L = -\frac{1}{N} \sum_i \log p_i, \qquad e^{-N L} = \prod_i p_i

    Parameters
    ----------
    p : array_like, shape (N,)
        For each sample the probability of its true class, above 0 and at most 1.
    repeats : int
        How often the batch is taken.

    Returns
    -------
    dict
        For each sample ``losses`` (nats), ``slopes``, ``missing`` (1 − p) and ``squared``
        ((1 − p)²); for the batch, taken ``repeats`` times, its ``count``, ``product``,
        ``logProduct``, ``logSum``, ``loss`` (their mean, in nats), ``likelihood`` (e^(−N·L))
        and ``typical`` (e^(−L)).

    Examples
    --------
    >>> readings = cross_entropy_readings([0.5, 0.25])
    >>> f"{readings['loss']:.4f} nats, product {readings['product']}"
    '1.0397 nats, product 0.125'
    """
    p = np.array(p)
    log_p = np.log(p)[:, np.newaxis]  # one column: that of the true class
    losses = _cross_entropy(log_p, np.zeros(len(p), dtype=int))
    every_p = np.tile(p, repeats)
    product, loss = np.prod(every_p), losses.mean()
    with np.errstate(divide="ignore"):  # a product that vanished has no logarithm
        log_product = np.log(product)
    return {
        "losses": losses,
        "slopes": -1 / p,
        "missing": 1 - p,
        "squared": (1 - p) ** 2,
        "count": len(every_p),
        "product": product,
        "logProduct": log_product,
        "logSum": np.log(every_p).sum(),
        "loss": loss,
        "likelihood": np.exp(-len(every_p) * loss),
        "typical": np.exp(-loss),
    }
