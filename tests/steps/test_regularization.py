"""Step 5: (λ/2)‖W‖², its gradient λW, and the whole loss."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from softmax_steps import (
    fold_bias,
    gradient_by_sample,
    l2_gradient,
    l2_penalty,
    loss,
    loss_and_gradient,
)

from .strategies import FLOATS, problems, quick

X, y = [[1, 2], [3, -1]], [1, 0]
W, b = [[1, 0, 1], [0, 1, -1]], [0, 1, 0]


def test_the_tiny_example_by_hand():
    assert l2_penalty(W, strength=0.1) == 0.1 / 2 * (1 + 0 + 1 + 0 + 1 + 1)
    assert l2_gradient(W, strength=0.5).tolist() == [[0.5, 0, 0.5], [0, 0.5, -0.5]]
    data_loss = (
        math.log(math.exp(-2) + 1 + math.exp(-4)) + 1 + math.log(math.exp(-1) + math.exp(-4) + 1)
    ) / 2
    np.testing.assert_allclose(loss(X, y, W, b), data_loss, rtol=1e-14)
    np.testing.assert_allclose(loss(X, y, W, b, strength=0.1), data_loss + 0.2, rtol=1e-14)


@quick
@given(problems())
def test_the_penalty_is_half_of_lambda_times_the_sum_of_squares(problem):
    _, _, W, _, strength = problem
    by_hand = strength / 2 * math.fsum(w * w for row in W.tolist() for w in row)
    np.testing.assert_allclose(l2_penalty(W, strength=strength), by_hand, rtol=1e-14)
    assert isinstance(l2_penalty(W, strength=strength), float)


@quick
@given(problems())
def test_the_gradient_is_the_slope_of_the_penalty(problem):
    _, _, W, _, strength = problem
    h = 1e-5
    for place in np.ndindex(W.shape):
        up, down = W.copy(), W.copy()
        up[place] += h
        down[place] -= h
        rise = l2_penalty(up, strength=strength) - l2_penalty(down, strength=strength)
        slope = l2_gradient(W, strength=strength)[place]
        np.testing.assert_allclose(slope, rise / (2 * h), atol=1e-6)


@quick
@given(problems(), st.sampled_from([2.0, 0.5, -4.0]))
def test_weights_twice_as_large_cost_four_times_as_much(problem, factor):
    _, _, W, _, strength = problem
    expected = factor**2 * l2_penalty(W, strength=strength)
    assert l2_penalty(factor * W, strength=strength) == expected  # powers of two: exact


@quick
@given(problems())
def test_the_loss_is_the_mean_over_the_samples_plus_one_penalty(problem):
    X, y, W, b, strength = problem
    each = [loss(X[i : i + 1], y[i : i + 1], W, b) for i in range(len(X))]
    expected = math.fsum(each) / len(each) + l2_penalty(W, strength=strength)
    np.testing.assert_allclose(loss(X, y, W, b, strength=strength), expected, rtol=1e-12)


@quick
@given(problems())
def test_a_batch_shown_twice_costs_the_same(problem):
    X, y, W, b, strength = problem
    twice = loss(np.vstack([X, X]), np.hstack([y, y]), W, b, strength=strength)
    np.testing.assert_allclose(twice, loss(X, y, W, b, strength=strength), rtol=1e-12)


@quick
@given(problems(), st.floats(0, 1))
def test_the_loss_is_convex_in_the_weights(problem, t):
    X, y, W, b, strength = problem
    V = np.random.default_rng(0).normal(size=W.shape)
    between = loss(X, y, t * W + (1 - t) * V, b, strength=strength)
    chord = t * loss(X, y, W, b, strength=strength) + (1 - t) * loss(X, y, V, b, strength=strength)
    assert between <= chord + 1e-12


def test_a_bias_is_not_penalised_but_a_folded_bias_would_be():
    X0, W0, b0 = np.ones((1, 2)), np.zeros((2, 3)), np.full(3, 100.0)
    assert loss(X0, [0], W0, b0, strength=1) == loss(X0, [0], W0, b0, strength=0)
    X1, W1 = fold_bias(X0, W0, b0)
    assert loss(X1, [0], W1, strength=1) - loss(X1, [0], W1) == pytest.approx(3 * 100**2 / 2)


def test_without_a_bias_the_loss_is_that_of_a_bias_of_0():
    assert loss(X, y, W) == loss(X, y, W, np.zeros(3))


@pytest.mark.parametrize("dtype", FLOATS)
def test_every_floating_type_goes_in_and_a_python_float_comes_out(dtype):
    arrays = [np.array(array, dtype) for array in (X, W, b)]
    value = loss(arrays[0], y, arrays[1], arrays[2], strength=0.1)
    assert type(value) is float
    assert value == pytest.approx(0.9347, abs=20 * float(np.finfo(dtype).eps) + 5e-5)
    assert l2_gradient(arrays[1], strength=0.1).dtype == dtype


def test_the_penalty_of_large_float16_weights_does_not_overflow():
    W = np.full((10, 10), 6e4, np.float16)
    assert l2_penalty(W, strength=2.0) == 100 * float(np.float16(6e4)) ** 2


def test_a_loss_of_a_thousand_nats_stays_finite():
    assert loss([[1.0]], [1], [[1000.0, 0.0]]) == 1000


def test_complex_weights_travel_through_for_the_complex_step():
    W = np.array([[3.0 + 1e-30j]])
    assert l2_penalty(W, strength=0.5).imag == pytest.approx(0.5 * 3e-30, rel=1e-12, abs=0)
    assert l2_gradient(W, strength=0.5).imag.tolist() == [[0.5e-30]]


@pytest.mark.parametrize("strength", [2, np.float32(2), np.array(2.0), Fraction(2), np.int64(2)])
def test_every_real_number_is_a_strength(strength):
    assert l2_penalty([[3]], strength=strength) == 9
    assert l2_gradient([[3]], strength=strength).tolist() == [[6]]


@pytest.mark.parametrize(
    "call",
    [
        lambda strength: l2_penalty(W, strength=strength),
        lambda strength: l2_gradient(W, strength=strength),
        lambda strength: loss(X, y, W, b, strength=strength),
        lambda strength: loss_and_gradient(X, y, W, b, strength=strength),
        lambda strength: gradient_by_sample(X, y, W, b, strength=strength),
    ],
    ids=["l2_penalty", "l2_gradient", "loss", "loss_and_gradient", "gradient_by_sample"],
)
@pytest.mark.parametrize(
    ("strength", "error", "message"),
    [
        (-0.1, ValueError, r"strength is -0\.1; expected a finite λ ≥ 0.* use 0 for no penalty"),
        (math.nan, ValueError, "strength is nan; expected a finite λ ≥ 0"),
        (math.inf, ValueError, "strength is inf; expected a finite λ ≥ 0"),
        (-math.inf, ValueError, "strength is -inf; expected a finite λ ≥ 0"),
        (np.float16("inf"), ValueError, "strength is inf; expected a finite λ ≥ 0"),
        (0.1j, TypeError, r"strength is 0\.1j; expected one real number λ ≥ 0"),
        (True, TypeError, "strength is True; expected one real number λ ≥ 0"),
        (np.True_, TypeError, r"strength is np\.True_; expected one real number λ ≥ 0"),
        (np.array([0.1]), TypeError, r"strength is array\(\[0\.1\]\); expected one real number"),
        ([0.1], TypeError, r"strength is \[0\.1\]; expected one real number"),
        ("0.1", TypeError, r"strength is '0\.1'; expected one real number"),
        (None, TypeError, "strength is None; expected one real number"),
    ],
)
def test_what_is_no_strength_is_refused(call, strength, error, message):
    with pytest.raises(error, match=message):
        call(strength)


def test_the_strength_is_passed_by_name_only():
    with pytest.raises(TypeError):
        l2_penalty(W, 0.1)
    with pytest.raises(TypeError):
        loss(X, y, W, b, 0.1)
