"""The compiled kernel gives NumPy's loss and gradient to rounding, and its refusals."""

import sys

import numpy as np
import pytest
from hypothesis import given, settings

from softmax_steps import (
    compiled,
    fit,
    fit_path,
    load_digits,
    loss_and_gradient,
    one_pass,
    streaming,
)
from softmax_steps.partial_sums import partial_sums
from softmax_steps.stored_rows import open_rows

from .strategies import FLOATS, quick
from .test_one_pass import (
    any_work_is_worth_a_thread,  # noqa: F401
    assert_right,
    right_values,
    stored_problems,
)


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
        threads = 1 if rows is None else 3
        options = {"scale": scale, "block_rows": rows, "kernel": "numba", "threads": threads}
        result = loss_and_gradient(X, labels, W, b, strength=strength, **options)
        assert type(result.loss) is float
        assert (result.dW.dtype, result.db.dtype) == (W.dtype, W.dtype)
        assert_right(result, right, W.dtype)
    assert all(np.array_equal(x, old) for x, old in zip((X, y, W), before, strict=True))


@pytest.mark.usefixtures("numba")
@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(
    "shape",
    [(3000, 64, 10), (90, 3073, 10), (600, 120, 200), (2500, 130, 7), (4100, 129, 1), (5000, 9, 5)],
)
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


@pytest.mark.usefixtures("numba")
@pytest.mark.parametrize("classes", [3, one_pass.FEW_CLASSES + 1])
@pytest.mark.parametrize("label", [-1, 65, 2**62])
def test_a_label_without_a_class_is_named_by_its_place(label, classes):
    y = np.zeros(9, int)
    y[7] = label
    for X in (np.ones((9, 4)), np.ones((9, 4), np.float16), np.ones((9, 4)) * (1 + 0j)):
        with pytest.raises(ValueError, match=rf"y\[7\] is {label}; expected a label in 0…"):
            loss_and_gradient(X, y, np.ones((4, classes)), block_rows=3, kernel="numba")


@pytest.mark.usefixtures("numba")
def test_no_number_that_is_read_is_written_and_none_is_compiled_anew_for_it():
    rng = np.random.default_rng(0)
    X, W = rng.normal(size=(30, 4)), rng.normal(size=(4, 3))
    y, b = rng.integers(0, 3, 30), rng.normal(size=3)
    free = loss_and_gradient(X, y, W, b, strength=0.1, kernel="numba")
    kernel = compiled._compile("d").whole
    made = len(kernel.signatures)
    kept = [array.copy() for array in (X, y, W, b)]
    for array in (X, y, W, b):
        array.flags.writeable = False
    held = loss_and_gradient(X, y, np.asfortranarray(W), b, strength=0.1, kernel="numba")
    assert held.dW.tolist() == free.dW.tolist()
    assert len(kernel.signatures) == made
    for array, old in zip((X, y, W, b), kept, strict=True):
        assert np.array_equal(array, old)


@pytest.mark.usefixtures("numba")
def test_short_rows_and_many_of_them_take_the_products_of_blas(monkeypatch):
    def refuse(*arguments):
        raise AssertionError("compiled products")

    monkeypatch.setattr(one_pass, "whole", refuse)
    X, y, W = np.ones((one_pass.MANY_ROWS + 1, 8), np.float32), None, np.ones((8, 3), np.float32)
    y = np.zeros(len(X), int)
    loss_and_gradient(X, y, W, kernel="numba")
    with pytest.raises(AssertionError, match="compiled products"):
        loss_and_gradient(X[:-1], y[:-1], W, kernel="numba")


# Every road


@pytest.mark.usefixtures("numba")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sums_over_parts_and_stored_rows_agree_with_numpys(dtype, tmp_path):
    X, y = load_digits()
    X = X.astype(dtype)
    rng = np.random.default_rng(0)
    W, b = rng.normal(size=(64, 10)).astype(dtype), rng.normal(size=10).astype(dtype)
    slack = 20 * float(np.finfo(dtype).eps)
    ours, plain = (partial_sums(X, y, W, b, kernel=kernel) for kernel in ("numba", None))
    assert ours.loss == pytest.approx(plain.loss, rel=slack)
    np.testing.assert_allclose(ours.dW, plain.dW, rtol=slack, atol=slack * len(X))
    np.save(tmp_path / "X.npy", X)
    rows = open_rows(tmp_path / "X.npy", y, rows_at_once=500)
    ours, plain = (
        streaming.loss_and_gradient(rows, W, b, strength=0.1, progress=False, kernel=kernel)
        for kernel in ("numba", "numpy")
    )
    assert ours.loss == pytest.approx(plain.loss, rel=slack)
    np.testing.assert_allclose(ours.dW, plain.dW, rtol=slack, atol=slack)
    assert ours.dW.dtype == plain.dW.dtype == dtype


@pytest.mark.usefixtures("numba")
def test_every_fit_finds_the_same_weights():
    pytest.importorskip("scipy")
    X, y = load_digits()
    X, y = X[:500], y[:500]
    right = fit(X, y, strength=0.1, tolerance=1e-7)
    rows = open_rows(X, y, rows_at_once=200)
    models = [
        fit(X, y, strength=0.1, kernel="numba"),
        fit_path(X, y, strengths=[1.0, 0.1], kernel="numba")[1],
        streaming.fit(rows, strength=0.1, progress=False, kernel="numba"),
    ]
    for model in models:
        assert model.converged
        assert np.abs(model.W - right.W).max() < 1e-5
        assert np.abs(model.b - right.b).max() < 1e-5


ROADS = {
    "fit": lambda X, y, W, kernel: fit(X, y, strength=1.0, kernel=kernel),
    "fit_path": lambda X, y, W, kernel: fit_path(X, y, strengths=[1.0], kernel=kernel),
    "partial_sums": lambda X, y, W, kernel: partial_sums(X, y, W, np.zeros(2), kernel=kernel),
    "streaming": lambda X, y, W, kernel: streaming.loss_and_gradient(
        open_rows(X, y), W, progress=False, kernel=kernel
    ),
    "streaming.fit": lambda X, y, W, kernel: streaming.fit(
        open_rows(X, y), strength=1.0, progress=False, kernel=kernel
    ),
}


@pytest.mark.parametrize("road", ROADS)
def test_every_road_refuses_what_is_no_kernel_and_names_what_to_install(road, monkeypatch):
    arrays = np.ones((4, 2)), np.array([0, 1, 1, 0]), np.ones((2, 2))
    with pytest.raises(ValueError, match='kernel is \'jax\'; expected "numpy" or "numba"'):
        ROADS[road](*arrays, "jax")
    monkeypatch.setitem(sys.modules, "numba", None)
    monkeypatch.setattr(compiled, "_compile", compiled._compile.__wrapped__)
    with pytest.raises(ImportError, match=r"^kernel=\"numba\" needs numba.*\[compiled\]"):
        ROADS[road](*arrays, "numba")


def test_numpy_alone_is_asked_unless_numba_is_wanted(monkeypatch):
    def refuse(*arguments, **options):
        raise AssertionError("the compiled kernel was made")

    for road in ("Compiled", "whole"):
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
