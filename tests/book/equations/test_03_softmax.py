"""The equations of chapter 3, each evaluated on both sides as it stands."""

import numpy as np
import pytest
import sympy

from softmax_steps import one_hot, predict, softmax

N, C = 6, 4


@pytest.fixture
def F():
    return np.random.default_rng(31).normal(scale=2, size=(N, C))


@pytest.mark.equation("eq-ratio-rule")
def test_ratios_multiply_where_leads_add(F):
    r"""r(u + v) = r(u)\, r(v) ."""

    def r(lead):
        p = softmax([[lead, 0.0]])[0]
        return p[0] / p[1]

    for u, v in F[:, :2]:
        assert r(u + v) == pytest.approx(r(u) * r(v), rel=1e-12)


@pytest.mark.equation("eq-ratio-rule")
@pytest.mark.equation("eq-ratio-solution")
def test_the_smooth_solution_of_the_ratio_rule_is_the_exponential():
    r"""
    r(u + v) = r(u)\, r(v) .

    \begin{aligned}
    \frac{dr}{du} &= \beta\, r(u) \\
    r(u) &= e^{\beta u}
    \end{aligned}
    """
    u, beta = sympy.symbols("u beta", positive=True)
    r = sympy.Function("r")
    # the derivative of both sides with respect to v at v = 0:
    # r′(u) = β r(u), with r(0) = 1
    solution = sympy.dsolve(
        sympy.Eq(r(u).diff(u), beta * r(u)), ics={r(0): 1}
    ).rhs
    v = sympy.symbols("v", positive=True)
    assert sympy.simplify(solution - sympy.exp(beta * u)) == 0
    assert (
        sympy.simplify(
            solution.subs(u, u + v) - solution * solution.subs(u, v)
        )
        == 0
    )


@pytest.mark.equation("eq-odds")
def test_odds_are_exponentials_of_score_differences(F):
    r"""\frac{P_{ij}}{P_{ik}} = e^{F_{ij} - F_{ik}} ."""
    P = softmax(F)
    for i in range(N):
        for j in range(C):
            for k in range(C):
                assert P[i, j] / P[i, k] == pytest.approx(
                    np.exp(F[i, j] - F[i, k]), rel=1e-12
                )


@pytest.mark.equation("eq-log-odds")
def test_log_odds_are_score_differences(F):
    r"""\log P_{ij} - \log P_{ik} = F_{ij} - F_{ik} ."""
    left = np.log(softmax(F))
    np.testing.assert_allclose(
        left[:, :, np.newaxis] - left[:, np.newaxis, :],
        F[:, :, np.newaxis] - F[:, np.newaxis, :],
        atol=1e-12,
    )


@pytest.mark.equation("eq-softmax")
def test_softmax_is_each_exponential_over_the_sum_of_its_row(F):
    r"""P_{ij} = \frac{e^{F_{ij}}}{\sum_{k=0}^{C-1} e^{F_{ik}}}"""
    P = softmax(F)
    for i in range(N):
        row_sum = sum(np.exp(F[i, k]) for k in range(C))
        for j in range(C):
            assert P[i, j] == pytest.approx(
                np.exp(F[i, j]) / row_sum, rel=1e-12
            )


@pytest.mark.equation("eq-sums-to-one")
def test_shares_are_positive_and_a_row_sums_to_one(F):
    r"""P_{ij} > 0, \qquad \sum_{j=0}^{C-1} P_{ij} = 1 ."""
    P = softmax(F)
    assert (P > 0).all()
    for i in range(N):
        assert sum(P[i, j] for j in range(C)) == pytest.approx(1, rel=1e-14)


@pytest.mark.equation("eq-one-hot")
def test_one_hot_is_one_at_the_label_and_zero_elsewhere():
    r"""
    Y_{ij} = [\,j = y_i\,] = \begin{cases}
    1 & \text{if } j = y_i \\ 0 & \text{otherwise} \end{cases}
    """
    y = np.array([2, 0, 3, 3, 1, 0])
    Y = one_hot(y, n_classes=C)
    assert Y.shape == (N, C)
    for i in range(N):
        for j in range(C):
            assert Y[i, j] == (1 if j == y[i] else 0)


@pytest.mark.equation("eq-predict")
def test_scores_and_probabilities_have_their_largest_entry_in_one_place(F):
    r"""
    \hat y_i = \operatorname*{arg\,max}_j P_{ij} = \operatorname*{arg\,max}_j
    F_{ij}
    """
    P = softmax(F)
    by_probability = [max(range(C), key=lambda j: P[i, j]) for i in range(N)]
    by_score = [max(range(C), key=lambda j: F[i, j]) for i in range(N)]
    assert list(predict(F)) == by_probability == by_score


@pytest.mark.equation("eq-two-classes-sigmoid")
def test_two_classes_are_the_sigmoid_of_the_lead(F):
    r"""
    P_{i1} = \frac{e^{F_{i1}}}{e^{F_{i0}} + e^{F_{i1}}}
    = \frac{1}{1 + e^{-(F_{i1} - F_{i0})}}
    """
    two = F[:, :2]
    P = softmax(two)
    f0, f1 = two[:, 0], two[:, 1]
    np.testing.assert_allclose(
        P[:, 1], np.exp(f1) / (np.exp(f0) + np.exp(f1)), rtol=1e-12
    )
    np.testing.assert_allclose(
        P[:, 1], 1 / (1 + np.exp(-(f1 - f0))), rtol=1e-12
    )


def at_temperature(F, T):
    """The right side of eq-temperature in plain Python, for small numbers."""
    return np.array(
        [
            [np.exp(f / T) / sum(np.exp(f_k / T) for f_k in row) for f in row]
            for row in F
        ]
    )


@pytest.mark.equation("eq-temperature")
@pytest.mark.parametrize("T", [0.25, 1.0, 5.0])
def test_temperature_divides_every_score(F, T):
    r"""P_{ij}(T) = \frac{e^{F_{ij} / T}}{\sum_{k=0}^{C-1} e^{F_{ik} / T}}"""
    right = at_temperature(F, T)
    np.testing.assert_allclose(softmax(F / T), right, rtol=1e-12)
    # what the chapter says of it: a lead of 1 is worth a factor e^{1/T}
    lead_of_one = at_temperature([[1.0, 0.0]], T)[0]
    assert lead_of_one[0] / lead_of_one[1] == pytest.approx(
        np.exp(1 / T), rel=1e-12
    )
