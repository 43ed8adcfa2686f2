"""Step 6: every route gives the same numbers, and measured slopes agree with them."""

import math

import numpy as np
import pytest
from hypothesis import given
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

from softmax_steps import (
    cross_entropy,
    fold_bias,
    gradient_by_sample,
    l2_gradient,
    log_softmax,
    loss,
    loss_and_gradient,
    score_gradient,
    score_gradient_by_chain_rule,
    scores,
    softmax,
    softmax_jacobian,
)
from softmax_steps.mistakes import softmax_over_columns, softmax_without_keepdims

from .strategies import FLOATS, problems, quick, score_matrices

TINY = {
    "X": [[1, 2], [3, -1]],
    "y": [1, 0],
    "W": [[1, 0, 1], [0, 1, -1]],
    "b": [0, 1, 0],
    "strength": 0.1,
}


def central_difference(f, x, h=1e-5):
    slope = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[place] += h
        down[place] -= h
        slope[place] = (f(up) - f(down)) / (2 * h)
    return slope


def complex_step(f, x, h=1e-30):
    slope = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        stepped = x.astype(complex)
        stepped[place] += 1j * h
        slope[place] = f(stepped).imag / h
    return slope


def gradient_in_plain_python(X, y, W, b, strength):
    """Write the definition out with lists and the math module alone."""
    N, D, C = len(X), len(W), len(W[0])
    dW = [[strength * W[d][j] for j in range(C)] for d in range(D)]
    db = [0.0] * C
    for x, label in zip(X, y, strict=True):
        e = [math.exp(sum(x[d] * W[d][j] for d in range(D)) + b[j]) for j in range(C)]
        for j in range(C):
            error = e[j] / sum(e) - (j == label)
            db[j] += error / N
            for d in range(D):
                dW[d][j] += error * x[d] / N
    return dW, db


# The Jacobian of one softmax


def test_the_jacobian_of_fractions_by_hand():
    expected = [
        [1 / 2 * 1 / 2, -1 / 2 * 1 / 4, -1 / 2 * 1 / 4],
        [-1 / 4 * 1 / 2, 1 / 4 * 3 / 4, -1 / 4 * 1 / 4],
        [-1 / 4 * 1 / 2, -1 / 4 * 1 / 4, 1 / 4 * 3 / 4],
    ]
    assert softmax_jacobian([1 / 2, 1 / 4, 1 / 4]).tolist() == expected


@quick
@given(score_matrices())
def test_the_jacobian_is_symmetric_with_rows_that_sum_to_0_and_never_curves_down(F):
    p = softmax(F)[0]
    J = softmax_jacobian(p)
    assert J.dtype == F.dtype
    assert J.shape == (len(p), len(p))
    assert np.array_equal(J, J.T)
    J, slack = J.astype(float), 2 * len(p) * float(np.finfo(F.dtype).eps)
    np.testing.assert_allclose(J.sum(axis=1), 0, atol=slack)
    assert np.all(np.linalg.eigvalsh(J) >= -slack)
    assert np.all(np.diag(J) >= 0)
    assert np.all(J[~np.eye(len(p), dtype=bool)] <= 0)


@quick
@given(score_matrices(dtypes=[np.float64], whole_numbers=True))
def test_the_jacobian_is_the_slope_of_softmax(F):
    f = F[0]
    J = softmax_jacobian(softmax(F[:1])[0])
    for j in range(len(f)):

        def p_j(row, j=j):
            return softmax(row[np.newaxis])[0, j]

        np.testing.assert_allclose(J[j], central_difference(p_j, f), atol=1e-6)
        np.testing.assert_allclose(J[j], complex_step(p_j, f), atol=1e-14)


def test_a_certain_sample_has_a_jacobian_of_0():
    assert softmax_jacobian([0, 1, 0]).tolist() == [[0] * 3] * 3
    assert softmax_jacobian([1]).tolist() == [[0]]


@pytest.mark.parametrize(
    ("p", "message"),
    [
        ([0.5, 1.5], r"p\[1\] is 1\.5; expected probabilities between 0 and 1.* softmax\(F\)"),
        ([-0.1, 0.5], r"p\[0\] is -0\.1; expected probabilities"),
        ([0.5, math.nan], r"p\[1\] is nan; expected finite"),
        ([[0.5, 0.5]], r"p has shape \(1, 2\); expected \(C,\).* p\.ravel\(\)"),
    ],
)
def test_the_jacobian_refuses_what_is_no_row_of_probabilities(p, message):
    with pytest.raises(ValueError, match=message):
        softmax_jacobian(p)


# With respect to the scores


def test_the_tiny_example_of_the_scores_by_hand():
    P, y = [[0.25, 0.5, 0.25], [0.125, 0.125, 0.75]], [1, 0]
    expected = [[0.25 / 2, (0.5 - 1) / 2, 0.25 / 2], [(0.125 - 1) / 2, 0.125 / 2, 0.75 / 2]]
    assert score_gradient(P, y).tolist() == expected
    np.testing.assert_allclose(score_gradient_by_chain_rule(P, y), expected, rtol=1e-15)


@quick
@given(problems())
def test_the_score_gradient_is_the_slope_of_the_mean_cross_entropy(problem):
    X, y, W, b, _ = problem
    F = scores(X, W, b)

    def mean_cross_entropy(F):
        return cross_entropy(log_softmax(F), y).mean()

    dF = score_gradient(softmax(F), y)
    np.testing.assert_allclose(dF, central_difference(mean_cross_entropy, F), atol=1e-6)
    np.testing.assert_allclose(dF, complex_step(mean_cross_entropy, F), atol=1e-14)
    np.testing.assert_allclose(dF.sum(axis=1), 0, atol=1e-15)
    np.testing.assert_allclose(score_gradient_by_chain_rule(softmax(F), y), dF, atol=1e-10)


@pytest.mark.parametrize("dtype", FLOATS)
def test_the_score_gradient_keeps_the_type_and_its_input(dtype):
    P = np.array([[0.25, 0.75], [1, 0]], dtype)
    before = P.copy()
    assert score_gradient(P, [0, 1]).dtype == dtype
    assert score_gradient_by_chain_rule(P, [0, 0]).dtype == dtype
    assert np.array_equal(P, before)


@pytest.mark.parametrize("form", [score_gradient, score_gradient_by_chain_rule])
def test_more_rows_than_float16_can_count(form):
    N = 65_600
    dF = form(np.full((N, 2), 0.5, np.float16), np.zeros(N, int))
    assert dF.dtype == np.float16
    np.testing.assert_allclose(dF.astype(float), [[-0.5 / N, 0.5 / N]] * N, rtol=1e-2)


@pytest.mark.parametrize("form", [score_gradient, score_gradient_by_chain_rule])
@pytest.mark.parametrize("slip", [softmax_over_columns, softmax_without_keepdims])
@pytest.mark.parametrize("dtype", FLOATS)
def test_a_softmax_with_a_lost_axis_is_refused(form, slip, dtype):
    P = slip([[1.0, 3.0, -1.0], [3.0, 0.0, 4.0], [0.0, 0.0, 0.0]])
    P = np.minimum(P, 1.0).astype(dtype)
    with pytest.raises(ValueError, match=r"P\[0\] sums to .*; expected .* keepdims=True"):
        form(P, [1, 0, 2])
    with pytest.raises(ValueError, match=r"p sums to .*; expected"):
        softmax_jacobian(P[0])


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("n_classes", [2, 1000, 65_000])
@pytest.mark.parametrize("spread", [0, 1, 50])
def test_no_rounding_of_softmax_is_taken_for_a_lost_axis(dtype, n_classes, spread):
    F = (spread * np.random.default_rng(8).normal(size=(3, n_classes))).astype(dtype)
    score_gradient(softmax(F), [0, 1, 1])
    score_gradient(np.exp(log_softmax(F)), [0, 1, 1])


@pytest.mark.parametrize(
    ("true_class", "dtype"), [(0.0, float), (1e-310, float), (1e-5, np.float16)]
)
def test_the_chain_rule_refuses_a_division_that_has_no_value(true_class, dtype):
    P = np.array([[0.5, 0.5], [true_class, 1]], dtype)
    with pytest.raises(ValueError, match=r"P\[1, 0\], of a true class, is .* score_gradient"):
        score_gradient_by_chain_rule(P, [0, 0])
    assert score_gradient(P, [0, 0])[1, 0] == -0.5


@pytest.mark.parametrize("form", [score_gradient, score_gradient_by_chain_rule])
@pytest.mark.parametrize(
    ("P", "message"),
    [
        ([[1.0, 3.0]], r"P\[0, 1\] is 3\.0; expected probabilities .*Did you pass scores\?"),
        ([[1.0, -3.0]], r"P\[0, 1\] is -3\.0; expected probabilities"),
        ([[1.0, math.nan]], r"P\[0, 1\] is nan; expected finite"),
    ],
)
def test_scores_in_the_place_of_probabilities_are_refused(form, P, message):
    with pytest.raises(ValueError, match=message):
        form(P, [0])


# With respect to weights and biases


def test_the_tiny_example_by_hand():
    dW, db = gradient_in_plain_python(**TINY)
    for route in (loss_and_gradient, gradient_by_sample):
        *_, got_dW, got_db = route(**TINY)
        np.testing.assert_allclose(got_dW, dW, rtol=1e-13)
        np.testing.assert_allclose(got_db, db, rtol=1e-13)
    np.testing.assert_allclose(dW, [[-0.943, -0.047, 1.190], [0.485, -0.040, -0.445]], atol=5e-4)
    np.testing.assert_allclose(db, [-0.309, -0.060, 0.369], atol=5e-4)


@quick
@given(problems())
def test_four_routes_agree(problem):
    X, y, W, b, strength = problem
    C = W.shape[1]
    result = loss_and_gradient(X, y, W, b, strength=strength)
    assert result.loss == pytest.approx(loss(X, y, W, b, strength=strength), rel=1e-14)
    assert result.dW.shape == W.shape
    assert result.db.shape == (C,)

    bias = np.zeros(C) if b is None else b
    routes = [
        gradient_in_plain_python(X.tolist(), y, W.tolist(), bias.tolist(), strength),
        gradient_by_sample(X, y, W, b, strength=strength),
    ]
    for by_scores in (score_gradient, score_gradient_by_chain_rule):
        dF = by_scores(softmax(scores(X, W, b)), y)
        routes.append((X.T @ dF + l2_gradient(W, strength=strength), dF.sum(axis=0)))
    X1, W1 = fold_bias(X, W, bias)
    folded = loss_and_gradient(X1, y, W1).dW
    routes.append((folded[:-1] + strength * W, folded[-1]))
    for dW, db in routes:
        np.testing.assert_allclose(result.dW, dW, rtol=1e-10, atol=1e-10)
        np.testing.assert_allclose(result.db, db, rtol=1e-10, atol=1e-10)


@quick
@given(problems())
def test_measured_slopes_agree(problem):
    X, y, W, b, strength = problem
    b = np.zeros(W.shape[1]) if b is None else b
    result = loss_and_gradient(X, y, W, b, strength=strength)
    for measure, tolerance in ((central_difference, 1e-6), (complex_step, 1e-12)):
        dW = measure(lambda W: loss(X, y, W, b, strength=strength), W)
        db = measure(lambda b: loss(X, y, W, b, strength=strength), b)
        np.testing.assert_allclose(result.dW, dW, rtol=tolerance, atol=tolerance)
        np.testing.assert_allclose(result.db, db, rtol=tolerance, atol=tolerance)


@quick
@given(problems())
def test_a_complex_step_travels_through_loss_and_gradient_too(problem):
    X, y, W, b, strength = problem
    dW = complex_step(lambda W: loss_and_gradient(X, y, W, b, strength=strength).loss, W)
    np.testing.assert_allclose(
        dW, loss_and_gradient(X, y, W, b, strength=strength).dW, rtol=1e-12, atol=1e-12
    )


@quick
@given(problems())
def test_what_one_class_gains_the_others_lose(problem):
    X, y, W, b, strength = problem
    result = loss_and_gradient(X, y, W, b, strength=strength)
    np.testing.assert_allclose(result.db.sum(), 0, atol=1e-14)
    np.testing.assert_allclose(result.dW.sum(axis=1), strength * W.sum(axis=1), atol=1e-12)


@quick
@given(problems())
def test_a_batch_shown_twice_has_the_same_gradient(problem):
    X, y, W, b, strength = problem
    once = loss_and_gradient(X, y, W, b, strength=strength)
    twice = loss_and_gradient(np.vstack([X, X]), np.hstack([y, y]), W, b, strength=strength)
    np.testing.assert_allclose(twice.dW, once.dW, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(twice.db, once.db, rtol=1e-12, atol=1e-12)


@quick
@given(problems())
def test_a_small_step_down_the_gradient_lowers_the_loss(problem):
    X, y, W, b, strength = problem
    value, dW, db = loss_and_gradient(X, y, W, b, strength=strength)
    b = 0 * db if b is None else b
    rate = 1e-4
    steepness = np.sum(dW**2) + np.sum(db**2)
    lower = loss(X, y, W - rate * dW, b - rate * db, strength=strength)
    assert lower <= value - 0.5 * rate * steepness + 1e-12


@pytest.mark.parametrize(("N", "D", "C"), [(100, 784, 10), (500, 3073, 10)])
def test_the_shapes_of_the_notes(N, D, C):
    rng = np.random.default_rng(0)
    X, y, W = rng.uniform(size=(N, D)), np.arange(N) % C, rng.normal(size=(D, C)) / D
    result = loss_and_gradient(X, y, W, strength=0.1)
    by_sample = gradient_by_sample(X, y, W, strength=0.1)
    np.testing.assert_allclose(result.dW, by_sample.dW, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(result.db, by_sample.db, rtol=1e-10, atol=1e-10)
    h, place = 1e-5, (D - 1, C - 1)
    step = np.zeros_like(W)
    step[place] = h
    rise = loss(X, y, W + step, strength=0.1) - loss(X, y, W - step, strength=0.1)
    np.testing.assert_allclose(result.dW[place], rise / (2 * h), atol=1e-6)


@pytest.mark.parametrize(
    ("dtype", "size"), [(np.float64, 1000), (np.float32, 1000), (np.float16, 6e4)]
)
def test_scores_at_the_limit_have_a_loss_and_a_gradient(dtype, size):
    X, W = np.array([[1.0], [1.0]], dtype), np.array([[size, 0.0]], dtype)
    result = loss_and_gradient(X, [0, 1], W)
    # Sample 1 is certain and right, sample 2 certain and wrong.
    assert result.loss == pytest.approx(float(W[0, 0]) / 2, rel=1e-3)
    assert result.dW.tolist() == [[0.5, -0.5]]
    assert result.db.tolist() == [0.5, -0.5]


@pytest.mark.parametrize("dtype", FLOATS)
def test_the_floating_type_that_comes_in_goes_out(dtype):
    X, W, b = (np.array(TINY[name], dtype) for name in ("X", "W", "b"))
    for route in (loss_and_gradient, gradient_by_sample):
        result = route(X, TINY["y"], W, b, strength=0.1)
        assert (result.dW.dtype, result.db.dtype) == (dtype, dtype)
        expected = route(**TINY)
        slack = 10 * np.finfo(dtype).eps
        np.testing.assert_allclose(result.dW, expected.dW, rtol=slack, atol=slack)
        np.testing.assert_allclose(result.db, expected.db, rtol=slack, atol=slack)


@pytest.mark.parametrize("N", [60_000, 70_000])
def test_float16_loses_no_bias_gradient_among_many_samples(N):
    rng = np.random.default_rng(0)
    X, W = rng.normal(size=(N, 3)).astype(np.float16), rng.normal(size=(3, 4)).astype(np.float16)
    y = rng.integers(0, 4, size=N)
    narrow = loss_and_gradient(X, y, W)
    wide = loss_and_gradient(X.astype(float), y, W.astype(float))
    np.testing.assert_allclose(narrow.loss, wide.loss, rtol=2e-3)
    np.testing.assert_allclose(narrow.dW, wide.dW, rtol=1e-2, atol=1e-3)
    np.testing.assert_allclose(narrow.db, wide.db, rtol=1e-2, atol=1e-3)


def test_one_sample_of_one_class_has_nothing_to_learn_but_smaller_weights():
    result = loss_and_gradient([[2.0]], [0], [[3.0]], [5.0], strength=0.5)
    assert result.loss == 0.5 / 2 * 9
    assert result.dW.tolist() == [[1.5]]
    assert result.db.tolist() == [0]


def test_scikit_learn_stops_where_this_gradient_is_0():
    """Its C is 1/(λN); its bias is not penalised either."""
    X, y = load_iris(return_X_y=True)
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    strength = 0.05
    model = LogisticRegression(C=1 / (strength * len(X)), tol=1e-10, max_iter=1000).fit(X, y)
    result = loss_and_gradient(X, y, model.coef_.T, model.intercept_, strength=strength)
    np.testing.assert_allclose(result.dW, 0, atol=1e-5)
    np.testing.assert_allclose(result.db, 0, atol=1e-5)


def test_a_wrong_number_of_labels_speaks_of_X_and_y():
    for call in (loss, loss_and_gradient, gradient_by_sample):
        with pytest.raises(ValueError, match=r"y has 2 labels for 3 rows .* Were X and y split"):
            call(np.ones((3, 2)), [0, 1], np.ones((2, 2)))


@pytest.mark.parametrize("form", [score_gradient, score_gradient_by_chain_rule])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (np.log, r"P\[0, 0\] is -0\.35.*Did you pass log-probabilities\? Then pass np\.exp\(P\)"),
        (lambda P: 100 * P, r"P\[0, 0\] is 70\.0.*Are they percentages\? Then pass P / 100"),
        (lambda P: P.round(2) + 1e-3, r"P\[0\] sums to 1\.003; .*Are they rounded\?"),
    ],
)
def test_what_only_looks_like_probabilities_is_refused_with_a_fitting_mend(form, change, message):
    P = np.array([[0.7, 0.2, 0.1], [0.3, 0.3, 0.4]])
    with pytest.raises(ValueError, match=message):
        form(change(P), [0, 1])


def test_probabilities_of_float32_from_a_list_keep_the_rounding_of_float32():
    P = softmax(np.random.default_rng(0).normal(size=(50, 10)).astype(np.float32))
    y = np.arange(50) % 10
    np.testing.assert_allclose(score_gradient(P.tolist(), y), score_gradient(P, y), rtol=1e-6)
