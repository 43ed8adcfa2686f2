"""Claims of Chapter 1."""

import numpy as np
import pytest

from softmax_steps import predict, scores, tiny_example, train_validation_split
from softmax_steps.widgets import DrawADigit
from softmax_steps.widgets.draw_a_digit import EXAMPLE_LINES, draw_lines

from .pages import says, solution_code


def test_one_row_by_hand_finds_what_one_entry_can_miss():
    says(
        "01_score",
        "work out one row by hand. One entry is not enough: where row and column have the same "
        "number, the column of biases gives the right one, and so did `X.T`.",
    )
    t = tiny_example()
    X3 = np.vstack([t.X, [2.0, 2.0]])
    two_classes = t.W[:, 1:]
    slips = {
        "turned over": (t.X.T @ t.W + t.b, scores(t.X, t.W, t.b)),
        "star": (t.X * two_classes, t.X @ two_classes),
        "column of biases": (X3 @ t.W + t.b[:, np.newaxis], scores(X3, t.W, t.b)),
    }
    for name, (wrong, right) in slips.items():
        assert np.all(np.any(wrong != right, axis=1)), f"{name}: a row is right throughout"
        if name != "star":
            np.testing.assert_array_equal(np.diag(wrong), np.diag(right))


def test_most_ones_lie_where_the_eights_are(digits):
    says(
        "01_score",
        "Most ones lie where the eights are; a tail of {few} of {ones} lies below 0.4.",
        "One number parts 0 from 8, but most of the ones lie on top of the eights.",
    )
    X, y = digits
    centre = X.reshape(-1, 8, 8)[:, 3:5, 3:5].mean(axis=(1, 2))
    assert centre[y == 0].max() < 0.4 < centre[y == 8].min()
    ones = centre[y == 1]
    assert (np.sum(ones < 0.4), len(ones)) == (10, 182)
    assert np.mean(ones >= centre[y == 8].min()) > 0.9


def test_ten_times_the_scores_need_ten_times_the_bias_too():
    says(
        "01_score",
        "Multiply `W` by 10, and the bias if there is one: every score is ten times as large, and "
        "no prediction changes.",
    )
    t = tiny_example()
    F = scores(t.X, t.W, t.b)
    np.testing.assert_allclose(scores(t.X, 10 * t.W, 10 * t.b), 10 * F)
    assert not np.allclose(scores(t.X, 10 * t.W, t.b), 10 * F)


def test_a_stroke_that_closes_the_3_gives_the_lead_to_0(digits):
    says(
        "01_score",
        "Close the 3 with a stroke down its left side. Its score should fall, and 0 should take "
        "the lead from it",
    )
    X, y, _, _ = train_validation_split(*digits, rng=np.random.default_rng(0))
    W = (np.array([X[y == k].mean(axis=0) for k in range(10)]) - X.mean(axis=0)).T
    closing = [(10, 8), (8, 11), (10, 14), (8, 18), (9, 22)]
    before, after = (
        DrawADigit(draw_lines(lines), part="score", W=W).answers()["F"]
        for lines in (EXAMPLE_LINES, (*EXAMPLE_LINES, closing))
    )
    assert before.argmax() == 3
    assert after[3] < before[3] - 1
    assert after.argmax() == 0
    assert after[8] < after[0]


def test_the_nearest_mean_is_a_linear_classifier_about_as_good_as_the_templates(digits, capsys):
    says(
        "01_score",
        "What remains is a score with $w_j = m_j$ and",
        "The second has the two rules side by side: they are about as good.",
    )
    X, y, X_val, y_val = train_validation_split(*digits, rng=np.random.default_rng(0))
    class_means = np.array([X[y == k].mean(axis=0) for k in range(10)])
    centred = scores(X_val, (class_means - X.mean(axis=0)).T)
    scope = {"np": np, "scores": scores, "predict": predict, "class_means": class_means}
    scope |= {"X_val": X_val, "y_val": y_val, "centred": centred}
    exec(solution_code("01_score", 5), scope)
    same, shares = capsys.readouterr().out.splitlines()
    assert same == "True"
    nearest, largest = map(float, shares.split())
    assert nearest == pytest.approx(largest, abs=0.03)
