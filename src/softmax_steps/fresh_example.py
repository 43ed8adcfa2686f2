"""Another tiny example for every seed: numbers of one's own, small and whole, to be worked by hand.

The worksheet prints it, and the widget of Chapter 7 draws the same one in the browser: so the
numbers come from a generator of whole numbers that a dozen characters of JavaScript repeat.
"""

import numpy as np

from softmax_steps.score import scores
from softmax_steps.tiny_example import tiny_example

# The generator of Park and Miller. Its products stay below 2**53, so JavaScript has them exactly.
MULTIPLIER, MODULUS = 48271, 2**31 - 1
SKIPPED = 3  # numbers, so that neighbouring seeds have no like beginnings
LARGEST_SCORE = 6


def fresh_example(seed):
    """Return a tiny example whose numbers are drawn anew, fit for paper.

    Its numbers are whole and small, no score is larger than 6 in size, and a row's scores lie 2 to
    4 apart, so that three decimals tell its probabilities. No row has two largest scores, neither
    sample is a multiple of the other, and each feature tells classes apart. The model names one
    sample rightly and one wrongly.

    Parameters
    ----------
    seed : int
        From 0 on. The same one gives the same example, on every machine.

    Returns
    -------
    TinyExample
        As :func:`tiny_example` returns it: ``X`` (2, 2), ``y`` (2,), ``W`` (2, 3), ``b`` (3,),
        ``strength`` 0.1 and ``learning_rate`` 0.5.

    Raises
    ------
    TypeError
        If the seed is no whole number.
    ValueError
        If it is below 0.

    Examples
    --------
    >>> fresh_example(417).X
    array([[-2.,  1.],
           [-1.,  1.]])
    """
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer):
        raise TypeError(f"seed is {seed!r:.60}; expected a whole number, such as 417.")
    if seed < 0:
        raise ValueError(f"seed is {seed}; expected 0 or more.")
    drawn = _whole_numbers(int(seed))
    while True:
        X = _matrix(drawn, 2, 2, least=-2, most=3)
        W = _matrix(drawn, 2, 3, least=-1, most=1)
        (b,) = _matrix(drawn, 1, 3, least=-1, most=1)
        first, apart = next(drawn) % 3, 1 + next(drawn) % 2
        y = np.array([first, (first + apart) % 3])
        if _is_fit(X, y, W, b):
            return tiny_example(X=X, y=y, W=W, b=b)


def _whole_numbers(seed):
    """Yield whole numbers from 1 to ``MODULUS`` − 1, the same for the same seed."""
    state = 1 + seed % (MODULUS - 1)
    for _ in range(SKIPPED):
        state = MULTIPLIER * state % MODULUS
    while True:
        state = MULTIPLIER * state % MODULUS
        yield state


def _matrix(drawn, n_rows, n_columns, *, least, most):
    choices = most - least + 1
    return np.array(
        [[float(least + next(drawn) % choices) for _ in range(n_columns)] for _ in range(n_rows)]
    )


def _is_fit(X, y, W, b):
    F = scores(X, W, b)
    spread = np.ptp(F, axis=1)
    ordered = np.sort(F, axis=1)
    is_small = np.abs(F).max() <= LARGEST_SCORE and spread.min() >= 2 and spread.max() <= 4
    is_clear = (ordered[:, -1] > ordered[:, -2]).all()
    is_apart = X[0, 0] * X[1, 1] != X[0, 1] * X[1, 0]
    is_full = is_apart and np.ptp(W, axis=1).min() > 0 and b.any()
    return is_small and is_clear and is_full and np.sum(F.argmax(axis=1) == y) == 1
