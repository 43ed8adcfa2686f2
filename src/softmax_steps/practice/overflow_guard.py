"""The exercises of Chapter 2 that ask for a function."""

import numpy as np

from softmax_steps import mistakes
from softmax_steps.overflow_guard import shift_scores
from softmax_steps.practice.cases import FAR_SCORES, SCORES
from softmax_steps.practice.exercise import Exercise

EXERCISES = (
    Exercise(
        number="02-7",
        call="my_shift(F)",
        right=shift_scores,
        cases={**SCORES, **FAR_SCORES},
        slips={
            "no-guard": lambda F: F,
            "whole-matrix-guard": mistakes.whole_matrix_shift,
            "row-mean-guard": mistakes.shift_by_row_mean,
            "divided-by-maximum": mistakes.divide_by_row_maximum,
            "clipped-scores": lambda F: np.clip(F, -700, 700),
            "guard-by-column": mistakes.shift_by_column_maximum,
            "lost-keepdims": mistakes.shift_without_keepdims,
        },
        classes=lambda F: F.shape[1],
        many=lambda n: (np.ones((n, 3)),),
    ),
)
