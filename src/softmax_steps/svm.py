"""The linear support vector machine (SVM): the scores of step 1 with the hinge loss.

The hinge loss asks that the true class wins by a margin of 1, and then asks for nothing more.
The points-in-the-plane widget lets the reader switch between it and the cross-entropy.
"""

import numpy as np

from softmax_steps.checks import (
    check_problem,
    finite_mean,
    mean_over_parts,
    require_labels,
    require_scores,
    widen,
)
from softmax_steps.gradient import LossGradient
from softmax_steps.regularization import _l2_gradient, _l2_penalty
from softmax_steps.score import _finite_scores
from softmax_steps.softmax import _one_hot

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
        Losses in units of score, at least 0; the floating type of ``F``. One that the type
        cannot hold becomes inf.

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
    form, F = _require_form(form), require_scores(F)
    losses = _hinge_loss(widen(F), require_labels(y, *F.shape), form)
    with np.errstate(over="ignore"):
        return losses.astype(F.dtype, copy=False)


@np.errstate(over="ignore")  # a loss wider than the type holds is inf
def _hinge_loss(F, y, form):
    excess, _ = _excess(F, y, form)
    cost = np.maximum(excess, 0)
    return cost.max(axis=1) if form == "worst" else cost.sum(axis=1)


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
    form, F = _require_form(form), require_scores(F)
    dF = _hinge_score_gradient(widen(F), require_labels(y, *F.shape), form)
    return dF.astype(F.dtype, copy=False)


@np.errstate(over="ignore")  # a margin broken by more than the type holds is broken by inf
def _hinge_score_gradient(F, y, form):
    excess, sign = _excess(F, y, form)
    violated = (excess > 0).astype(F.dtype)
    if form == "one_vs_all":
        return violated * sign / len(F)
    if form == "worst":
        violated *= _one_hot(excess.argmax(axis=1), F.shape[1])
    violated -= _one_hot(y, F.shape[1]) * violated.sum(axis=1, keepdims=True)
    return violated / len(F)


def hinge_loss_and_gradient(X, y, W, b=None, *, strength=0.0, form="sum"):
    r"""Give the loss of the linear SVM and its gradient together.

    .. math::
        L &= \frac{1}{N} \sum_i L_i + \frac{\lambda}{2} \lVert W \rVert^2 \\
        \frac{\partial L}{\partial W} &= X^{\mathsf T} \frac{\partial L}{\partial F} + \lambda W,
        \qquad \frac{\partial L}{\partial b} = \sum_i \frac{\partial L}{\partial F_{i,:}}

    Called as :func:`softmax_steps.loss_and_gradient` is, so :func:`softmax_steps.train` can
    train it: ``train(X, y, …, loss_and_gradient=hinge_loss_and_gradient)``.

    Parameters
    ----------
    X : array_like, shape (N, D)
        One sample per row.
    y : array_like of int, shape (N,)
        True labels in 0…C−1.
    W : array_like, shape (D, C)
        Weights.
    b : array_like, shape (C,), optional
        Biases, not penalised; without them ``db`` is the gradient at b = 0.
    strength : float
        λ ≥ 0.
    form : {"sum", "worst", "one_vs_all"}
        As for :func:`hinge_loss`.

    Returns
    -------
    LossGradient
        ``loss``, in units of score, ``dW`` (D, C) and ``db`` (C,).

    Raises
    ------
    TypeError, ValueError
        If the inputs are not finite numbers or do not fit together, or the form is unknown.

    Examples
    --------
    >>> X, y = [[1, 2], [3, -1]], [1, 0]
    >>> W, b = [[1, 0, 1], [0, 1, -1]], [0, 1, 0]
    >>> hinge_loss_and_gradient(X, y, W, b, strength=0.1)
    LossGradient(loss=1.2, dW=array([[-1.4,  0. ,  1.6],
           [ 0.5,  0.1, -0.6]]), db=array([-0.5,  0. ,  0.5]))

    Source: note 004 names the SVM beside softmax.
    """
    form = _require_form(form)
    X, y, W, b, strength = check_problem(X, y, W, b, strength)
    F = _finite_scores(X, W, b)
    return mean_over_parts(_hinge_loss_and_gradient, F, X, y, W, strength, form)


def _hinge_loss_and_gradient(F, X, y, W, strength, form):
    loss = finite_mean(_hinge_loss(F, y, form)) + _l2_penalty(W, strength)
    dF = _hinge_score_gradient(F, y, form)
    dW = X.T @ dF + _l2_gradient(W, strength)
    db = dF.sum(axis=0)
    return LossGradient(loss, dW, db)


def _require_form(form):
    if form not in FORMS:
        raise ValueError(f"form is {form!r}; expected one of {', '.join(FORMS)}.")
    return form


def _excess(F, y, form):
    """Return by how much each class breaks its margin, and the sign with which its score counts."""
    true = _one_hot(y, F.shape[1])
    if form == "one_vs_all":
        sign = np.where(true, -1, 1).astype(F.dtype)
        return 1 + sign * F, sign
    excess = F - F[np.arange(len(y)), y][:, np.newaxis] + 1
    return np.where(true, -np.inf, excess), np.ones_like(F)
