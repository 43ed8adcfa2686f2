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


def _row_by_row(make, *, guard=True, last=None):
    """Return a softmax that goes from row to row, right but for what is given.

    Parameters
    ----------
    make : callable
        Takes F, returns the array that the rows are written into.
    guard : bool
    last : int, optional
        How many rows are filled; all without it.

    Returns
    -------
    callable
    """

    def over_rows(F):
        P = make(F)
        for i, row in enumerate(F[:last]):
            E = np.exp(row - row.max() if guard else row)
            P[i] = E / E.sum()
        return P

    return over_rows


def _floats(F):
    return np.zeros(F.shape)


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
    Exercise(
        number="03-8",
        call="their_softmax(F)",
        right=softmax,
        cases={**SCORES, **FAR_SCORES},
        slips=SOFTMAX_SLIPS
        | {
            "whole-numbers": _row_by_row(np.zeros_like),
            "no-guard": [mistakes.unguarded_softmax, _row_by_row(_floats, guard=False)],
            "returned-in-the-loop": [
                _row_by_row(_floats, last=1),
                _row_by_row(np.zeros_like, last=1),
            ],
        },
        classes=lambda F: F.shape[1],
    ),
)
