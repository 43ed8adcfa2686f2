"""The exercises of Chapter 3 that ask for a function."""

import numpy as np

from softmax_steps import mistakes
from softmax_steps.practice.cases import FAR_SCORES, SCORES
from softmax_steps.practice.exercise import Exercise
from softmax_steps.softmax import log_softmax, softmax


def normalised(shift):
    """Return a softmax that is right but for its guard.

    Parameters
    ----------
    shift : callable
        The guard: takes F, returns scores of the same shape.

    Returns
    -------
    callable
    """

    def with_this_guard(F):
        E = np.exp(shift(np.asarray(F, dtype=np.float64)))
        return E / E.sum(axis=1, keepdims=True)

    return with_this_guard


def _shifted_above_only(F):
    return np.exp(F - F.max(axis=1, keepdims=True)) / np.exp(F).sum(axis=1, keepdims=True)


SOFTMAX_SLIPS = {
    "no-guard": mistakes.unguarded_softmax,
    "whole-matrix-guard": mistakes.whole_matrix_softmax,
    "row-mean-guard": normalised(mistakes.shift_by_row_mean),
    "divided-by-maximum": normalised(mistakes.divide_by_row_maximum),
    "clipped-scores": normalised(lambda F: np.clip(F, -700, 700)),
    "guard-by-column": normalised(mistakes.shift_by_column_maximum),
    "shifted-above-only": _shifted_above_only,
    "wrong-axis": [
        mistakes.softmax_over_columns,
        lambda F: np.exp(F) / np.exp(F).sum(axis=0),
        lambda F: (
            np.exp(F - F.max(axis=1, keepdims=True))
            / np.exp(F - F.max(axis=1, keepdims=True)).sum(axis=0)
        ),
        lambda F: np.exp(F - F.max()) / np.exp(F - F.max()).sum(axis=0),
    ],
    "lost-keepdims": [
        mistakes.softmax_without_keepdims,
        lambda F: np.exp(F - F.max(axis=1)) / np.exp(F - F.max(axis=1)).sum(axis=1),
        lambda F: np.exp(F - F.max(axis=1)) / np.exp(F - F.max(axis=1)).sum(axis=1, keepdims=True),
        lambda F: np.exp(F) / np.exp(F).sum(axis=1),
    ],
    "not-divided": [np.exp, lambda F: np.exp(F - F.max(axis=1, keepdims=True))],
    "softmax-twice": lambda F: softmax(softmax(F)),
    "logarithm-for-softmax": log_softmax,
}
"""What a softmax gives under each slip: functions of F alone."""

EXERCISES = (
    Exercise(
        number="03-7",
        call="my_softmax(F)",
        right=softmax,
        cases={**SCORES, **FAR_SCORES},
        slips=SOFTMAX_SLIPS,
        classes=lambda F: F.shape[1],
        many=lambda n: (np.ones((n, 3)),),
    ),
)
