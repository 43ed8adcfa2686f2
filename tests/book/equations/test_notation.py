"""The equations of ``book/notation.md``: each rule, on random numbers."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from softmax_steps import (
    l2_penalty,
    log_softmax,
    loss,
    loss_and_gradient,
    numerical_gradient,
    one_hot,
    scores,
)


@pytest.fixture
def model():
    rng = np.random.default_rng(5)
    X, W, b = (
        rng.normal(size=(7, 4)),
        rng.normal(size=(4, 3)),
        rng.normal(size=3),
    )
    return X, rng.integers(0, 3, 7), W, b


@pytest.mark.equation("eq-convert-columns")
def test_samples_in_columns_give_the_transposed_scores(model):
    r"""
    F^{\mathsf T} = W^{\mathsf T} X^{\mathsf T} + b\, \mathbf 1^{\mathsf T}
    """
    X, _, W, b = model
    right = W.T @ X.T + np.outer(b, np.ones(len(X)))
    np.testing.assert_allclose(scores(X, W, b).T, right, rtol=1e-12)


@pytest.mark.equation("eq-convert-labels")
def test_labels_from_one_and_one_hot_rows_become_labels_from_zero():
    r"""
    y_i^{\text{from 0}} = y_i^{\text{from 1}} - 1 = \operatorname*{arg\,max}_j
    Y_{ij}
    """
    names = ["first", "second", "third"]
    from_one = np.array([3, 1, 2, 2])
    from_zero = [names.index(names[k - 1]) for k in from_one]
    assert list(from_one - 1) == from_zero
    assert list(np.argmax(one_hot(from_zero, 3), axis=1)) == from_zero


@pytest.mark.equation("eq-convert-sum")
def test_with_a_sum_the_penalty_must_be_n_times_as_large(model):
    r"""
    \begin{aligned}
    N \cdot L(\lambda) &= \sum_i L_i + \frac{\lambda_{\text{sum}}}{2} \lVert W
    \rVert^2, \\
    \lambda_{\text{sum}} &= N \lambda
    \end{aligned}
    """
    X, y, W, b = model
    strength, N = 0.3, len(y)
    strength_sum = N * strength
    losses = -log_softmax(X @ W + b)[np.arange(N), y]
    left = losses.sum() + strength_sum / 2 * np.sum(W**2)
    assert left == pytest.approx(
        N * loss(X, y, W, b, strength=strength), rel=1e-12
    )


@pytest.mark.equation("eq-convert-half")
def test_half_the_strength_without_the_half_is_the_same_penalty(model):
    r"""\lambda_{\text{no half}}\, \lVert W \rVert^2 = \frac{\lambda}{2}
    \lVert W \rVert^2,
    \qquad
    \lambda_{\text{no half}} = \frac{\lambda}{2}
    """
    _, _, W, _ = model
    strength = 0.3
    no_half = strength / 2
    assert l2_penalty(W, strength=strength) == pytest.approx(
        no_half * np.sum(W**2), rel=1e-12
    )
    measured = numerical_gradient(lambda W: no_half * np.sum(W**2), W)
    np.testing.assert_allclose(2 * no_half * W, measured, atol=1e-8)
    np.testing.assert_allclose(strength * W, measured, atol=1e-8)


@pytest.mark.equation("eq-convert-inverse-strength")
def test_scikit_learn_at_the_inverse_strength_finds_the_same_minimum(model):
    r"""C_{\text{scikit-learn}} = \frac{1}{N \lambda}"""
    X, y = model[0], np.array([0, 1, 2, 0, 1, 2, 0])
    N, strength = len(X), 0.05
    fitted = LogisticRegression(
        C=1 / (N * strength), tol=1e-10, max_iter=10_000
    ).fit(X, y)
    found = loss_and_gradient(
        X, y, fitted.coef_.T, fitted.intercept_, strength=strength
    )
    np.testing.assert_allclose(found.dW, 0, atol=1e-6)
    np.testing.assert_allclose(found.db, 0, atol=1e-6)


@pytest.mark.equation("eq-convert-folded")
def test_the_bias_folded_into_both_matrices_gives_the_same_scores(model):
    r"""
    X W + \mathbf 1 b^{\mathsf T} =
    \begin{pmatrix} X & \mathbf 1 \end{pmatrix}
    \begin{pmatrix} W \\ b^{\mathsf T} \end{pmatrix}
    """
    X, _, W, b = model
    ones = np.ones((len(X), 1))
    right = np.block([[X, ones]]) @ np.block([[W], [b[np.newaxis, :]]])
    np.testing.assert_allclose(scores(X, W, b), right, rtol=1e-12)


@pytest.mark.equation("eq-penalised-bias")
def test_a_folded_bias_adds_its_own_square_to_the_penalty(model):
    r"""
    \frac{\lambda}{2} \left\lVert \begin{pmatrix} W \\ b^{\mathsf T}
    \end{pmatrix} \right\rVert^2
    = \frac{\lambda}{2} \lVert W \rVert^2 + \frac{\lambda}{2} \lVert b
    \rVert^2
    """
    _, _, W, b = model
    left = l2_penalty(np.vstack([W, b]), strength=0.3)
    assert left == pytest.approx(
        0.15 * np.sum(W**2) + 0.15 * np.sum(b**2), rel=1e-12
    )


@pytest.mark.equation("eq-convert-bits")
def test_bits_are_nats_over_the_logarithm_of_two(model):
    r"""L_{\text{bits}} = \frac{L_{\text{nats}}}{\log 2}"""
    X, y, W, b = model
    p = np.exp(log_softmax(scores(X, W, b)))[np.arange(len(y)), y]
    in_bits = -np.log2(p).mean()
    assert in_bits == pytest.approx(loss(X, y, W, b) / np.log(2), rel=1e-12)


@pytest.mark.equation("eq-gradient-layout")
def test_each_entry_of_the_gradient_answers_to_the_same_entry_of_the_weights(
    model,
):
    r"""
    \left(\frac{\partial L}{\partial W}\right)_{dj} = \frac{\partial
    L}{\partial
    W_{dj}}
    """
    X, y, W, b = model
    dW = loss_and_gradient(X, y, W, b, strength=0.3).dW
    assert dW.shape == W.shape
    for d, j in np.ndindex(W.shape):
        h = np.zeros_like(W)
        h[d, j] = 1e-6
        up, down = (loss(X, y, V, b, strength=0.3) for V in (W + h, W - h))
        assert dW[d, j] == pytest.approx((up - down) / 2e-6, abs=1e-8)
