"""The exercises of Chapter 11 that ask for a function."""

import numpy as np

from softmax_steps.gradient import loss_and_gradient
from softmax_steps.practice.cases import TINY
from softmax_steps.practice.exercise import Exercise


def _in_blocks(
    *,
    share=lambda rows, N, blocks: rows / N,
    penalties=lambda blocks: 1,
):
    """Return a gradient that is taken block by block, right but for what is given."""

    def gradient(X, y, W, b, sizes, strength):
        dW, db, start = penalties(len(sizes)) * strength * W, np.zeros(len(b)), 0
        for rows in sizes:
            block = slice(start, start + rows)
            _, dW_B, db_B = loss_and_gradient(X[block], y[block], W, b)
            part = share(rows, len(X), len(sizes))
            dW, db = dW + part * dW_B, db + part * db_B
            start += rows
        return dW, db

    return gradient


def _slope_of_bias(
    *,
    begin=lambda P: np.zeros(P.shape[1]),
    starts=lambda N, rows: range(0, N, rows),
    share=lambda rows, N, blocks: 1 / N,
):
    """Return the mean of P − Y, block by block, right but for what is given."""

    def slope(P, Y, rows):
        total, blocks = begin(P), starts(len(P), rows)
        for start in blocks:
            errors = P[start : start + rows] - Y[start : start + rows]
            total += share(len(errors), len(P), len(blocks)) * errors.astype(float).sum(axis=0)
        return total

    return slope


def _total_like_rows(P, Y, rows):
    """Add up in the type of the rows."""
    total = np.zeros(P.shape[1], P.dtype)
    for start in range(0, len(P), rows):
        total += (P[start : start + rows] - Y[start : start + rows]).sum(axis=0)
    return total


_RNG = np.random.default_rng(11)


def _case(sizes, D, C, strength):
    N = sum(sizes)
    return (
        _RNG.integers(-3, 4, (N, D)) / 2,
        np.arange(N) % C,
        _RNG.integers(-2, 3, (D, C)) / 2,
        _RNG.integers(-2, 3, C) / 2,
        np.array(sizes),
        strength,
    )


EXERCISES = (
    Exercise(
        number="11-5",
        call="add_blocks(X, y, W, b, sizes, strength)",
        right=_in_blocks(),
        cases={
            "the tiny example in two blocks": (
                TINY.X,
                TINY.y,
                TINY.W,
                TINY.b,
                np.array([1, 1]),
                0.1,
            ),
            "blocks of 3, 3 and 1": _case((3, 3, 1), 2, 3, 0.0),
            "blocks of 1 and 4, with a penalty": _case((1, 4), 3, 4, 0.5),
        },
        slips={
            "blocks-counted-alike": _in_blocks(share=lambda rows, N, blocks: 1 / blocks),
            "blocks-added-up": _in_blocks(share=lambda rows, N, blocks: 1),
            "missing-mean": _in_blocks(share=lambda rows, N, blocks: rows),
            "penalty-for-each-block": _in_blocks(penalties=lambda blocks: blocks),
            "penalty-missing": _in_blocks(penalties=lambda blocks: 0),
        },
        results=("dW", "db"),
    ),
    Exercise(
        number="11-6",
        call="slope_of_bias(P, Y, rows)",
        right=_slope_of_bias(),
        cases={
            "five rows in blocks of two": (
                np.array([[2, 1, 1], [1, 2, 1], [0, 3, 1], [1, 1, 2], [4, 0, 0]]) / 4,
                np.eye(3)[[0, 0, 1, 2, 1]],
                2,
            ),
            # Slopes of 1/8, which float16 has too: what is returned may be of any type.
            "49,152 rows in float16": (
                np.full((49_152, 2), 0.5, np.float16),
                np.tile(np.eye(2, dtype=np.float16)[[1, 0, 1, 1, 0, 1, 0, 1]], (6_144, 1)),
                100,
            ),
        },
        slips={
            "total-in-small-float": [
                lambda P, Y, rows: _total_like_rows(P, Y, rows) / len(P),
                lambda P, Y, rows: _total_like_rows(P, Y, rows).astype(float) / len(P),
                lambda P, Y, rows: (P - Y).sum(axis=0) / len(P),
            ],
            "blocks-counted-alike": _slope_of_bias(share=lambda rows, N, blocks: 1 / rows / blocks),
            "blocks-added-up": _slope_of_bias(share=lambda rows, N, blocks: 1 / rows),
            "missing-mean": _slope_of_bias(share=lambda rows, N, blocks: 1),
            "last-batch-dropped": _slope_of_bias(
                starts=lambda N, rows: range(0, N - rows + 1, rows)
            ),
        },
        classes=lambda P, Y, rows: P.shape[1],
    ),
)
