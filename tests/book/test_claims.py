"""Claims of the chapters that are no equations: each is quoted, and then tried.

A test here begins with ``says``: the sentence must stand on the page as it is quoted, so that
neither it nor its test changes alone. The numbers of a sentence are computed anew.
"""

import re
from pathlib import Path

import numpy as np
import pytest

from softmax_book.sources import read_book
from softmax_steps import (
    compare_gradients,
    complex_step_gradient,
    cross_entropy,
    data,
    expected_calibration_error,
    fit_temperature,
    hinge_loss,
    hinge_loss_and_gradient,
    hinge_score_gradient,
    initial_two_layer,
    load_digits,
    log_softmax,
    loss,
    loss_and_gradient,
    loss_remainder,
    mistakes,
    neighbour_votes,
    numerical_gradient,
    one_hot,
    predict,
    score_tensor,
    scores,
    shift_scores,
    softmax,
    softmax_jacobian,
    squared_distances,
    tiny_example,
    train,
    train_validation_split,
    two_layer_forward,
    two_layer_loss_and_gradient,
)
from softmax_steps.regularization_path import minimise, regularization_path
from softmax_steps.shapes import exclusive_or, spiral
from softmax_steps.slips import SLIPS
from softmax_steps.widgets import PointsInThePlane

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


# Chapter 2


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


def test_a_number_so_large_that_the_scores_lose_digits_changes_the_probabilities():
    says(
        "02_overflow_guard",
        "should not move by more than its last digits when you add 100 to a row. Add $10^8$ and it "
        "does move, in float32",
    )
    F = np.array([[89, 88, 85], [-10, -11, -15]], dtype=np.float32)
    np.testing.assert_allclose(softmax(F + np.float32(100)), softmax(F), rtol=1e-6)
    assert np.abs(softmax(F + np.float32(1e8)) - softmax(F)).max() > 0.1


def run_cell(page, part, **names):
    """Run the one cell of a page that holds a text; its names come from the caller."""
    (cell,) = (cell for cell in PAGES[page].cells if part in cell.code)
    exec(cell.code, {"np": np, "mistakes": mistakes, **names})


def test_the_walls_are_seen_in_each_float_whatever_the_numpy(capsys):
    says(
        "02_overflow_guard",
        "Each line should read: zero, not zero, finite, infinite.",
    )
    run_cell("02_overflow_guard", "walls = {")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["float16", "float32", "float64"]
    for line in lines:
        zero, not_zero, finite, infinite = map(float, line.split()[1:])
        assert zero == 0 < not_zero < 1 < finite < infinite == np.inf


def test_where_the_wall_of_longdouble_is_and_which_rows_it_saves(capsys):
    says(
        "02_overflow_guard",
        "Where the wall is at 11356, the first row is saved and the second is not.",
        "the wall is where float64 has it, at 709, and both rows are `nan`.",
    )
    run_cell("02_overflow_guard", "dtype=np.longdouble")
    said, first, second = capsys.readouterr().out.splitlines()
    wall = int(said.removeprefix("the wall of longdouble on this machine: "))
    assert wall in (709, 11356)
    assert "nan nan nan" in second
    assert ("nan nan nan" in first) == (wall == 709)
    assert ("0.665" in first) == (wall == 11356)


# Chapter 3


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
        "Chapters 1 and 7 hold some back.",
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


# Chapter 4


def test_a_loss_lies_above_its_lag_by_at_most_log_c():
    says(
        "04_cross_entropy",
        "how far its true score lags behind the largest one, plus something between 0 and "
        r"$\log C$.",
    )
    rng = np.random.default_rng(0)
    for size in (0.0, 0.1, 10.0, 1000.0):
        F, y = rng.normal(scale=size, size=(100, 7)), rng.integers(7, size=100)
        excess = cross_entropy(log_softmax(F), y) - (F.max(axis=1) - F[np.arange(100), y])
        assert excess.min() >= -1e-12 * size
        assert excess.max() <= np.log(7) + 1e-12 * (1 + size)


def test_the_grid_of_gaps_lies_just_beyond_the_left_walls():
    says("04_cross_entropy", "each is met a little beyond its place.")
    gaps = np.arange(0, 1000, 0.01)
    found = []
    for dtype in (np.float16, np.float32, np.float64):
        pairs = np.column_stack([np.zeros_like(gaps), -gaps]).astype(dtype)
        with np.errstate(divide="ignore"):
            broken = np.isinf(mistakes.log_of_softmax(pairs)[:, 1])
        smallest = float(np.finfo(dtype).smallest_subnormal)
        wall = np.log(2) - np.log(smallest)
        assert 0 < gaps[broken][0] - wall < 0.0125
        found.append(round(gaps[broken][0], 2))
    assert found == [17.34, 103.98, 745.14]


def test_the_numbers_of_chapter_4_that_no_cell_prints():
    says(
        "04_cross_entropy",
        "the probability 0.8668",
        "only 0.2654",
        r"$0.8668 \cdot 0.2654 = 0.230$",
        "if you see 3.322, you count in bits",
    )
    t = tiny_example()
    truth = softmax(scores(t.X, t.W, t.b))[[0, 1], t.y]
    np.testing.assert_allclose(truth, [0.8668, 0.2654], atol=5e-5)
    assert truth.prod() == pytest.approx(0.230, abs=5e-4)
    assert np.log2(10) == pytest.approx(3.322, abs=5e-4)


# Chapter 5


def test_a_feature_in_a_large_unit_needs_large_weights():
    says(
        "05_regularization",
        r"So the strength must be $256\,\lambda$.",
        "a feature measured in a large unit has small numbers and needs large weights, and the "
        "penalty hits it harder.",
    )
    t = tiny_example()
    here = loss(t.X, t.y, t.W, t.b, strength=0.1)
    in_sixteenths = loss(16 * t.X, t.y, t.W / 16, t.b, strength=256 * 0.1)
    assert in_sixteenths == pytest.approx(here, rel=1e-12)
    penalty = here - loss(t.X, t.y, t.W, t.b)
    harder = loss(t.X / 16, t.y, 16 * t.W, t.b, strength=0.1) - loss(t.X, t.y, t.W, t.b)
    assert harder == pytest.approx(256 * penalty, rel=1e-12)


def test_the_lowest_point_needs_every_class_among_the_labels():
    says(
        "05_regularization",
        "**if every class occurs among the labels**",
        "If every class occurs among the labels, it makes a lowest point, at one $W$ only.",
    )
    says(
        "06_gradient",
        r"With $\lambda > 0$, and every class among the labels, there is exactly one lowest $W$.",
    )
    says(
        "07_training",
        r"with $\lambda > 0$ and short enough strides you walk to the same lowest "
        "loss.",
    )
    assert "With every class among the labels" in minimise.__doc__
    t = tiny_example()
    sinking = np.array([0.0, 0.0, -1.0])
    losses = [loss(t.X, t.y, t.W, t.b + s * sinking, strength=0.1) for s in (0, 5, 10, 20)]
    assert np.all(np.diff(losses) < 0)

    X, y = np.vstack([t.X, [2.0, 2.0]]), np.array([1, 0, 2])
    ends = []
    for seed in (0, 1):
        rng = np.random.default_rng(seed)
        W, b = rng.normal(size=(2, 3)), rng.normal(size=3)
        for _ in range(4000):
            _, dW, db = loss_and_gradient(X, y, W, b, strength=0.1)
            W, b = W - 0.3 * dW, b - 0.3 * db
        ends.append((W, b - b.mean()))
    np.testing.assert_allclose(ends[0][0], ends[1][0], atol=1e-9)
    np.testing.assert_allclose(ends[0][1], ends[1][1], atol=1e-6)


def test_a_penalty_makes_the_model_fit_its_samples_less_closely(digits):
    says(
        "05_regularization",
        "although the model fits its 100 samples less closely.",
        "λ   ‖W‖²  training  held out  accuracy",
        r"The table further up had its highest accuracy at $\lambda = 0.01$. It tried five values "
        "only, and stopped each walk after 500 steps.",
    )
    X, y, X_held, y_held = train_validation_split(
        *digits, validation=1 - 100 / 1797, rng=np.random.default_rng(0)
    )
    y[:20] = (y[:20] + 1) % 10
    training, right = [], []
    strengths = (0.0, 0.003, 0.01, 0.1, 1.0)
    for strength in strengths:
        W, b = np.zeros((64, 10)), np.zeros(10)
        for _ in range(500):
            _, dW, db = loss_and_gradient(X, y, W, b, strength=strength)
            W, b = W - 0.5 * dW, b - 0.5 * db
        training.append(loss(X, y, W, b))
        right.append(np.mean(predict(scores(X_held, W, b)) == y_held))
    assert np.all(np.diff(training) > 0)
    assert strengths[np.argmax(right)] == 0.01


def test_the_share_of_right_training_samples_only_falls_with_the_strength(digits):
    says(
        "05_regularization",
        "The share of right answers on the training samples, wrong labels and all, only falls. "
        r"That on the digits held out rises first, has its highest point near the $\lambda$ "
        "printed above, and falls.",
    )
    X, y, X_held, y_held = train_validation_split(
        *digits, validation=1 - 100 / 1797, rng=np.random.default_rng(0)
    )
    y[:20] = (y[:20] + 1) % 10
    path = regularization_path(
        X, y, X_held, y_held, strengths=10.0 ** np.arange(-3, 1.1, 0.5), tolerance=1e-3
    )
    assert np.all(np.diff([point.train_accuracy for point in path]) <= 0)
    held_out = [point.validation_accuracy for point in path]
    top = int(np.argmax(held_out))
    assert path[top].strength == pytest.approx(0.0316, rel=1e-2)
    assert np.all(np.diff(held_out[: top + 1]) > 0)
    assert np.all(np.diff(held_out[top:]) <= 0)


# Chapter 6


def test_the_chain_carries_one_over_n_back_from_the_mean():
    says(
        "06_gradient",
        'forward=["XW + b", "softmax", "mean\\n−log P[y]"]',
        'backward=["Xᵀ ·", "Jacobian", "−Y/(N P)"]',
    )
    t = tiny_example()
    P, Y, N = softmax(scores(t.X, t.W, t.b)), one_hot(t.y, 3), len(t.y)
    dP = -Y / (N * P)
    dF = np.array([softmax_jacobian(p) @ row for p, row in zip(P, dP, strict=True)])
    by_weight = numerical_gradient(lambda W: loss(t.X, t.y, W, t.b), t.W)
    np.testing.assert_allclose(t.X.T @ dF, by_weight, atol=1e-9)


def test_the_errors_by_hand_are_those_of_the_tiny_example():
    says("06_gradient", r"0.0587 & -0.0666 & 0.0079 \\ -0.3673 & 0.0066 & 0.3607")
    t = tiny_example()
    errors = (softmax(scores(t.X, t.W, t.b)) - one_hot(t.y, 3)) / 2
    expected = [[0.0587, -0.0666, 0.0079], [-0.3673, 0.0066, 0.3607]]
    np.testing.assert_allclose(errors, expected, atol=5.1e-5)


def test_two_of_the_six_wrong_gradients_keep_both_row_sums():
    says(
        "06_gradient",
        "the one without $1/N$ and the one with the wrong sign keep both row sums.",
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
        r"with more than one sample, with $\lambda > 0$, and with weights and biases that are not "
        "0.",
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


def test_the_lowest_point_asks_for_slopes_of_0_in_the_biases_too():
    says(
        "06_gradient",
        "cancel in *every* entry, while the slopes of the biases are 0 too, is the lowest point",
    )
    X, y = np.vstack([tiny_example().X, [2.0, 2.0]]), np.array([1, 0, 2])
    W, b = np.zeros((2, 3)), np.array([0.0, 1.0, -1.0])
    for _ in range(4000):  # the biases are held
        W = W - 0.3 * loss_and_gradient(X, y, W, b, strength=0.1).dW
    stopped = loss_and_gradient(X, y, W, b, strength=0.1)
    np.testing.assert_allclose(stopped.dW, 0, atol=1e-9)
    assert np.abs(stopped.db).max() > 0.01
    assert loss(X, y, W, b - 0.3 * stopped.db, strength=0.1) < stopped.loss


# Chapter 7


def test_a_loss_above_ln_c_can_also_come_from_a_long_stride(digits):
    says(
        "07_training",
        r"A validation loss that stays near $\ln C$, or climbs above it, at an $\eta$ that is not "
        "too large, is the mark of labels that have nothing to do with their rows.",
    )
    X, y, X_val, y_val = train_validation_split(*digits, rng=np.random.default_rng(0))
    options = {"strength": 0.001, "epochs": 8, "batch_size": 49, "progress": False}
    shuffled = np.random.default_rng(0).permutation(len(X))
    last = {}
    for name, rows, rate in (("right", X, 0.5), ("long", X, 20.0), ("apart", X[shuffled], 0.5)):
        model = train(rows, y, learning_rate=rate, rng=np.random.default_rng(0), **options)
        last[name] = loss(X_val, y_val, model.W, model.b)
    assert last["right"] < 0.5
    assert last["long"] > np.log(10)
    assert last["apart"] > 0.9 * np.log(10)


def test_the_number_that_chapter_7_lets_you_ask_for():
    says("07_training", "ask for the loss after it: 3.401, worse than before the step.")
    t = tiny_example(learning_rate=5)
    _, dW, db = loss_and_gradient(t.X, t.y, t.W, t.b, strength=t.strength)
    after = loss(t.X, t.y, t.W - 5 * dW, t.b - 5 * db, strength=t.strength)
    assert after == pytest.approx(3.401, abs=5e-4)


def chapter_7_parts(digits):
    rng = np.random.default_rng(0)
    X_rest, y_rest, _, _ = train_validation_split(*digits, validation=0.2, rng=rng)
    return train_validation_split(X_rest, y_rest, rng=rng)


@pytest.fixture(scope="module")
def chapter_7_training_set(digits):
    return chapter_7_parts(digits)[:2]


@pytest.fixture(scope="module")
def chapter_7(digits):
    """Return chapter 7's ``train``, on its training set and held against its validation set."""
    X, y, X_val, y_val = chapter_7_parts(digits)

    def run(**changes):
        options = {"strength": 0.001, "learning_rate": 0.5, "epochs": 60, "batch_size": 49}
        options |= {"rng": np.random.default_rng(0), **changes}
        return train(X, y, validation=(X_val, y_val), progress=False, **options)

    return run


def test_a_run_with_far_too_long_strides_is_of_one_kind_whatever_the_last_bits(chapter_7):
    says(
        "07_training",
        "on another machine, or in the browser, you see other numbers of the same kind.",
        "Whoever stops at a lucky moment sees an accuracy of 80 or 90 % and believes that all is "
        "well.",
        "In most of the twenty epochs it is above 2.303, worse than a model that knows nothing",
        "20 jumps up and down, nearly always above its start.",
    )
    ends = []
    for seed in range(4):
        # As far from 0 as the rounding of another machine would be.
        W = 1e-15 * np.random.default_rng(seed).normal(size=(64, 10))
        h = chapter_7(initial=(W, np.zeros(10)), learning_rate=20.0, epochs=20).history
        assert 0.8 < h.validation_accuracy[-6:].max() < 0.95
        assert np.sum(h.validation_data_loss[1:] > 2.303) > 10
        assert np.sum(h.train_loss[1:] > h.train_loss[0]) >= 17
        ends.append(h.validation_data_loss[-1])
    assert np.ptp(ends) > 0.1  # other numbers indeed


def test_long_strides_tremble_and_falling_ones_end_lowest(chapter_7):
    says(
        "07_training",
        r"tremble, between 0.264 and 0.277 over the last six epochs, where $\eta = 0.5$ keeps "
        "between 0.264 and 0.266.",
        r"The falling $\eta$ ends at 0.262, lower than both, and it moves by less than 0.001 from "
        r"epoch to epoch. The fixed $\eta = 0.5$ ends between 0.264 and 0.266, and $\eta = 2$ "
        "jumps between 0.264 and 0.277.",
    )
    fixed, long = chapter_7().history.train_loss, chapter_7(learning_rate=2).history.train_loss
    assert (fixed[-6:].min().round(3), fixed[-6:].max().round(3)) == (0.264, 0.266)
    assert (long[-6:].min().round(3), long[-6:].max().round(3)) == (0.264, 0.277)
    assert np.all(long[1:4] < fixed[1:4])

    rng, W, b, falling = np.random.default_rng(0), np.zeros((64, 10)), np.zeros(10), []
    for epoch in range(60):
        rate = 2 / (1 + epoch / 10)
        m = chapter_7(epochs=1, learning_rate=rate, rng=rng, initial=(W, b))
        W, b = m.W, m.b
        falling.append(m.history.train_loss[-1])
    assert round(falling[-1], 3) == 0.262
    assert np.abs(np.diff(falling[-6:])).max() < 0.001


def test_a_larger_batch_calms_a_run_as_a_smaller_stride_does(chapter_7):
    says("07_training", r"only a smaller $\eta$ (exercise 6) or a larger batch calms it.")

    def trembling(**changes):
        return np.abs(np.diff(chapter_7(**changes).history.train_loss[-7:])).max()

    far = chapter_7()
    here = {"initial": (far.W, far.b), "epochs": 12, "learning_rate": 2}
    assert trembling(**here, batch_size=1078) < 0.2 * trembling(**here)
    assert trembling(**here | {"learning_rate": 0.1}) < 0.2 * trembling(**here)


def test_batches_average_to_the_full_gradient_if_they_are_equally_large(chapter_7_training_set):
    says("07_training", "as they are equally large, their gradients average to the full gradient")
    X, y = chapter_7_training_set
    W, b = np.random.default_rng(0).normal(size=(64, 10)), np.zeros(10)
    full, order = loss_and_gradient(X, y, W, b).dW, np.random.default_rng(0).permutation(1078)
    for size, exact in ((49, True), (32, False)):
        batches = [order[start : start + size] for start in range(0, 1078, size)]
        mean = np.mean([loss_and_gradient(X[r], y[r], W, b).dW for r in batches], axis=0)
        assert np.allclose(mean, full, atol=1e-12) is exact


def test_a_batch_of_one_wants_a_short_stride(chapter_7):
    says(
        "07_training",
        r"six epochs of it should do at least as well as $B = 49$ with $\eta = "
        "0.5$.",
    )
    one = chapter_7(epochs=6, batch_size=1, learning_rate=0.02).history.train_loss[-1]
    assert one <= chapter_7(epochs=6).history.train_loss[-1]


def test_smaller_strengths_change_the_validation_set_s_opinion_little(chapter_7):
    says(
        "07_training",
        "The validation loss falls by 0.004 nats more, from 0.137 to 0.133, and the accuracy does "
        "not change at all.",
    )
    ends = [chapter_7(strength=strength).history for strength in (0.0001, 0.0)]
    losses = [h.validation_data_loss[-1] for h in ends]
    assert [round(end, 3) for end in losses] == [0.137, 0.133]
    assert ends[0].validation_accuracy[-1] == ends[1].validation_accuracy[-1]


def test_a_random_start_comes_to_the_same_loss(chapter_7_training_set):
    says(
        "07_training",
        "to a hundredth in about 920 steps. After 1500 full-batch steps the two losses agree to "
        "three decimals, 0.742.",
    )
    assert np.log(0.01) / np.log(0.995) == pytest.approx(920, abs=5)
    X, y = chapter_7_training_set
    ends = []
    for W in (np.zeros((64, 10)), np.random.default_rng(0).normal(size=(64, 10))):
        b = np.zeros(10)
        for _ in range(1500):
            _, dW, db = loss_and_gradient(X, y, W, b, strength=0.01)
            W, b = W - 0.5 * dW, b - 0.5 * db
        ends.append(round(loss(X, y, W, b, strength=0.01), 3))
    assert ends == [0.742, 0.742]


def test_the_points_in_the_plane_do_what_chapter_7_says_you_will_see():
    says(
        "07_training",
        "Within forty steps all fifteen points are right.",
        "after about 500 steps no number is left for the loss.",
        r"*Start over*, set $\lambda = 0$ and run for a while: the weights under *Numbers* grow",
    )
    widget = PointsInThePlane()
    points, model = np.array(widget.points), np.array(widget.model)
    X, y = points[:, :2], points[:, 2].astype(int)

    def walk(n_steps, strength, rate):
        W, b, sizes = model[:2], model[2], []
        for step in range(n_steps):
            with np.errstate(all="ignore"):
                if not np.isfinite(strength / 2 * np.sum(W**2)):
                    return step, W, b, sizes
            _, dW, db = loss_and_gradient(X, y, W, b, strength=strength)
            W, b = W - rate * dW, b - rate * db
            sizes.append(np.sum(W**2) if strength < 1 else 0)
        return n_steps, W, b, sizes

    _, W, b, _ = walk(40, widget.strength, widget.learning_rate)
    assert len(points) == 15
    assert np.all(predict(scores(X, W, b)) == y)
    *_, sizes = walk(400, 0.0, widget.learning_rate)
    assert np.all(np.diff(sizes[::40]) > 0)
    assert walk(600, 1.0, 3.0)[0] == pytest.approx(510, abs=10)


# Chapter 8


def test_what_weights_do_together_and_alone_differs_by_the_square_of_the_step():
    says("08_differentials", "The two differ, by about 4 %: no weight is quite alone.")
    says("08_differentials", "with a tenth of the step to a hundredth")
    t = tiny_example()
    dW = np.array([[0.02, -0.01, 0.00], [0.01, 0.03, -0.02]])

    def change(step):
        return loss(t.X, t.y, t.W + step, t.b, strength=0.1) - loss(
            t.X, t.y, t.W, t.b, strength=0.1
        )

    def gap(size):
        steps = [np.where(np.arange(6).reshape(2, 3) == k, size * dW, 0) for k in range(6)]
        return change(size * dW) - sum(map(change, steps))

    assert gap(1) / change(dW) == pytest.approx(0.04, abs=0.005)
    assert gap(1) / gap(0.1) == pytest.approx(100, rel=0.02)
    says("08_differentials", "$dL$ misses the true change by 0.0002, the rest")
    assert round(loss_remainder(t.X, t.y, t.W, t.b, dW=dW, strength=0.1), 4) == 0.0002


def test_a_wrong_sign_in_the_differential_is_missed_in_proportion_to_the_step():
    says("08_differentials", "it would miss by a part that falls only with the step itself.")
    t = tiny_example()
    dW = np.array([[0.02, -0.01, 0.00], [0.01, 0.03, -0.02]])
    error = softmax(scores(t.X, t.W, t.b)) - one_hot(t.y, 3)

    def miss(size):
        wrong = -np.trace(error.T @ t.X @ (size * dW)) / 2 + 0.1 * np.trace(t.W.T @ (size * dW))
        moved = loss(t.X, t.y, t.W + size * dW, t.b, strength=0.1)
        return moved - loss(t.X, t.y, t.W, t.b, strength=0.1) - wrong

    assert miss(0.1) / miss(0.01) == pytest.approx(10, rel=0.05)


def test_the_array_multiplies_once_more_for_each_class():
    says(
        "08_differentials",
        "By the array there are $C$ times as many, and all but one in $C$ of them multiply by 0.",
    )
    T = score_tensor(np.ones((5, 4)), 3)
    assert T.size == 3 * (5 * 4 * 3)
    assert np.count_nonzero(T) * 3 == T.size


def test_each_matrix_solution_is_the_measured_gradient():
    says("08_differentials", r"The gradient is $A^{\mathsf T} W B^{\mathsf T} + A W B$.")
    says("08_differentials", r"the gradient is $X^{\mathsf T} (XW - Y)$.")
    says("08_differentials", r"$\partial L/\partial W = X^{\mathsf T} S\, (P - Y)$.")
    says("08_differentials", r"Turn first, $\operatorname{tr}(B A\, dW)$, then transpose")
    rng = np.random.default_rng(8)
    A, B, W, X = rng.normal(size=(4, 3, 3))
    y, s = np.array([2, 0, 0]), np.array([0.5, 0.2, 0.3])
    P, Y = softmax(scores(X, W)), one_hot(y, 3)
    for f, right in [
        (lambda W: np.trace(A @ W @ B @ W.T), A.T @ W @ B.T + A @ W @ B),
        (lambda W: ((X @ W - Y) ** 2).sum() / 2, X.T @ (X @ W - Y)),
        (lambda W: s @ cross_entropy(log_softmax(scores(X, W)), y), X.T @ np.diag(s) @ (P - Y)),
        (lambda W: np.trace(A @ W @ B), A.T @ B.T),
        (np.trace, np.eye(3)),
    ]:
        np.testing.assert_allclose(complex_step_gradient(f, W), right, atol=1e-12)


# Chapter 9


def test_the_flat_model_is_the_lowest_that_straight_borders_reach_on_the_corners():
    says(
        "09_two_layer",
        "The flat model, one half for each class, has the lowest loss that straight borders can "
        "reach",
    )
    X, y = exclusive_or()
    flat = loss_and_gradient(X, y, np.zeros((2, 2)), np.zeros(2))
    assert flat.loss == pytest.approx(np.log(2))
    assert np.abs(flat.dW).max() == np.abs(flat.db).max() == 0  # and the loss is convex


def test_two_hidden_units_solve_the_corners():
    says(
        "09_two_layer",
        "$h_0 - 2 h_1$ is 0, 1, 1, 0: the class. A score of $10\\,(h_0 - 2 h_1) - 5$ for class 1, "
        "and 0 for class 0, is sure of it.",
    )
    X, y = exclusive_or()
    W1, b1 = np.ones((2, 2)), np.array([0.0, -1.0])
    W2, b2 = np.array([[0.0, 10.0], [0.0, -20.0]]), np.array([0.0, -5.0])
    found = two_layer_forward(X, W1, b1, W2, b2)
    assert found.H.tolist() == [[0, 0], [1, 0], [1, 0], [2, 1]]
    assert (found.H @ [1, -2]).tolist() == y.tolist()
    assert softmax(found.O2)[np.arange(4), y].min() > 0.99


def test_without_the_bend_on_the_way_back_only_the_first_layer_fails():
    says(
        "09_two_layer",
        "In $W_1$ and $b_1$ only, since the slopes of $W_2$ and $b_2$ are taken before the bend.",
    )
    (solution,) = [
        block
        for block in PAGES["09_two_layer"].directives
        if block.name == "dropdown" and "def unbent" in block.body
    ]
    scope = {
        "np": np,
        "softmax": softmax,
        "two_layer_forward": two_layer_forward,
        "exact": two_layer_loss_and_gradient,
    }
    exec(re.search(r"```python\n(.*?)```", solution.body, re.DOTALL)[1], scope)
    X, y = spiral(rng=np.random.default_rng(0))
    params = initial_two_layer(2, 8, 3, rng=np.random.default_rng(2))
    right = two_layer_loss_and_gradient(X, y, *params, strength=0.1)
    wrong = scope["unbent"](X, y, *params, strength=0.1)
    same = {
        name: np.allclose(value, getattr(wrong, name)) for name, value in right._asdict().items()
    }
    assert same == {"loss": True, "dW1": False, "db1": False, "dW2": True, "db2": True}


def test_with_the_bend_forgotten_the_loss_falls_for_a_while():
    says("09_two_layer", "Every shape is right, and the loss even falls for a while.")
    X, y = spiral(rng=np.random.default_rng(0))
    params = initial_two_layer(2, 8, 3, rng=np.random.default_rng(2))
    losses = []
    for _ in range(20):
        O2 = two_layer_forward(X, *params).O2
        right = two_layer_loss_and_gradient(X, y, *params)
        losses.append(right.loss)
        dO1 = (softmax(O2) - one_hot(y, 3)) / len(X) @ params.W2.T
        slopes = (X.T @ dO1, dO1.sum(axis=0), right.dW2, right.db2)
        params = params._make(p - 0.5 * d for p, d in zip(params, slopes, strict=True))
    assert losses[-1] < losses[5] < losses[0]


def test_the_two_models_have_the_parameters_that_the_chapter_counts():
    says(
        "09_two_layer",
        "seven times as many parameters (4810 for 650)",
        "784 · 100 + 100 + 100 · 10 + 10 = 79,510. The linear model has 7850.",
    )
    rng = np.random.default_rng(0)
    for sizes, network, linear in (((64, 64, 10), 4810, 650), ((784, 100, 10), 79510, 7850)):
        assert sum(p.size for p in initial_two_layer(*sizes, rng=rng)) == network
        assert (sizes[0] + 1) * sizes[2] == linear


# Chapter 10


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


def test_neighbours_that_are_computed_far_from_the_origin_are_lost(chapter_7_training_set, digits):
    says("10_neighbours", "nothing is left of them, and what is named is near to guessing.")
    X, y = chapter_7_training_set
    X_val, y_val = chapter_7_parts(digits)[2:]
    A, B = X_val + 1e8, X + 1e8
    plain = (A**2).sum(axis=1)[:, None] - 2 * A @ B.T + (B**2).sum(axis=1)
    assert np.mean(y[plain.argmin(axis=1)] == y_val) < 0.4
    ours = squared_distances(A, B).argmin(axis=1)
    assert np.mean(y[ours] == y_val) > 0.99
    assert np.spacing((A[0] ** 2).sum()) in (64, 128)


def test_the_means_of_the_classes_are_a_linear_classifier(chapter_7_training_set, digits):
    says("10_neighbours", "It gets 0.919 right, with 640 numbers.")
    X, y = chapter_7_training_set
    X_val, y_val = chapter_7_parts(digits)[2:]
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


def test_a_calibrated_model_has_an_error_above_0(rivals, digits):
    says(
        "10_neighbours",
        "The scores were too small, and $T$ makes them larger.",
        "One number brings the confidence back to where it belongs.",
        "The more bins, the fewer digits in each, and the more chance is counted as error.",
    )
    X_val, y_val = chapter_7_parts(digits)[2:]
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


# Notation and the other pages


def test_the_unit_of_the_learning_rate_is_that_of_one_over_lambda():
    says(
        "notation",
        "| one number | squared unit of weight per nat |",
        r"The unit of $\eta$ is that of $1/\lambda$, so that $\eta\lambda$ is a pure number; and "
        r"since the same $\eta$ moves the biases, which have no unit, it fits both only if the "
        "features have none either",
    )
    t = tiny_example()
    ours = loss_and_gradient(t.X, t.y, t.W, t.b, strength=0.1)
    # the same features in a unit that is ten times smaller
    theirs = loss_and_gradient(10 * t.X, t.y, t.W / 10, t.b, strength=100 * 0.1)
    np.testing.assert_allclose(
        10 * (t.W / 10 - 0.5 / 100 * theirs.dW), t.W - 0.5 * ours.dW, rtol=1e-12
    )
    np.testing.assert_allclose(theirs.db, ours.db, rtol=1e-12)


def test_no_page_takes_an_unguarded_log_sum_exp_without_a_word():
    says("notation", "shifted = shift_scores(F)")
    for name, page in PAGES.items():
        for line in page.text.splitlines():
            if re.search(r"np\.log\(np\.exp\(F\w*\)", line):
                assert "# unguarded" in line, f"{name}: {line}"


def test_probabilities_and_scores_above_0_are_no_log_probabilities():
    says("notation", "Ours asks back where it can tell, at a number above 0 for one.")
    for above in (softmax([[-1.0, -2.0]]), [[1.0, 2.0]]):
        with pytest.raises(ValueError, match="expected"):
            cross_entropy(above, [0])


def test_the_loss_of_a_sample_has_slopes_in_its_own_row_only():
    says("06_gradient", "all other rows of $\\partial L_i/\\partial F$ are 0.")
    rng = np.random.default_rng(0)
    F, y = rng.normal(size=(4, 3)), [2, 0, 1, 1]
    for i in range(4):
        slopes = numerical_gradient(lambda F, i=i: cross_entropy(log_softmax(F), y)[i], F)
        np.testing.assert_array_equal(slopes[np.arange(4) != i], 0)
        np.testing.assert_allclose(slopes[i], softmax(F)[i] - one_hot(y, 3)[i], atol=1e-8)


def test_the_fourth_note_gave_what_the_page_of_the_notes_says():
    says("notes_mended", "the gradient by differentials and the trace, a network of two layers")
    says("notes_mended", "the SVM of [Chapter 7](07_training.md)")
    says("07_training", "switch to *SVM*. It is the rival of softmax")
    assert "note 004 names the SVM" in " ".join(hinge_loss.__doc__.split())


def test_no_chapter_talks_of_notes_that_its_reader_has_not_seen():
    """All that is told of them stands on one page; the others link to it."""
    about = re.compile(
        r"\b(first|second|third|fourth|our|that|the) (of (the|our) )?notes?\b(?! of CS231n)"
        r"|\bof (our|the) notes\b",
        re.IGNORECASE,
    )
    for name, page in PAGES.items():
        if name != "notes_mended":
            prose = re.sub(r"\[[^]]*\]\(notes_mended\.md[^)]*\)", "", page.text)
            found = [match[0] for match in about.finditer(prose)]
            assert not found, f"{name}: {found}; link to a place of notes_mended.md instead"


# A slip of the table of the page for teachers, and code that runs it.
RUNS = {
    "one guard for the whole matrix": "mistakes.whole_matrix_shift(",
    "the sum over the wrong axis": "mistakes.softmax_over_columns(",
    "`keepdims` forgotten": "mistakes.softmax_without_keepdims(",
    "the logarithm of a computed softmax": "mistakes.log_of_softmax(",
    "the sum in place of the mean": "batch.sum()",
    r"$\lambda$ for $\lambda/2$, or the other way round": "mistakes.l2_gradient_of_another",
    "the bias penalised": "l2_penalty(W1",
    "the true class not subtracted": "t.X.T @ P / 2",
    "the missing $1/N$": "t.X.T @ (P - Y) + pull",
    "the wrong sign": "t.X.T @ (Y - P)",
    "the bend forgotten on the way back": "def unbent(",
}


def test_a_teacher_is_sent_to_the_page_that_runs_the_slip():
    _, slips = PAGES["teaching"].text.split("## The slips that students make")
    row = r"^\| ([^|]+) \| [^|]+ \| \[Chapter (\d)\]\((\w+)\.md\) \|$"
    rows = re.findall(row, slips, re.MULTILINE)
    assert [slip for slip, _, _ in rows] == list(RUNS)
    for slip, number, page in rows:
        solutions = re.findall(r"^```python\n(.*?)^```", PAGES[page].text, re.M | re.S)
        code = "\n".join([*(cell.code for cell in PAGES[page].cells), *solutions])
        assert RUNS[slip] in code, f"{slip}: no cell and no solution of {page} has it"
        assert int(number) == PAGES[page].number, slip


def test_a_step_with_the_wrong_sign_raises_the_loss():
    says("teaching", "| the wrong sign | take one step and print the loss before and after |")
    t = tiny_example()
    before, dW, db = loss_and_gradient(t.X, t.y, t.W, t.b)
    for eta in (0.01, 0.1, 1.0):
        assert loss(t.X, t.y, t.W + eta * dW, t.b + eta * db) > before


def test_the_bias_takes_up_the_frequencies_and_the_zero_of_the_data_and_steepens_nothing():
    says(
        "notation",
        "it lifts a class for all samples alike, as the class is common and as the zero of the "
        "data lies, and adds nothing to how steeply the scores turn.",
    )
    rng = np.random.default_rng(3)
    X, y = rng.normal(size=(60, 2)), np.repeat([0, 1, 2], [40, 15, 5])

    def best(X, y):
        fit = minimise(X, y, np.zeros((2, 3)), np.zeros(3), strength=0.5, tolerance=1e-9)
        return fit[0], fit[1] - fit[1].mean()

    W, b = best(X, y)
    assert list(np.argsort(-b)) == [0, 1, 2]  # as the classes are common
    np.testing.assert_allclose(
        softmax(scores(X, W, b)).mean(axis=0), np.bincount(y) / 60, atol=1e-6
    )
    # With the classes as common as before, another zero of the data moves the biases, and only it.
    c = np.array([4.0, -2.0])
    W_moved, b_moved = best(X + c, y)
    np.testing.assert_allclose(W_moved, W, atol=1e-6)
    shift = -c @ W
    np.testing.assert_allclose(b_moved, b + shift - shift.mean(), atol=1e-5)
    assert np.abs(b_moved - b).max() > 0.1
    # However large the bias, two samples' scores differ as before.
    differences = [np.diff(scores(X[:2], W, s * b), axis=0) for s in (0, 1, 50)]
    np.testing.assert_allclose(differences[1], differences[0], atol=1e-12)
    np.testing.assert_allclose(differences[2], differences[0], atol=1e-10)
    for name, page in PAGES.items():
        only = re.search(r"bias(es)?\W+(it |they )?only sets?\b", page.text)
        assert not only, f"{name}: {only[0]}"


def test_no_page_calls_class_means_untrained():
    """Class means are fitted to the labels, though by no gradient. Neighbours are not."""
    pattern = r"nobody trained|without (any )?training|no training|untrained|nothing was trained"
    for name, page in PAGES.items():
        if name == "10_neighbours":
            continue
        found = re.search(pattern, page.text, re.IGNORECASE)
        assert not found, f"{name}: {found[0]}"


def test_a_row_by_its_number_is_the_place_in_the_array():
    says(
        "notation",
        'What is called by its place in an array has Python\'s number, from 0: "row 0" is the '
        "first row.",
    )
    says("02_overflow_guard", "rows 0 and 2 break (a row's number is Python's, from 0).")
    says("04_cross_entropy", "Framed are −0.143 in row 0, class 1, and −1.327 in row 1, class 0.")
    for name, page in PAGES.items():
        assert not re.search(r"\b([Ss]ample|[Pp]icture|[Pp]icture number) 0\b", page.text), name


@pytest.mark.parametrize("slip", ["softmax_without_keepdims", "shift_without_keepdims"])
def test_a_forgotten_keepdims_runs_for_one_sample_and_one_class_too(slip):
    assert "unless N = C, or N or C is 1" in SLIPS["lost-keepdims"].effect
    wrong = getattr(mistakes, slip)
    right = {"softmax_without_keepdims": softmax, "shift_without_keepdims": shift_scores}[slip]
    assert "unless N = C, or N or C is 1" in wrong.__doc__
    F = np.random.default_rng(0).normal(size=(4, 4))
    np.testing.assert_allclose(wrong(F[:1]), right(F[:1]))
    assert wrong(F[:, :1]).shape == (4, 4)
    assert wrong(F).shape == (4, 4)
    for n_samples, n_classes in ((2, 3), (3, 2), (4, 3)):
        with pytest.raises(ValueError, match="broadcast"):
            wrong(F[:n_samples, :n_classes])


@pytest.mark.parametrize(("row", "factor"), [([2.0, 1.0, 0.0], 1 / 2), ([0.5, 0.0, -1.0], 2)])
def test_dividing_by_the_maximum_shrinks_differences_or_stretches_them(row, factor):
    assert SLIPS["divided-by-maximum"].effect.startswith("The differences change, and turn round")
    assert "the differences change, or turn round" in mistakes.divide_by_row_maximum.__doc__
    np.testing.assert_allclose(
        np.diff(mistakes.divide_by_row_maximum([row])[0]), factor * np.diff(row)
    )


def test_only_the_files_of_the_part_that_is_asked_for_are_fetched(monkeypatch):
    """The published sizes are 9912422, 28881, 1648877 and 4542 bytes."""
    says("07_training", "it needs 9.9 MB of data once.")
    assert "9.9 MB to train on and 1.7 MB to test" in " ".join(data.load_mnist.__doc__.split())
    assert round((9912422 + 28881) / 1e6, 1) == 9.9
    assert round((1648877 + 4542) / 1e6, 1) == 1.7
    asked = []

    def fetch(file, **_):
        asked.append(file.name)
        return file

    monkeypatch.setattr(data, "fetch", fetch)
    monkeypatch.setattr(data, "read_idx", lambda file, ndim: np.zeros((2, 2, 2)[:ndim], int))
    data.load_mnist("train")
    assert asked == ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"]
