"""The exercises of Chapter 6 that ask for a function."""

import numpy as np

from softmax_steps.gradient import loss_and_gradient, score_gradient
from softmax_steps.practice.cases import problems
from softmax_steps.practice.exercise import Exercise
from softmax_steps.score import scores
from softmax_steps.softmax import one_hot, softmax


def weighted(P, y, a):
    """Return the gradient for the scores of a mean in which sample i has the weight a_i.

    Parameters
    ----------
    P : ndarray, shape (N, C)
    y : ndarray of int, shape (N,)
    a : ndarray, shape (N,)

    Returns
    -------
    ndarray, shape (N, C)
    """
    return a[:, np.newaxis] * score_gradient(P, y)


def _right(X, y, W, b, strength):
    return tuple(loss_and_gradient(X, y, W, b, strength=strength)[1:])


def gradient_slips():
    """Return what (dW, db) are under each well-known slip.

    Returns
    -------
    dict
        From a slip's id to a function of X, y, W, b and λ.
    """

    def built(build):
        def gradient(X, y, W, b, strength):
            P, Y = softmax(scores(X, W, b)), one_hot(y, W.shape[1])
            return build(X, P, Y, len(X), strength * W, b)

        return gradient

    return {
        "missing-mean": built(lambda X, P, Y, N, pW, b: (X.T @ (P - Y) + pW, (P - Y).sum(axis=0))),
        "times-n": built(lambda X, P, Y, N, pW, b: (X.T @ (P - Y) + N * pW, (P - Y).sum(axis=0))),
        "divided-twice": built(
            lambda X, P, Y, N, pW, b: (X.T @ (P - Y) / N**2 + pW, (P - Y).mean(axis=0) / N)
        ),
        "one-part-not-averaged": [
            built(lambda X, P, Y, N, pW, b: (X.T @ (P - Y) / N + pW, (P - Y).sum(axis=0))),
            built(lambda X, P, Y, N, pW, b: (X.T @ (P - Y) + pW, (P - Y).mean(axis=0))),
        ],
        "one-hot-left": built(lambda X, P, Y, N, pW, b: (X.T @ P / N + pW, P.mean(axis=0))),
        "one-hot-added": built(
            lambda X, P, Y, N, pW, b: (X.T @ (P + Y) / N + pW, (P + Y).mean(axis=0))
        ),
        "wrong-sign": built(
            lambda X, P, Y, N, pW, b: (X.T @ (Y - P) / N - pW, (Y - P).mean(axis=0))
        ),
        "data-sign": built(
            lambda X, P, Y, N, pW, b: (X.T @ (Y - P) / N + pW, (Y - P).mean(axis=0))
        ),
        "penalty-factor-two": built(
            lambda X, P, Y, N, pW, b: (X.T @ (P - Y) / N + 2 * pW, (P - Y).mean(axis=0))
        ),
        "penalty-halved": built(
            lambda X, P, Y, N, pW, b: (X.T @ (P - Y) / N + pW / 2, (P - Y).mean(axis=0))
        ),
        "penalty-missing": built(
            lambda X, P, Y, N, pW, b: (X.T @ (P - Y) / N, (P - Y).mean(axis=0))
        ),
        "penalty-sign": built(
            lambda X, P, Y, N, pW, b: (X.T @ (P - Y) / N - pW, (P - Y).mean(axis=0))
        ),
        "penalty-in-the-mean": built(
            lambda X, P, Y, N, pW, b: (X.T @ (P - Y) / N + pW / N, (P - Y).mean(axis=0))
        ),
        "bias-gradient-left-out": built(
            lambda X, P, Y, N, pW, b: (X.T @ (P - Y) / N + pW, np.zeros(len(b)))
        ),
        "divided-by-classes": built(
            lambda X, P, Y, N, pW, b: (
                X.T @ (P - Y) / P.size + pW,
                (P - Y).sum(axis=0) / P.size,
            )
        ),
        "bias-summed-over-classes": built(
            lambda X, P, Y, N, pW, b: (X.T @ (P - Y) / N + pW, (P - Y).sum(axis=1) / N)
        ),
        "integer-division": built(lambda X, P, Y, N, pW, b: (pW, np.zeros(len(b)))),
        "transposed": built(
            lambda X, P, Y, N, pW, b: ((X.T @ (P - Y) / N + pW).T, (P - Y).mean(axis=0))
        ),
    }


def _bias_penalised(X, y, W, b, strength):
    dW, db = _right(X, y, W, b, strength)
    return dW, db + strength * b


def _softmax_left_out(X, y, W, b, strength):
    error = scores(X, W, b) - one_hot(y, W.shape[1])
    return X.T @ error / len(X) + strength * W, error.mean(axis=0)


_P = softmax(np.array([[0.0, 1.0, 2.0], [4.0, 2.0, 0.5], [-1.0, 0.0, 3.0]]))

EXERCISES = (
    Exercise(
        number="06-5",
        call="weighted_gradient(P, y, a)",
        right=weighted,
        cases={
            "two samples": (
                np.array([[0.5, 0.25, 0.25], [0.25, 0.5, 0.25]]),
                np.array([0, 2]),
                np.array([1.0, 3.0]),
            ),
            "as many samples as classes": (_P, np.array([2, 0, 1]), np.array([0.5, 2.0, 1.0])),
            "a weight of 0": (
                np.array([[0.25, 0.75], [0.5, 0.5], [0.875, 0.125]]),
                np.array([0, 1, 1]),
                np.array([0.0, 1.0, 2.0]),
            ),
        },
        slips={
            "samples-weight-ignored": lambda P, y, a: score_gradient(P, y),
            "samples-by-column": lambda P, y, a: a * score_gradient(P, y),
            "missing-mean": lambda P, y, a: len(P) * weighted(P, y, a),
            "weights-normalised": lambda P, y, a: len(P) * weighted(P, y, a) / a.sum(),
            "one-hot-left": lambda P, y, a: a[:, np.newaxis] * P / len(P),
            "one-hot-added": lambda P, y, a: (
                a[:, np.newaxis] * (P + one_hot(y, P.shape[1])) / len(P)
            ),
        },
        many=lambda n: (np.full((n, 2), 0.5), np.zeros(n, dtype=int), np.ones(n)),
    ),
    Exercise(
        number="06-7",
        call="my_gradient(X, y, W, b, strength)",
        right=_right,
        cases=problems(6),
        slips={
            **gradient_slips(),
            "bias-penalised": _bias_penalised,
            "softmax-left-out": _softmax_left_out,
        },
        results=("dW", "db"),
        classes=lambda X, y, W, b, strength: W.shape[1],
        many=lambda n: (np.ones((n, 2)), np.zeros(n, dtype=int), np.ones((2, 3)), np.ones(3), 0.1),
    ),
)
