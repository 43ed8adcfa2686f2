"""The loss and its gradient in blocks: the same result, in little memory, at any number of rows."""

import math
import subprocess
import sys
import textwrap
import tracemalloc

import numpy as np
import pytest
import threadpoolctl
from hypothesis import given
from hypothesis import strategies as st

from softmax_steps import loss_and_gradient, one_pass
from softmax_steps.one_pass import FEW_CLASSES, SMALL_PRODUCT, choose_blocks

from .strategies import FLOATS, quick

EPS = float(np.finfo(np.float64).eps)
LAYOUTS = {
    "C": lambda X: X,
    "Fortran": np.asfortranarray,
    "every second row and column": lambda X: np.repeat(np.repeat(X, 2, axis=0), 2, axis=1)[
        ::2, ::2
    ],
    "rows of a wider table": lambda X: np.hstack([X, X])[:, : X.shape[1]],
    "backwards": lambda X: X[::-1, ::-1].copy()[::-1, ::-1],
    "the other byte order": lambda X: X.astype(X.dtype.newbyteorder()),
    "unaligned": lambda X: _unaligned(X),
}


@pytest.fixture(scope="module", autouse=True)
def any_work_is_worth_a_thread():
    """Let the small problems of these tests be shared out, too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(one_pass, "WORTH_A_THREAD", 1)
        yield


def _unaligned(X):
    room = np.empty(X.nbytes + 1, np.uint8)
    moved = room[1:].view(X.dtype).reshape(X.shape)
    moved[...] = X
    return moved


def right_values(X, y, W, b, strength, scale=None):
    """Return the definition's loss and gradient in float64, all rows at once."""
    X, W = (1.0 if scale is None else scale) * X.astype(float), W.astype(float)
    F = X @ W + (0 if b is None else b.astype(float))
    E = np.exp(F - F.max(axis=1, keepdims=True))
    P = E / E.sum(axis=1, keepdims=True)
    rows = np.arange(len(y))
    losses = np.log(E.sum(axis=1)) - (F - F.max(axis=1, keepdims=True))[rows, y]
    error = P.copy()
    error[rows, y] -= 1
    value = losses.mean() + strength / 2 * np.sum(W * W)
    return value, X.T @ error / len(y) + strength * W, error.mean(axis=0)


def assert_right(result, right, dtype, roundings=60):
    for name, got, expected in zip(result._fields, result, right, strict=True):
        slack = roundings * float(np.finfo(dtype).eps)
        if name == "loss":  # float16 is computed in float32
            slack = roundings * float(np.finfo(np.promote_types(dtype, np.float32)).eps)
        np.testing.assert_allclose(np.float64(got), expected, rtol=slack, atol=slack, err_msg=name)


@st.composite
def stored_problems(draw):
    N, D = draw(st.integers(1, 40)), draw(st.integers(1, 12))
    C = draw(st.integers(1, 6) | st.sampled_from([FEW_CLASSES, FEW_CLASSES + 1]))
    dtype = draw(st.sampled_from(FLOATS))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    W = rng.normal(size=(D, C)).astype(dtype)
    b = draw(st.sampled_from([None, rng.normal(size=C).astype(dtype)]))
    scale = draw(st.sampled_from([None, 1 / 255]))
    if scale is None:
        X = rng.normal(size=(N, D)).astype(dtype)
    else:
        X = rng.integers(0, 256, size=(N, D)).astype(draw(st.sampled_from([np.uint8, dtype])))
    X = LAYOUTS[draw(st.sampled_from(sorted(LAYOUTS)))](X)
    y = rng.integers(0, C, size=N)
    return X, y, W, b, draw(st.sampled_from([0.0, 0.1])), scale, draw(st.integers(1, 45))


@quick
@given(stored_problems())
def test_the_result_is_the_same_whatever_block_type_and_layout(problem):
    X, y, W, b, strength, scale, block_rows = problem
    before = [array.copy() for array in (X, y, W)]
    for array in (X, y, W, b):
        if array is not None:
            array.flags.writeable = False
    right = right_values(X, y, W, b, strength, scale)
    for rows, threads in ((block_rows, 1), (None, 1), (block_rows, 3)):
        result = loss_and_gradient(
            X, y, W, b, strength=strength, block_rows=rows, scale=scale, threads=threads
        )
        assert type(result.loss) is float
        assert (result.dW.dtype, result.db.dtype) == (W.dtype, W.dtype)
        assert result.dW.shape == W.shape
        assert result.dW.flags.c_contiguous
        assert_right(result, right, W.dtype)
    assert all(np.array_equal(x, old) for x, old in zip((X, y, W), before, strict=True))


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("shape", [(3000, 64, 10), (700, 784, 10), (90, 3073, 10), (600, 120, 200)])
def test_blocks_of_several_tiles_and_a_rest(shape, dtype):
    N, D, C = shape
    rng = np.random.default_rng(1)
    X, W = rng.random((N, D)).astype(dtype), (0.1 * rng.normal(size=(D, C))).astype(dtype)
    y, b = rng.integers(0, C, N), rng.normal(size=C).astype(dtype)
    right = right_values(X, y, W, b, 0.1)
    order = rng.permutation(N)
    for rows in (None, N, 257):
        for threads in (1, 2):
            with threadpoolctl.threadpool_limits(threads):
                result = loss_and_gradient(
                    X, y, W, b, strength=0.1, block_rows=rows, threads=threads
                )
            assert_right(result, right, dtype, roundings=20)
    assert_right(loss_and_gradient(X[order], y[order], W, b, strength=0.1), right, dtype, 20)


def test_a_memory_mapped_file_of_bytes_is_read_as_it_is(tmp_path):
    rng = np.random.default_rng(2)
    stored = rng.integers(0, 256, size=(500, 30), dtype=np.uint8)
    np.save(tmp_path / "pictures.npy", stored)
    X = np.load(tmp_path / "pictures.npy", mmap_mode="r")
    y, W = rng.integers(0, 4, 500), rng.normal(size=(30, 4)).astype(np.float32)
    result = loss_and_gradient(X, y, W, scale=1 / 255, block_rows=64)
    assert result.dW.dtype == np.float32
    assert_right(result, right_values(stored, y, W, None, 0.0, 1 / 255), np.float32)


def test_whole_numbers_count_as_float64_unless_they_have_a_scale():
    X, y, W = np.array([[1, 2], [3, 4]], np.uint8), [0, 1], np.ones((2, 2), np.float16)
    assert loss_and_gradient(X, y, W).dW.dtype == np.float64
    assert loss_and_gradient(X, y, W, scale=0.5).dW.dtype == np.float16
    halved = loss_and_gradient(X / 2, y, W.astype(float))
    np.testing.assert_allclose(loss_and_gradient(X, y, W, scale=0.5).dW, halved.dW, rtol=1e-3)
    booleans = loss_and_gradient(X > 2, y, W)
    assert booleans.dW.tolist() == loss_and_gradient((X > 2).astype(float), y, W).dW.tolist()


def test_a_complex_step_passes_with_a_scale_too():
    X, y, W = np.array([[1, 2], [3, 4]]), [0, 1], np.ones((2, 2))
    step = np.array([[1e-30j, 0], [0, 0]])
    slope = loss_and_gradient(X, y, W + step, scale=0.5, block_rows=1).loss.imag / 1e-30
    assert slope == pytest.approx(loss_and_gradient(X, y, W, scale=0.5).dW[0, 0], rel=1e-12)


# What is not finite


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize(
    ("N", "D", "C"),
    [(1, 1, 1), (7, 5, 1), (30, 33, 3), (300, 784, 10), (40, 3073, 10), (9, 90, 70)],
)
def test_a_bad_number_in_any_row_is_named_by_its_place(N, D, C, bad, dtype):
    """Its row's scores show it, whatever the weights: inf times 0 is nan, inf − inf too."""
    rng = np.random.default_rng(3)
    y = rng.integers(0, C, N)
    weights = [np.zeros((D, C)), np.ones((D, C)), rng.normal(size=(D, C))]
    for k, W in enumerate(weights):
        X = np.zeros((N, D), dtype) if k == 1 else rng.normal(size=(N, D)).astype(dtype)
        i, d = int(rng.integers(N)), int(rng.integers(D))
        X[i, d] = bad
        for rows in (None, 1 if N < 50 else 11):
            with pytest.raises(ValueError, match=rf"^X\[{i}, {d}\] is {bad}; expected finite"):
                loss_and_gradient(X, y, W.astype(dtype), block_rows=rows)


def test_infinities_that_could_cancel_are_all_counted():
    X = np.ones((2500, 3))
    X[2100, 0], X[2100, 1], X[2400, 2] = np.inf, -np.inf, np.nan
    for W in (np.ones((3, 2)), np.zeros((3, 2))):
        for threads in (1, 4):
            with pytest.raises(ValueError, match=r"^X\[2100, 0\] is inf \(3 such entries in all\)"):
                loss_and_gradient(X, np.zeros(2500, int), W, block_rows=100, threads=threads)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_bad_weight_or_bias_shows_though_its_class_is_never_the_true_one(bad):
    X, y = np.ones((5, 2)), np.zeros(5, int)
    with pytest.raises(ValueError, match=r"^W\[1, 2\] is"):
        loss_and_gradient(X, y, [[0, 0, 0], [0, 0, bad]], block_rows=2)
    with pytest.raises(ValueError, match=r"^b\[2\] is"):
        loss_and_gradient(X, y, np.ones((2, 3)), [0, 0, bad], block_rows=2)


def test_a_score_that_overflows_is_named_by_its_row_among_all():
    X = np.ones((10, 1), np.float32)
    X[7] = 1e30
    for threads in (1, 3):
        with pytest.raises(ValueError, match=r"^F\[7, 1\] is -inf; expected finite"):
            loss_and_gradient(
                X, np.zeros(10, int), np.float32([[1, -1e30]]), block_rows=3, threads=threads
            )


def test_finite_scores_whose_sum_overflows_are_no_error():
    X, y = np.ones((8, 1), np.float32), np.zeros(8, int)
    result = loss_and_gradient(X, y, np.float32([[3e38, 3e38]]), block_rows=4)
    assert result.loss == pytest.approx(math.log(2))
    assert result.dW.tolist() == [[-0.5, 0.5]]


def test_a_whole_number_that_float64_would_round_is_named_by_its_place():
    X = np.ones((9, 2), np.int64)
    X[7, 1] = 2**53 + 1
    with pytest.raises(ValueError, match=r"^X\[7, 1\] is 9007199254740993; expected"):
        loss_and_gradient(X, np.zeros(9, int), np.zeros((2, 2)), block_rows=2)


# Many samples


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_no_digit_is_lost_among_ten_million_samples(dtype):
    """P is 1/2 for each, and a third of the samples is of class 1."""
    N = 10_000_002
    X = np.broadcast_to(np.ones(1, dtype), (N, 1))
    y = np.broadcast_to(np.array([1, 0, 0], np.int8), (N // 3, 3)).reshape(-1)
    loss, dW, db = loss_and_gradient(X, y, np.zeros((1, 2), dtype))
    slack = 2 * float(np.finfo(dtype).eps)
    np.testing.assert_allclose(dW.astype(float), [[-1 / 6, 1 / 6]], rtol=slack)
    np.testing.assert_allclose(db.astype(float), [-1 / 6, 1 / 6], rtol=slack)
    assert loss == pytest.approx(math.log(2), rel=1e-7)


@pytest.mark.parametrize("kernel", ["numpy", "numba"])
def test_float64_is_as_right_for_millions_of_rows_as_for_ninety(kernel):
    """The rows repeat, and so do the blocks: the mean over all is that over the first ones."""
    if kernel == "numba":
        pytest.importorskip("numba", reason="the extra softmax-steps[compiled] brings it")
    rng = np.random.default_rng(5)
    few, W = rng.random((90, 1)), rng.normal(size=(1, 2))
    labels = rng.integers(0, 2, 90)
    N = 2_250_000  # plain sums lose 850 roundings in NumPy's 25 000 blocks, 110 in numba's parts
    X = np.broadcast_to(few, (N // 90, 90, 1)).reshape(N, 1)
    y = np.broadcast_to(labels, (N // 90, 90)).reshape(N)
    many = loss_and_gradient(X, y, W, block_rows=90, kernel=kernel)
    once = loss_and_gradient(few, labels, W, kernel=kernel)
    assert many.loss == pytest.approx(once.loss, rel=4 * EPS)
    np.testing.assert_allclose(many.dW, once.dW, rtol=8 * EPS)
    np.testing.assert_allclose(many.db, once.db, rtol=8 * EPS)


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_a_small_type_is_as_right_for_a_million_rows_as_for_a_thousand(dtype):
    rng = np.random.default_rng(4)
    few, W = rng.normal(size=(1000, 4)).astype(dtype), rng.normal(size=(4, 3)).astype(dtype)
    labels = rng.integers(0, 3, 1000)
    right = right_values(few, labels, W, None, 0.0)
    X, y = np.tile(few, (1000, 1)), np.tile(labels, 1000)
    assert_right(loss_and_gradient(X, y, W), right, dtype, roundings=4)


# Memory


@pytest.mark.parametrize("stored", [np.float16, np.float32, np.uint8])
@pytest.mark.parametrize("order", ["C", "F"])
def test_what_is_made_of_the_data_is_a_few_blocks(stored, order):
    N, D, C = 100_000, 64, 10
    X, y = np.ones((N, D), stored, order), np.zeros(N, np.int64)
    W = np.zeros((D, C), np.float32)
    block = choose_blocks(N, D, C, W.dtype).rows * (D + 2 * C) * W.itemsize
    tracemalloc.start()
    try:
        loss_and_gradient(X, y, W, scale=1.0)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 3 * block < X.nbytes


def test_the_memory_of_a_process_does_not_grow_with_the_rows():
    program = """
        import resource
        import numpy as np
        from softmax_steps import loss_and_gradient

        W = np.zeros((64, 10), np.float32)
        peaks = []
        for N in (20_000, 1_000_000):
            X = np.broadcast_to(np.ones(64, np.float16), (N, 64))
            y = np.broadcast_to(np.int8(3), N)
            loss_and_gradient(X, y, W)
            peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
        print(peaks[1] - peaks[0])
    """
    result = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=True
    )
    kibibytes = int(result.stdout)
    assert kibibytes < 20_000  # the scores alone would be 40 MB, the rows in float32 256 MB


# λ


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("strength", [1e-300, 1e-42, 1e-8, 1e6, 1e39, 1e300])
def test_a_strength_beyond_a_small_type_pulls_as_it_should(dtype, strength):
    W = np.array([[1e-4 / strength if strength > 1e3 else 1.0, 0.0]], dtype)
    X, y = np.zeros((5, 1), dtype), [0, 1, 0, 1, 0]
    for rows in (None, 2):
        result = loss_and_gradient(X, y, W, strength=strength, block_rows=rows)
        right = np.array(strength * W.astype(float)).astype(dtype)
        np.testing.assert_allclose(result.dW, right, rtol=4 * float(np.finfo(dtype).eps))
        penalty = strength / 2 * float(W[0, 0]) ** 2
        assert result.loss == pytest.approx(math.log(2) + penalty, rel=1e-6)


@pytest.mark.parametrize("dtype", FLOATS)
def test_no_strength_and_no_weight_gives_nan(dtype):
    top = float(np.finfo(dtype).max)
    W = np.array([[top, top, -top]], dtype)
    for strength in (0.0, 1e-320, 1.0, 1e300):
        with np.errstate(over="ignore"):
            result = loss_and_gradient(np.zeros((3, 1), dtype), [0, 1, 2], W, strength=strength)
            pull = (np.float64(strength) * W).astype(dtype)
        assert not math.isnan(result.loss)
        assert np.array_equal(result.dW, pull)
    assert loss_and_gradient(np.zeros((1, 1), dtype), [0], W).loss == pytest.approx(math.log(3))


# Blocks


@quick
@given(
    st.integers(1, 10**8),
    st.integers(1, 10**5),
    st.integers(1, 10**5),
    st.sampled_from([np.float32, np.float64]),
    st.none() | st.integers(1, 10**9),
)
def test_a_block_is_made_of_small_products_where_that_can_be(N, D, C, dtype, asked):
    rows, tile = choose_blocks(N, D, C, np.dtype(dtype), asked)
    assert 1 <= tile <= rows <= N
    if asked is not None:
        assert rows == min(asked, N)
    else:
        assert rows <= 4096
    if 10 * D * C <= SMALL_PRODUCT:
        assert tile * D * C <= SMALL_PRODUCT


@pytest.mark.parametrize(
    ("option", "error", "message"),
    [
        ({"block_rows": 0}, ValueError, "block_rows is 0; expected at least 1 row. Leave it out"),
        ({"block_rows": 2.5}, TypeError, r"block_rows is 2\.5; expected a whole number of rows"),
        ({"threads": 0}, ValueError, "threads is 0; expected at least 1"),
        ({"scale": 0}, ValueError, r"scale is 0\.0; expected a finite number other than 0"),
        ({"scale": np.nan}, ValueError, "scale is nan; expected"),
        ({"scale": "1/255"}, TypeError, "scale is '1/255'; expected one real number"),
    ],
)
def test_options_that_will_not_do_are_refused_with_a_mend(option, error, message):
    with pytest.raises(error, match=message):
        loss_and_gradient([[1.0]], [0], [[1.0]], **option)


def test_a_block_longer_than_the_data_is_all_of_it():
    X, y, W = [[1.0], [2.0]], [0, 1], [[1.0, 0.0]]
    assert loss_and_gradient(X, y, W, block_rows=10).loss == loss_and_gradient(X, y, W).loss


@pytest.mark.parametrize("kernel", ["numpy", "numba"])
def test_threads_start_only_where_there_is_work_for_them(monkeypatch, kernel):
    if kernel == "numba":
        pytest.importorskip("numba")
    shared = []
    monkeypatch.setattr(
        one_pass, "_shared", lambda mean_of, N, threads: shared.append(threads) or mean_of(0, N)
    )
    monkeypatch.setattr(one_pass, "WORTH_A_THREAD", 2 * 1000 * 20 * 3)
    for N in (999, 1999, 2000, 3500, 9000):
        X, y, W = np.ones((N, 20)), np.zeros(N, int), np.zeros((20, 3))
        loss_and_gradient(X, y, W, block_rows=100, threads=4, kernel=kernel)
    assert shared == [2, 3, 4]
