"""Claims of Chapter 5."""

import numpy as np
import pytest

from softmax_steps import (
    loss,
    loss_and_gradient,
    predict,
    scores,
    tiny_example,
    train_validation_split,
)
from softmax_steps.regularization_path import minimise, regularization_path

from .pages import says


def test_a_feature_in_a_large_unit_needs_large_weights():
    says(
        "05_regularization",
        r"So the strength must be $256\,\lambda$.",
        "a feature measured in a large unit has small numbers and needs large weights, and the "
        "penalty hits it harder.",
    )
    t = tiny_example()
    here = loss(t.X, t.y, t.W, t.b, strength=0.1)
    in_sixteenths = loss(16 * t.X, t.y, t.W / 16, t.b, strength=256 * 0.1)
    assert in_sixteenths == pytest.approx(here, rel=1e-12)
    penalty = here - loss(t.X, t.y, t.W, t.b)
    harder = loss(t.X / 16, t.y, 16 * t.W, t.b, strength=0.1) - loss(t.X, t.y, t.W, t.b)
    assert harder == pytest.approx(256 * penalty, rel=1e-12)


def test_the_lowest_point_needs_every_class_among_the_labels():
    says(
        "05_regularization",
        "**if every class occurs among the labels**",
        "If every class occurs among the labels, it makes a lowest point, at one $W$ only.",
    )
    says(
        "06_gradient",
        r"With $\lambda > 0$, and every class among the labels, there is exactly one lowest $W$.",
    )
    says(
        "07_training",
        r"with $\lambda > 0$ and short enough strides you walk to the same lowest "
        "loss.",
    )
    assert "With every class among the labels" in minimise.__doc__
    t = tiny_example()
    sinking = np.array([0.0, 0.0, -1.0])
    losses = [loss(t.X, t.y, t.W, t.b + s * sinking, strength=0.1) for s in (0, 5, 10, 20)]
    assert np.all(np.diff(losses) < 0)

    X, y = np.vstack([t.X, [2.0, 2.0]]), np.array([1, 0, 2])
    ends = []
    for seed in (0, 1):
        rng = np.random.default_rng(seed)
        W, b = rng.normal(size=(2, 3)), rng.normal(size=3)
        for _ in range(4000):
            _, dW, db = loss_and_gradient(X, y, W, b, strength=0.1)
            W, b = W - 0.3 * dW, b - 0.3 * db
        ends.append((W, b - b.mean()))
    np.testing.assert_allclose(ends[0][0], ends[1][0], atol=1e-9)
    np.testing.assert_allclose(ends[0][1], ends[1][1], atol=1e-6)


def test_a_penalty_makes_the_model_fit_its_samples_less_closely(digits):
    says(
        "05_regularization",
        "although the model fits its 100 samples less closely.",
        "λ   ‖W‖²  training  held out  accuracy",
        r"The table further up had its highest accuracy at $\lambda = 0.01$. It tried five values "
        "only, and stopped each walk after 500 steps.",
    )
    X, y, X_held, y_held = train_validation_split(
        *digits, validation=1 - 100 / 1797, rng=np.random.default_rng(0)
    )
    y[:20] = (y[:20] + 1) % 10
    training, right = [], []
    strengths = (0.0, 0.003, 0.01, 0.1, 1.0)
    for strength in strengths:
        W, b = np.zeros((64, 10)), np.zeros(10)
        for _ in range(500):
            _, dW, db = loss_and_gradient(X, y, W, b, strength=strength)
            W, b = W - 0.5 * dW, b - 0.5 * db
        training.append(loss(X, y, W, b))
        right.append(np.mean(predict(scores(X_held, W, b)) == y_held))
    assert np.all(np.diff(training) > 0)
    assert strengths[np.argmax(right)] == 0.01


def test_the_share_of_right_training_samples_only_falls_with_the_strength(digits):
    says(
        "05_regularization",
        "The share of right answers on the training samples, wrong labels and all, only falls. "
        r"That on the digits held out rises first, has its highest point near the $\lambda$ "
        "printed above, and falls.",
    )
    X, y, X_held, y_held = train_validation_split(
        *digits, validation=1 - 100 / 1797, rng=np.random.default_rng(0)
    )
    y[:20] = (y[:20] + 1) % 10
    path = regularization_path(
        X, y, X_held, y_held, strengths=10.0 ** np.arange(-3, 1.1, 0.5), tolerance=1e-3
    )
    assert np.all(np.diff([point.train_accuracy for point in path]) <= 0)
    held_out = [point.validation_accuracy for point in path]
    top = int(np.argmax(held_out))
    assert path[top].strength == pytest.approx(0.0316, rel=1e-2)
    assert np.all(np.diff(held_out[: top + 1]) > 0)
    assert np.all(np.diff(held_out[top:]) <= 0)


def test_without_a_sample_of_class_2_its_bias_sinks_for_ever():
    says(
        "05_regularization",
        "If a class never occurs, no sample needs it: the lower its bias, the lower the loss, for "
        "ever.",
        "The loss falls by less and less, and it never stops.",
    )
    t = tiny_example()
    assert 2 not in t.y
    sinking = np.array([0.0, 0.0, -1.0])
    at = [loss(t.X, t.y, t.W, t.b + s * sinking, strength=0.1) for s in range(0, 25, 5)]
    falls = -np.diff(at)
    assert (falls > 0).all()
    assert (np.diff(falls) < 0).all()
    rng = np.random.default_rng(0)
    for _ in range(20):  # at any weights and biases the slope of that bias is above 0
        W, b = rng.normal(size=(2, 3)), rng.normal(size=3)
        assert loss_and_gradient(t.X, t.y, W, b, strength=0.1).db[2] > 0


def test_a_method_of_signs_parts_the_penalty_from_decay():
    says(
        "05_regularization",
        "In the first matrix the penalty has no effect: it is too small to turn a sign.",
        "In the second one every weight has first lost 5 % of itself.",
    )
    t = tiny_example()
    G = loss_and_gradient(t.X, t.y, t.W, t.b).dW
    np.testing.assert_array_equal(np.sign(G + t.strength * t.W), np.sign(G))
    assert 1 - 0.5 * t.strength == pytest.approx(0.95)
