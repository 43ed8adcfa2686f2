"""What is wrong on purpose fails where the book says it does, and nowhere in the package."""

import ast
import inspect
import re
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

import softmax_steps
from softmax_steps import (
    cross_entropy,
    cross_entropy_one_hot,
    l2_gradient,
    l2_penalty,
    log_softmax,
    loss,
    loss_and_gradient,
    mistakes,
    one_hot,
    score_gradient,
    shift_scores,
    softmax,
)

from .strategies import quick, score_matrices

PACKAGE = Path(softmax_steps.__file__).parent
FUNCTIONS = {
    name: function
    for name, function in inspect.getmembers(mistakes, inspect.isfunction)
    if function.__module__ == mistakes.__name__ and not name.startswith("_")
}
NOTE_000 = np.array([[0, -1.2, -5], [-55, -4, -4], [-5, -2, -1]])


@pytest.fixture
def small():
    """Return a problem whose sizes all differ, far from every limit."""
    rng = np.random.default_rng(0)
    X, W, y = rng.normal(size=(5, 4)), rng.normal(size=(4, 3)), np.array([0, 2, 1, 2, 0])
    F = X @ W
    return {"X": X, "W": W, "y": y, "F": F, "P": softmax(F), "log_p": log_softmax(F)}


# Kept apart


def test_no_mistake_is_exported():
    assert not set(FUNCTIONS) & (set(softmax_steps.__all__) | set(vars(softmax_steps)))


def test_only_what_shows_a_slip_uses_a_mistake():
    """The chapters and the tests do; of the package, the overflow lab and what knows a slip."""
    users = []
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in getattr(node, "names", []) if hasattr(alias, "name")]
            if isinstance(node, ast.ImportFrom):
                names.append(node.module or "")
            if isinstance(node, ast.Import | ast.ImportFrom) and any(
                name.split(".")[-1] == "mistakes" for name in names
            ):
                users.append(path.relative_to(PACKAGE).as_posix())
    checks = ("cross_entropy", "overflow_guard", "regularization", "score", "softmax")
    assert sorted(users) == ["overflow_working.py", *(f"practice/{name}.py" for name in checks)]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_mistake_names_the_function_that_mends_it(name):
    mended = re.findall(
        r"Mended:[^.]*?:func:`softmax_steps\.([\w.]+)`", inspect.getdoc(FUNCTIONS[name])
    )
    assert mended
    for function in mended:
        module, _, step = function.rpartition(".")
        if module:
            assert callable(getattr(import_module(f"softmax_steps.{module}"), step))
        else:
            assert step in softmax_steps.__all__


# No guard


@pytest.mark.parametrize(
    ("dtype", "fits", "overflows"),
    [(np.float64, 709.78, 709.79), (np.float32, 88.72, 88.73), (np.float16, 11.08, 11.1)],
)
def test_the_unguarded_softmax_overflows_at_the_logarithm_of_the_largest_number(
    dtype, fits, overflows
):
    assert mistakes.unguarded_softmax(np.array([[fits]], dtype)).tolist() == [[1]]
    F = np.array([[overflows, 0]], dtype)
    with pytest.warns(RuntimeWarning) as warnings:
        P = mistakes.unguarded_softmax(F)
    assert sorted(str(w.message).split(" encountered")[0] for w in warnings) == [
        "invalid value",
        "overflow",
    ]
    assert np.isnan(P[0, 0])
    assert softmax(F)[0, 0] == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("value", [-746.0, -1e4])
def test_the_unguarded_softmax_divides_0_by_0_far_below_0(value):
    with pytest.warns(RuntimeWarning, match="invalid value"):
        assert np.isnan(mistakes.unguarded_softmax([[value, value]])).all()
    assert softmax([[value, value]]).tolist() == [[0.5, 0.5]]


@quick
@given(score_matrices(dtypes=[np.float64]))
def test_the_mistaken_guards_are_right_as_long_as_nothing_overflows(F):
    F = F / 10
    np.testing.assert_allclose(mistakes.unguarded_softmax(F), softmax(F), rtol=1e-10)
    np.testing.assert_allclose(mistakes.whole_matrix_softmax(F), softmax(F), rtol=1e-10)


# The guards that fail


@pytest.mark.parametrize(
    ("dtype", "held", "lost"),
    [(np.float64, 745.13, 745.14), (np.float32, 103.97, 103.98), (np.float16, 17.32, 17.34)],
)
def test_the_whole_matrix_guard_loses_a_row_at_the_logarithm_of_the_smallest_number(
    dtype, held, lost
):
    near, far = (np.array([[0, 0], [-gap, -gap]], dtype) for gap in (held, lost))
    assert mistakes.whole_matrix_softmax(near)[1].tolist() == [0.5, 0.5]
    with pytest.warns(RuntimeWarning, match="invalid value"):
        P = mistakes.whole_matrix_softmax(far)
    assert P[0].tolist() == [0.5, 0.5]
    assert np.isnan(P[1]).all()
    assert softmax(far).tolist() == [[0.5, 0.5], [0.5, 0.5]]


def test_the_notes_own_matrix_survives_the_whole_matrix_guard_by_luck():
    assert mistakes.whole_matrix_shift(NOTE_000).tolist() == NOTE_000.tolist()  # its maximum is 0
    np.testing.assert_allclose(mistakes.whole_matrix_softmax(NOTE_000), softmax(NOTE_000))
    shifted = mistakes.whole_matrix_shift(NOTE_000 + 7)
    np.testing.assert_allclose(shifted.max(axis=1), [0, -4, -1])
    np.testing.assert_allclose(shift_scores(NOTE_000 + 7).max(axis=1), 0)


def test_forgotten_keepdims_shifts_a_square_by_the_wrong_rows_and_fails_otherwise():
    shifted = mistakes.shift_without_keepdims(NOTE_000)
    np.testing.assert_allclose(shifted, NOTE_000 - [0, -4, -1])
    assert not np.allclose(shifted.max(axis=1), 0)
    with pytest.raises(ValueError, match="broadcast"):
        mistakes.shift_without_keepdims(NOTE_000[:2])


def test_the_column_maximum_is_taken_off_every_shape():
    np.testing.assert_allclose(
        mistakes.shift_by_column_maximum(NOTE_000[:2]), NOTE_000[:2] - [0, -1.2, -4]
    )


def test_the_row_mean_leaves_a_score_that_overflows():
    F = [[3000.0, 0.0, 0.0]]
    assert mistakes.shift_by_row_mean(F).tolist() == [[2000, -1000, -1000]]
    assert softmax(F).tolist() == [[1, 0, 0]]


def test_dividing_by_the_row_maximum_turns_negative_scores_round():
    divided = mistakes.divide_by_row_maximum([[-1.0, -2.0], [2.0, 1.0]])
    assert divided.tolist() == [[1, 2], [1, 0.5]]
    assert np.argmax(divided[0]) != np.argmax([-1.0, -2.0])


def test_clipped_scores_can_no_longer_be_told_apart():
    assert mistakes.clip_scores([[1000.0, 800.0]]).tolist() == [[700, 700]]
    assert mistakes.clip_scores([[-650.0, -1000.0]]).tolist() == [[-650, -700]]
    np.testing.assert_allclose(softmax([[1000.0, 800.0]]), [[1, 0]], atol=1e-80)


# Softmax


def test_a_sum_over_the_samples_makes_columns_sum_to_1(small):
    P = mistakes.softmax_over_columns(small["F"])
    assert P.shape == small["F"].shape
    np.testing.assert_allclose(P.sum(axis=0), 1)
    assert not np.allclose(P.sum(axis=1), 1)


def test_softmax_without_keepdims_runs_on_a_square_only(small):
    with pytest.raises(ValueError, match="broadcast"):
        mistakes.softmax_without_keepdims(small["F"])
    square = small["F"][:3]
    P = mistakes.softmax_without_keepdims(square)
    shifted = np.exp(shift_scores(square))
    for i, j in np.ndindex(3, 3):
        assert P[i, j] == pytest.approx(shifted[i, j] / shifted[j].sum())
    assert not np.allclose(P.sum(axis=1), 1)


@pytest.mark.parametrize(
    ("dtype", "held", "lost"),
    [(np.float64, 745.0, 746.0), (np.float32, 103.0, 104.0), (np.float16, 17.0, 18.0)],
)
def test_the_logarithm_of_softmax_is_infinite_where_log_softmax_is_not(dtype, held, lost):
    assert np.isfinite(mistakes.log_of_softmax(np.array([[held, 0]], dtype))).all()
    F = np.array([[lost, 0]], dtype)
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        assert mistakes.log_of_softmax(F).tolist() == [[0, -np.inf]]
    assert log_softmax(F).tolist() == [[0, -lost]]


@quick
@given(score_matrices(dtypes=[np.float64]))
def test_the_logarithm_of_softmax_is_right_for_scores_near_each_other(F):
    np.testing.assert_allclose(mistakes.log_of_softmax(F / 10), log_softmax(F / 10), atol=1e-10)


# Cross-entropy and the loss


def test_an_unsummed_loss_is_a_matrix(small):
    Y = one_hot(small["y"], 3)
    unsummed = mistakes.unsummed_cross_entropy(small["log_p"], Y)
    assert unsummed.shape == (5, 3)
    np.testing.assert_allclose(unsummed.sum(axis=1), cross_entropy(small["log_p"], small["y"]))
    # The mean over all entries is the loss divided by C.
    assert unsummed.mean() == pytest.approx(cross_entropy(small["log_p"], small["y"]).mean() / 3)


def test_0_times_minus_infinity_is_not_a_number():
    log_p, Y = [[0.0, -np.inf]], [[1, 0]]
    with pytest.warns(RuntimeWarning, match="invalid value"):
        assert np.isnan(mistakes.one_hot_times_log(log_p, Y)).all()
    assert cross_entropy_one_hot(log_p, Y).tolist() == [0]


@pytest.mark.parametrize(
    "wrong",
    [
        mistakes.all_pairs_cross_entropy,
        lambda log_p, y: mistakes.column_of_labels_cross_entropy(log_p, y[:, np.newaxis]),
    ],
    ids=["all pairs", "column of labels"],
)
def test_wrong_indices_give_a_square_whose_diagonal_is_the_loss(small, wrong):
    square = wrong(small["log_p"], small["y"])
    losses = cross_entropy(small["log_p"], small["y"])
    assert square.shape == (5, 5)
    np.testing.assert_allclose(np.diag(square), losses)
    assert square.mean() != pytest.approx(losses.mean())


def test_a_penalty_in_every_entry_counts_N_times_C_times(small):
    Y, W = one_hot(small["y"], 3), small["W"]
    wrong = mistakes.loss_without_sums(small["log_p"], Y, W, strength=0.1)
    assert wrong.shape == (5, 3)
    data = cross_entropy(small["log_p"], small["y"]).sum()
    assert wrong.sum() == pytest.approx(data + 15 * l2_penalty(W, strength=0.1))


def test_a_penalty_on_the_data_pulls_at_no_weight(small):
    X = small["X"]
    assert mistakes.penalise_the_data(X, strength=0.1) == pytest.approx(0.05 * np.sum(X**2))
    assert mistakes.penalise_the_data(X, strength=0.1) != l2_penalty(small["W"], strength=0.1)


def test_the_gradient_of_the_other_penalty_is_twice_too_large(small):
    W = small["W"]
    wrong = mistakes.l2_gradient_of_another_penalty(W, strength=0.1)
    np.testing.assert_allclose(wrong, 2 * l2_gradient(W, strength=0.1))


# Gradients


def test_one_feature_for_the_row_makes_every_column_constant(small):
    X, W, y = small["X"], small["W"], small["y"]
    wrong = mistakes.gradient_with_one_feature(X, small["P"], y)
    right = loss_and_gradient(X, y, W).dW
    assert wrong.shape == right.shape
    np.testing.assert_allclose(wrong, np.broadcast_to(wrong[0], wrong.shape))
    np.testing.assert_allclose(np.diag(wrong), np.diag(right))  # one entry of each is right
    assert not np.allclose(wrong, right)


def test_the_chain_rule_entry_by_entry_keeps_the_true_class_only(small):
    Y = one_hot(small["y"], 3)
    wrong = mistakes.chain_rule_element_by_element(small["P"], Y)
    right = score_gradient(small["P"], small["y"])
    np.testing.assert_allclose(wrong[Y == 1], right[Y == 1])
    assert np.all(wrong[Y == 0] == 0)
    assert np.all(right[Y == 0] > 0)


def test_half_a_gradient_lacks_1_over_N_and_the_penalty(small):
    X, W, y = small["X"], small["W"], small["y"]
    wrong = mistakes.weight_gradient_half_done(X, small["P"], one_hot(y, 3))
    np.testing.assert_allclose(wrong, 5 * loss_and_gradient(X, y, W).dW)
    slope = loss_and_gradient(X, y, W, strength=0.1).dW
    np.testing.assert_allclose(slope - wrong / 5, 0.1 * W)
    assert loss(X, y, W - 0.01 * slope, strength=0.1) < loss(X, y, W, strength=0.1)
