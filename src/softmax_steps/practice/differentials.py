"""The exercises of Chapter 8 that ask for a function."""

import numpy as np

from softmax_steps.differentials import softmax_differential
from softmax_steps.practice.exercise import Exercise
from softmax_steps.softmax import softmax


def _product_gradient(A, W, B):
    return A.T @ W @ B.T + A @ W @ B


def _change_by(jacobian):
    """Return a function that multiplies a Jacobian of one sample by a step."""
    return lambda p, df: jacobian(p) @ df


_RNG = np.random.default_rng(8)
_SQUARE = _RNG.integers(-2, 3, (3, 2, 2)).astype(float)
_LARGER = _RNG.integers(-2, 3, (3, 3, 3)).astype(float)
_P = softmax(np.array([[0.0, 1.0, 2.0], [4.0, 2.0, 0.5], [-1.0, 0.0, 3.0]]))

EXERCISES = (
    Exercise(
        number="08-3",
        call="product_gradient(A, W, B)",
        right=_product_gradient,
        cases={
            "matrices of 2 × 2": tuple(_SQUARE),
            "matrices of 3 × 3": tuple(_LARGER),
            "A of 2 × 2, B of 3 × 3": (_SQUARE[0], _LARGER[1][:2], _LARGER[2]),
        },
        slips={
            "one-of-two-terms": [
                lambda A, W, B: A.T @ W @ B.T,
                lambda A, W, B: A @ W @ B,
                lambda A, W, B: 2 * A.T @ W @ B.T,
                lambda A, W, B: 2 * A @ W @ B,
            ],
        },
    ),
    Exercise(
        number="08-7",
        call="my_change(P, dF)",
        right=softmax_differential,
        cases={
            "two classes": (np.array([[0.75, 0.25]]), np.array([[0.5, 0.0]])),
            "as many samples as classes": (_P, _RNG.integers(-2, 3, (3, 3)) / 4),
            "all scores of one row moved alike": (
                _P[:2],
                np.array([[1.0, 1.0, 1.0], [1.0, 0.0, 0.0]]),
            ),
        },
        slips={
            "element-by-element": lambda P, dF: P * (1 - P) * dF,
            "wrong-axis": lambda P, dF: P * (dF - (P * dF).sum(axis=0)),
            "lost-keepdims": lambda P, dF: P * (dF - (P * dF).sum(axis=1)),
            "sum-of-the-batch": lambda P, dF: P * (dF - (P * dF).sum()),
        },
        many=lambda n: (np.full((n, 2), 0.5), np.ones((n, 2))),
    ),
    Exercise(
        number="08-9",
        call="their_change(p, df)",
        right=_change_by(lambda p: np.diag(p) - np.outer(p, p)),
        cases={
            "the sample of exercise 8": (np.array([0.5, 0.25, 0.25]), np.array([0.2, 0.0, 0.4])),
            "two classes": (np.array([0.75, 0.25]), np.array([0.5, 0.0])),
            "all scores moved alike": (np.array([0.125, 0.5, 0.25, 0.125]), np.ones(4)),
        },
        slips={
            "inner-for-outer": [
                _change_by(lambda p: np.diag(p) - p @ p),
                _change_by(lambda p: np.diag(p) - p * p),
                lambda p, df: p * df - p @ p * df,
            ],
            "element-by-element": _change_by(lambda p: np.diag(p * (1 - p))),
            "sum-held-still": _change_by(np.diag),
        },
        classes=lambda p, df: len(p),
    ),
)
