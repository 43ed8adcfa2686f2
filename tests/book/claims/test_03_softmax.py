"""Claims of Chapter 3."""

import numpy as np
import pytest
import sympy

from softmax_steps import (
    mistakes,
    predict,
    scores,
    softmax,
    tiny_example,
    train_validation_split,
)

from .pages import says, solution_code


def bend(F):
    d = F - F.mean(axis=1, keepdims=True)
    E = np.exp(d + np.tanh(d) / 2)
    return E / E.sum(axis=1, keepdims=True)


def test_four_demands_do_not_single_out_softmax():
    says(
        "03_softmax",
        "Four demands do not yet single out a rule. Here is another one that meets them all",
        "d = F - F.mean(axis=1, keepdims=True) return divide(np.exp(d + np.tanh(d) / 2))",
    )
    F = np.random.default_rng(0).normal(scale=3, size=(200, 4))
    P = bend(F)
    assert np.all(P > 0)
    np.testing.assert_allclose(P.sum(axis=1), 1)
    np.testing.assert_array_equal(P.argsort(axis=1), F.argsort(axis=1))
    np.testing.assert_allclose(bend(F + 10), P)
    for j in range(4):
        raised = F.copy()
        raised[:, j] += 1e-3
        assert np.all(bend(raised)[:, j] > P[:, j])
    np.testing.assert_allclose(bend(np.array([[1.0, 3, -1]])), [[0.077, 0.917, 0.006]], atol=5e-4)
    assert np.abs(P - softmax(F)).max() > 0.05


def test_the_fifth_demand_is_that_the_others_in_the_row_do_not_matter():
    says("03_softmax", "**and the others in the row shall not matter**")
    F, lifted = np.array([[1.0, 3, -1]]), np.array([[1.0, 3, 2]])
    for rule, kept in ((softmax, True), (bend, False)):
        odds, odds_lifted = (P[0, 1] / P[0, 0] for P in (rule(F), rule(lifted)))
        assert bool(np.isclose(odds, odds_lifted, rtol=1e-12)) is kept


def test_rounding_can_tie_probabilities_whose_scores_are_not_equal():
    says(
        "03_softmax",
        "rounding can make two probabilities equal whose scores are not, so take it from the "
        "scores",
        "scores and probabilities predict the same class, but for ties made by rounding.",
    )
    F = np.array([[0.0, 1e-17]])
    assert predict(F) == [1]
    assert predict(softmax(F)) == [0]
    F = np.random.default_rng(0).integers(-20, 20, size=(500, 5))
    np.testing.assert_array_equal(predict(F), predict(softmax(F)))


def test_the_templates_of_chapter_3_come_from_more_pictures_than_those_of_chapter_1(digits):
    says(
        "03_softmax",
        "There they were made from three quarters of the pictures and tried on the others; here "
        "they are made from all 1797 and tried on the same",
    )
    X, y = digits
    X_train, y_train, X_val, y_val = train_validation_split(X, y, rng=np.random.default_rng(0))
    assert len(X) == 1797
    assert len(X_train) == pytest.approx(0.75 * len(X), abs=1)

    def templates(X, y):
        return (np.array([X[y == k].mean(axis=0) for k in range(10)]) - X.mean(axis=0)).T

    first, third = templates(X_train, y_train), templates(X, y)
    assert 0.03 < np.abs(first - third).max() < 0.05
    assert np.mean(predict(scores(X_val, first)) == y_val) == pytest.approx(0.889, abs=5e-4)
    assert np.mean(predict(scores(X, third)) == y) == pytest.approx(0.894, abs=5e-4)


def test_row_sums_find_the_wrong_axis_where_samples_and_classes_differ_in_number():
    says(
        "03_softmax",
        "The wrong axis cannot hide if there are more samples than classes, or fewer",
        "In a square batch it hides behind special numbers, or behind scores far apart",
    )
    rng = np.random.default_rng(0)
    for N, C in [(2, 3), (3, 2), (11, 10), (1, 2), (5, 1)]:
        for size in (0.0, 1.0, 100.0):
            P = mistakes.softmax_over_columns(rng.normal(scale=size, size=(N, C)))
            assert P.sum() == pytest.approx(C)
            assert not np.allclose(P.sum(axis=1), 1)
    special = np.log([[0.7, 3.0], [0.3, 7.0]])
    apart = np.array([[100.0, 0, -40], [0, 60, -40], [0, 0, 1]])
    for F in (special, apart):
        P = mistakes.softmax_over_columns(F)
        np.testing.assert_allclose(P.sum(axis=1), 1, rtol=1e-15)
        assert np.abs(P - softmax(F)).max() > 0.4


def test_cold_the_winner_takes_all_and_hot_all_are_equal():
    says(
        "03_softmax",
        "If the largest score stands alone, its share goes to 1 as $T$ goes to 0, and all others "
        "go to 0. As $T$ grows without end, every share goes to $1/C$.",
    )
    T = sympy.symbols("T", positive=True)
    F = [1, 3, -1]
    P = [1 / sum(sympy.exp((f_k - f) / T) for f_k in F) for f in F]
    assert [sympy.limit(p, T, 0, "+") for p in P] == [0, 1, 0]
    assert [sympy.limit(p, T, sympy.oo) for p in P] == [sympy.Rational(1, 3)] * 3


def test_the_second_sample_leaves_its_corner_along_a_side():
    says(
        "03_softmax",
        "The point leaves the corner of class 2 along the side to class 0, which is next, and only "
        "then turns to the middle, where class 1 gets its part. It crosses no thin line, for the "
        "order never changes.",
        "the distance from the side opposite to a corner, in heights of the triangle, is the "
        "probability of that corner's class",
    )
    t = tiny_example()
    f = scores(t.X, t.W, t.b)[1]
    T = np.geomspace(0.01, 100, 401)
    P = softmax(f / T[:, np.newaxis])
    np.testing.assert_allclose(P[0], [0, 0, 1], atol=1e-12)
    np.testing.assert_allclose(P[-1], [1 / 3] * 3, atol=0.02)
    early = P[:, 0] < 0.25
    assert P[early, 1].max() < 0.012
    assert np.all((P[:, 2] >= P[:, 0]) & (P[:, 0] >= P[:, 1]))
    corners = np.array([[0, 0], [0.5, np.sqrt(3) / 2], [1, 0]])
    for j in range(3):
        start, end = np.delete(corners, j, axis=0)
        along, to_points = end - start, P @ corners - start
        away = np.abs(along[0] * to_points[:, 1] - along[1] * to_points[:, 0])
        np.testing.assert_allclose(away / (np.sqrt(3) / 2), P[:, j], atol=1e-12)


def test_two_classes_are_the_sigmoid_in_the_solution_too(capsys):
    says("03_softmax", "the lead is their logarithm, $\\ln 99 \\approx 4.595$.")
    exec(solution_code("03_softmax", 2), {"np": np, "softmax": softmax})
    two_classes, sigmoid = capsys.readouterr().out.splitlines()
    assert two_classes == sigmoid
    assert float(sigmoid.strip("[]").split()[-1]) == pytest.approx(0.99, abs=5e-6)
