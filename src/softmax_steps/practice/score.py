"""The exercises of Chapter 1 that ask for a function."""

import numpy as np

from softmax_steps import mistakes
from softmax_steps.practice.cases import models
from softmax_steps.practice.exercise import Exercise
from softmax_steps.score import scores


def _written_into_copy(X, W, b):
    """Make the array for the scores with the type of the features."""
    F = np.zeros((len(X), W.shape[1]), dtype=X.dtype)
    F[:] = (X @ W + b).astype(X.dtype)
    return F


EXERCISES = (
    Exercise(
        number="01-7",
        call="my_scores(X, W, b)",
        right=scores,
        cases={
            **models(1),
            "whole numbers as features": (
                np.array([[1, 2], [3, 0]]),
                np.array([[0.5, 0.25, 0.0], [0.25, 0.5, 1.0]]),
                np.array([0.0, 0.5, 0.0]),
            ),
        },
        slips={
            "bias-left-out": lambda X, W, b: X @ W,
            "entry-by-entry-product": lambda X, W, b: mistakes.scores_entry_by_entry(X, W) + b,
            "one-size-for-three": [
                lambda X, W, b: X @ W.T + b,
                lambda X, W, b: mistakes.scores_with_transposed_weights(X, W) + b,
            ],
            "whole-numbers": _written_into_copy,
        },
        classes=lambda X, W, b: W.shape[1],
        many=lambda n: (np.ones((n, 2)), np.ones((2, 3)), np.ones(3)),
    ),
)
