"""Every public function at the ends of every floating type, judged by mpmath.

The right values come from the definitions, in numbers of 60 digits without a largest one.
"""

import mpmath
import numpy as np
import pytest

import softmax_steps as sm
from softmax_steps.svm import hinge_loss, hinge_loss_and_gradient, hinge_score_gradient

FLOATS = (np.float16, np.float32, np.float64)


@pytest.fixture(autouse=True)
def _long_numbers():
    with mpmath.workdps(60):
        yield


def exact(array):
    """Return an array as nested lists of 60-digit numbers."""
    array = np.asarray(array)
    if array.ndim == 0:
        return mpmath.mpf(float(array))
    return [exact(part) for part in array]


def stored(value, dtype):
    """Return a long number, or a list of them, as the nearest of a type; too large is inf."""
    wide = np.array(value, dtype=object)
    with np.errstate(over="ignore"):
        return np.vectorize(float, otypes=[float])(wide).astype(dtype)


def assert_right(got, right, dtype, *, roundings=8, scale=0.0):
    """Assert that ``got`` is ``right`` but for some roundings of its own size, or of ``scale``."""
    limits = np.finfo(dtype)
    got, right = np.asarray(got), stored(right, dtype).astype(float)
    assert np.array_equal(np.isinf(got), np.isinf(right)), (got, right)
    with np.errstate(invalid="ignore"):
        gap = np.abs(got.astype(float) - right)
    slack = roundings * float(limits.eps) * np.maximum(np.abs(right), scale)
    slack += roundings * float(limits.smallest_subnormal)
    assert np.all((gap <= slack) | (got == right)), (got, right)


def log_softmax_of(F):
    """Return the log-softmax of long numbers; 60 digits hold differences, not e^1e308."""
    F = [[f - max(row) for f in row] for row in F]
    return [[f - mpmath.log(mpmath.fsum(mpmath.exp(g) for g in row)) for f in row] for row in F]


def exact_log_softmax(F):
    return log_softmax_of(exact(F))


def exact_scores(X, W, b):
    X, W, b = exact(X), exact(W), exact(b)
    return [
        [
            mpmath.fsum(x * w[j] for x, w in zip(row, W, strict=True)) + b[j]
            for j in range(len(W[0]))
        ]
        for row in X
    ]


def exact_penalty(W, strength):
    return mpmath.mpf(strength) / 2 * mpmath.fsum(w * w for row in exact(W) for w in row)


def exact_loss(X, y, W, b, strength):
    F = exact_scores(X, W, b)
    losses = [-row[label] for row, label in zip(log_softmax_of(F), y, strict=True)]
    return mpmath.fsum(losses) / len(y) + exact_penalty(W, strength)


def exact_gradient(X, y, W, b, strength):
    F, X, W = exact_scores(X, W, b), exact(X), exact(W)
    P = [[mpmath.exp(v) for v in row] for row in log_softmax_of(F)]
    N, C = len(y), len(W[0])
    error = [[P[i][j] - (j == y[i]) for j in range(C)] for i in range(N)]
    dW = [
        [
            mpmath.fsum(X[i][d] * error[i][j] for i in range(N)) / N + strength * W[d][j]
            for j in range(C)
        ]
        for d in range(len(W))
    ]
    return dW, [mpmath.fsum(row[j] for row in error) / N for j in range(C)]


# Scores


def rows_at_the_ends(dtype):
    limits = np.finfo(dtype)
    top, tiny = float(limits.max), float(limits.smallest_subnormal)
    return np.array(
        [
            [top, top, top],
            [-top, -top, -top],
            [top, top / 2, 0],
            [tiny, -tiny, 0],
            [top / 2, -top / 2, 1],
            [1000, 999, 998],
            [-1000, -1001, 0],
            [0, 0, 0],
        ],
        dtype,
    )


@pytest.mark.parametrize("dtype", FLOATS)
def test_softmax_of_scores_at_the_ends(dtype):
    F = rows_at_the_ends(dtype)
    right = exact_log_softmax(F)
    assert_right(sm.softmax(F), [[mpmath.exp(v) for v in row] for row in right], dtype)
    assert_right(sm.log_softmax(F), right, dtype)
    assert_right(sm.shift_scores(F), [[f - max(row) for f in row] for row in exact(F)], dtype)
    assert sm.predict(F).tolist() == [0, 0, 0, 0, 0, 0, 2, 0]
    assert sm.accuracy(F, [0, 0, 0, 0, 0, 0, 2, 1]) == 7 / 8


@pytest.mark.parametrize("dtype", FLOATS)
def test_the_cross_entropy_of_scores_at_the_ends(dtype):
    F = rows_at_the_ends(dtype)
    for label in range(3):
        right = [-row[label] for row in exact_log_softmax(F)]
        y = np.full(len(F), label)
        for losses in (
            sm.cross_entropy(sm.log_softmax(F), y),
            sm.cross_entropy_one_hot(sm.log_softmax(F), sm.one_hot(y, 3)),
        ):
            assert losses.dtype == dtype
            assert_right(losses, right, dtype)


def exact_excess(F, y, form):
    F = exact(F)
    for row, label in zip(F, y, strict=True):
        if form == "one_vs_all":
            yield [max(0, 1 - (f if j == label else -f)) for j, f in enumerate(row)]
        else:
            yield [max(0, f - row[label] + 1) * (j != label) for j, f in enumerate(row)]


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("form", ["sum", "worst", "one_vs_all"])
def test_the_hinge_loss_of_scores_at_the_ends(dtype, form):
    F = rows_at_the_ends(dtype)
    y = np.array([0, 1, 2, 0, 1, 2, 0, 1])
    add = max if form == "worst" else mpmath.fsum
    losses = hinge_loss(F, y, form=form)
    assert losses.dtype == dtype
    assert_right(losses, [add(row) for row in exact_excess(F, y, form)], dtype)
    assert np.isfinite(hinge_score_gradient(F, y, form=form)).all()


# Weights and λ

PENALTIES = [  # one weight, λ
    (1e200, 0.0),
    (1e200, 1e-300),
    (1.5e308, 5e-324),
    (1e-200, 1e300),
    (1e-300, 1e300),
    (1e155, 1e-5),
    (1.5, 1.5e308),
    (0.0, 1.7e308),
    (5e-324, 1.7e308),
    (3.0, 0.1),
    (1e200, 1.0),
]


@pytest.mark.parametrize(("weight", "strength"), PENALTIES)
def test_the_penalty_of_weights_and_strengths_at_the_ends(weight, strength):
    W = [[weight, -weight, 0.0], [weight / 3, 1.0 if abs(weight) > 1 else 0.0, 0.0]]
    got = sm.l2_penalty(W, strength=strength)
    assert type(got) is float
    assert_right(got, exact_penalty(W, strength), np.float64)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("strength", [0.0, 5e-324, 1e-40, 1e-8, 0.1, 1e6, 1e39, 1e300])
def test_the_penalty_and_its_gradient_in_every_type(dtype, strength):
    limits = np.finfo(dtype)
    room = float(limits.max) / max(strength, 1) / 8  # largest weights that have a gradient
    tiny = float(limits.smallest_normal)
    W = np.array([[min(room, 1e30), -min(room, 1.0), 0], [tiny, -tiny, min(room, tiny * 3)]], dtype)
    with np.errstate(over="ignore"):  # what the type cannot hold is inf
        dW = sm.l2_gradient(W, strength=strength)
    assert dW.dtype == dtype
    assert_right(dW, [[strength * w for w in row] for row in exact(W)], dtype)
    assert_right(sm.l2_penalty(W, strength=strength), exact_penalty(W, strength), np.float64)


def test_without_a_penalty_no_weight_is_too_large():
    problem = [[0.0]], [0], [[1e200, 1e200]]
    ln2 = mpmath.log(2)
    assert_right(sm.loss(*problem), ln2, np.float64)
    assert_right(sm.loss_and_gradient(*problem).loss, ln2, np.float64)
    assert hinge_loss_and_gradient(*problem).loss == 1
    assert sm.l2_penalty([[1e200]], strength=0) == 0


# The whole loss and its gradient


def problems_at_the_ends(dtype):
    """Yield problems whose scores the type, or float32, can hold."""
    limits = np.finfo(dtype)
    rng = np.random.default_rng(9)
    top, tiny = float(limits.max), float(limits.smallest_normal)
    y = np.array([0, 1, 2, 1])
    X, W, b = rng.normal(size=(4, 3)), rng.normal(size=(3, 3)), rng.normal(size=3)
    yield X, y, W, b, 0.1
    yield X, y, 30 * W, 100 * b, 0.0
    yield top / 8 * np.abs(X) / np.abs(X).max(), y, 0 * W, b, 1e-3  # large data
    yield tiny * X, y, W, b, 0.0  # small data
    yield X, y, tiny * W, 0 * b, 1.0
    yield X, y, np.sqrt(top) * W / 8, 0 * b, 1e-3  # large weights
    yield X, y, 0 * W, top / 2 * np.sign(b), 0.0  # biases as far apart as can be
    yield 0 * X, y, top / 8 * W / np.abs(W).max(), b, 0.0
    yield X, y, W, b, 5e-324
    yield X[:1], y[:1], W, b, 1e-8


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("route", [sm.loss_and_gradient, sm.gradient_by_sample])
def test_the_loss_and_its_gradient_at_the_ends(dtype, route):
    for *arrays, strength in problems_at_the_ends(dtype):
        X, y, W, b = (array if array.dtype.kind == "i" else array.astype(dtype) for array in arrays)
        dW, db = exact_gradient(X, y, W, b, strength)
        result = route(X, y, W, b, strength=strength)
        assert (result.dW.dtype, result.db.dtype) == (dtype, dtype)
        # An error of a probability is multiplied by X.
        wide = np.promote_types(dtype, np.float32)
        spread = float(np.abs(sm.scores(X.astype(float), W.astype(float), b.astype(float))).max())
        slack = float(np.finfo(wide).eps / np.finfo(dtype).eps) * min(spread, 1e4)
        size = max(1.0, slack)
        assert_right(result.dW, dW, dtype, scale=size * float(np.abs(X).max()))
        assert_right(result.db, db, dtype, scale=size)
        if route is sm.loss_and_gradient:
            right = exact_loss(X, y, W, b, strength)
            for value in (result.loss, sm.loss(X, y, W, b, strength=strength)):
                assert_right(value, right, np.float64 if dtype == np.float64 else np.float32)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_mean_of_losses_near_the_largest_number(dtype):
    top = float(np.finfo(dtype).max)
    X, y = np.ones((10, 1), dtype), [1] * 10
    W = np.array([[0.9 * top, 0]], dtype)
    right = mpmath.mpf(float(W[0, 0]))
    assert_right(sm.loss(X, y, W), right, dtype)
    assert_right(sm.loss_and_gradient(X, y, W).loss, right, dtype)
    assert_right(hinge_loss_and_gradient(X, y, W).loss, right + 1, dtype)


# Many samples


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
@pytest.mark.parametrize("N", [70_000, 2_000_001])
def test_no_gradient_decays_with_the_number_of_samples(dtype, N):
    """The softmax has P = 1/2, and a third of the samples is of class 1."""
    X, y = np.ones((N, 1), dtype), (np.arange(N) % 3 == 0).astype(int)
    W = np.zeros((1, 2), dtype)
    roundings = 4 if dtype == np.float16 else 100  # of float32, which adds the rows
    share = np.count_nonzero(y) / N
    loss, dW, db = sm.loss_and_gradient(X, y, W)
    assert_right(dW, [[share - 0.5, 0.5 - share]], dtype, roundings=roundings)
    assert_right(db, [share - 0.5, 0.5 - share], dtype, roundings=roundings)
    assert_right(loss, mpmath.log(2), np.float32, roundings=4)
    _, dW, db = hinge_loss_and_gradient(X, y, W)
    assert_right(dW, [[2 * share - 1, 1 - 2 * share]], dtype, roundings=roundings)
    assert_right(db, [2 * share - 1, 1 - 2 * share], dtype, roundings=roundings)


@pytest.mark.parametrize("N", [3, 5000, 70_000, 1_000_000])
def test_the_score_gradient_of_float16_is_the_nearest_float16(N):
    P, y = np.full((N, 2), [0.25, 0.75], np.float16), np.zeros(N, int)
    right = stored([-0.75 / N, 0.75 / N], np.float16)
    assert sm.score_gradient(P, y)[0].tolist() == right.tolist()
    F = np.tile(np.float16([[0, 0.5]]), (N, 1))
    right = stored([-1 / N, 1 / N], np.float16)
    assert hinge_score_gradient(F, y)[0].tolist() == right.tolist()


def test_the_slow_routes_of_float16_count_past_2048():
    N = 6000
    X, y = np.ones((N, 1), np.float16), (np.arange(N) % 3 == 0).astype(int)
    result = sm.gradient_by_sample(X, y, np.zeros((1, 2), np.float16))
    assert_right(result.dW, [[-1 / 6, 1 / 6]], np.float16, roundings=2)
    assert_right(result.db, [-1 / 6, 1 / 6], np.float16, roundings=2)
    P = np.full((N, 2), 0.5, np.float16)
    right = stored([[0.5 / N, -0.5 / N]], np.float16)
    assert sm.score_gradient_by_chain_rule(P, y)[:1].tolist() == right.tolist()


@pytest.mark.parametrize("dtype", FLOATS)
def test_the_jacobian_of_a_nearly_certain_class(dtype):
    eps = float(np.finfo(dtype).eps)
    for small in (0.25, eps, eps / 2, float(np.finfo(dtype).smallest_normal)):
        p = np.array([1 - small, small], dtype)
        a, b = exact(p)
        right = [[a * (1 - a), -a * b], [-a * b, b * (1 - b)]]
        assert_right(sm.softmax_jacobian(p), right, dtype, roundings=2)


# The gradient check


@pytest.mark.parametrize("size", [1e-300, 1e-5, 1.0, 1e160, 1.7e308])
def test_gradients_of_any_size_are_compared(size):
    numeric = size * np.array([[1.0, -0.5, 0.25]])
    assert sm.compare_gradients(numeric, numeric).passed
    assert sm.compare_gradients(numeric, numeric).relative_error == 0
    report = sm.compare_gradients(-numeric, numeric)
    if size >= 1e-4:
        assert report.relative_error == 2
    assert report.passed == (size < 1e-10)
    if not report.passed:
        assert "sign" in report.slip
        third = sm.compare_gradients(numeric / 3, numeric)
        assert "0.333333 times" in third.slip
