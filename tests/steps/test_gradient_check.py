"""Measured gradients are right, and the report names the slip that was put in."""

import re
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from softmax_steps import (
    LinearParams,
    compare_gradients,
    complex_step_gradient,
    cross_entropy,
    gradient_by_sample,
    log_softmax,
    loss,
    loss_and_gradient,
    numerical_gradient,
    one_hot,
    score_gradient,
    softmax,
)
from softmax_steps.svm import hinge_loss_and_gradient

N, D, C, STRENGTH = 7, 4, 3, 0.3


@pytest.fixture(scope="module")
def problem():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(N, D)), np.array([0, 1, 2, 2, 1, 0, 2])
    W, b = rng.normal(size=(D, C)), rng.normal(size=C)
    return X, y, W, b


@pytest.fixture(scope="module")
def parts(problem):
    """Both terms of ∂L/∂W, the measured whole, and what the report may be told."""
    X, y, W, b = problem
    Y = one_hot(y, C)
    P = softmax(X @ W + b)
    numeric = numerical_gradient(lambda W: loss(X, y, W, b, strength=STRENGTH), W)
    known = {"X": X, "y": y, "W": W, "strength": STRENGTH}
    return X.T @ (P - Y) / N, STRENGTH * W, numeric, known


# Measuring


@given(
    arrays(np.float64, array_shapes(min_dims=0, max_dims=3), elements=st.floats(-50, 50)),
    st.integers(0, 2**32 - 1),
)
def test_central_differences_of_a_cubic_in_any_shape(x, seed):
    c = np.random.default_rng(seed).normal(size=x.shape)
    before = x.copy()
    slope = numerical_gradient(lambda x: np.sum(c * x**3), x)
    assert slope.shape == x.shape
    assert slope.dtype == np.float64
    np.testing.assert_allclose(slope, 3 * c * x**2, rtol=1e-5, atol=1e-3)
    np.testing.assert_array_equal(x, before)


@given(arrays(np.float64, array_shapes(min_dims=0, max_dims=3), elements=st.floats(-5, 5)))
def test_complex_step_is_exact_to_rounding_in_any_shape(x):
    slope = complex_step_gradient(lambda z: np.sum(np.exp(z) + z**3), x)
    assert slope.shape == x.shape
    assert slope.dtype == np.float64
    np.testing.assert_allclose(slope, np.exp(x) + 3 * x**2, rtol=1e-14)


def test_both_measure_the_loss_gradient(problem):
    X, y, W, b = problem
    _, dW, db = loss_and_gradient(X, y, W, b, strength=STRENGTH)
    of_W = lambda W: loss(X, y, W, b, strength=STRENGTH)  # noqa: E731
    of_b = lambda b: loss(X, y, W, b, strength=STRENGTH)  # noqa: E731
    np.testing.assert_allclose(numerical_gradient(of_W, W), dW, rtol=0, atol=1e-9)
    np.testing.assert_allclose(numerical_gradient(of_b, b), db, rtol=0, atol=1e-9)
    np.testing.assert_allclose(complex_step_gradient(of_W, W), dW, rtol=0, atol=1e-15)
    np.testing.assert_allclose(complex_step_gradient(of_b, b), db, rtol=0, atol=1e-15)


def test_the_complex_step_reaches_the_scores_and_the_data(problem):
    X, y, W, b = problem
    F = X @ W + b
    of_F = lambda F: cross_entropy(log_softmax(F), y).mean()  # noqa: E731
    dF = score_gradient(softmax(F), y)
    np.testing.assert_allclose(complex_step_gradient(of_F, F), dF, atol=1e-15)
    of_X = lambda X: loss(X, y, W, b)  # noqa: E731
    np.testing.assert_allclose(complex_step_gradient(of_X, X), dF @ W.T, atol=1e-15)


def test_the_loop_agrees_with_the_complex_step(problem):
    X, y, W, b = problem
    measured = complex_step_gradient(lambda W: loss(X, y, W, b, strength=STRENGTH), W)
    looped = gradient_by_sample(X, y, W, b, strength=STRENGTH).dW
    np.testing.assert_allclose(looped, measured, atol=1e-14)


def test_the_default_step_beats_a_tenth_and_a_millionth_of_a_millionth():
    x = np.array([1.0])
    error = {
        step: abs(numerical_gradient(lambda x: np.exp(x).sum(), x, step=step) - np.e)[0]
        for step in (None, 1e-1, 1e-12)
    }
    assert error[None] < 1e-9
    assert error[None] < error[1e-1]
    assert error[None] < error[1e-12]


def test_large_entries_get_larger_steps():
    slope = numerical_gradient(lambda x: np.sum(x**2), [1e12, 1.0, 0.0])
    np.testing.assert_allclose(slope, [2e12, 2.0, 0.0], rtol=1e-4, atol=1e17)
    np.testing.assert_allclose(numerical_gradient(lambda x: x[0] ** 2, [1e12]), [2e12], rtol=1e-6)


def test_integers_and_float32_are_measured_in_float64():
    f = lambda x: np.sum(x**2)  # noqa: E731
    for x in ([1, 2], np.array([1, 2], dtype=np.float32)):
        for measure in (numerical_gradient, complex_step_gradient):
            np.testing.assert_allclose(measure(f, x), [2.0, 4.0], rtol=1e-9)


def test_x_is_not_changed_even_by_an_f_that_writes():
    x = np.array([1.0, 2.0])

    def writes(x):
        x *= 2
        return x.sum()

    np.testing.assert_allclose(numerical_gradient(writes, x), [2.0, 2.0], rtol=1e-9)
    np.testing.assert_array_equal(x, [1.0, 2.0])


@pytest.mark.parametrize("measure", [numerical_gradient, complex_step_gradient])
@pytest.mark.parametrize(
    ("f", "error", "words"),
    [
        (lambda x: x, TypeError, r"array of shape \(2,\).*take the mean"),
        (lambda x: (x.sum(), x), TypeError, "NoneType|tuple"),
        (lambda x: None, TypeError, "NoneType"),
        (lambda x: "0.3", TypeError, "str"),
        (lambda x: x.sum() * np.inf if x[0] else 0, ValueError, r"x\[0\] moved by a step"),
    ],
)
def test_f_must_give_one_finite_number(measure, f, error, words):
    with np.errstate(all="ignore"), pytest.raises(error, match=words):
        measure(f, [1.0, 2.0])


def test_a_lost_imaginary_part_is_named():
    with pytest.raises(TypeError, match="imaginary part, which carries the slope"):
        complex_step_gradient(lambda x: np.linalg.norm(x), [3.0, 4.0])


def test_central_differences_refuse_a_complex_result():
    with pytest.raises(TypeError, match="complex_step_gradient is for those"):
        numerical_gradient(lambda x: 1j * x.sum(), [1.0])


@pytest.mark.parametrize("measure", [numerical_gradient, complex_step_gradient])
@pytest.mark.parametrize(
    ("x", "step", "error", "words"),
    [
        ([], 1e-6, ValueError, "holds no numbers"),
        ([np.nan], 1e-6, ValueError, r"x\[0\] is nan"),
        ([1j], 1e-6, TypeError, "complex128"),
        (["a"], 1e-6, TypeError, "expected numbers"),
        ([[1.0], [1.0, 2.0]], 1e-6, ValueError, "different lengths"),
        ([1.0], 0, ValueError, "above 0"),
        ([1.0], np.nan, ValueError, "finite"),
        ([1.0], "small", TypeError, "'small'"),
    ],
)
def test_x_and_step_are_checked(measure, x, step, error, words):
    with pytest.raises(error, match=words):
        measure(lambda x: x.sum(), x, step=step)


@pytest.mark.parametrize("measure", [numerical_gradient, complex_step_gradient])
def test_a_number_in_the_place_of_a_function_is_refused(measure):
    with pytest.raises(TypeError, match=r"f is 0\.7; expected a function .* called already"):
        measure(0.7, [1.0])


def test_the_step_that_rounding_left_is_the_one_divided_by():
    # At 1e8 floats are 1.5e-8 apart, so x ± 1e-7 is off by up to 7 % of the step.
    assert numerical_gradient(lambda x: x[0], [1e8], step=1e-7).tolist() == [1.0]


def test_a_step_too_small_to_move_x_is_refused():
    with pytest.raises(ValueError, match=r"too small to move x\[1\] = 1e\+20"):
        numerical_gradient(lambda x: x.sum(), [0.0, 1e20], step=1e-6)


# Comparing


def test_a_right_gradient_passes_and_names_no_slip(problem, parts):
    data, penalty, numeric, known = parts
    report = compare_gradients(data + penalty, numeric, **known)
    assert report
    assert report.passed is True
    assert report.relative_error < 1e-9
    assert report.slip is None
    assert "agree" in str(report)
    assert repr(report) == str(report)
    assert "slip" not in str(report)


def test_the_relative_error_is_as_the_docstring_states():
    a, n = np.array([[1.0, 2.0], [3.0, -4.5]]), np.array([[1.0, 2.5], [3.0, -4.0]])
    report = compare_gradients(a, n)
    assert report.relative_error == pytest.approx(0.5 / 4.5)
    assert compare_gradients([3.0], [4.0]).relative_error == pytest.approx(1 / 4)
    report = compare_gradients(np.array([3e-6]), np.array([1e-6]))
    assert report.relative_error == pytest.approx(2e-6 / 1e-4)
    assert compare_gradients(np.zeros(3), np.full(3, 5e-11)).passed  # a measured 0


def test_the_worst_entry_and_its_values():
    n = np.arange(6.0).reshape(2, 3)
    a = n.copy()
    a[1, 1] += 0.5
    report = compare_gradients(a, n)
    assert not report
    assert report.worst == (1, 1)
    assert (report.analytic_value, report.numeric_value) == (4.5, 4.0)
    assert "Largest difference at [1, 1]: analytic 4.5, numerical 4." in str(report)
    assert "No common slip" in str(report)


MUTANTS = {
    "sign is wrong": lambda d, p, X, Y, F: -(d + p),
    "0 everywhere": lambda d, p, X, Y, F: 0 * d,
    "everything is N = 7 times too large: the division": lambda d, p, X, Y, F: N * (d + p),
    "divided by N twice": lambda d, p, X, Y, F: (d + p) / N,
    "sign of the data part": lambda d, p, X, Y, F: -d + p,
    "the data part is N = 7 times too large": lambda d, p, X, Y, F: N * d + p,
    "λW belongs outside the mean": lambda d, p, X, Y, F: d + p / N,
    "a factor 2 on λ": lambda d, p, X, Y, F: d + 2 * p,
    "penalty is missing": lambda d, p, X, Y, F: d,
    "penalty has the wrong sign": lambda d, p, X, Y, F: d - p,
    "half of λW": lambda d, p, X, Y, F: d + p / 2,
    "labels are not subtracted": lambda d, p, X, Y, F: X.T @ softmax(F) / N + p,
    "labels are added": lambda d, p, X, Y, F: X.T @ (softmax(F) + Y) / N + p,
    "1.25 times what it should be: a constant factor.": lambda d, p, X, Y, F: 1.25 * (d + p),
    "3 times what it should be: a constant factor. If": lambda d, p, X, Y, F: 3 * (d + p),
}


@pytest.mark.parametrize("words", MUTANTS)
def test_each_slip_is_named_alone(words, problem, parts):
    X, y, W, b = problem
    data, penalty, numeric, known = parts
    wrong = MUTANTS[words](data, penalty, X, one_hot(y, C), X @ W + b)
    report = compare_gradients(wrong, numeric, **known)
    assert not report.passed
    assert words in report.slip
    assert " Or: " not in report.slip
    assert f"Likely slip: {report.slip}" in str(report)
    assert 3 <= len(str(report).splitlines()) <= 5


@pytest.mark.parametrize("words", ["labels are not subtracted", "labels are added"])
@pytest.mark.parametrize("part", ["db", "dF"])
def test_forgotten_labels_in_the_other_gradients(words, part, problem):
    X, y, W, b = problem
    Y, P = one_hot(y, C), softmax(X @ W + b)
    wrong = (P if "not" in words else P + Y) / N
    right = score_gradient(P, y)
    if part == "db":
        wrong, right = wrong.sum(axis=0), right.sum(axis=0)
    report = compare_gradients(wrong, right, X=X, y=y, W=W, strength=STRENGTH)
    assert words in report.slip


def test_without_the_data_an_integer_factor_is_offered_as_n(parts):
    data, penalty, numeric, _ = parts
    report = compare_gradients(N * (data + penalty), numeric)
    assert report.slip == (
        "every entry is 7 times what it should be: a constant factor. "
        "If there are N = 7 samples, the division by N is missing."
    )


def test_two_samples_leave_the_factor_two_open(parts):
    data, penalty, numeric, _ = parts
    report = compare_gradients(2 * (data + penalty), numeric, y=[0, 1])
    assert "division by N is missing. (N is 2 here, so it may as well be" in report.slip


def test_two_slips_that_look_the_same_are_both_named(parts):
    data, penalty, numeric, known = parts
    report = compare_gradients(data + penalty / 2, numeric, **(known | {"X": None, "y": [0, 1]}))
    assert "divided by N as well" in report.slip
    assert " Or: half of λW" in report.slip


def test_transposed_by_shape(parts):
    data, penalty, numeric, known = parts
    report = compare_gradients((data + penalty).T, numeric, **known)
    assert not report.passed
    assert report.slip == "it is transposed: shape (3, 4) for (4, 3); its transpose fits."
    assert report.worst is None
    assert report.relative_error == np.inf
    worse = compare_gradients(2 * (data + penalty).T, numeric, **known)
    assert "still differs" in worse.slip


def test_transposed_square():
    rng = np.random.default_rng(1)
    n = rng.normal(size=(3, 3))
    report = compare_gradients(n.T, n)
    assert report.slip == "it is transposed: its transpose fits."


@given(st.integers(0, 2**32 - 1), st.sampled_from([1e-5, 1e-3, 1.0]))
def test_noise_is_given_no_name(seed, size):
    rng = np.random.default_rng(seed)
    X, W = rng.normal(size=(N, D)), rng.normal(size=(D, C))
    y = rng.integers(0, C, size=N)
    right = loss_and_gradient(X, y, W, strength=STRENGTH).dW
    noisy = right + size * rng.normal(size=right.shape)
    report = compare_gradients(noisy, right, X=X, y=y, W=W, strength=STRENGTH)
    assert not report.passed
    assert report.slip is None


def test_a_slip_must_explain_nearly_all_of_the_difference():
    """An error just above the tolerance is not put down to a penalty that is too small for it."""
    n, W = np.ones((2, 2)), np.array([[1.0, 0.0], [0.0, 0.0]])
    a = n.copy()
    a[0, 0] += 1.05e-6
    report = compare_gradients(a, n, W=W, strength=1e-7)
    assert not report.passed
    assert report.slip is None


def test_hints_that_belong_to_another_gradient_are_left_aside(problem):
    """A hidden layer's gradient has columns that are no classes, and another shape than W."""
    X, y, W, _ = problem
    right = np.random.default_rng(2).normal(size=(D, 2))
    report = compare_gradients(right + [[0.1, 0.2]] * D, right, X=X, y=y, W=W, strength=STRENGTH)
    assert report.slip is None


def test_one_number_can_be_compared():
    report = compare_gradients(2.0, -2.0)
    assert report.worst == ()
    assert "sign" in report.slip
    assert "analytic 2, numerical -2" in str(report)
    assert compare_gradients(2.0, 1.5).slip is None  # one ratio of one pair proves nothing


def test_the_tolerance_decides():
    assert compare_gradients([1.001], [1.0], tolerance=1e-2)
    assert not compare_gradients([1.001], [1.0])


@pytest.mark.parametrize(
    ("a", "n", "options", "error", "words"),
    [
        (np.ones((2, 3)), np.ones((2, 4)), {}, ValueError, r"\(2, 3\) but numeric has shape"),
        (np.ones((1, 3)), np.ones(3), {}, ValueError, "the same"),
        ([np.nan, 1.0], [1.0, 1.0], {}, ValueError, r"analytic\[0\] is nan"),
        ([1.0, 1.0], [1.0, np.inf], {}, ValueError, r"numeric\[1\] is inf"),
        ([1.0], [1j], {}, TypeError, "numeric holds complex128"),
        ([1.0], [1.0], {"tolerance": 0}, ValueError, "tolerance is 0"),
        ([2.0], [1.0], {"W": [1.0], "strength": -1}, ValueError, "strength is -1"),
        ([2.0, 1.0], [1.0, 1.0], {"X": np.ones((3, 2)), "y": [0, 1]}, ValueError, "y has 2 labels"),
        ([2.0, 1.0], [1.0, 1.0], {"y": [0.0, 1.0]}, TypeError, "integer"),
    ],
)
def test_what_does_not_fit_is_refused(a, n, options, error, words):
    with pytest.raises(error, match=words):
        compare_gradients(a, n, **options)


def test_the_report_cannot_be_changed():
    report = compare_gradients([1.0], [1.0])
    with pytest.raises(AttributeError, match=re.escape("passed")):
        report.passed = False


# The parameters of a whole model


class TwoLayers(NamedTuple):
    """A network with one hidden layer, whose width differs from every other size."""

    W1: np.ndarray
    b1: np.ndarray
    W2: np.ndarray
    b2: np.ndarray


HIDDEN = 5


def two_layer_loss(X, y, W1, b1, W2, b2):
    """The loss with the penalty on both layers' weights; tanh lets complex numbers through."""
    return loss(np.tanh(X @ W1 + b1), y, W2, b2, strength=STRENGTH) + STRENGTH / 2 * np.sum(W1 * W1)


def two_layer_gradient(X, y, W1, b1, W2, b2):
    H = np.tanh(X @ W1 + b1)
    _, dW2, db2 = loss_and_gradient(H, y, W2, b2, strength=STRENGTH)
    dO = score_gradient(softmax(H @ W2 + b2), y) @ W2.T * (1 - H**2)
    return TwoLayers(X.T @ dO + STRENGTH * W1, dO.sum(axis=0), dW2, db2)


@pytest.fixture(scope="module")
def network():
    rng = np.random.default_rng(4)
    shapes = (D, HIDDEN), HIDDEN, (HIDDEN, C), C
    return TwoLayers(*(rng.normal(size=shape) for shape in shapes))


@pytest.mark.parametrize("measure", [numerical_gradient, complex_step_gradient])
def test_two_arrays_are_measured_at_once(measure, problem):
    X, y, W, b = problem
    numeric = measure(lambda p: loss(X, y, *p, strength=STRENGTH), LinearParams(W, b))
    assert type(numeric) is LinearParams
    report = compare_gradients(loss_and_gradient(X, y, W, b, strength=STRENGTH), numeric)
    assert report
    assert report.name in ("W", "b")
    assert "agree: relative error" in str(report)


@pytest.mark.parametrize("measure", [numerical_gradient, complex_step_gradient])
def test_four_arrays_are_measured_at_once(measure, problem, network):
    X, y, _, _ = problem
    numeric = measure(lambda params: two_layer_loss(X, y, *params), network)
    assert [value.shape for value in numeric] == [value.shape for value in network]
    assert compare_gradients(two_layer_gradient(X, y, *network), numeric)


@pytest.mark.parametrize("measure", [numerical_gradient, complex_step_gradient])
def test_a_function_may_return_its_loss_with_the_gradient(measure, problem):
    X, y, W, b = problem
    numeric = measure(lambda p: loss_and_gradient(X, y, *p, strength=STRENGTH), LinearParams(W, b))
    assert compare_gradients(loss_and_gradient(X, y, W, b, strength=STRENGTH), numeric)


def test_a_hinge_loss_is_checked_like_any_other(problem):
    X, y, W, b = problem
    numeric = numerical_gradient(
        lambda p: hinge_loss_and_gradient(X, y, *p, strength=STRENGTH), LinearParams(W, b)
    )
    assert compare_gradients(hinge_loss_and_gradient(X, y, W, b, strength=STRENGTH), numeric)


@pytest.mark.parametrize("name", TwoLayers._fields)
def test_the_array_with_a_wrong_gradient_is_named(name, problem, network):
    X, y, _, _ = problem
    right = two_layer_gradient(X, y, *network)
    wrong = right._replace(**{name: -getattr(right, name)})
    report = compare_gradients(wrong, right)
    assert not report
    assert report.name == name
    assert f"The gradients differ, most in {name}: relative error 2" in str(report)
    assert f"Largest difference at {name}[" in str(report)
    assert "sign is wrong" in report.slip


def test_the_penalty_of_a_layer_is_known_from_its_weights(problem, network):
    X, y, _, _ = problem
    right = two_layer_gradient(X, y, *network)
    wrong = right._replace(W1=right.W1 + STRENGTH * network.W1)
    report = compare_gradients(wrong, right, W=network, strength=STRENGTH)
    assert (report.name, "a factor 2 on λ" in report.slip) == ("W1", True)


def test_a_transposed_layer_is_worse_than_any_number(problem, network):
    X, y, _, _ = problem
    right = two_layer_gradient(X, y, *network)
    report = compare_gradients(right._replace(W1=right.W1.T, b2=100 * right.b2), right)
    assert (report.name, report.relative_error) == ("W1", np.inf)


def test_whole_models_are_compared_with_whole_models(problem, network):
    *_, W, b = problem
    numeric = LinearParams(W, b)
    with pytest.raises(TypeError, match=r"analytic is one array; expected a gradient for each"):
        compare_gradients(W, numeric)
    with pytest.raises(TypeError, match=r"analytic is 4 arrays; .* each of W, b, in this order"):
        compare_gradients(network, numeric)
    with pytest.raises(ValueError, match=r"analytic for b\[0\] is nan"):
        compare_gradients(LinearParams(W, b * np.nan), numeric)


def test_the_place_in_a_whole_model_is_named():
    params = LinearParams(W=np.ones((2, 2)), b=np.zeros(2))
    with pytest.raises(ValueError, match=r"f returned inf with b\[1\] moved by a step"):
        numerical_gradient(lambda p: np.inf if p.b[1] else 1.0, params)
    with pytest.raises(ValueError, match=r"W\[0, 1\] is nan"):
        numerical_gradient(lambda p: 1.0, params._replace(W=[[1.0, np.nan]]))
    with pytest.raises(ValueError, match=r"too small to move W\[0, 0\] = 1e\+20"):
        numerical_gradient(lambda p: 1.0, params._replace(W=[[1e20]]), step=1e-6)
