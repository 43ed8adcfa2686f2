"""Claims of the chapters that are no equations: each is quoted, and then tried.

A test here begins with ``says``: the sentence must stand on the page as it is quoted, so that
neither it nor its test changes alone. The numbers of a sentence are computed anew.
"""

from pathlib import Path

import numpy as np
import pytest

from softmax_book.sources import read_book
from softmax_steps import (
    compare_gradients,
    load_digits,
    loss,
    loss_and_gradient,
    mistakes,
    numerical_gradient,
    one_hot,
    predict,
    scores,
    shift_scores,
    softmax,
    tiny_example,
    train,
    train_validation_split,
)

ROOT = Path(__file__).parents[2]
PAGES = {page.name.removeprefix("book/"): page for page in read_book(ROOT).values()}


def says(page, *sentences):
    """Fail unless each sentence stands on the page, whatever its lines and spaces are."""
    text = " ".join(PAGES[page].text.split())
    for sentence in sentences:
        assert " ".join(sentence.split()) in text, f"{page} does not say: {sentence}"


@pytest.fixture(scope="module")
def digits():
    return load_digits()


IN_ORDER = np.array([[5.0, 0, 0], [0, 3, 0], [0, 0, 1]])
WRONG_GUARDS = (mistakes.shift_without_keepdims, mistakes.shift_by_column_maximum)


# Chapter 1


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


# Chapter 2


@pytest.mark.parametrize("guard", WRONG_GUARDS)
def test_row_maxima_of_0_do_not_show_that_a_guard_is_right(guard):
    says("02_overflow_guard", "Maxima of 0 are necessary and not sufficient.")
    np.testing.assert_array_equal(guard(IN_ORDER).max(axis=1), 0)
    wrong = mistakes.unguarded_softmax(guard(IN_ORDER))[2]
    np.testing.assert_allclose(wrong, [0.006, 0.047, 0.946], atol=1e-3)
    np.testing.assert_allclose(softmax(IN_ORDER)[2], [0.212, 0.212, 0.576], atol=1e-3)


@pytest.mark.parametrize("guard", WRONG_GUARDS)
def test_a_guard_changes_a_row_unless_it_takes_one_number_from_it(guard):
    says(
        "02_overflow_guard",
        "where it finds nothing, no probability has changed.",
        "was one and the same number taken all along the row?",
    )
    rng = np.random.default_rng(0)
    for F in (IN_ORDER, *rng.integers(-9, 9, size=(50, 3, 3)).astype(float)):
        shifted = guard(F)
        unchanged = np.ptp(F - shifted, axis=1) == 0
        same = np.isclose(mistakes.unguarded_softmax(shifted), softmax(F)).all(axis=1)
        np.testing.assert_array_equal(same, unchanged)
        np.testing.assert_array_equal(np.ptp(F - shift_scores(F), axis=1), 0)


def test_most_batches_with_one_picture_of_each_class_hide_the_wrong_axis(digits):
    says(
        "02_overflow_guard",
        "most batches of digits made like that pass the first question under `axis=0`.",
    )
    X, y, X_val, y_val = train_validation_split(*digits, rng=np.random.default_rng(0))
    model = train(
        X, y, strength=0.001, learning_rate=0.5, epochs=20, batch_size=49,
        rng=np.random.default_rng(0), progress=False,
    )  # fmt: skip
    F = scores(X_val, model.W, model.b)
    F, labels = F[predict(F) == y_val], y_val[predict(F) == y_val]
    rng = np.random.default_rng(0)
    passed = 0
    for _ in range(400):
        batch = F[[rng.choice(np.flatnonzero(labels == k)) for k in range(10)]]
        passed += np.all(mistakes.shift_by_column_maximum(batch).max(axis=1) == 0)
    assert passed > 200


# Chapter 3


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


# Chapter 6


def test_two_of_the_six_wrong_gradients_keep_both_row_sums():
    says(
        "06_gradient",
        "the one without 1/N and the one with the wrong sign keep both row sums.",
    )
    t = tiny_example()
    P, Y = softmax(scores(t.X, t.W, t.b)), one_hot(t.y, 3)
    pull = t.strength * t.W
    wrong = {
        "no 1/N": (P - Y, 1),
        "2λW": ((P - Y) / 2, 2),
        "no one-hot": (P / 2, 1),
        "sign": ((Y - P) / 2, 1),
        "half done": (P - Y, 0),
    }
    kept = {
        name
        for name, (dF, pulls) in wrong.items()
        if np.allclose(dF.sum(axis=1), 0)
        and np.allclose((t.X.T @ dF + pulls * pull).sum(axis=1), t.strength * t.W.sum(axis=1))
    }
    assert kept == {"no 1/N", "sign"}


def test_labels_that_add_up_to_1_hide_behind_the_row_sums():
    says(
        "06_gradient",
        "each row sums to 1 minus the sum of all labels",
        "It hides only where the labels happen to add up to 1.",
    )
    P = softmax(np.random.default_rng(0).normal(size=(3, 3)))
    for y in ([0, 2, 1], [2, 2, 2], [0, 0, 0]):
        np.testing.assert_allclose((P - np.array(y)).sum(axis=1), 1 - sum(y))
        assert sum(y) != 1
    np.testing.assert_allclose((P - np.array([0, 1, 0])).sum(axis=1), 0, atol=1e-15)


def test_a_gradient_check_is_blind_with_one_sample_without_a_penalty_or_at_0():
    says(
        "06_gradient",
        "with more than one sample, with λ > 0, and with weights and biases that are not 0.",
    )
    t = tiny_example()

    def passes(wrong, X, y, W, b, strength, of="W"):
        if of == "W":
            measured = numerical_gradient(lambda w: loss(X, y, w, b, strength=strength), W)
        else:
            measured = numerical_gradient(lambda c: loss(X, y, W, c, strength=strength), b)
        return compare_gradients(wrong, measured).passed

    def gradient(X, y, W, b, strength=0.0):
        return loss_and_gradient(X, y, W, b, strength=strength)

    few, zero = (t.X[:1], t.y[:1]), np.zeros_like(t.W)
    no_mean = len(t.y) * gradient(t.X, t.y, t.W, t.b).dW
    assert not passes(no_mean, t.X, t.y, t.W, t.b, 0.0)
    assert passes(1 * gradient(*few, t.W, t.b).dW, *few, t.W, t.b, 0.0)

    no_penalty = gradient(t.X, t.y, t.W, t.b).dW
    assert not passes(no_penalty, t.X, t.y, t.W, t.b, 0.1)
    assert passes(no_penalty, t.X, t.y, t.W, t.b, 0.0)
    assert passes(gradient(t.X, t.y, zero, t.b).dW, t.X, t.y, zero, t.b, 0.1)

    for b, seen in ((t.b, True), (np.zeros(3), False)):
        penalised = gradient(t.X, t.y, t.W, b).db + 0.1 * b
        assert passes(penalised, t.X, t.y, t.W, b, 0.1, of="b") is not seen
