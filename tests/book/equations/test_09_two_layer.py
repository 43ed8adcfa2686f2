import numpy as np
import pytest

from softmax_steps import (
    TwoLayerParams,
    complex_step_gradient,
    initial_two_layer,
    one_hot,
    softmax,
    tiny_example,
    two_layer_forward,
    two_layer_loss_and_gradient,
)

N, D, M, C, STRENGTH = 6, 4, 5, 3, 0.3


@pytest.fixture
def rng():
    return np.random.default_rng(9)


@pytest.fixture
def network(rng):
    X, y = rng.normal(size=(N, D)), rng.integers(0, C, size=N)
    shapes = ((D, M), (M,), (M, C), (C,))
    return X, y, TwoLayerParams(*(rng.normal(size=s) for s in shapes))


def close(left, right, rtol=1e-11):
    np.testing.assert_allclose(left, right, rtol=rtol, atol=1e-13)


def data_loss(O2, y):
    """Write the mean cross-entropy out; complex scores pass."""
    rows = zip(O2, y, strict=True)
    return sum(np.log(np.exp(row).sum()) - row[k] for row, k in rows) / len(y)


def bend(O1):
    return np.where(O1.real > 0, O1, 0)


def tiny_network():
    t = tiny_example()
    W1 = np.array([[1.0, -1.0], [0.0, 1.0]])
    return t.X, t.y, TwoLayerParams(W1, np.zeros(2), t.W, t.b)


@pytest.mark.equation("eq-two-layer-forward")
def test_forward_is_an_affine_step_a_bend_and_an_affine_step(network):
    r"""
    \begin{aligned}
    O_1 &= X W_1 + \mathbf 1_N\, b_1^{\mathsf T} \\
    H &= \max(0, O_1) \\
    O_2 &= H W_2 + \mathbf 1_N\, b_2^{\mathsf T}
    \end{aligned}
    """
    X, _, (W1, b1, W2, b2) = network
    found = two_layer_forward(X, W1, b1, W2, b2)
    for i in range(N):
        O1 = [
            sum(X[i, d] * W1[d, m] for d in range(D)) + b1[m]
            for m in range(M)
        ]
        H = [max(0, o) for o in O1]
        O2 = [
            sum(H[m] * W2[m, j] for m in range(M)) + b2[j] for j in range(C)
        ]
        close(found.O1[i], O1)
        close(found.H[i], H)
        close(found.O2[i], O2)
    assert (found.O1 < 0).any()
    assert (found.O1 > 0).any()


@pytest.mark.equation("eq-two-layer-loss")
def test_the_loss_is_a_mean_and_both_weight_matrices_are_penalised(network):
    r"""
    L = -\frac{1}{N} \sum_i \log \operatorname{softmax}(O_2)_{i y_i}
    + \frac{\lambda}{2} \bigl(\lVert W_1 \rVert^2 + \lVert W_2 \rVert^2\bigr)
    """
    X, y, params = network
    O2 = bend(X @ params.W1 + params.b1) @ params.W2 + params.b2
    P = np.exp(O2) / np.exp(O2).sum(axis=1, keepdims=True)
    squares = sum(w**2 for W in (params.W1, params.W2) for w in W.flat)
    loss = (
        -sum(np.log(P[i, y[i]]) for i in range(N)) / N
        + STRENGTH / 2 * squares
    )
    found = two_layer_loss_and_gradient(X, y, *params, strength=STRENGTH)
    close(found.loss, loss)


@pytest.mark.equation("eq-two-steps-are-one")
def test_without_the_bend_two_steps_are_one(network):
    r"""
    (X W_1 + \mathbf 1_N b_1^{\mathsf T})\, W_2 + \mathbf 1_N b_2^{\mathsf T}
    = X\, (W_1 W_2)
    + \mathbf 1_N \bigl(W_2^{\mathsf T} b_1 + b_2\bigr)^{\mathsf T}
    """
    X, _, (W1, b1, W2, b2) = network
    ones = np.ones((N, 1))
    left = (X @ W1 + ones @ b1[None]) @ W2 + ones @ b2[None]
    close(left, X @ (W1 @ W2) + ones @ (W2.T @ b1 + b2)[None])
    with_the_bend = two_layer_forward(X, W1, b1, W2, b2).O2
    assert not np.allclose(left, with_the_bend)


@pytest.mark.equation("eq-two-layer-by-hand")
def test_forward_by_hand():
    r"""
    O_1 = \begin{pmatrix} 1 & 1 \\ 3 & -4 \end{pmatrix}, \qquad
    H = \begin{pmatrix} 1 & 1 \\ 3 & 0 \end{pmatrix}, \qquad
    O_2 = \begin{pmatrix} 1 & 2 & 0 \\ 3 & 1 & 3 \end{pmatrix}
    """
    X, _, params = tiny_network()
    O1, H, O2 = two_layer_forward(X, *params)
    assert O1.tolist() == [[1, 1], [3, -4]]
    assert H.tolist() == [[1, 1], [3, 0]]
    assert O2.tolist() == [[1, 2, 0], [3, 1, 3]]


@pytest.mark.equation("eq-two-layer-error")
def test_the_loss_meets_the_scores_as_ever(network):
    r"""\frac{\partial L}{\partial O_2} = \frac{1}{N} (P - Y)"""
    X, y, params = network
    O2 = two_layer_forward(X, *params).O2
    slope = complex_step_gradient(lambda O2: data_loss(O2, y), O2)
    close(slope, (softmax(O2) - one_hot(y, C)) / N)


@pytest.mark.equation("eq-second-layer-gradient")
def test_the_second_affine_step_takes_slopes_in_three_directions(network):
    r"""
    \begin{aligned}
    \frac{\partial L}{\partial W_2}
    &= H^{\mathsf T} \frac{\partial L}{\partial O_2} + \lambda W_2, \qquad
    \frac{\partial L}{\partial b_2}
    = \Bigl(\frac{\partial L}{\partial O_2}\Bigr)^{\mathsf T} \mathbf 1_N, \\
    \frac{\partial L}{\partial H}
    &= \frac{\partial L}{\partial O_2}\, W_2^{\mathsf T}
    \end{aligned}
    """
    X, y, (W1, b1, W2, b2) = network
    _, H, O2 = two_layer_forward(X, W1, b1, W2, b2)

    def loss(H, W2, b2):
        return data_loss(H @ W2 + b2, y) + STRENGTH / 2 * (W2**2).sum()

    dO2 = complex_step_gradient(lambda O2: data_loss(O2, y), O2)
    dW2 = complex_step_gradient(lambda W2: loss(H, W2, b2), W2)
    db2 = complex_step_gradient(lambda b2: loss(H, W2, b2), b2)
    dH = complex_step_gradient(lambda H: loss(H, W2, b2), H)
    close(dW2, H.T @ dO2 + STRENGTH * W2)
    close(db2, dO2.T @ np.ones(N))
    close(dH, dO2 @ W2.T)


@pytest.mark.equation("eq-bend-gradient")
def test_a_slope_passes_an_open_unit_alone(network):
    r"""
    \frac{\partial L}{\partial O_1}
    = \frac{\partial L}{\partial H} \odot [\,O_1 > 0\,]
    """
    X, y, (W1, b1, W2, b2) = network
    O1, H, _ = two_layer_forward(X, W1, b1, W2, b2)
    dH = complex_step_gradient(lambda H: data_loss(H @ W2 + b2, y), H)
    dO1 = complex_step_gradient(
        lambda O1: data_loss(bend(O1) @ W2 + b2, y), O1
    )
    close(dO1, dH * (O1 > 0))


@pytest.mark.equation("eq-first-layer-gradient")
def test_the_first_affine_step_is_passed_in_the_same_way(network):
    r"""
    \frac{\partial L}{\partial W_1}
    = X^{\mathsf T} \frac{\partial L}{\partial O_1} + \lambda W_1, \qquad
    \frac{\partial L}{\partial b_1}
    = \Bigl(\frac{\partial L}{\partial O_1}\Bigr)^{\mathsf T} \mathbf 1_N
    """
    X, y, (W1, b1, W2, b2) = network

    def later(O1):
        return data_loss(bend(O1) @ W2 + b2, y)

    def loss(W1, b1):
        return later(X @ W1 + b1) + STRENGTH / 2 * (W1**2).sum()

    dO1 = complex_step_gradient(later, X @ W1 + b1)
    dW1 = complex_step_gradient(lambda W1: loss(W1, b1), W1)
    db1 = complex_step_gradient(lambda b1: loss(W1, b1), b1)
    close(dW1, X.T @ dO1 + STRENGTH * W1)
    close(db1, dO1.T @ np.ones(N))


@pytest.mark.equation("eq-two-layer-error-by-hand")
def test_errors_by_hand():
    r"""
    \frac{\partial L}{\partial O_2} =
    \begin{pmatrix} 0.1224 & -0.1674 & 0.0450 \\
    -0.2658 & 0.0317 & 0.2342 \end{pmatrix}
    """
    X, y, params = tiny_network()
    O2 = two_layer_forward(X, *params).O2
    errors = complex_step_gradient(lambda O2: data_loss(O2, y), O2)
    written = [[0.1224, -0.1674, 0.0450], [-0.2658, 0.0317, 0.2342]]
    assert np.round(errors, 4).tolist() == written


@pytest.mark.equation("eq-bend-gradient-by-hand")
def test_the_slopes_before_the_bend_by_hand():
    r"""
    \frac{\partial L}{\partial O_1} =
    \begin{pmatrix} 0.1674 & -0.2124 \\ -0.0317 & 0 \end{pmatrix}
    """
    X, y, (W1, b1, W2, b2) = tiny_network()
    slopes = complex_step_gradient(
        lambda O1: data_loss(bend(O1) @ W2 + b2, y), X @ W1 + b1
    )
    written = [[0.1674, -0.2124], [-0.0317, 0]]
    assert np.round(slopes, 4).tolist() == written
    first = two_layer_loss_and_gradient(X, y, W1, b1, W2, b2).dW1[0, 0]
    assert round(first, 3) == round(1 * 0.1674 + 3 * -0.0317, 3) == 0.072


@pytest.mark.equation("eq-across-the-kink")
def test_a_difference_across_the_corner_reports_a_mixture():
    r"""
    \frac{\max(0, a + h) - \max(0, a - h)}{2h} = \frac12 + \frac{a}{2h}
    \qquad \text{for } |a| \le h
    """
    h = 0.25
    for a in np.linspace(-h, h, 11):
        measured = (max(0, a + h) - max(0, a - h)) / (2 * h)
        close(measured, 1 / 2 + a / (2 * h))
    for a, slope in ((-0.3, 0), (0.3, 1)):
        assert (max(0, a + h) - max(0, a - h)) / (2 * h) == pytest.approx(
            slope
        )


@pytest.mark.equation("eq-he-start")
def test_two_over_the_number_of_features_keeps_the_mean_square(rng):
    r"""\operatorname{var}\bigl((W_1)_{dh}\bigr) = \frac{2}{D}"""
    features = 400
    X = rng.uniform(
        0, 3, size=(300, features)
    )  # any data, not only with mean 0
    for factor in (0.5, 1, 2):
        W1 = np.sqrt(factor * 2 / features) * rng.standard_normal(
            (features, 3000)
        )
        H = bend(X @ W1)
        close((H**2).mean() / (X**2).mean(), factor, rtol=0.05)
    start = initial_two_layer(features, 500, 2, rng=rng)
    close(start.W1.var(), 2 / features, rtol=0.02)


@pytest.mark.equation("eq-attention")
def test_attention_mixes_the_values_in_the_shares_of_a_softmax(rng):
    r"""
    A = \operatorname{softmax}\Bigl(\frac{Q K^{\mathsf T}}{\sqrt{d}}\Bigr),
    \qquad
    \text{answers} = A\, V
    """
    words, d = 5, 16
    Q, K, V = rng.normal(size=(3, words, d))
    A = softmax(Q @ K.T / np.sqrt(d))
    answers = A @ V
    for i in range(words):
        weights = [np.exp(Q[i] @ K[j] / d**0.5) for j in range(words)]
        shares = [weight / sum(weights) for weight in weights]
        close(A[i], shares)
        close(answers[i], sum(s * v for s, v in zip(shares, V, strict=True)))


@pytest.mark.equation("eq-score-spread")
def test_a_product_of_d_random_pairs_has_the_variance_d(rng):
    r"""\operatorname{var}(q \cdot k) = d"""
    for d in (4, 64):
        q, k = rng.normal(size=(2, 40000, d))
        close((q * k).sum(axis=1).var(), d, rtol=0.03)
