"""Numbers that the checks of the exercises hand over: small, and with a name each."""

import numpy as np

from softmax_steps.tiny_example import tiny_example

TINY = tiny_example()

SCORES = {
    "small scores": (np.array([[1.0, 3.0, -1.0], [3.0, 0.0, 4.0]]),),
    "three samples and three classes": (
        np.array([[0.0, 1.0, 2.0], [4.0, 2.0, 0.5], [-1.0, 0.0, 3.0]]),
    ),
    "equal scores": (np.zeros((1, 4)),),
    "one class": (np.array([[2.0], [-7.0]]),),
    "whole numbers": (np.array([[2, 0, 1], [0, 5, 5]]),),
}
"""Arguments (F,) at which nothing overflows."""

FAR_SCORES = {
    "scores of 1000": (np.array([[1000.0, 999.0, 998.0]]),),
    "scores of −1000": (np.array([[-1000.0, -1001.0, -1003.0]]),),
    "one score far above the rest": (np.array([[1500.0, 0.0, 0.0]]),),
    "rows far apart": (np.array([[0.0, -1.2, -5.0], [-800.0, -804.0, -804.0]]),),
}
"""Arguments (F,) at which a missing or wrong guard shows."""


def models(seed):
    """Return arguments (X, W, b) of three sizes, the first small enough to follow by hand.

    Parameters
    ----------
    seed : int

    Returns
    -------
    dict
    """
    rng = np.random.default_rng(seed)
    return {
        "the tiny example": (TINY.X, TINY.W, TINY.b),
        "as many samples as features and classes": tuple(
            rng.integers(-3, 4, shape) / 2 for shape in ((3, 3), (3, 3), (3,))
        ),
        "five samples, two features, four classes": tuple(
            rng.integers(-3, 4, shape) / 2 for shape in ((5, 2), (2, 4), (4,))
        ),
    }


def problems(seed):
    """Return arguments (X, y, W, b, strength) of three sizes, the first by hand.

    Parameters
    ----------
    seed : int

    Returns
    -------
    dict
    """
    rng = np.random.default_rng(seed)
    return {
        f"{label}, λ = {strength}": (
            X,
            TINY.y if X is TINY.X else rng.integers(0, W.shape[1], len(X)),
            W,
            b,
            strength,
        )
        for strength, (label, (X, W, b)) in zip((0.1, 0.5, 0.0), models(seed).items(), strict=True)
    }
