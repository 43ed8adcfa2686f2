"""The loss in one type is the package's loss, and its slopes are those of the three formulas."""

import numpy as np
import pytest

import softmax_steps as sm
from softmax_steps.step_size import METHODS, loss_in_one_type, measured_slopes


def test_the_loss_in_one_type_is_the_packages_loss():
    rng = np.random.default_rng(31)
    for _ in range(1000):
        N, D, C = rng.integers(1, 6, 3)
        X, W, b = rng.normal(size=(N, D)), 5 * rng.normal(size=(D, C)), rng.normal(size=C)
        y, strength = rng.integers(0, C, N), float(rng.choice([0, 10 ** rng.uniform(-4, 1)]))
        expected = sm.loss(X, y, W, b, strength=strength)
        assert abs(loss_in_one_type(X, y, W, b, strength) - expected) <= 1e-14 * max(1, expected)
        Z = W + 1e-3j * rng.normal(size=W.shape)
        expected = sm.loss(X, y, Z, b, strength=strength)
        assert abs(loss_in_one_type(X, y, Z, b, strength) - expected) <= 1e-14 * max(
            1, abs(expected)
        )


@pytest.mark.parametrize(
    ("real", "weights"),
    [("f4", "f4"), ("f4", "c8"), ("f8", "f8"), ("f8", "c16")],
)
def test_the_loss_in_one_type_never_leaves_its_type(real, weights):
    t = sm.tiny_example()
    X, W, b = t.X.astype(real), t.W.astype(weights), t.b.astype(real)
    assert loss_in_one_type(X, t.y, W, b, t.strength).dtype == weights


def test_measuring_changes_nothing_that_was_given():
    t = sm.tiny_example()
    before = t.W.copy()
    measured_slopes(t, step=0.1, float_type="float64")
    np.testing.assert_array_equal(t.W, before)


@pytest.mark.parametrize("name", METHODS)
def test_a_good_step_measures_the_gradient(name):
    t = sm.tiny_example()
    slopes = measured_slopes(t, step=1e-6, float_type="float64")
    gradient = sm.loss_and_gradient(t.X, t.y, t.W, t.b, strength=t.strength).dW
    np.testing.assert_allclose(slopes[name], gradient, atol=2e-6)
