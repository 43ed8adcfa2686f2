"""The equations of chapter 2, each evaluated on both sides as it stands."""

from fractions import Fraction

import numpy as np
import pytest
import sympy

from softmax_steps import shift_scores
from softmax_steps.mistakes import whole_matrix_softmax

# How close to a wall each type can be tested: a few of its own steps there.
FLOATS = {np.float16: 0.04, np.float32: 1e-4, np.float64: 1e-11}


def walls(dtype):
    info = np.finfo(dtype)
    largest, smallest = (
        float(info.max),
        Fraction(float(info.smallest_subnormal)),
    )
    # ln(m/2) = ln m − ln 2; m/2 itself may be too small for a float.
    return np.log(float(smallest)) - np.log(2), np.log(largest)


@pytest.mark.equation("eq-exp-range")
@pytest.mark.parametrize(("dtype", "near"), FLOATS.items())
def test_the_exponential_can_be_stored_between_the_walls_only(dtype, near):
    r"""\ln \frac{m}{2} < f < \ln M"""
    low, high = walls(dtype)
    with np.errstate(over="ignore", under="ignore"):
        inside = np.exp(np.array([low + near, 0, high - near], dtype=dtype))
        outside = np.exp(np.array([low - near, high + near], dtype=dtype))
    assert (inside > 0).all()
    assert np.isfinite(inside).all()
    assert outside.tolist() == [0, np.inf]


@pytest.mark.equation("eq-shift-invariance")
def test_a_shift_of_the_row_cancels():
    r"""\frac{e^{f_j - c}}{\sum_k e^{f_k - c}}
    = \frac{e^{-c}\, e^{f_j}}{e^{-c} \sum_k e^{f_k}}
    = \frac{e^{f_j}}{\sum_k e^{f_k}}
    """
    f, c = sympy.symbols("f:4", real=True), sympy.Symbol("c", real=True)
    for f_j in f:
        first = sympy.exp(f_j - c) / sum(sympy.exp(f_k - c) for f_k in f)
        second = (sympy.exp(-c) * sympy.exp(f_j)) / (
            sympy.exp(-c) * sum(map(sympy.exp, f))
        )
        third = sympy.exp(f_j) / sum(map(sympy.exp, f))
        assert sympy.simplify(first - second) == 0
        assert sympy.simplify(second - third) == 0


@pytest.mark.equation("eq-row-guard")
def test_each_row_loses_its_own_maximum():
    r"""F'_{ij} = F_{ij} - \max_k F_{ik}"""
    F = (
        np.random.default_rng(21).normal(size=(4, 4)) * 100
    )  # square: a lost axis would not shout
    shifted = shift_scores(F)
    for i in range(4):
        for j in range(4):
            assert shifted[i, j] == F[i, j] - max(F[i, k] for k in range(4))


@pytest.mark.equation("eq-guard-bounds")
def test_guarded_exponentials_and_their_sum_are_bounded():
    r"""\begin{aligned}
    0 &< e^{F'_{ij}} \le 1 \\
    1 &\le \sum_k e^{F'_{ik}} \le C
    \end{aligned}
    """
    rng = np.random.default_rng(22)
    for C in (1, 2, 10):
        F = (
            rng.normal(size=(200, C)) * rng.choice([0, 1, 100], size=(200, 1))
            + 5000
        )
        E = np.exp(F - F.max(axis=1, keepdims=True))
        np.testing.assert_array_equal(E, np.exp(shift_scores(F)))
        assert E.min() > 0
        assert E.max() == 1
        total = E.sum(axis=1)
        assert total.min() >= 1
        assert total.max() == C  # equal scores reach the bound
        if C > 1:
            assert (
                total.min() < 1 + 1e-3
            )  # and scores far apart come near the lower one


@pytest.mark.equation("eq-row-dies")
@pytest.mark.parametrize(("dtype", "near"), FLOATS.items())
def test_a_row_dies_once_its_gap_exceeds_the_threshold(dtype, near):
    r"""\max_{r,k} F_{rk} - \max_k F_{ik} > \ln \frac{2}{m}"""
    threshold = -walls(dtype)[0]
    for gap, dies in ((threshold - near, False), (threshold + near, True)):
        F = np.array([[0, -1, -2], [-gap, -gap - 5, -gap - 5]], dtype=dtype)
        with np.errstate(invalid="ignore", under="ignore"):
            P = whole_matrix_softmax(F)
        assert not np.isnan(P[0]).any()
        assert np.isnan(P[1]).all() == dies
        assert np.isnan(P[1]).any() == dies
