"""Claims of Chapter 10."""

import numpy as np
import pytest

from softmax_steps import (
    expected_calibration_error,
    fit_temperature,
    hinge_loss,
    hinge_loss_and_gradient,
    hinge_score_gradient,
    loss_and_gradient,
    neighbour_votes,
    one_hot,
    predict,
    scores,
    softmax,
    squared_distances,
    train_validation_split,
)
from softmax_steps.widgets import PointsInThePlane

from .pages import says


@pytest.fixture(scope="module")
def rivals(chapter_7, chapter_7_training_set):
    """Return chapter 10's scores of softmax and of one neighbour, as functions of X."""
    model, (X, y) = chapter_7(strength=0.0001), chapter_7_training_set
    return (
        lambda asked: scores(asked, model.W, model.b),
        lambda asked, known=y: neighbour_votes(asked, X, known, k=1, n_classes=10),
    )


def test_one_neighbour_wins_on_the_test_digits_by_more_than_the_scatter(rivals, digits):
    says(
        "10_neighbours",
        "On these digits the simplest rival wins, and by more than the scatter.",
        "Neighbours alone are right on 10 digits, softmax alone on 1. Coins are as lopsided as "
        "that, to either side, in 1.2 % of cases.",
    )
    *_, X, y = train_validation_split(*digits, validation=0.2, rng=np.random.default_rng(0))
    softmax_is, neighbour_is = (predict(rival(X)) == y for rival in rivals)
    rates = np.array([np.mean(softmax_is), np.mean(neighbour_is)])
    assert rates[1] - rates[0] > 2 * np.sqrt((rates * (1 - rates)).sum() / len(y))
    alone = np.sum(neighbour_is & ~softmax_is), np.sum(softmax_is & ~neighbour_is)
    assert alone == (10, 1)
    assert round(2 * (1 + 11) / 2**11, 3) == 0.012


def test_the_training_digits_recommend_one_neighbour_whatever_the_labels(
    rivals, chapter_7_training_set
):
    says(
        "10_neighbours",
        "That holds for any data without two equal rows, random labels included.",
        "The training line does not know the difference: it would recommend the same $k$ in both "
        "cases.",
    )
    X, y = chapter_7_training_set
    assert len(np.unique(X, axis=0)) == len(X)
    for labels in (y, np.random.default_rng(0).integers(0, 10, len(y))):
        assert np.mean(predict(rivals[1](X, labels)) == labels) == 1


def test_softmax_is_surer_the_further_out_a_sample_lies(rivals, digits):
    says(
        "10_neighbours",
        "And softmax grows *surer* the further out a sample lies, since its scores grow with the "
        "distance.",
        "All of these strangers are further from their nearest neighbour than any validation "
        "digit is.",
    )
    noise = np.random.default_rng(0).random(64)
    sure = [softmax(rivals[0](times * noise[np.newaxis])).max() for times in (1, 3, 10, 100)]
    assert sure == sorted(sure)
    assert sure[-1] > 0.999


def test_neighbours_that_are_computed_far_from_the_origin_are_lost(
    chapter_7_training_set, chapter_7_sets
):
    says("10_neighbours", "nothing is left of them, and what is named is near to guessing.")
    X, y = chapter_7_training_set
    X_val, y_val = chapter_7_sets[2:]
    A, B = X_val + 1e8, X + 1e8
    plain = (A**2).sum(axis=1)[:, None] - 2 * A @ B.T + (B**2).sum(axis=1)
    assert np.mean(y[plain.argmin(axis=1)] == y_val) < 0.4
    ours = squared_distances(A, B).argmin(axis=1)
    assert np.mean(y[ours] == y_val) > 0.99
    assert np.spacing((A[0] ** 2).sum()) in (64, 128)


def test_the_means_of_the_classes_are_a_linear_classifier(chapter_7_training_set, chapter_7_sets):
    says("10_neighbours", "It gets 0.919 right, with 640 numbers.")
    X, y = chapter_7_training_set
    X_val, y_val = chapter_7_sets[2:]
    means = np.array([X[y == j].mean(axis=0) for j in range(10)])
    F = scores(X_val, means.T, -0.5 * (means**2).sum(axis=1))
    np.testing.assert_array_equal(predict(F), predict(-squared_distances(X_val, means)))
    assert round(np.mean(predict(F) == y_val), 3) == 0.919
    assert means.size == 640


def test_the_hinge_comes_to_rest_in_the_plane_and_softmax_does_not():
    says(
        "10_neighbours",
        "*Run*, for some 500 steps. The loss reaches 0, not nearly but exactly, and the borders "
        "stop.",
        "Nothing moves: a point beyond the margin does not pull.",
        "The same points all pull now, and the borders move again.",
        "weights that keep all margins have the loss 0, and so have twice these weights and "
        "biases, and all between.",
    )
    plane = PointsInThePlane(loss="sum", strength=0.0)
    points, model = np.array(plane.points), np.array(plane.model)
    X, y, W, b = points[:, :2], points[:, 2].astype(int), model[:2], model[2]
    for steps in range(501):  # noqa: B007
        value, dW, db = hinge_loss_and_gradient(X, y, W, b)
        if value == 0:
            break
        W, b = W - plane.learning_rate * dW, b - plane.learning_rate * db
    assert 200 < steps <= 500
    assert not dW.any()
    for factor in (1, 1.5, 2):
        assert not hinge_loss(scores(X, factor * W, factor * b), y).any()
    # A point well inside its region, moved a little, still does not pull.
    inside = np.argmax(scores(X, W, b)[np.arange(15), y])
    X = X.copy()
    X[inside] += 0.05
    assert not hinge_score_gradient(scores(X, W, b), y).any()
    assert np.abs(loss_and_gradient(X, y, W, b).dW).max() > 1e-3
    assert np.all(np.abs(softmax(scores(X, W, b)) - one_hot(y, 3)).max(axis=1) > 0)


def test_a_shift_of_the_row_is_seen_by_one_against_all_alone():
    says(
        "10_neighbours",
        "The first two compare classes with each other, so they know only differences. The last "
        "compares each score with 0.",
        "So the sum is 0.5, and so is the worst. One against all:",
        "for class 2, together 2.5.",
    )
    row = np.array([[2.0, 1.5, -1.0]])
    right = {"sum": 0.5, "worst": 0.5, "one_vs_all": 2.5}
    for form, value in right.items():
        assert hinge_loss(row, [0], form=form) == value
        assert (hinge_loss(row + 10, [0], form=form) == value) == (form != "one_vs_all")


def test_a_calibrated_model_has_an_error_above_0(rivals, digits, chapter_7_sets):
    says(
        "10_neighbours",
        "The scores were too small, and $T$ makes them larger.",
        "One number brings the confidence back to where it belongs.",
        "The more bins, the fewer digits in each, and the more chance is counted as error.",
    )
    X_val, y_val = chapter_7_sets[2:]
    *_, X, y = train_validation_split(*digits, validation=0.2, rng=np.random.default_rng(0))
    T, T_raw = (fit_temperature(rivals[0](by * X_val), y_val) for by in (1, 16))
    assert T < 1 < T_raw
    assert T_raw == pytest.approx(16 * T, rel=0.05)
    P = softmax(rivals[0](16 * X) / T_raw)
    assert P.max(axis=1).mean() == pytest.approx(np.mean(predict(P) == y), abs=0.005)
    P = softmax(rivals[0](X) / T)
    drawn = [np.random.default_rng(seed).multinomial(1, P).argmax(axis=1) for seed in range(30)]
    chance = [
        np.mean([expected_calibration_error(P, labels, bins=bins) for labels in drawn])
        for bins in (5, 10, 20, 50)
    ]
    assert chance == sorted(chance)
    for bins, by_chance in zip((5, 10, 20, 50), chance, strict=True):
        assert expected_calibration_error(P, y, bins=bins) < 1.5 * by_chance


def test_scaling_one_of_two_sets_makes_neighbours_worse(chapter_7_training_set, chapter_7_sets):
    says(
        "10_neighbours",
        "The accuracy becomes worse by it. Which line is to blame?",
        "`X_test` still has the old units. The shapes fit, and nothing complains",
    )
    X, y = chapter_7_training_set
    X_val, y_val = chapter_7_sets[2:]
    varies = X.std(axis=0) > 0
    units = np.random.default_rng(0).uniform(1, 10, size=varies.sum())
    X, X_val = units * X[:, varies], units * X_val[:, varies]
    deviation = X.std(axis=0)
    right = {
        name: np.mean(predict(neighbour_votes(asked, known, y, k=5, n_classes=10)) == y_val)
        for name, asked, known in (
            ("as they come", X_val, X),
            ("one of two", X_val, X / deviation),
            ("both", X_val / deviation, X / deviation),
        )
    }
    assert right["one of two"] < right["as they come"]
    assert right["one of two"] < right["both"]
