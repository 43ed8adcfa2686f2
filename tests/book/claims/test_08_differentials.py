"""Claims of Chapter 8."""

import numpy as np
import pytest

from softmax_steps import (
    complex_step_gradient,
    cross_entropy,
    log_softmax,
    loss,
    loss_remainder,
    one_hot,
    score_tensor,
    scores,
    softmax,
    tiny_example,
)

from .pages import says


def test_what_weights_do_together_and_alone_differs_by_the_square_of_the_step():
    says("08_differentials", "The two differ, by about 4 %: no weight is quite alone.")
    says("08_differentials", "with a tenth of the step to a hundredth")
    t = tiny_example()
    dW = np.array([[0.02, -0.01, 0.00], [0.01, 0.03, -0.02]])

    def change(step):
        return loss(t.X, t.y, t.W + step, t.b, strength=0.1) - loss(
            t.X, t.y, t.W, t.b, strength=0.1
        )

    def gap(size):
        steps = [np.where(np.arange(6).reshape(2, 3) == k, size * dW, 0) for k in range(6)]
        return change(size * dW) - sum(map(change, steps))

    assert gap(1) / change(dW) == pytest.approx(0.04, abs=0.005)
    assert gap(1) / gap(0.1) == pytest.approx(100, rel=0.02)
    says("08_differentials", "$dL$ misses the true change by 0.0002, the rest")
    assert round(loss_remainder(t.X, t.y, t.W, t.b, dW=dW, strength=0.1), 4) == 0.0002


def test_a_wrong_sign_in_the_differential_is_missed_in_proportion_to_the_step():
    says("08_differentials", "it would miss by a part that falls only with the step itself.")
    t = tiny_example()
    dW = np.array([[0.02, -0.01, 0.00], [0.01, 0.03, -0.02]])
    error = softmax(scores(t.X, t.W, t.b)) - one_hot(t.y, 3)

    def miss(size):
        wrong = -np.trace(error.T @ t.X @ (size * dW)) / 2 + 0.1 * np.trace(t.W.T @ (size * dW))
        moved = loss(t.X, t.y, t.W + size * dW, t.b, strength=0.1)
        return moved - loss(t.X, t.y, t.W, t.b, strength=0.1) - wrong

    assert miss(0.1) / miss(0.01) == pytest.approx(10, rel=0.05)


def test_the_array_multiplies_once_more_for_each_class():
    says(
        "08_differentials",
        "By the array there are $C$ times as many, and all but one in $C$ of them multiply by 0.",
    )
    T = score_tensor(np.ones((5, 4)), 3)
    assert T.size == 3 * (5 * 4 * 3)
    assert np.count_nonzero(T) * 3 == T.size


def test_each_matrix_solution_is_the_measured_gradient():
    says("08_differentials", r"The gradient is $A^{\mathsf T} W B^{\mathsf T} + A W B$.")
    says("08_differentials", r"the gradient is $X^{\mathsf T} (XW - Y)$.")
    says("08_differentials", r"$\partial L/\partial W = X^{\mathsf T} S\, (P - Y)$.")
    says("08_differentials", r"Turn first, $\operatorname{tr}(B A\, dW)$, then transpose")
    rng = np.random.default_rng(8)
    A, B, W, X = rng.normal(size=(4, 3, 3))
    y, s = np.array([2, 0, 0]), np.array([0.5, 0.2, 0.3])
    P, Y = softmax(scores(X, W)), one_hot(y, 3)
    for f, right in [
        (lambda W: np.trace(A @ W @ B @ W.T), A.T @ W @ B.T + A @ W @ B),
        (lambda W: ((X @ W - Y) ** 2).sum() / 2, X.T @ (X @ W - Y)),
        (lambda W: s @ cross_entropy(log_softmax(scores(X, W)), y), X.T @ np.diag(s) @ (P - Y)),
        (lambda W: np.trace(A @ W @ B), A.T @ B.T),
        (np.trace, np.eye(3)),
    ]:
        np.testing.assert_allclose(complex_step_gradient(f, W), right, atol=1e-12)
