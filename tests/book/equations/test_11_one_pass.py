"""The equations of chapter 11, each side written out by itself."""

import math

import numpy as np
import pytest

from softmax_steps import (
    fit,
    log_softmax,
    loss_and_gradient,
    one_hot,
    softmax,
)
from softmax_steps.roofline import Machine, least_seconds, work

N, D, C = 30, 4, 3


@pytest.fixture
def rng():
    return np.random.default_rng(11)


@pytest.fixture
def problem(rng):
    """Rows, labels of which every class occurs, and weights."""
    X, W = rng.normal(size=(N, D)), rng.normal(size=(D, C))
    return X, np.arange(N) % C, W


def close(got, right):
    np.testing.assert_allclose(got, right, rtol=1e-11, atol=1e-13)


class Counted(float):
    """A number that counts how often one like it was multiplied."""

    count = 0

    def __mul__(self, other):
        Counted.count += 1
        return float(self) * float(other)


@pytest.mark.equation("eq-multiplications")
@pytest.mark.equation("eq-per-byte")
def test_each_number_is_multiplied_with_each_class_twice(problem):
    r"""
    N C \cdot D + D C \cdot N = 2 N D C
    \frac{2 N D C}{s N D} = \frac{2C}{s}
    """
    X, y, W = problem
    Counted.count = 0
    counted = [[Counted(x) for x in row] for row in X]
    F = [
        [sum(counted[i][d] * W[d, j] for d in range(D)) for j in range(C)]
        for i in range(N)
    ]
    assert Counted.count == N * C * D
    dF = softmax(F) - one_hot(y, C)
    for d, j in np.ndindex(D, C):
        sum(counted[i][d] * dF[i, j] for i in range(N))
    assert Counted.count == N * C * D + D * C * N == 2 * N * D * C
    for itemsize, dtype in ((8, np.float64), (4, np.float32), (1, np.uint8)):
        counts = work(N, D, C, itemsize)
        assert counts.multiplications == Counted.count
        assert counts.bytes == X.astype(dtype).nbytes
        assert Counted.count / X.astype(dtype).nbytes == 2 * C / itemsize
        assert counts.per_byte == 2 * C / itemsize


@pytest.mark.equation("eq-roofline")
def test_no_order_of_work_ends_before_the_slower_of_the_two():
    r"""
    t \ge \max\Bigl( \frac{2 N D C}{r}, \; \frac{s N D}{w} \Bigr)
    """
    s = 4
    for r, w in ((3.0, 100.0), (100.0, 3.0), (6.0, 4.0)):
        least = least_seconds(work(N, D, C, s), Machine(r, w))
        close(least, max(2 * N * D * C / r, s * N * D / w))
        # Rows come one after the other; each is computed once it is there.
        read = computed = 0.0
        for _ in range(N):
            read += s * D / w
            computed = max(computed, read) + 2 * D * C / r
        assert computed >= least
        assert computed <= least * (1 + 2 / N) + s * D / w


@pytest.mark.equation("eq-blocks")
@pytest.mark.parametrize("cuts", [[], [1], [7, 8, 21]])
def test_the_gradient_is_a_sum_over_any_blocks(problem, cuts):
    r"""
    \frac{\partial L}{\partial W}
    = \frac{1}{N} \sum_B X_B^{\mathsf T} (P_B - Y_B) + \lambda W
    """
    X, y, W = problem
    strength = 0.3
    by_hand = strength * W
    for rows in np.split(np.arange(N), cuts):
        P, Y = softmax(X[rows] @ W), one_hot(y[rows], C)
        by_hand = by_hand + X[rows].T @ (P - Y) / N
    close(loss_and_gradient(X, y, W, strength=strength).dW, by_hand)
    block_rows = cuts[0] if cuts else None
    got = loss_and_gradient(X, y, W, strength=strength, block_rows=block_rows)
    close(got.dW, by_hand)


def least_without_biases(X, y, strength):
    """Newton's method, which knows nothing of what is tested here."""
    W = np.zeros((D, C))
    for _ in range(50):
        P = softmax(X @ W)
        G = X.T @ (P - one_hot(y, C)) / N + strength * W
        H = strength * np.eye(D * C)
        for x, p in zip(X, P, strict=True):
            H += np.kron(np.outer(x, x), np.diag(p) - np.outer(p, p)) / N
        W = W - np.linalg.solve(H, G.ravel()).reshape(D, C)
    return W


@pytest.mark.equation("eq-slope-bounds-distance")
def test_the_slope_tells_how_far_the_best_weights_are_at_most(problem, rng):
    r"""
    \lVert W - W^* \rVert
    \le \frac{1}{\lambda}
    \left\lVert \frac{\partial L}{\partial W} \right\rVert
    """
    X, y, _ = problem
    for strength in (0.01, 1.0, 100.0):
        best = least_without_biases(X, y, strength)
        nearest = 0
        for size in (1e-3, 0.1, 10.0):
            W = best + size * rng.normal(size=(D, C))
            G = loss_and_gradient(X, y, W, strength=strength).dW
            share = np.linalg.norm(W - best) / (np.linalg.norm(G) / strength)
            assert share <= 1 + 1e-9
            nearest = max(nearest, share)
    assert nearest > 0.9  # with a large λ the bound is nearly reached


@pytest.mark.equation("eq-secant-step")
def test_the_curvature_is_the_one_that_fits_best(rng):
    r"""
    a = \frac{\sum_{dj} S_{dj} U_{dj}}{\sum_{dj} S_{dj}^2},
    \qquad \eta = \frac{1}{a}
    """
    S, U = rng.normal(size=(2, D, C))
    a = sum(S[d, j] * U[d, j] for d, j in np.ndindex(D, C)) / sum(
        S[d, j] ** 2 for d, j in np.ndindex(D, C)
    )
    misfits = [np.sum((U - (a + h) * S) ** 2) for h in (-1e-3, 0, 1e-3)]
    assert misfits[1] == min(misfits)
    close(misfits[0], misfits[2])
    # A bowl that curves equally: one step leads to its bottom.
    bottom = rng.normal(size=(D, C))
    W, S = rng.normal(size=(2, D, C))
    G, U = 2.5 * (W + S - bottom), 2.5 * S
    eta = 1 / (np.sum(S * U) / np.sum(S * S))
    close(W + S - eta * G, bottom)


def data_losses(X, y, W, b):
    return -log_softmax(X @ W + b)[np.arange(N), y]


@pytest.mark.equation("eq-strength-from-c")
def test_the_sum_with_c_is_the_mean_with_another_strength(problem, rng):
    r"""
    c \sum_i L_i + \tfrac12 \lVert W \rVert^2
    = c N \Bigl( \frac{1}{N} \sum_i L_i
    + \frac{\lambda}{2} \lVert W \rVert^2 \Bigr),
    \qquad \lambda = \frac{1}{c N}
    """
    from sklearn.linear_model import LogisticRegression

    X, y, W = problem
    c = 0.7
    strength = 1 / (c * N)
    losses = data_losses(X, y, W, rng.normal(size=C))
    theirs = c * sum(losses) + np.sum(W**2) / 2
    close(theirs, c * N * (sum(losses) / N + strength / 2 * np.sum(W**2)))
    peer = LogisticRegression(C=c, tol=1e-10, max_iter=10_000).fit(X, y)
    ours = fit(X, y, strength=strength, tolerance=1e-7)
    np.testing.assert_allclose(peer.coef_, ours.W.T, atol=1e-5)


@pytest.mark.equation("eq-two-classes")
def test_one_column_stands_for_two(problem, rng):
    r"""
    \lVert W \rVert^2 = \tfrac12 \lVert v \rVert^2,
    \qquad \lambda = \frac{2}{c N} \quad (C = 2)
    """
    from sklearn.linear_model import LogisticRegression

    X = problem[0]
    y, c = (X[:, 0] + rng.normal(size=N) > 0).astype(int), 0.7
    v = rng.normal(size=D)
    W = np.column_stack([-v / 2, v / 2])
    close(np.sum(W**2), np.sum(v**2) / 2)
    for shift in rng.normal(size=(5, D, 1)):  # any other two are longer
        assert np.sum((W + shift) ** 2) > np.sum(W**2)
    peer = LogisticRegression(C=c, tol=1e-10, max_iter=10_000).fit(X, y)
    ours = fit(X, y, strength=2 / (c * N), tolerance=1e-7)
    difference = ours.W[:, 1] - ours.W[:, 0]
    np.testing.assert_allclose(peer.coef_[0], difference, atol=1e-5)


@pytest.mark.equation("eq-machines")
@pytest.mark.equation("eq-best-machines")
def test_more_machines_help_until_the_scheduler_takes_as_long():
    r"""
    t(m) = \frac{N \tau}{m} + m \sigma
    m = \sqrt{N \tau / \sigma}
    """
    rows, tau, sigma = 10_000, 3e-3, 0.02

    def t(machines):
        share = rows / machines
        computing = max(share * tau for _ in range(machines))
        return computing + sum(sigma for _ in range(machines))

    best = math.sqrt(rows * tau / sigma)
    for machines in (1, 10, 100):
        close(t(machines), rows * tau / machines + machines * sigma)
    assert min(range(1, 200), key=t) in (math.floor(best), math.ceil(best))
    close(rows * tau / best, best * sigma)  # there both parts are equal
