"""The equations of chapter 4, each evaluated on both sides as it stands."""

import math

import numpy as np
import pytest
import sympy

from softmax_steps import (
    cross_entropy,
    cross_entropy_one_hot,
    log_softmax,
    loss,
    one_hot,
    scores,
    softmax,
)

N, C = 6, 4
y = np.array([2, 0, 3, 3, 1, 0])


@pytest.fixture
def F():
    return np.random.default_rng(41).normal(scale=2, size=(N, C))


@pytest.mark.equation("eq-own-slope")
def test_the_slope_of_a_probability_in_its_own_score():
    r"""\frac{dp}{df} = \frac{e^f\, r}{(e^f + r)^2} = p\,(1 - p) ."""
    f, r = sympy.symbols("f r", positive=True)
    p = sympy.exp(f) / (sympy.exp(f) + r)
    assert (
        sympy.simplify(p.diff(f) - sympy.exp(f) * r / (sympy.exp(f) + r) ** 2)
        == 0
    )
    assert sympy.simplify(p.diff(f) - p * (1 - p)) == 0


@pytest.mark.equation("eq-own-slope")
def test_the_package_has_that_slope(F):
    r"""\frac{dp}{df} = \frac{e^f\, r}{(e^f + r)^2} = p\,(1 - p) ."""
    step = np.zeros((N, C))
    step[np.arange(N), y] = 1e-5
    slope = (softmax(F + step) - softmax(F - step))[np.arange(N), y] / 2e-5
    p = softmax(F)[np.arange(N), y]
    np.testing.assert_allclose(slope, p * (1 - p), atol=1e-9)


@pytest.mark.equation("eq-price-slopes")
def test_the_slopes_of_three_prices_through_softmax():
    r"""
    \begin{aligned}
    \frac{d}{df}\,(1 - p) &= -p\,(1 - p) \\
    \frac{d}{df}\,(1 - p)^2 &= -2p\,(1 - p)^2 \\
    \frac{d}{df}\,(-\log p) &= -(1 - p)
    \end{aligned}
    """
    f, r = sympy.symbols("f r", positive=True)
    p = sympy.exp(f) / (sympy.exp(f) + r)
    assert sympy.simplify((1 - p).diff(f) - (-p * (1 - p))) == 0
    assert (
        sympy.simplify(((1 - p) ** 2).diff(f) - (-2 * p * (1 - p) ** 2)) == 0
    )
    assert sympy.simplify((-sympy.log(p)).diff(f) - (-(1 - p))) == 0


@pytest.mark.equation("eq-nats-to-bits")
def test_a_bit_is_log_two_nats():
    r"""-\log_2 p = \frac{-\log p}{\log 2} ."""
    for p in np.random.default_rng(42).uniform(0.001, 1, size=20):
        assert -math.log2(p) == pytest.approx(
            -math.log(p) / math.log(2), rel=1e-12
        )
    assert -math.log2(1 / 2) == 1  # a coin


@pytest.mark.equation("eq-cross-entropy")
def test_the_loss_of_a_sample_is_minus_the_log_probability_of_its_label(F):
    r"""L_i = -\log P_{i, y_i}"""
    L = cross_entropy(log_softmax(F), y)
    assert L.shape == (N,)
    for i in range(N):
        P_i = np.exp(F[i]) / sum(np.exp(F[i]))
        assert L[i] == pytest.approx(-math.log(P_i[y[i]]), rel=1e-12)


@pytest.mark.equation("eq-cross-entropy-mean")
def test_the_data_loss_is_the_mean_over_the_samples():
    r"""
    L_{\text{data}} = \frac{1}{N} \sum_{i=1}^{N} L_i
    = -\frac{1}{N} \sum_{i=1}^{N} \log P_{i, y_i}
    """
    rng = np.random.default_rng(43)
    X, W = rng.normal(size=(N, 3)), rng.normal(size=(3, C))
    F = scores(X, W)
    P = np.exp(F) / np.exp(F).sum(axis=1, keepdims=True)
    losses = cross_entropy(log_softmax(F), y)
    left = loss(X, y, W)
    assert left == pytest.approx(
        sum(losses[i] for i in range(N)) / N, rel=1e-12
    )
    assert left == pytest.approx(
        -sum(math.log(P[i, y[i]]) for i in range(N)) / N, rel=1e-12
    )


@pytest.mark.equation("eq-likelihood")
def test_independent_labels_have_the_product_of_their_probabilities():
    r"""p(y \mid X) = \prod_{i=1}^{N} P_{i, y_i}"""
    # A product of the rows is a probability of whole label vectors: over all
    # C^N of them it sums to 1, and labels drawn from the rows come as often
    # as it says.
    rng = np.random.default_rng(44)
    P = softmax(rng.normal(size=(2, 3)))

    def p(labels):
        return math.prod(P[i, labels[i]] for i in range(2))

    every = [(j, k) for j in range(3) for k in range(3)]
    assert sum(p(labels) for labels in every) == pytest.approx(1, rel=1e-12)
    draws = np.column_stack(
        [rng.choice(3, size=40_000, p=P[i]) for i in range(2)]
    )
    for labels in every:
        seen = np.mean((draws == labels).all(axis=1))
        assert seen == pytest.approx(p(labels), abs=0.01)


@pytest.mark.equation("eq-log-likelihood")
def test_the_logarithm_turns_the_product_into_a_sum(F):
    r"""\log p(y \mid X) = \sum_{i=1}^{N} \log P_{i, y_i}"""
    P = softmax(F)
    product = math.prod(P[i, y[i]] for i in range(N))
    total = sum(math.log(P[i, y[i]]) for i in range(N))
    assert math.log(product) == pytest.approx(total, rel=1e-12)
    assert -cross_entropy(log_softmax(F), y).sum() == pytest.approx(
        total, rel=1e-12
    )


@pytest.mark.equation("eq-joint-probability")
def test_the_data_loss_gives_the_product_back(F):
    r"""e^{-N L_{\text{data}}} = \prod_{i=1}^{N} P_{i, y_i}"""
    P = softmax(F)
    data_loss = cross_entropy(log_softmax(F), y).mean()
    product = math.prod(P[i, y[i]] for i in range(N))
    assert math.exp(-N * data_loss) == pytest.approx(product, rel=1e-12)
    assert math.exp(-data_loss) == pytest.approx(
        product ** (1 / N), rel=1e-12
    )


@pytest.mark.equation("eq-uniform-loss")
@pytest.mark.parametrize("n_classes", [1, 2, 10, 1000])
def test_a_model_that_knows_nothing_pays_log_c(n_classes):
    r"""L_i = -\log \frac{1}{C} = \log C ,"""
    labels = np.array([0, n_classes - 1])
    L = cross_entropy(log_softmax(np.zeros((2, n_classes))), labels)
    np.testing.assert_allclose(L, -math.log(1 / n_classes), atol=1e-12)
    np.testing.assert_allclose(L, math.log(n_classes), atol=1e-12)


@pytest.mark.equation("eq-one-hot-cross-entropy")
def test_a_one_hot_row_keeps_one_term(F):
    r"""
    L_i = -\sum_{j=0}^{C-1} Y_{ij} \log P_{ij} = -\log P_{i, y_i} .
    """
    P, Y = softmax(F), one_hot(y, C)
    L = cross_entropy_one_hot(log_softmax(F), Y)
    for i in range(N):
        middle = -sum(Y[i, j] * math.log(P[i, j]) for j in range(C))
        assert L[i] == pytest.approx(middle, rel=1e-12)
        assert middle == pytest.approx(-math.log(P[i, y[i]]), rel=1e-12)


@pytest.mark.equation("eq-gibbs")
def test_the_honest_forecast_is_the_cheapest():
    r"""-\sum_{j} q_j \log p_j \;\ge\; -\sum_{j} q_j \log q_j ,"""
    rng = np.random.default_rng(45)

    def cost(q, p):
        return -sum(
            q_j * math.log(p_j)
            for q_j, p_j in zip(q, p, strict=True)
            if q_j > 0
        )

    for _ in range(200):
        q, p = rng.dirichlet(np.ones(C)), rng.dirichlet(np.ones(C))
        assert cost(q, p) > cost(q, q)
        near = q + 1e-3 * (
            p - q
        )  # close to q the difference is small, and still positive
        assert 0 < cost(q, near) - cost(q, q) < 1e-2
    certain = [0.0, 1.0, 0.0, 0.0]
    assert cost(certain, certain) == 0
    assert cost(certain, [0.1, 0.7, 0.1, 0.1]) == pytest.approx(
        -math.log(0.7)
    )


@pytest.mark.equation("eq-log-softmax")
def test_log_softmax_is_the_guarded_score_minus_the_log_of_the_sum(F):
    r"""\log P_{ij} = F'_{ij} - \log \sum_{k=0}^{C-1} e^{F'_{ik}}"""
    for i in range(N):
        guarded = F[i] - max(F[i])
        for j in range(C):
            P_ij = np.exp(F[i, j]) / sum(np.exp(F[i]))
            right = guarded[j] - np.log(
                sum(np.exp(guarded[k]) for k in range(C))
            )
            assert np.log(P_ij) == pytest.approx(right, abs=1e-12)
            assert log_softmax(F)[i, j] == pytest.approx(right, abs=1e-12)


@pytest.mark.equation("eq-cross-entropy-from-scores")
def test_the_loss_from_scores_is_log_sum_exp_minus_the_true_score(F):
    r"""L_i = \log \sum_{k=0}^{C-1} e^{F_{ik}} - F_{i, y_i}"""
    L = cross_entropy(log_softmax(F), y)
    for i in range(N):
        right = (
            math.log(sum(math.exp(F[i, k]) for k in range(C))) - F[i, y[i]]
        )
        assert L[i] == pytest.approx(right, rel=1e-12)


@pytest.mark.equation("eq-cross-entropy-from-scores")
def test_it_is_the_loss_of_the_softmax_by_algebra():
    r"""L_i = \log \sum_{k=0}^{C-1} e^{F_{ik}} - F_{i, y_i}"""
    f = sympy.symbols("f0:3", real=True)
    total = sum(sympy.exp(f_k) for f_k in f)
    for f_y in f:
        through_softmax = -sympy.log(sympy.exp(f_y) / total)
        difference = sympy.expand_log(through_softmax, force=True) - (
            sympy.log(total) - f_y
        )
        assert sympy.simplify(difference) == 0


@pytest.mark.equation("eq-log-sum-exp-bounds")
def test_log_sum_exp_lies_at_most_log_c_above_the_maximum(F):
    r"""
    \max_k F_{ik} \le \log \sum_{k=0}^{C-1} e^{F_{ik}}
    \le \max_k F_{ik} + \log C .
    """

    def log_sum_exp(row):
        return math.log(sum(math.exp(f) for f in row))

    for row in F:
        assert max(row) <= log_sum_exp(row) <= max(row) + math.log(C)
    # both bounds are reached: by one score far ahead, and by equal scores
    assert log_sum_exp([5, -700, -700, -700]) == pytest.approx(5)
    assert log_sum_exp([5, 5, 5, 5]) == pytest.approx(5 + math.log(4))
