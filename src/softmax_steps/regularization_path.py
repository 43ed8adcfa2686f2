"""The trained model as a function of λ: W*(λ), each found anew. Chapters 05 and 07."""

from typing import NamedTuple

import numpy as np

from softmax_steps.checks import as_array, check_model, plain_array, require_strength
from softmax_steps.gradient import loss_and_gradient
from softmax_steps.regularization import l2_penalty
from softmax_steps.score import scores
from softmax_steps.softmax import predict


class PathPoint(NamedTuple):
    """One λ, the model trained at it, its loss in two parts (nats), and its two accuracies."""

    strength: float
    W: np.ndarray
    b: np.ndarray
    data_loss: float
    penalty: float
    gradient_length: float
    train_accuracy: float
    validation_accuracy: float


def minimise(X, y, W, b, *, strength, tolerance=1e-5, most_steps=20_000):
    r"""Find the weights and biases at which the loss is least, with all samples in each step.

    Accelerated gradient descent (Nesterov 1983) with the step :math:`1/(\tfrac12 s + \lambda)`,
    where s is the largest eigenvalue of :math:`[X\, \mathbf 1]^{\mathsf T}[X\, \mathbf 1]/N`:
    the loss curves nowhere more than :math:`\tfrac12 s + \lambda`. The momentum starts anew
    whenever it points uphill.

    Parameters
    ----------
    X : array_like, shape (N, D)
    y : array_like of int, shape (N,)
    W, b : array_like, shapes (D, C) and (C,)
        Where to start.
    strength : float
        λ > 0. With every class among the labels there is then one minimum.
    tolerance : float
        Stop when the whole gradient is shorter than this, in nats per unit.
    most_steps : int
        Stop after so many steps all the same.

    Returns
    -------
    W, b : ndarray
    gradient_length : float
        How long the gradient still is, in nats per unit.

    Raises
    ------
    TypeError, ValueError
        If λ is 0, or the inputs do not fit together.
    """
    if require_strength(strength) == 0:
        raise ValueError(
            "strength is 0; expected λ > 0. Without a penalty a minimum need not exist."
        )
    X, W, b = check_model(X, W, b)
    ones = np.ones((len(X), 1))
    step = 1 / (np.linalg.norm(np.hstack([X, ones]), 2) ** 2 / (2 * len(X)) + strength)
    V, c, momentum = W, b, 1.0
    for _ in range(most_steps):
        _, dW, db = loss_and_gradient(X, y, V, c, strength=strength)
        length = np.sqrt(np.sum(dW**2) + np.sum(db**2)).item()
        if length < tolerance:
            return V, c, length
        next_W, next_b = V - step * dW, c - step * db
        if np.sum(dW * (next_W - W)) + np.sum(db * (next_b - b)) > 0:
            momentum = 1.0
        faster = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        pace = (momentum - 1) / faster
        V, c = next_W + pace * (next_W - W), next_b + pace * (next_b - b)
        W, b, momentum = next_W, next_b, faster
    return V, c, length


def regularization_path(X, y, X_validation, y_validation, *, strengths, tolerance=1e-5):
    """Train the classifier at each λ, from the largest to the smallest, each from the one before.

    Parameters
    ----------
    X : array_like, shape (N, D)
    y : array_like of int, shape (N,)
        Labels 0…C−1; every class must occur.
    X_validation : array_like, shape (M, D)
    y_validation : array_like of int, shape (M,)
        Samples held out, to measure how well the model generalises.
    strengths : sequence of float
        The values of λ, each above 0.
    tolerance : float
        How short the gradient must be, in nats per unit, to call a model trained.

    Returns
    -------
    list of PathPoint
        In the order of ``strengths``.

    Raises
    ------
    TypeError, ValueError
        If a λ is not above 0, or the samples do not fit together.

    Examples
    --------
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1]
    >>> weak, strong = regularization_path(X, y, X, y, strengths=[0.01, 10])
    >>> weak.data_loss < strong.data_loss, weak.train_accuracy
    (True, 1.0)
    """
    X, y = as_array(X, "X", 2, allow_complex=False).astype(np.float64), plain_array(y, "y")
    shape = X.shape[1], int(np.max(y)) + 1
    W, b = np.zeros(shape), np.zeros(shape[1])
    points = {}
    for strength in sorted({float(value) for value in strengths}, reverse=True):
        W, b, length = minimise(X, y, W, b, strength=strength, tolerance=tolerance)
        penalty = l2_penalty(W, strength=strength)
        whole = loss_and_gradient(X, y, W, b, strength=strength).loss
        points[strength] = PathPoint(
            strength,
            W,
            b,
            whole - penalty,
            penalty,
            length,
            np.mean(predict(scores(X, W, b)) == y).item(),
            np.mean(predict(scores(X_validation, W, b)) == np.asarray(y_validation)).item(),
        )
    return [points[float(value)] for value in strengths]
