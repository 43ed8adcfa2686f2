"""The exercises of Chapter 5 that ask for a function."""

import numpy as np

from softmax_steps import mistakes
from softmax_steps.practice.cases import problems
from softmax_steps.practice.exercise import Exercise
from softmax_steps.regularization import loss
from softmax_steps.score import scores
from softmax_steps.softmax import log_softmax, one_hot


def _right(X, y, W, b, strength):
    return loss(X, y, W, b, strength=strength)


def _with(penalty):
    """Return a loss whose data part is right, with another penalty: of X, W, b and N."""
    return lambda X, y, W, b, strength: loss(X, y, W, b) + strength * penalty(X, W, b)


def _unsummed(X, y, W, b, strength):
    Y = one_hot(y, W.shape[1])
    return mistakes.loss_without_sums(log_softmax(scores(X, W, b)), Y, W, strength=strength)


EXERCISES = (
    Exercise(
        number="05-7",
        call="my_loss(X, y, W, b, strength)",
        right=_right,
        cases=problems(5),
        slips={
            "penalty-factor-two": _with(lambda X, W, b: np.sum(W**2)),
            "penalty-missing": _with(lambda X, W, b: 0),
            "penalty-sign": _with(lambda X, W, b: -np.sum(W**2) / 2),
            "penalty-in-the-mean": _with(lambda X, W, b: np.sum(W**2) / 2 / len(X)),
            "penalty-for-each-sample": _with(lambda X, W, b: np.sum(W**2) / 2 * len(X)),
            "bias-penalised": _with(lambda X, W, b: (np.sum(W**2) + np.sum(b**2)) / 2),
            "data-penalised": _with(lambda X, W, b: np.sum(X**2) / 2),
            "sizes-for-squares": [
                _with(lambda X, W, b: np.sum(np.abs(W)) / 2),
                _with(lambda X, W, b: np.sum(np.abs(W))),
            ],
            "root-of-penalty": [
                _with(lambda X, W, b: np.linalg.norm(W) / 2),
                _with(lambda X, W, b: np.linalg.norm(W)),
            ],
            "mean-of-squares": _with(lambda X, W, b: np.mean(W**2) / 2),
            "sum-for-mean": lambda X, y, W, b, strength: (
                len(X) * loss(X, y, W, b) + strength / 2 * np.sum(W**2)
            ),
            "bias-left-out": lambda X, y, W, b, strength: loss(X, y, W, strength=strength),
            "unsummed-loss": _unsummed,
        },
        classes=lambda X, y, W, b, strength: W.shape[1],
        many=lambda n: (np.ones((n, 2)), np.zeros(n, dtype=int), np.ones((2, 3)), np.ones(3), 0.1),
    ),
)
