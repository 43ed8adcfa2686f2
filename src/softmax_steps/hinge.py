"""The hinge loss, softmax's best-known rival: it asks for a margin, and then for nothing more.

The linear support vector machine (SVM) is the score of step 1 with this loss in the place of
the cross-entropy. The widget of chapters 06 and 07 lets the reader switch between the two.
"""

import numpy as np

from softmax_steps.checks import require_labels, require_scores
from softmax_steps.softmax import one_hot

FORMS = ("sum", "worst", "one_vs_all")


def hinge_loss(F, y, *, form="sum"):
    r"""Give each sample's hinge loss.

    .. math::
        \text{sum:}\quad & L_i = \sum_{j \ne y_i} \max(0, F_{ij} - F_{i y_i} + 1) \\
        \text{worst:}\quad & L_i = \max_{j \ne y_i} \max(0, F_{ij} - F_{i y_i} + 1) \\
        \text{one\_vs\_all:}\quad & L_i = \sum_j \max(0, 1 - s_{ij} F_{ij}), \qquad
        s_{ij} = +1 \text{ if } j = y_i \text{, else } -1

    Parameters
    ----------
    F : array_like, shape (N, C)
        Finite scores.
    y : array_like of int, shape (N,)
        True labels in 0…C−1.
    form : {"sum", "worst", "one_vs_all"}
        Whether every class within the margin costs (Weston and Watkins), only the worst one
        (Crammer and Singer), or each class is told from the rest by itself.

    Returns
    -------
    ndarray, shape (N,)
        Losses in units of score, at least 0.

    Raises
    ------
    TypeError, ValueError
        If the scores are not finite numbers, labels do not fit, or the form is unknown.

    Examples
    --------
    >>> hinge_loss([[1, 3, -1], [3, 0, 4]], [1, 0])
    array([0., 2.])

    Source: note 004 names the SVM beside softmax.
    """
    F = require_scores(F)
    excess, _ = _excess(F, require_labels(y, *F.shape), form)
    paid = np.maximum(excess, 0)
    return paid.max(axis=1) if form == "worst" else paid.sum(axis=1)


def hinge_score_gradient(F, y, *, form="sum"):
    r"""Give the gradient of the mean hinge loss with respect to the scores.

    At a kink, where a margin is exactly met, it takes the flat side: 0.

    Parameters
    ----------
    F : array_like, shape (N, C)
        Finite scores.
    y : array_like of int, shape (N,)
        True labels in 0…C−1.
    form : {"sum", "worst", "one_vs_all"}
        As for :func:`hinge_loss`.

    Returns
    -------
    ndarray, shape (N, C)

    Raises
    ------
    TypeError, ValueError
        As for :func:`hinge_loss`.

    Examples
    --------
    >>> hinge_score_gradient([[1, 3, -1], [3, 0, 4]], [1, 0])
    array([[ 0. ,  0. ,  0. ],
           [-0.5,  0. ,  0.5]])

    Source: note 004 names the SVM beside softmax.
    """
    F = require_scores(F)
    excess, sign = _excess(F, require_labels(y, *F.shape), form)
    pays = (excess > 0).astype(F.dtype)
    if form == "one_vs_all":
        return pays * sign / len(F)
    if form == "worst":
        first = np.arange(F.shape[1]) == excess.argmax(axis=1)[:, np.newaxis]
        pays = pays * first
    pays -= one_hot(y, F.shape[1]) * pays.sum(axis=1, keepdims=True)
    return pays / len(F)


def _excess(F, y, form):
    """By how much each class breaks its margin, and the sign with which its score counts."""
    if form not in FORMS:
        raise ValueError(f"form is {form!r}; expected one of {', '.join(FORMS)}.")
    true = one_hot(y, F.shape[1]) == 1
    if form == "one_vs_all":
        sign = np.where(true, -1, 1).astype(F.dtype)
        return 1 + sign * F, sign
    excess = F - F[np.arange(len(y)), y][:, np.newaxis] + 1
    return np.where(true, -np.inf, excess), np.ones_like(F)
