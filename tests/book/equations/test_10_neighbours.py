"""The equations of chapter 10, each side written out by itself."""

import numpy as np
import pytest

from softmax_steps import (
    expected_calibration_error,
    fit_temperature,
    hinge_loss,
    hinge_score_gradient,
    neighbour_votes,
    predict,
    scores,
    squared_distances,
)

N, M, D, C = 7, 12, 3, 4


@pytest.fixture
def rng():
    return np.random.default_rng(10)


@pytest.fixture
def samples(rng):
    """Samples to decide on, samples with labels, and these labels."""
    X, Z = rng.normal(size=(N, D)), rng.normal(size=(M, D))
    return X, Z, rng.integers(0, C, size=M)


def close(got, right):
    np.testing.assert_allclose(got, right, rtol=1e-11, atol=1e-13)


def far(x, z):
    return sum((a - b) ** 2 for a, b in zip(x, z, strict=True))


@pytest.mark.equation("eq-squared-distance")
def test_a_squared_distance_is_two_squares_less_twice_the_product(samples):
    r"""
    \lVert X_i - Z_m \rVert^2 = \lVert X_i \rVert^2
    - 2\, X_i Z_m^{\mathsf T} + \lVert Z_m \rVert^2
    """
    X, Z, _ = samples
    got = squared_distances(X, Z)
    for i, m in np.ndindex(N, M):
        by_hand = sum(X[i] ** 2) - 2 * sum(X[i] * Z[m]) + sum(Z[m] ** 2)
        close(far(X[i], Z[m]), by_hand)
        close(got[i, m], by_hand)


@pytest.mark.equation("eq-neighbour-votes")
@pytest.mark.parametrize("k", [1, 3, M])
def test_each_class_has_its_share_of_the_nearest(samples, k):
    r"""
    V_{ij} = \frac{1}{k} \sum_{m \in \mathcal N_k(i)} [\,y_m = j\,]
    """
    X, Z, y = samples
    V = neighbour_votes(X, Z, y, k=k, n_classes=C)
    for i in range(N):
        near = sorted(range(M), key=lambda m, i=i: far(X[i], Z[m]))[:k]
        close(V[i], [sum(y[m] == j for m in near) / k for j in range(C)])


@pytest.mark.equation("eq-neighbour-score")
def test_the_nearest_has_the_largest_score(samples):
    r"""
    S_{im} = X_i Z_m^{\mathsf T} - \tfrac12 \lVert Z_m \rVert^2
    """
    X, Z, _ = samples
    S = [[sum(x * z) - sum(z**2) / 2 for z in Z] for x in X]
    nearest = [min(range(M), key=lambda m, x=x: far(x, Z[m])) for x in X]
    np.testing.assert_array_equal(np.argmax(S, axis=1), nearest)
    F = scores(X, Z.T, -0.5 * (Z**2).sum(axis=1))
    close(F, S)
    np.testing.assert_array_equal(predict(F), nearest)


@pytest.mark.equation("eq-nearest-error")
def test_a_neighbour_errs_at_most_twice_as_often_as_the_best_answer(rng):
    r"""
    \sum_j p_j\,(1 - p_j) \le 2\,\bigl(1 - \max_j p_j\bigr)
    """
    for sharpness in (0.01, 0.1, 1, 10):
        for p in rng.dirichlet(np.full(C, sharpness), size=20):
            own, theirs = rng.choice(C, size=(2, 4000), p=p / p.sum())
            errs = sum(p * (1 - p))
            assert errs <= 2 * (1 - max(p)) + 1e-12
            spread = np.sqrt(errs * (1 - errs) / 4000)
            assert abs(np.mean(own != theirs) - errs) <= 5 * spread + 1e-3
    # Twice is nearly reached where the best answer is nearly sure.
    p = np.array([0.999, 0.001])
    assert sum(p * (1 - p)) > 1.99 * (1 - max(p))


@pytest.fixture
def scored(rng):
    """Scores, none of them at a kink, and labels."""
    return 2 * rng.normal(size=(N, C)), rng.integers(0, C, size=N)


def leads_lost(F, y, i):
    return [F[i, j] - F[i, y[i]] + 1 for j in range(C) if j != y[i]]


@pytest.mark.equation("eq-hinge-sum")
def test_every_class_within_the_margin_costs(scored):
    r"""
    L_i = \sum_{j \ne y_i} \max(0,\; F_{ij} - F_{i y_i} + 1)
    """
    F, y = scored
    by_hand = [sum(max(0, v) for v in leads_lost(F, y, i)) for i in range(N)]
    close(hinge_loss(F, y), by_hand)


@pytest.mark.equation("eq-hinge-worst")
def test_only_the_worst_class_costs(scored):
    r"""
    L_i = \max_{j \ne y_i}\, \max(0,\; F_{ij} - F_{i y_i} + 1)
    """
    F, y = scored
    by_hand = [max(max(0, v) for v in leads_lost(F, y, i)) for i in range(N)]
    close(hinge_loss(F, y, form="worst"), by_hand)


@pytest.mark.equation("eq-hinge-one-vs-all")
def test_each_class_is_asked_by_itself(scored):
    r"""
    \begin{aligned}
    L_i &= \sum_j \max(0,\; 1 - s_{ij} F_{ij}) \\
    s_{ij} &= 2\,[\,j = y_i\,] - 1
    \end{aligned}
    """
    F, y = scored
    by_hand = [
        sum(max(0, 1 - (2 * (j == y[i]) - 1) * F[i, j]) for j in range(C))
        for i in range(N)
    ]
    close(hinge_loss(F, y, form="one_vs_all"), by_hand)


@pytest.mark.equation("eq-hinge-gradient")
def test_the_slope_of_the_hinge_is_0_or_1(scored):
    r"""
    \begin{aligned}
    \frac{\partial L_i}{\partial F_{ij}} &= [\,F_{ij} - F_{i y_i} + 1 > 0\,]
    \quad (j \ne y_i) \\
    \frac{\partial L_i}{\partial F_{i y_i}} &= -\sum_{j \ne y_i}
    \frac{\partial L_i}{\partial F_{ij}}
    \end{aligned}
    """
    F, y = scored
    right = np.zeros((N, C))
    for i in range(N):
        for j in range(C):
            if j != y[i]:
                right[i, j] = F[i, j] - F[i, y[i]] + 1 > 0
        right[i, y[i]] = -sum(right[i])
    close(N * hinge_score_gradient(F, y), right)

    def loss_of(f, label):
        return sum(
            max(0, f[j] - f[label] + 1) for j in range(C) if j != label
        )

    h = 1e-6
    for i, j in np.ndindex(N, C):
        up, down = F[i].copy(), F[i].copy()
        up[j] += h
        down[j] -= h
        slope = (loss_of(up, y[i]) - loss_of(down, y[i])) / (2 * h)
        assert slope == pytest.approx(right[i, j], abs=1e-8)


@pytest.mark.equation("eq-calibration-error")
@pytest.mark.parametrize("bins", [1, 4, 10])
def test_the_error_weighs_each_bins_distance_by_its_samples(rng, bins):
    r"""
    \mathrm{ECE} = \sum_B \frac{|B|}{N} \left\lvert \operatorname{acc}_B -
    \operatorname{conf}_B \right\rvert
    """
    P = rng.dirichlet(np.ones(C), size=60)
    y = rng.integers(0, C, size=60)
    right = 0
    for b in range(bins):
        B = [i for i in range(60) if b < max(P[i]) * bins <= b + 1]
        if B:
            conf = sum(max(P[i]) for i in B) / len(B)
            acc = sum(np.argmax(P[i]) == y[i] for i in B) / len(B)
            right += len(B) / 60 * abs(acc - conf)
    close(expected_calibration_error(P, y, bins=bins), right)


@pytest.mark.equation("eq-fitted-temperature")
def test_no_other_temperature_has_a_smaller_cross_entropy(rng):
    r"""
    T = \operatorname{arg\,min}_{T > 0}\; \frac{1}{N} \sum_i
    -\log \operatorname{softmax}(F_i / T)_{y_i}
    """
    F = 3 * rng.normal(size=(40, C))
    y = np.where(rng.random(40) < 0.7, F.argmax(axis=1), 0)

    def mean_loss(T):
        E = np.exp(F / T)
        return np.mean([-np.log(E[i, y[i]] / sum(E[i])) for i in range(40)])

    T = fit_temperature(F, y)
    others = [T * factor for factor in (0.2, 0.9, 0.999, 1.001, 1.1, 5)]
    assert all(mean_loss(T) < mean_loss(other) for other in others)
