"""The trained model as a function of λ: at each λ it is the minimum, and scikit-learn's."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from softmax_steps import load_digits, loss, loss_and_gradient
from softmax_steps.regularization_path import minimise, regularization_path


@pytest.fixture(scope="module")
def digits():
    X, y = load_digits()
    order = np.random.default_rng(8).permutation(len(y))[:240]
    return X[order[:160]], y[order[:160]], X[order[160:]], y[order[160:]]


def test_each_point_is_a_minimum_and_scikit_learn_finds_the_same(digits):
    X, y, X_held, y_held = digits
    strengths = [0.3, 0.01, 3.0]
    points = regularization_path(X, y, X_held, y_held, strengths=strengths, tolerance=1e-7)
    assert [point.strength for point in points] == strengths
    for point in points:
        result = loss_and_gradient(X, y, point.W, point.b, strength=point.strength)
        assert np.sqrt(np.sum(result.dW**2) + np.sum(result.db**2)) < 1e-7
        assert point.data_loss + point.penalty == pytest.approx(result.loss, rel=1e-12)
        C = 1 / (len(X) * point.strength)
        theirs = LogisticRegression(C=C, tol=1e-9, max_iter=5000).fit(X, y)
        np.testing.assert_allclose(point.W, theirs.coef_.T, atol=1e-3)
        assert point.validation_accuracy == pytest.approx(theirs.score(X_held, y_held), abs=0.02)


def test_a_stronger_penalty_gives_smaller_weights_and_a_larger_data_loss(digits):
    points = regularization_path(*digits, strengths=[0.01, 0.1, 1.0], tolerance=1e-4)
    lengths = [np.linalg.norm(point.W) for point in points]
    assert lengths == sorted(lengths, reverse=True)
    assert [p.data_loss for p in points] == sorted(p.data_loss for p in points)


def test_no_step_away_from_the_minimum_is_lower(digits):
    X, y, *_ = digits
    W, b, _ = minimise(X, y, np.zeros((64, 10)), np.zeros(10), strength=0.1)
    lowest, rng = loss(X, y, W, b, strength=0.1), np.random.default_rng(9)
    for _ in range(20):
        aside = W + 1e-2 * rng.normal(size=W.shape)
        assert loss(X, y, aside, b, strength=0.1) > lowest


def test_it_stops_after_the_most_steps_and_says_how_far_it_is(digits):
    X, y, *_ = digits
    *_, length = minimise(X, y, np.zeros((64, 10)), np.zeros(10), strength=1e-3, most_steps=2)
    assert length > 1e-5


def test_the_longest_safe_step_and_the_fresh_momentum_are_worth_their_lines(digits):
    # Half the step takes 1.4 times as many, a momentum that never starts anew five times.
    X, y, *_ = digits
    zero = np.zeros((64, 10)), np.zeros(10)
    *_, length = minimise(X, y, *zero, strength=0.1, tolerance=1e-5, most_steps=240)
    assert length < 1e-5


def test_without_a_penalty_it_refuses():
    with pytest.raises(ValueError, match="strength is 0; expected λ > 0"):
        minimise([[1.0]], [0], [[0.0]], [0.0], strength=0)
