"""The working ends where the package's own functions do, and says where it breaks."""

import numpy as np
import pytest

from softmax_steps import log_softmax, softmax
from softmax_steps.mistakes import unguarded_softmax, whole_matrix_softmax
from softmax_steps.overflow_working import DTYPES, METHODS, rows_of, verdicts, working


def random_scores(count):
    """Whole scores of every size, most of them within one type's limits of each other."""
    rng = np.random.default_rng(22)
    for _ in range(count):
        spread = rng.choice([3, 20, 120, 800, 3000, 70_000])
        yield rng.integers(-spread, spread, (2, 3), endpoint=True).tolist()


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_working_ends_where_the_package_does(dtype):
    for scores in random_scores(200):
        with np.errstate(all="ignore"):
            F = np.array(scores, dtype=dtype)
            ends = {
                "unguarded": unguarded_softmax(F),
                "whole-matrix": whole_matrix_softmax(F),
            }
            if np.isfinite(F).all():
                ends |= {"row": softmax(F), "log-softmax": log_softmax(F)}
        for method, expected in ends.items():
            np.testing.assert_array_equal(working(scores, dtype, method)["result"], expected)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("method", METHODS)
def test_the_steps_of_a_row_stand_in_their_order(dtype, method):
    steps = working([[3, 1, 0], [-5, -4, 0]], dtype, method)
    names = ["score", "shifted", "exponential", "sum"]
    names += ["logarithm"] * (method == "log-softmax") + ["result"]
    assert [list(row) for row in rows_of(steps)] == [names, names]
    assert all(values.dtype == dtype for values in steps.values())


@pytest.mark.parametrize(
    ("scores", "dtype", "method", "ending"),
    [
        ([89, 88, 85], "float32", "unguarded", (("exponential", 0), "nan")),
        ([88, 88, 87], "float32", "unguarded", (("sum", 0), "inf")),
        ([-744, -745, -746], "float64", "unguarded", (None, "wrong")),
        ([-800, -804, -804], "float64", "row", (None, "right")),
        ([70000, 0, 0], "float16", "row", (("score", 0), "nan")),
        ([40000, -40000, 0], "float16", "log-softmax", (("shifted", 1), "inf")),
    ],
)
def test_a_row_breaks_at_its_first_bad_step(scores, dtype, method, ending):
    steps = working([scores, scores], dtype, method)
    assert verdicts(steps, dtype, method) == [ending, ending]
