"""Claims of Chapter 2."""

import re

import numpy as np
import pytest

from softmax_steps import (
    mistakes,
    predict,
    scores,
    shift_scores,
    softmax,
    train,
    train_validation_split,
)

from .pages import PAGES, says

IN_ORDER = np.array([[5.0, 0, 0], [0, 3, 0], [0, 0, 1]])
WRONG_GUARDS = (mistakes.shift_without_keepdims, mistakes.shift_by_column_maximum)


def test_no_shifted_score_lies_above_0_and_ties_share_it():
    says("02_overflow_guard", "the largest entry is 0, and no other lies above it.")
    np.testing.assert_array_equal(shift_scores([[3.0, 3.0, 1.0]]), [[0, 0, -2]])


def test_dividing_by_a_maximum_of_1_changes_nothing():
    says("02_overflow_guard", "changes the differences, unless the maximum happens to be 1.")
    for row, same in (([1.0, 0.0, -3.0], True), ([2.0, 1.0, 0.0], False)):
        divided = mistakes.unguarded_softmax(mistakes.divide_by_row_maximum([row]))
        assert np.allclose(divided, softmax([row])) is same


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
        "Most batches of digits made like that pass the first question under `axis=0`.",
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


@pytest.mark.parametrize(
    ("n_classes", "largest"), [(65504, 1 / 65504), (65519, 1 / 65504), (65520, 0), (70000, 0)]
)
def test_float16_loses_its_sum_from_65520_classes_on(n_classes, largest):
    says(
        "02_overflow_guard",
        "sums up to 65519 are still rounded down to that. From 65520 classes with equal scores on "
        "the sum becomes `inf` and every probability 0.",
        "`shift_scores` refuses more than 65504 columns in float16.",
    )
    F = np.zeros((1, n_classes), dtype=np.float16)
    with np.errstate(over="ignore"):
        P = mistakes.unguarded_softmax(F)
    np.testing.assert_array_equal(P, np.float16(largest))
    if n_classes > 65504:
        with pytest.raises(ValueError, match="at most 65504 classes in float16"):
            shift_scores(F)


def test_the_walls_of_the_exercises():
    says(
        "02_overflow_guard",
        "It happens from three classes on.",
        "so $c > 290.22$. It must also stay above −745.13, or all three exponentials are 0: "
        "$c < 1745.13$.",
        "$2^f$ overflows from $f = 1024$ on.",
        "so the other wall is at $-1075$.",
    )
    with np.errstate(all="ignore"):
        for n_classes, right in ((2, True), (3, False)):
            P = mistakes.unguarded_softmax(np.full((1, n_classes), 88, dtype=np.float32))
            assert np.allclose(P, 1 / n_classes) is right
        for c, finite in ((290.21, False), (290.23, True), (1745.12, True), (1745.14, False)):
            E = np.exp(np.array([1000.0, 400.0, 0.0]) - c)
            assert np.isfinite(E / E.sum()).all() == finite
        assert np.isfinite(np.exp2(1023.99))
        assert np.isinf(np.exp2(1024.0))
        assert np.exp2(-1074.9) > 0
        assert np.exp2(-1075.0) == 0


def test_by_hand_no_exponential_is_above_1():
    says(
        "02_overflow_guard",
        "No exponential was larger than 1, and their sum not larger than 2, though $e^{1002}$",
    )
    E = np.exp(shift_scores([[1000.0, 1002.0, 1001.0]]))
    assert E.max() == 1
    assert E.sum() == pytest.approx(1.503, abs=5e-4)


def test_an_underflow_harms_logarithms_and_not_probabilities():
    says("02_overflow_guard", "This underflow does no harm to the probabilities.")
    P = softmax([[1000.0, 0.0]])
    np.testing.assert_array_equal(P, [[1, 0]])
    with np.errstate(divide="ignore"):
        assert np.log(P)[0, 1] == -np.inf


def test_the_walls_are_seen_in_each_float_whatever_the_numpy(capsys):
    says(
        "02_overflow_guard",
        "In float64 they begin near $e^{-708}$",
        "Each line should read: zero, not zero, finite, infinite.",
    )
    _, fold = PAGES["02_overflow_guard"].text.split(":::{dropdown} What happens just before")
    exec(re.search(r"```python\n(.*?)```", fold, re.DOTALL)[1], {"np": np})
    fades, *lines = capsys.readouterr().out.splitlines()
    assert float(fades) == pytest.approx(-708.4, abs=0.05)
    assert -float(fades) < 744
    assert [line.split()[0] for line in lines] == ["float16", "float32", "float64"]
    for line in lines:
        zero, not_zero, finite, infinite = map(float, line.split()[1:])
        assert zero == 0 < not_zero < 1 < finite < infinite == np.inf
