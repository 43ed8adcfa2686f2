"""The exercises of Chapter 7 that ask for a function."""

import numpy as np

from softmax_steps.gradient import loss_and_gradient
from softmax_steps.practice.cases import TINY
from softmax_steps.practice.exercise import Exercise


def _epoch(
    *,
    sign=-1,
    take=lambda order, start, size: order[start : start + size],
    starts=lambda n, size: range(0, n, size),
    moved=(1, 1),
    fresh=True,
    rate=1.0,
):
    """Return a function that goes once through the data, right but for what is given."""

    def epoch(X, y, W, b, order, strength, learning_rate, batch_size):
        W0, b0 = W, b
        for start in starts(len(X), batch_size):
            rows = take(order, start, batch_size)
            at = (W, b) if fresh else (W0, b0)
            _, dW, db = loss_and_gradient(X[rows], y[rows], *at, strength=strength)
            W = W + sign * rate * learning_rate * moved[0] * dW
            b = b + sign * rate * learning_rate * moved[1] * db
        return W, b

    return epoch


def _without_penalty(X, y, W, b, order, strength, learning_rate, batch_size):
    return _epoch()(X, y, W, b, order, 0.0, learning_rate, batch_size)


_RNG = np.random.default_rng(7)
_X, _Y = _RNG.integers(-2, 3, (5, 2)) / 2, np.array([0, 2, 1, 2, 0])

EXERCISES = (
    Exercise(
        number="07-8",
        call="my_epoch(X, y, W, b, order, strength, learning_rate, batch_size)",
        right=_epoch(),
        cases={
            "the tiny example in one batch": (
                TINY.X,
                TINY.y,
                TINY.W,
                TINY.b,
                np.array([0, 1]),
                0.1,
                0.5,
                2,
            ),
            "batches of 2 and a last one of 1": (
                _X,
                _Y,
                np.zeros((2, 3)),
                np.zeros(3),
                np.array([3, 0, 4, 2, 1]),
                0.0,
                1.0,
                2,
            ),
            "batches of 3, with a penalty": (
                _X,
                _Y,
                TINY.W,
                TINY.b,
                np.array([4, 3, 2, 1, 0]),
                0.5,
                0.25,
                3,
            ),
        },
        slips={
            "uphill": _epoch(sign=1),
            "whole-set-for-batch": _epoch(take=lambda order, start, size: order),
            "last-batch-dropped": _epoch(
                starts=lambda n, size: range(0, n - size + 1, size),
            ),
            "not-shuffled": _epoch(
                take=lambda order, start, size: np.arange(len(order))[start : start + size]
            ),
            "bias-not-moved": _epoch(moved=(1, 0)),
            "slope-of-the-start": _epoch(fresh=False),
            "penalty-missing": _without_penalty,
        },
        results=("W", "b"),
    ),
)
