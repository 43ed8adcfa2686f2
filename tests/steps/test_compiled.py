"""The compiled kernel gives NumPy's loss and gradient to rounding, and its refusals."""

import sys

import numpy as np
import pytest
from hypothesis import given, settings

from softmax_steps import compiled, loss_and_gradient, one_pass

from .strategies import FLOATS, quick
from .test_one_pass import assert_right, right_values, stored_problems


@pytest.fixture(scope="module")
def numba():
    return pytest.importorskip("numba", reason="the extra softmax-steps[compiled] brings it")


@pytest.mark.usefixtures("numba")
@settings(quick, max_examples=30)  # each is NumPy's work again, which has tests of its own
@given(stored_problems())
def test_the_result_is_the_same_whatever_block_type_and_layout(problem):
    X, y, W, b, strength, scale, block_rows = problem
    before = [array.copy() for array in (X, y, W)]
    right = right_values(X, y, W, b, strength, scale)
    for labels, rows in ((y, block_rows), (y.astype(np.uint8)[::-1].copy()[::-1], None)):
        labels.flags.writeable = False
        options = {"scale": scale, "block_rows": rows, "kernel": "numba"}
        result = loss_and_gradient(X, labels, W, b, strength=strength, **options)
        assert type(result.loss) is float
        assert (result.dW.dtype, result.db.dtype) == (W.dtype, W.dtype)
        assert_right(result, right, W.dtype)
    assert all(np.array_equal(x, old) for x, old in zip((X, y, W), before, strict=True))


@pytest.mark.usefixtures("numba")
@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("shape", [(3000, 64, 10), (90, 3073, 10), (600, 120, 200)])
def test_it_is_as_exact_as_numpy(shape, dtype):
    N, D, C = shape
    rng = np.random.default_rng(1)
    X, W = rng.random((N, D)).astype(dtype), (0.1 * rng.normal(size=(D, C))).astype(dtype)
    y, b = rng.integers(0, C, N), rng.normal(size=C).astype(dtype)
    right = right_values(X, y, W, b, 0.1)
    for rows, threads in ((None, 1), (N, 1), (257, 2)):
        options = {"block_rows": rows, "threads": threads, "kernel": "numba"}
        result = loss_and_gradient(X, y, W, b, strength=0.1, **options)
        assert_right(result, right, dtype, roundings=20)


EXTREME = {
    "far apart": [[1000, 0, -1000], [-1000, 1000, 999]],
    "equal": [[7, 7, 7], [0, 0, 0]],
    "almost too large, so that their sum is": [[3e38, 3e38, -3e38], [3e38, 3e38, 3e38]],
    "a gap that is no float32": [[3e38, -3e38, 0], [-3e38, 3e38, 3e38]],
    "where float32 has less than its digits": [[0, -87, -104], [-100, -90, 0]],
}


@pytest.mark.usefixtures("numba")
@pytest.mark.parametrize("kernel", ["numpy", "numba"])
@pytest.mark.parametrize("others", [0, one_pass.FEW_CLASSES], ids=["few classes", "many classes"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_extreme_scores_give_the_right_numbers(dtype, others, kernel):
    X = np.eye(2, dtype=dtype)
    for scores in EXTREME.values():
        W = np.pad(np.array(scores), ((0, 0), (0, others)), mode="edge").astype(dtype)
        for y in ([0, 1], [2, 0]):
            result = loss_and_gradient(X, y, W, kernel=kernel)
            assert_right(result, right_values(X, np.array(y), W, None, 0.0), dtype, roundings=4)


@pytest.mark.usefixtures("numba")
@pytest.mark.parametrize("classes", [3, one_pass.FEW_CLASSES + 1])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_named_by_its_place(bad, classes):
    X, y, W = np.ones((9, 4)), np.zeros(9, int), np.ones((4, classes))
    X[7, 2] = bad
    with pytest.raises(ValueError, match=r"X\[7, 2\] is -?(nan|inf); expected finite numbers"):
        loss_and_gradient(X, y, W, block_rows=3, kernel="numba")
    X[7, 2], W[1, 2] = 1, bad
    with pytest.raises(ValueError, match=r"W\[1, 2\] is"):
        loss_and_gradient(X, y, W, block_rows=3, kernel="numba")


def test_numpy_alone_is_asked_unless_numba_is_wanted(monkeypatch):
    def refuse(*arguments, **options):
        raise AssertionError("the compiled kernel was made")

    for road in ("Compiled", "OnePass"):
        monkeypatch.setattr(one_pass, road, refuse)
    X, y, W = np.ones((3, 2)), [0, 1, 1], np.ones((2, 2))
    plain = loss_and_gradient(X, y, W)
    assert plain.dW.tolist() == loss_and_gradient(X, y, W, kernel="numpy").dW.tolist()
    with pytest.raises(AssertionError, match="was made"):
        loss_and_gradient(X, y, W, kernel="numba")


def test_without_numba_the_message_names_the_extra_and_the_way_without(monkeypatch):
    monkeypatch.setitem(sys.modules, "numba", None)
    monkeypatch.setattr(compiled, "_compile", compiled._compile.__wrapped__)
    with pytest.raises(ImportError, match=r"softmax-steps\[compiled\].*or leave kernel out"):
        loss_and_gradient(np.ones((3, 2)), [0, 1, 1], np.ones((2, 2)), kernel="numba")


def test_an_unknown_kernel_is_refused():
    with pytest.raises(ValueError, match='kernel is \'jax\'; expected "numpy" or "numba"'):
        loss_and_gradient(np.ones((3, 2)), [0, 1, 1], np.ones((2, 2)), kernel="jax")
