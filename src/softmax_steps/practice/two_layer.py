"""The exercises of Chapter 9 that ask for a function."""

import numpy as np

from softmax_steps.practice.exercise import Exercise
from softmax_steps.softmax import one_hot, softmax

SLOPE = 0.01  # of a closed unit


def _leaky(
    *,
    slope=lambda O1, O2, dH: np.where(O1 > 0, 1.0, SLOPE),
    back=lambda dO2, W2, dH_slope: (dO2 @ W2.T) * dH_slope,
    bend=lambda O1: np.maximum(O1, SLOPE * O1),
    came=lambda X, H: X,
    mean=True,
    order=lambda dW1, db1, dW2, db2: (dW1, db1, dW2, db2),
):
    """Return the gradient of a network with a leaky bend, right but for what is given."""

    def gradient(X, y, W1, b1, W2, b2):
        O1 = X @ W1 + b1
        H = bend(O1)
        O2 = H @ W2 + b2
        dO2 = (softmax(O2) - one_hot(y, len(b2))) / (len(X) if mean else 1)
        dO1 = back(dO2, W2, slope(O1, O2, dO2))
        return order(came(X, H).T @ dO1, dO1.sum(axis=0), H.T @ dO2, dO2.sum(axis=0))

    return gradient


def _case(seed, N, D, M, C):
    rng = np.random.default_rng(seed)
    y = np.arange(N) % C
    return (
        rng.integers(-2, 3, (N, D)) / 2,
        y,
        rng.integers(-2, 3, (D, M)) / 2,
        rng.integers(-1, 2, M) / 4,
        rng.integers(-2, 3, (M, C)) / 2,
        np.zeros(C),
    )


EXERCISES = (
    Exercise(
        number="09-4",
        call="leaky_gradient(X, y, W1, b1, W2, b2)",
        right=_leaky(),
        cases={
            "three samples, two hidden units": _case(1, 3, 2, 2, 3),
            "as many units as features and classes": _case(3, 4, 3, 3, 3),
        },
        slips={
            "slope-ignored": [
                _leaky(slope=lambda O1, O2, dH: (O1 > 0) * 1.0),
                _leaky(slope=lambda O1, O2, dH: (O1 > 0) * 1.0, bend=lambda O1: np.maximum(O1, 0)),
            ],
            "bend-forgotten": _leaky(slope=lambda O1, O2, dH: 1.0),
            "gradient-bent": _leaky(
                back=lambda dO2, W2, _: np.maximum(dO2 @ W2.T, SLOPE * (dO2 @ W2.T))
            ),
            "bend-left-out": _leaky(bend=lambda O1: O1, slope=lambda O1, O2, dH: 1.0),
            "missing-mean": _leaky(mean=False),
            "hidden-for-input": _leaky(came=lambda X, H: H),
            "second-layer-untransposed": _leaky(back=lambda dO2, W2, s: (dO2 @ W2) * s),
            "layer-named-twice": _leaky(order=lambda dW1, db1, dW2, db2: (dW2, db2, dW1, db1)),
        },
        results=("dW1", "db1", "dW2", "db2"),
    ),
)
