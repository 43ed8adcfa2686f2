"""Claims of Chapter 6."""

import numpy as np

from softmax_steps import (
    compare_gradients,
    loss,
    loss_and_gradient,
    numerical_gradient,
    one_hot,
    scores,
    softmax,
    softmax_jacobian,
    tiny_example,
)

from .pages import says


def test_the_chain_carries_one_over_n_back_from_the_mean():
    says(
        "06_gradient",
        'forward=["XW + b", "softmax", "mean\\n−log P[y]"]',
        'backward=["Xᵀ ·", "Jacobian", "−Y/(N P)"]',
    )
    t = tiny_example()
    P, Y, N = softmax(scores(t.X, t.W, t.b)), one_hot(t.y, 3), len(t.y)
    dP = -Y / (N * P)
    dF = np.array([softmax_jacobian(p) @ row for p, row in zip(P, dP, strict=True)])
    by_weight = numerical_gradient(lambda W: loss(t.X, t.y, W, t.b), t.W)
    np.testing.assert_allclose(t.X.T @ dF, by_weight, atol=1e-9)


def test_the_errors_by_hand_are_those_of_the_tiny_example():
    says("06_gradient", r"0.0587 & -0.0666 & 0.0079 \\ -0.3673 & 0.0066 & 0.3607")
    t = tiny_example()
    errors = (softmax(scores(t.X, t.W, t.b)) - one_hot(t.y, 3)) / 2
    expected = [[0.0587, -0.0666, 0.0079], [-0.3673, 0.0066, 0.3607]]
    np.testing.assert_allclose(errors, expected, atol=5.1e-5)


def test_two_of_the_six_wrong_gradients_keep_both_row_sums():
    says(
        "06_gradient",
        "the one without $1/N$ and the one with the wrong sign keep both row sums.",
    )
    t = tiny_example()
    P, Y = softmax(scores(t.X, t.W, t.b)), one_hot(t.y, 3)
    pull = t.strength * t.W
    wrong = {
        "no 1/N": (P - Y, 1),
        "2λW": ((P - Y) / 2, 2),
        "no one-hot": (P / 2, 1),
        "sign": ((Y - P) / 2, 1),
        "half done": (P - Y, 0),
    }
    kept = {
        name
        for name, (dF, pulls) in wrong.items()
        if np.allclose(dF.sum(axis=1), 0)
        and np.allclose((t.X.T @ dF + pulls * pull).sum(axis=1), t.strength * t.W.sum(axis=1))
    }
    assert kept == {"no 1/N", "sign"}


def test_labels_that_add_up_to_1_hide_behind_the_row_sums():
    says(
        "06_gradient",
        "each row sums to 1 minus the sum of all labels",
        "It hides only where the labels happen to add up to 1.",
    )
    P = softmax(np.random.default_rng(0).normal(size=(3, 3)))
    for y in ([0, 2, 1], [2, 2, 2], [0, 0, 0]):
        np.testing.assert_allclose((P - np.array(y)).sum(axis=1), 1 - sum(y))
        assert sum(y) != 1
    np.testing.assert_allclose((P - np.array([0, 1, 0])).sum(axis=1), 0, atol=1e-15)


def test_a_gradient_check_is_blind_with_one_sample_without_a_penalty_or_at_0():
    says(
        "06_gradient",
        r"with more than one sample, with $\lambda > 0$, and with weights and biases that are not "
        "0.",
    )
    t = tiny_example()

    def passes(wrong, X, y, W, b, strength, of="W"):
        if of == "W":
            measured = numerical_gradient(lambda w: loss(X, y, w, b, strength=strength), W)
        else:
            measured = numerical_gradient(lambda c: loss(X, y, W, c, strength=strength), b)
        return compare_gradients(wrong, measured).passed

    def gradient(X, y, W, b, strength=0.0):
        return loss_and_gradient(X, y, W, b, strength=strength)

    few, zero = (t.X[:1], t.y[:1]), np.zeros_like(t.W)
    no_mean = len(t.y) * gradient(t.X, t.y, t.W, t.b).dW
    assert not passes(no_mean, t.X, t.y, t.W, t.b, 0.0)
    assert passes(1 * gradient(*few, t.W, t.b).dW, *few, t.W, t.b, 0.0)

    no_penalty = gradient(t.X, t.y, t.W, t.b).dW
    assert not passes(no_penalty, t.X, t.y, t.W, t.b, 0.1)
    assert passes(no_penalty, t.X, t.y, t.W, t.b, 0.0)
    assert passes(gradient(t.X, t.y, zero, t.b).dW, t.X, t.y, zero, t.b, 0.1)

    for b, seen in ((t.b, True), (np.zeros(3), False)):
        penalised = gradient(t.X, t.y, t.W, b).db + 0.1 * b
        assert passes(penalised, t.X, t.y, t.W, b, 0.1, of="b") is not seen


def test_the_lowest_point_asks_for_slopes_of_0_in_the_biases_too():
    says(
        "06_gradient",
        "cancel in *every* entry, while the slopes of the biases are 0 too, is the lowest point",
    )
    X, y = np.vstack([tiny_example().X, [2.0, 2.0]]), np.array([1, 0, 2])
    W, b = np.zeros((2, 3)), np.array([0.0, 1.0, -1.0])
    for _ in range(4000):  # the biases are held
        W = W - 0.3 * loss_and_gradient(X, y, W, b, strength=0.1).dW
    stopped = loss_and_gradient(X, y, W, b, strength=0.1)
    np.testing.assert_allclose(stopped.dW, 0, atol=1e-9)
    assert np.abs(stopped.db).max() > 0.01
    assert loss(X, y, W, b - 0.3 * stopped.db, strength=0.1) < stopped.loss
