"""Step 4: the price of the true class, in nats, from log-probabilities."""

import math

import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given
from hypothesis import strategies as st

from softmax_steps import cross_entropy, cross_entropy_one_hot, log_softmax, one_hot, softmax

from .strategies import FLOATS, quick, score_matrices


@st.composite
def labelled_log_probabilities(draw, **options):
    F = draw(score_matrices(**options))
    N, C = F.shape
    y = draw(st.lists(st.integers(0, C - 1), min_size=N, max_size=N))
    return log_softmax(F), np.array(y)


def test_the_tiny_example_by_hand():
    log_p = log_softmax([[1, 3, -1], [3, 0, 4]])
    expected = [
        -math.log(math.e**3 / (math.e**1 + math.e**3 + math.e**-1)),
        -math.log(math.e**3 / (math.e**3 + math.e**0 + math.e**4)),
    ]
    np.testing.assert_allclose(cross_entropy(log_p, [1, 0]), expected, rtol=1e-14)
    np.testing.assert_allclose(expected, [0.143, 1.327], atol=5e-4)


def test_probabilities_of_halves_cost_whole_powers_of_two():
    log_p = np.log([[1 / 2, 1 / 4, 1 / 4], [1 / 4, 1 / 8, 5 / 8]])
    np.testing.assert_allclose(cross_entropy(log_p, [0, 1]), [math.log(2), 3 * math.log(2)])


def test_a_guess_among_C_costs_log_C():
    np.testing.assert_allclose(
        cross_entropy(log_softmax(np.zeros((4, 10))), [0, 3, 5, 9]), 2.302585
    )


@quick
@given(labelled_log_probabilities())
def test_the_loss_is_minus_the_entry_of_the_true_class(case):
    log_p, y = case
    before = log_p.copy()
    losses = cross_entropy(log_p, y)
    assert losses.dtype == log_p.dtype
    assert losses.tolist() == [-row[label] for row, label in zip(log_p.tolist(), y, strict=True)]
    assert np.all(losses >= 0)
    assert np.array_equal(log_p, before)


@quick
@given(labelled_log_probabilities())
def test_the_one_hot_form_gives_the_same_bits(case):
    log_p, y = case
    losses = cross_entropy_one_hot(log_p, one_hot(y, log_p.shape[1]))
    assert losses.dtype == log_p.dtype
    assert np.array_equal(losses, cross_entropy(log_p, y))


@quick
@given(labelled_log_probabilities(dtypes=[np.float64], whole_numbers=True))
def test_the_joint_probability_is_the_product_of_the_true_classes_probabilities(case):
    log_p, y = case
    product = math.prod(np.exp(log_p)[np.arange(len(y)), y].tolist())
    joint = math.exp(-len(y) * cross_entropy(log_p, y).mean())
    np.testing.assert_allclose(joint, product, rtol=1e-9, atol=1e-300)


def test_scikit_learn_gives_the_same_mean():
    rng = np.random.default_rng(0)
    F, y = rng.normal(size=(50, 4)), np.arange(50) % 4
    expected = sklearn.metrics.log_loss(y, softmax(F))
    np.testing.assert_allclose(cross_entropy(log_softmax(F), y).mean(), expected, rtol=1e-12)


def test_the_log_softmax_path_keeps_a_loss_of_a_thousand():
    assert cross_entropy(log_softmax([[1000.0, 0.0]]), [1]).tolist() == [1000]


def test_a_probability_of_0_costs_infinity_only_where_it_is_the_true_class():
    log_p = [[0, -np.inf], [0, -np.inf]]
    assert cross_entropy(log_p, [0, 1]).tolist() == [0, np.inf]
    assert cross_entropy_one_hot(log_p, [[1, 0], [0, 1]]).tolist() == [0, np.inf]
    assert cross_entropy(log_p, [0, 1]).mean() == np.inf


def test_no_loss_is_minus_zero():
    assert not np.signbit(cross_entropy([[0.0]], [0])).any()
    assert not np.signbit(cross_entropy_one_hot([[0.0]], [[1]])).any()


@pytest.mark.parametrize("dtype", FLOATS)
def test_one_class_costs_nothing(dtype):
    losses = cross_entropy(log_softmax(np.ones((3, 1), dtype)), [0, 0, 0])
    assert losses.tolist() == [0, 0, 0]
    assert losses.dtype == dtype


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32, np.uint64])
def test_every_type_of_integer_is_a_label(dtype):
    assert cross_entropy([[0, -np.inf], [-np.inf, 0]], np.array([0, 1], dtype)).tolist() == [0, 0]


def test_one_hot_rows_of_booleans_are_one_hot_rows():
    assert cross_entropy_one_hot([[-np.inf, 0]], [[True, False]]).tolist() == [np.inf]


def test_a_complex_step_travels_through_both_forms():
    log_p = np.log([[0.25, 0.75]]) + np.array([[2e-30j, 3e-30j]])
    assert cross_entropy(log_p, [1]).imag.tolist() == [-3e-30]
    assert cross_entropy_one_hot(log_p, [[0, 1]]).imag.tolist() == [-3e-30]


@pytest.mark.parametrize("form", [cross_entropy, cross_entropy_one_hot])
@pytest.mark.parametrize(
    ("log_p", "message"),
    [
        (
            [[0.25, 0.75]],
            r"log_p\[0, 0\] is 0\.25; expected log-prob.* at most 0.*log_softmax\(F\)",
        ),
        ([[-1, np.inf]], r"log_p\[0, 1\] is inf; expected log-probabilities"),
        ([[-1, np.nan]], r"log_p\[0, 1\] is nan; expected log-probabilities"),
    ],
)
def test_what_is_no_log_probability_is_refused(form, log_p, message):
    with pytest.raises(ValueError, match=message):
        form(log_p, [0] if form is cross_entropy else [[1, 0]])


@pytest.mark.parametrize(
    ("Y", "message"),
    [
        ([[1, 1, 0], [1, 0, 0]], r"Y\[0\] is \[1\. 1\. 0\.\]; expected .* single 1"),
        ([[1, 0, 0], [0, 0, 0]], r"Y\[1\] is \[0\. 0\. 0\.\]; expected .* single 1"),
        ([[1, 0, 0], [0.5, 0.5, 0]], r"Y\[1\] is \[0\.5 0\.5 0\. \]; expected .* single 1"),
        ([[1, 0, 0], [2, -1, 0]], r"Y\[1\] is .* expected .* single 1"),
        ([[1, 0, 0], [np.nan, 1, 0]], r"Y\[1\] is .*nan.* expected .* single 1"),
        ([[1, 0], [1, 0]], r"Y has shape \(2, 2\) but .* \(2, 3\); expected the same"),
        ([[1, 0, 0]], r"Y has shape \(1, 3\) but .* \(2, 3\); expected the same"),
        ([1, 0], r"Y has shape \(2,\); expected \(N, C\)"),
    ],
)
def test_rows_that_are_not_one_hot_are_refused(Y, message):
    with pytest.raises(ValueError, match=message):
        cross_entropy_one_hot(np.log(np.full((2, 3), 1 / 3)), Y)


p = np.array([[0.7, 0.2, 0.1], [0.3, 0.3, 0.4], [0.2, 0.2, 0.6], [0.1, 0.1, 0.8]])


@pytest.mark.parametrize("form", [cross_entropy, cross_entropy_one_hot])
@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (np.zeros((4, 3)), r"exp\(log_p\[0\]\) sums to 3; .* sum to 1 .*scores\? Use log_softmax"),
        (-10 * p, r"exp\(log_p\[0\]\) sums to .*Did you pass scores"),
        ([[-1, -2, -3]] * 4, r"exp\(log_p\[0\]\) sums to 0\.55.*Did you pass scores"),
        (p, r"log_p\[0, 0\] is 0\.7; .*Did you pass probabilities"),
        (-np.log(p), r"log_p\[0, 0\] is 0\.35.*Is the sign turned\? Then pass -log_p"),
        (np.log10(p), r"exp\(log_p\[0\]\) sums to .*base 10\? Then pass np\.log\(10\) \* log_p"),
        (np.log2(p), r"exp\(log_p\[0\]\) sums to .*base 2\? Then pass np\.log\(2\) \* log_p"),
        (np.log(p / p.sum(axis=0)), r"exp\(log_p\[0\]\) sums to .*over the samples"),
        (np.log(p).round(3), r"exp\(log_p\[0\]\) sums to .*rounded\? log_softmax\(log_p\) makes"),
        (np.full((4, 3), -np.inf), r"exp\(log_p\[0\]\) sums to 0; .*leave that sample out"),
        (np.log(p) - 1e-9, r"exp\(log_p\[0\]\) sums to 0\.999999999; .*rounded"),
    ],
)
def test_what_only_looks_like_log_probabilities_is_refused_with_a_fitting_mend(
    form, wrong, message
):
    with pytest.raises(ValueError, match=message):
        form(wrong, [0, 1, 2, 0] if form is cross_entropy else np.eye(3)[[0, 1, 2, 0]])


def test_the_mends_for_other_logarithms_give_the_right_loss():
    for base, log in ((10, np.log10), (2, np.log2)):
        losses = cross_entropy(np.log(base) * log(p), [0, 1, 2, 0])
        np.testing.assert_allclose(losses, -np.log([0.7, 0.3, 0.6, 0.1]), rtol=1e-14)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("n_classes", [1, 2, 10, 65504])
@pytest.mark.parametrize("scale", [0, 1, 30, 3e4])
def test_no_log_softmax_is_refused_for_its_rounding(dtype, n_classes, scale):
    F = (scale * np.random.default_rng(0).uniform(-1, 1, (4, n_classes))).astype(dtype)
    y = np.zeros(4, int)
    log_p = log_softmax(F)
    assert np.array_equal(cross_entropy(log_p, y), -log_p[:, 0])
    with np.errstate(divide="ignore"):
        assert len(cross_entropy(np.log(softmax(F.astype(np.float64))), y)) == 4


def test_float32_numbers_from_a_list_keep_the_rounding_of_float32():
    log_p = log_softmax(np.random.default_rng(0).normal(size=(50, 10)).astype(np.float32))
    assert np.array_equal(cross_entropy(log_p.tolist(), [3] * 50), -log_p[:, 3])
