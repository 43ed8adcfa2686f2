import numpy as np
import pytest
import sympy

from softmax_steps import (
    cross_entropy,
    l2_gradient,
    l2_penalty,
    log_softmax,
    loss,
    loss_and_gradient,
    numerical_gradient,
    scores,
    softmax,
)


@pytest.fixture
def model():
    rng = np.random.default_rng(5)
    N, D, C = 7, 4, 3
    X = rng.normal(size=(N, D))
    y = rng.integers(0, C, size=N)
    return X, y, rng.normal(size=(D, C)), rng.normal(size=C)


def plain_losses(F, y):
    """Give −log(e^f_y / Σ e^f) of each sample, without the package."""
    return np.array(
        [
            -np.log(np.exp(f[c]) / sum(np.exp(f)))
            for f, c in zip(F, y, strict=True)
        ]
    )


def descend(X, y, W, b, strength, n_steps=4000, rate=0.5):
    for _ in range(n_steps):
        _, dW, db = loss_and_gradient(X, y, W, b, strength=strength)
        W, b = W - rate * dW, b - rate * db
    return W, b


@pytest.mark.equation("eq-scaled-weights")
@pytest.mark.parametrize("s", [0.5, 1.0, 3.0])
def test_scaling_the_weights_scales_the_leads(model, s):
    r"""L_i(sW) = \log\Bigl(1 + \sum_{j \ne y_i} e^{-s\, g_{ij}}\Bigr)"""
    X, y, W, _ = model
    F = X @ W
    g = F[np.arange(len(y)), y][:, np.newaxis] - F
    right = []
    for i, true in enumerate(y):
        others = [
            np.exp(-s * g[i, j]) for j in range(W.shape[1]) if j != true
        ]
        right.append(np.log(1 + sum(others)))
    np.testing.assert_allclose(
        cross_entropy(log_softmax(X @ (s * W)), y), right, rtol=1e-12
    )
    np.testing.assert_allclose(
        plain_losses(X @ (s * W), y), right, rtol=1e-12
    )


@pytest.mark.equation("eq-shared-shift")
def test_one_vector_added_to_all_columns_shifts_each_row_of_scores(model):
    r"""
    X\,(W + v\,\mathbf 1^{\mathsf T}) = XW + (Xv)\,\mathbf 1^{\mathsf T}
    """
    X, _, W, _ = model
    v = np.array([[1.5], [-2.0], [0.3], [4.0]])
    ones = np.ones((W.shape[1], 1))
    left, right = X @ (W + v @ ones.T), X @ W + (X @ v) @ ones.T
    np.testing.assert_allclose(left, right, rtol=1e-12)
    np.testing.assert_allclose(softmax(left), softmax(X @ W), rtol=1e-12)


@pytest.mark.equation("eq-l2-penalty")
def test_penalty_is_half_lambda_times_the_sum_of_squares(model):
    r"""R_\lambda(W) = \frac{\lambda}{2}\,\lVert W\rVert^2
    = \frac{\lambda}{2} \sum_{d,j} W_{dj}^2"""
    _, _, W, _ = model
    strength = 0.3
    squares = sum(W[d, j] ** 2 for d in range(4) for j in range(3))
    norm = np.linalg.norm(W)
    assert l2_penalty(W, strength=strength) == pytest.approx(
        strength / 2 * squares, rel=1e-12
    )
    assert strength / 2 * norm**2 == pytest.approx(
        strength / 2 * squares, rel=1e-12
    )


@pytest.mark.equation("eq-total-loss")
def test_loss_is_the_mean_cross_entropy_plus_the_penalty(model):
    r"""
    L = \frac{1}{N} \sum_i -\log P_{i,y_i} + \frac{\lambda}{2}\,\lVert
    W\rVert^2
    """
    X, y, W, b = model
    strength, N = 0.3, len(y)
    E = np.exp(X @ W + b)
    P = E / E.sum(axis=1, keepdims=True)
    right = (
        sum(-np.log(P[i, y[i]]) for i in range(N)) / N
        + strength / 2 * (W**2).sum()
    )
    assert loss(X, y, W, b, strength=strength) == pytest.approx(
        right, rel=1e-12
    )


@pytest.mark.equation("eq-l2-gradient")
def test_penalty_pulls_in_proportion():
    r"""\frac{\partial R_\lambda}{\partial W} = \lambda W"""
    strength = sympy.Rational(3, 10)
    W = sympy.Matrix(2, 3, sympy.symbols("w:6", real=True))
    R = strength / 2 * sum(w**2 for w in W)
    assert sympy.Matrix(2, 3, [sympy.diff(R, w) for w in W]) == strength * W
    numbers = np.arange(6.0).reshape(2, 3) - 2
    measured = numerical_gradient(
        lambda W: l2_penalty(W, strength=0.3), numbers
    )
    np.testing.assert_allclose(measured, 0.3 * numbers, atol=1e-9)
    np.testing.assert_allclose(
        l2_gradient(numbers, strength=0.3), 0.3 * numbers
    )


@pytest.mark.equation("eq-centred-rows")
def test_the_lowest_weights_have_rows_that_sum_to_zero(model):
    r"""\sum_{j} W_{dj} = 0 \quad\text{for each feature } d"""
    X, y, W, b = model
    assert np.abs(W.sum(axis=1)).min() > 0.05  # the walk does not begin there
    best, _ = descend(X, y, W, b, strength=0.1)
    np.testing.assert_allclose(best.sum(axis=1), 0, atol=1e-12)
    # and it is the size of W, not the data, that decides the shift
    v = np.full((4, 1), 0.1)
    assert loss(X, y, best + v, b) == pytest.approx(
        loss(X, y, best, b), rel=1e-12
    )
    assert l2_penalty(best + v, strength=0.1) > l2_penalty(best, strength=0.1)


@pytest.mark.equation("eq-bayes-rule")
def test_bayes_rule_is_how_often_the_labels_come_from_each_model(model):
    r"""p(W \mid X, y) = \frac{p(y \mid X, W)\; p(W)}{p(y \mid X)}"""
    X, y, W, b = model
    X, y, belief = X[:2], y[:2], np.array([0.2, 0.5, 0.3])
    P = np.array([softmax(X @ V + b) for V in (W, 0.5 * W, -W)])
    likelihood = P[:, [0, 1], y].prod(axis=1)
    right = likelihood * belief / (likelihood @ belief)
    # Draw a model by the belief and labels by the model, and keep what has
    # given the labels.
    rng = np.random.default_rng(8)
    drawn = rng.choice(3, size=200_000, p=belief)
    above = P.cumsum(axis=2)[drawn] < rng.random((200_000, 2, 1))
    kept = drawn[(above.sum(axis=2) == y).all(axis=1)]
    shares = np.bincount(kept, minlength=3) / len(kept)
    assert np.ptp(right / belief) > 0.1  # the labels do tell
    np.testing.assert_allclose(shares, right, atol=0.01)


@pytest.mark.equation("eq-gaussian-prior")
def test_lowest_loss_is_the_most_probable_model(model):
    r"""\lambda = \frac{1}{N \sigma^2}"""
    X, y, W, b = model
    N, sigma = len(y), 0.7

    def minus_log_posterior(W):
        likelihood = -sum(plain_losses(X @ W + b, y))
        density = np.exp(-(W**2) / (2 * sigma**2)) / np.sqrt(
            2 * np.pi * sigma**2
        )
        return -(likelihood + np.log(density).sum())

    strength = 1 / (N * sigma**2)
    other = W[::-1] * 0.5
    posteriors = minus_log_posterior(W) - minus_log_posterior(other)
    losses = loss(X, y, W, b, strength=strength) - loss(
        X, y, other, b, strength=strength
    )
    assert losses == pytest.approx(posteriors / N, rel=1e-10)


@pytest.mark.equation("eq-origin-moves-to-bias")
def test_moving_the_origin_only_moves_the_bias(model):
    r"""
    (X + \mathbf 1 c)\,W + \mathbf 1 b^{\mathsf T}
    = XW + \mathbf 1\,(b^{\mathsf T} + c\,W)
    """
    X, _, W, b = model
    c = np.array([[1.0, -2.0, 0.5, 3.0]])
    ones = np.ones((len(X), 1))
    left = (X + ones @ c) @ W + ones @ b[np.newaxis]
    np.testing.assert_allclose(
        left, X @ W + ones @ (b[np.newaxis] + c @ W), rtol=1e-12
    )
    np.testing.assert_allclose(left, scores(X, W, b + (c @ W)[0]), rtol=1e-12)


@pytest.mark.equation("eq-affine-in-lambda")
@pytest.mark.parametrize("strength", [0.0, 0.02, 5.0])
def test_at_fixed_weights_loss_and_gradient_are_affine_in_lambda(
    model, strength
):
    r"""\begin{aligned}
    L(\lambda) &= L_{\text{data}} + \lambda R \\
    \frac{\partial L}{\partial W} &= G + \lambda W
    \end{aligned}"""
    X, y, W, b = model
    L_data, G = (
        plain_losses(X @ W + b, y).mean(),
        loss_and_gradient(X, y, W, b).dW,
    )
    R = np.sum(W**2) / 2
    result = loss_and_gradient(X, y, W, b, strength=strength)
    assert result.loss == pytest.approx(L_data + strength * R, rel=1e-12)
    np.testing.assert_allclose(result.dW, G + strength * W, atol=1e-14)
    measured = numerical_gradient(
        lambda W: loss(X, y, W, b, strength=strength), W
    )
    np.testing.assert_allclose(G + strength * W, measured, atol=1e-7)


@pytest.mark.equation("eq-weight-decay")
def test_a_plain_step_on_the_penalised_loss_is_a_decay_and_a_data_step(model):
    r"""W - \eta\,(G + \lambda W) = (1 - \eta\lambda)\,W - \eta\,G"""
    X, y, W, b = model
    strength, eta = 0.3, 0.4
    G = loss_and_gradient(X, y, W, b).dW
    left = W - eta * loss_and_gradient(X, y, W, b, strength=strength).dW
    np.testing.assert_allclose(
        left, (1 - eta * strength) * W - eta * G, atol=1e-14
    )
