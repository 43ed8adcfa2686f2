"""What the property tests draw from. Derandomized: a run that fails fails again."""

import mpmath
import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

FLOATS = (np.float16, np.float32, np.float64)
LARGEST_SCORE = {np.float16: 6e4, np.float32: 1000.0, np.float64: 1000.0}

quick = settings(max_examples=60, deadline=None, derandomize=True)


@st.composite
def score_matrices(draw, *, dtypes=FLOATS, whole_numbers=False):
    """Scores of any size the book promises, with ties, one class and one sample among them."""
    dtype = draw(st.sampled_from(dtypes))
    shape = draw(st.tuples(st.integers(1, 5), st.integers(1, 6)))
    small = st.integers(-3, 3).map(float)
    if whole_numbers:  # up to 1000: exact in float16 too, and so is every sum of two
        return draw(arrays(dtype, shape, elements=small | st.integers(-1000, 1000).map(float)))
    bound = LARGEST_SCORE[dtype]
    width = np.finfo(dtype).bits
    return draw(arrays(dtype, shape, elements=small | st.floats(-bound, bound, width=width)))


@st.composite
def problems(draw):
    """Data, a model and λ: every size from 1, with and without a bias and a penalty."""
    N, D, C = (draw(st.integers(1, most)) for most in (6, 5, 4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    X, W = rng.normal(size=(N, D)), rng.normal(size=(D, C))
    y = rng.integers(0, C, size=N)
    b = draw(st.sampled_from([None, rng.normal(size=C)]))
    return X, y, W, b, draw(st.sampled_from([0.0, 0.1, 3.0]))


def exact_log_softmax(F):
    """Return log-softmax as 60-digit numbers, from the definition and with no guard."""
    with mpmath.workdps(60):
        table = [[mpmath.mpf(float(f)) for f in row] for row in F]
        sums = [mpmath.log(mpmath.fsum(mpmath.exp(f) for f in row)) for row in table]
        return [[f - total for f in row] for row, total in zip(table, sums, strict=True)]


def as_floats(table):
    """Return a table of long numbers as a float64 array."""
    return np.array([[float(value) for value in row] for row in table])
