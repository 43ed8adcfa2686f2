"""The equations of ``book/notes_mended.md``: the mended forms."""

import numpy as np
import pytest

from softmax_steps import complex_step_gradient as slope
from softmax_steps import loss
from softmax_steps.two_layer import two_layer_loss_and_gradient

N, D, C, H, STRENGTH = 5, 4, 3, 6, 0.3


@pytest.fixture
def rng():
    return np.random.default_rng(22)


@pytest.fixture
def batch(rng):
    X, W = rng.normal(size=(N, D)), rng.normal(size=(D, C))
    return X, rng.integers(0, C, size=N), W


def close(left, right):
    np.testing.assert_allclose(left, right, rtol=1e-11, atol=1e-13)


def probabilities(F):
    """Return e^f over its row's sum: the definition, without a guard."""
    E = np.exp(F)
    return E / E.sum(axis=1, keepdims=True)


def mean_loss(F, y):
    return -np.log(probabilities(F)[np.arange(len(y)), y]).mean()


@pytest.mark.equation("eq-mended-softmax")
def test_the_row_maximum_cancels(rng):
    r"""
    P_{ij} = \frac{e^{F_{ij} - m_i}}{\sum_k e^{F_{ik} - m_i}}, \qquad
    m_i = \max_k F_{ik}
    """
    F = rng.normal(size=(N, C), scale=5)
    for i in range(N):
        m = max(F[i])
        for j in range(C):
            share = np.exp(F[i, j] - m) / sum(
                np.exp(F[i, k] - m) for k in range(C)
            )
            close(share, probabilities(F)[i, j])


@pytest.mark.equation("eq-mended-shapes")
def test_the_inner_size_is_summed_over(batch):
    r"""
    \underset{N \times C}{F} = \underset{N \times D}{X}\;
    \underset{D \times C}{W}
    """
    X, _, W = batch
    assert (X.shape, W.shape, (X @ W).shape) == ((N, D), (D, C), (N, C))
    for i, j in np.ndindex(N, C):
        close((X @ W)[i, j], sum(X[i, d] * W[d, j] for d in range(D)))


@pytest.mark.equation("eq-mended-trace")
def test_the_differential_of_the_log_sum_is_a_trace(rng):
    r"""
    \frac{(e^{a} \odot da)\, \mathbf 1}{e^{a} \mathbf 1}
    = \operatorname{tr}\left(
    \frac{e^{a\mathsf T}\, da}{e^{a} \mathbf 1}\right)
    """
    a, da = rng.normal(size=(2, 1, C))
    ones = np.ones((C, 1))
    left = (np.exp(a) * da) @ ones / (np.exp(a) @ ones)
    matrix = np.exp(a).T @ da / (np.exp(a) @ ones)
    assert matrix.shape == (C, C)
    close(left.item(), np.trace(matrix))
    close(
        left.item(), np.imag(np.log(np.sum(np.exp(a + 1e-30j * da)))) / 1e-30
    )


@pytest.mark.equation("eq-mended-gradient")
def test_the_gradient_has_both_its_factors(batch):
    r"""
    \frac{\partial L}{\partial W} = \frac{1}{N}\, X^{\mathsf T} (P - Y)
    + \lambda W
    """
    X, y, W = batch

    def whole_loss(W):
        return mean_loss(X @ W, y) + STRENGTH / 2 * np.sum(W**2)

    right = X.T @ (probabilities(X @ W) - np.eye(C)[y]) / N + STRENGTH * W
    close(slope(whole_loss, W), right)


@pytest.mark.equation("eq-mended-network-loss")
def test_the_network_pays_the_mean_and_for_both_matrices(rng):
    r"""
    L = \frac{1}{N} \sum_i -\log P_{i y_i}
    + \frac{\lambda}{2} \left(\lVert W_1 \rVert^2 + \lVert W_2 \rVert^2\right)
    """
    X, y = rng.normal(size=(N, D)), rng.integers(0, C, size=N)
    W1, b1 = rng.normal(size=(D, H)), rng.normal(size=H)
    W2, b2 = rng.normal(size=(H, C)), rng.normal(size=C)
    P = probabilities(np.maximum(0, X @ W1 + b1) @ W2 + b2)
    mean = sum(-np.log(P[i, y[i]]) for i in range(N)) / N
    right = mean + STRENGTH / 2 * (np.sum(W1**2) + np.sum(W2**2))
    close(
        two_layer_loss_and_gradient(
            X, y, W1, b1, W2, b2, strength=STRENGTH
        ).loss,
        right,
    )


@pytest.mark.equation("eq-mended-loss")
def test_classes_then_samples_then_the_penalty_once(batch):
    r"""
    L = \frac{1}{N} \sum_i \Bigl( -\sum_j Y_{ij} \log P_{ij} \Bigr)
    + \frac{\lambda}{2} \lVert W \rVert^2
    """
    X, y, W = batch
    Y, log_p = np.eye(C)[y], np.log(probabilities(X @ W))
    each = [-sum(Y[i, j] * log_p[i, j] for j in range(C)) for i in range(N)]
    penalty = STRENGTH / 2 * sum(W[d, j] ** 2 for d, j in np.ndindex(D, C))
    close(loss(X, y, W, strength=STRENGTH), sum(each) / N + penalty)


@pytest.mark.equation("eq-mended-first-layer")
def test_what_has_x_in_it_belongs_to_the_first_layer(rng):
    r"""
    \begin{aligned}
    \frac{\partial L}{\partial W_1}
    &= X^{\mathsf T} \frac{\partial L}{\partial O_1} + \lambda W_1, \\
    \frac{\partial L}{\partial b_1}
    &= \Bigl(\frac{\partial L}{\partial O_1}\Bigr)^{\mathsf T} \mathbf 1
    \end{aligned}
    """
    X, y = rng.normal(size=(N, D)), rng.integers(0, C, size=N)
    W1, b1 = rng.normal(size=(D, H)), rng.normal(size=H)
    W2, b2 = rng.normal(size=(H, C)), rng.normal(size=C)

    def after_the_first(O1):
        return mean_loss(np.where(O1.real > 0, O1, 0) @ W2 + b2, y)

    def whole_loss(W1, b1):
        return after_the_first(X @ W1 + b1) + STRENGTH / 2 * np.sum(W1**2)

    dO1 = slope(after_the_first, X @ W1 + b1)
    close(
        slope(lambda W1: whole_loss(W1, b1), W1),
        X.T @ dO1 + STRENGTH * W1,
    )
    close(
        slope(lambda b1: whole_loss(W1, b1), b1),
        dO1.T @ np.ones(N),
    )


@pytest.mark.equation("eq-mended-contraction")
def test_the_sum_over_all_ways_leaves_the_error(rng):
    r"""
    \sum_j \Bigl(-\frac{y_j}{p_j}\Bigr)\, p_j\, \bigl([\,j = k\,] - p_k\bigr)
    = p_k - y_k
    """
    p, y = rng.dirichlet(np.ones(C)), np.eye(C)[1]
    for k in range(C):
        close(
            sum(-y[j] / p[j] * p[j] * ((j == k) - p[k]) for j in range(C)),
            p[k] - y[k],
        )


@pytest.mark.equation("eq-mended-log-softmax")
def test_the_logarithm_undoes_the_exponential(rng):
    r"""
    \log P_{ij} = F_{ij} - m_i - \log \sum_k e^{F_{ik} - m_i}, \qquad
    m_i = \max_k F_{ik}
    """
    F = rng.normal(size=(N, C), scale=5)
    m = F.max(axis=1, keepdims=True)
    close(
        np.log(probabilities(F)),
        F - m - np.log(np.exp(F - m).sum(axis=1, keepdims=True)),
    )


@pytest.mark.equation("eq-mended-likelihood")
def test_the_logarithm_of_the_product_is_the_sum(batch):
    r"""
    -\frac{1}{N} \log \prod_i P_{i y_i} = \frac{1}{N} \sum_i -\log P_{i y_i}
    """
    X, y, W = batch
    p_true = probabilities(X @ W)[np.arange(N), y]
    close(-np.log(np.prod(p_true)) / N, sum(-np.log(p) for p in p_true) / N)


@pytest.mark.equation("eq-mended-order")
def test_the_four_indices_are_x_transposed(batch):
    r"""
    \frac{\partial L}{\partial W_{dk}}
    = \sum_i \sum_j \frac{\partial L}{\partial F_{ij}}\, X_{id}\, [\,j = k\,]
    = \Bigl(X^{\mathsf T} \frac{\partial L}{\partial F}\Bigr)_{dk}
    """
    X, y, W = batch
    dF = slope(lambda F: mean_loss(F, y), X @ W)
    dW = slope(lambda W: mean_loss(X @ W, y), W)
    for d, k in np.ndindex(D, C):
        close(
            dW[d, k],
            sum(dF[i, j] * X[i, d] * (j == k) for i, j in np.ndindex(N, C)),
        )
        close(dW[d, k], (X.T @ dF)[d, k])


@pytest.mark.equation("eq-mended-joint")
def test_one_product_leads_from_the_scores_to_each(batch, rng):
    r"""
    \begin{aligned}
    \frac{\partial L}{\partial W}
    &= X^{\mathsf T} \frac{\partial L}{\partial F}, \qquad
    \frac{\partial L}{\partial b}
    = \Bigl(\frac{\partial L}{\partial F}\Bigr)^{\mathsf T} \mathbf 1, \\
    \frac{\partial L}{\partial X}
    &= \frac{\partial L}{\partial F}\, W^{\mathsf T}
    \end{aligned}
    """
    X, y, W = batch
    b = rng.normal(size=C)
    dF = slope(lambda F: mean_loss(F, y), X @ W + b)
    close(slope(lambda W: mean_loss(X @ W + b, y), W), X.T @ dF)
    close(
        slope(lambda b: mean_loss(X @ W + b, y), b),
        dF.T @ np.ones(N),
    )
    close(slope(lambda X: mean_loss(X @ W + b, y), X), dF @ W.T)
