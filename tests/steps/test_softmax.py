"""Step 3: probabilities right to rounding, for every size of score and every floating type."""

import mpmath
import numpy as np
import pytest
import scipy.special
from hypothesis import given
from hypothesis import strategies as st

from softmax_steps import log_softmax, one_hot, predict, softmax, softmax_jacobian

from .strategies import FLOATS, as_floats, exact_log_softmax, quick, score_matrices


def rounding(F):
    """Return what a few roundings in the type of F may cost in a number near 1."""
    return (F.shape[1] + 4) * float(np.finfo(F.dtype).eps)


# Values


def test_the_tiny_example_by_hand():
    e = np.e
    expected = [
        [e**-2 / (e**-2 + 1 + e**-4), 1 / (e**-2 + 1 + e**-4), e**-4 / (e**-2 + 1 + e**-4)],
        [e**-1 / (e**-1 + e**-4 + 1), e**-4 / (e**-1 + e**-4 + 1), 1 / (e**-1 + e**-4 + 1)],
    ]
    np.testing.assert_allclose(softmax([[1, 3, -1], [3, 0, 4]]), expected, rtol=1e-14)


def test_logarithms_of_whole_numbers_give_their_shares():
    F = np.log([[1.0, 2.0, 5.0], [4.0, 3.0, 1.0]])
    np.testing.assert_allclose(softmax(F), [[1 / 8, 2 / 8, 5 / 8], [4 / 8, 3 / 8, 1 / 8]])


@quick
@given(score_matrices())
def test_softmax_is_right_to_rounding(F):
    exact = as_floats([[mpmath.exp(v) for v in row] for row in exact_log_softmax(F)])
    np.testing.assert_allclose(softmax(F).astype(float), exact, rtol=0, atol=rounding(F))


@quick
@given(score_matrices())
def test_log_softmax_is_right_to_rounding(F):
    exact = as_floats(exact_log_softmax(F))
    largest = float(np.finfo(F.dtype).max)
    got = log_softmax(F).astype(float)
    held = exact >= -largest
    assert np.all(got[~held] <= -largest)  # a float16 cannot hold a gap of 120000: −inf
    # One rounding of the gap, one of the difference: each relative to the value's own size.
    slack = rounding(F) + float(np.finfo(F.dtype).eps) * np.abs(exact[held])
    assert np.all(np.abs(got[held] - exact[held]) <= slack)


@pytest.mark.parametrize(
    ("dtype", "size"), [(np.float64, 1000), (np.float32, 1000), (np.float16, 6e4)]
)
def test_the_largest_scores_of_each_type(dtype, size):
    F = np.array([[size, 0, -size], [size, size, -size], [-size, -size, -size]], dtype)
    expected = [[1, 0, 0], [1 / 2, 1 / 2, 0], [1 / 3, 1 / 3, 1 / 3]]
    np.testing.assert_allclose(softmax(F), np.array(expected, dtype))
    log_p = log_softmax(F)
    assert log_p[0].tolist()[:2] == [0, -size]
    np.testing.assert_allclose(log_p[2], -np.log(3), rtol=np.finfo(dtype).eps)
    assert log_p.dtype == dtype


@pytest.mark.parametrize("dtype", FLOATS)
def test_the_largest_numbers_there_are_cause_no_warning(dtype):
    top = np.finfo(dtype).max
    F = np.array([[top, -top, top]], dtype)
    assert softmax(F).tolist() == [[0.5, 0, 0.5]]
    assert log_softmax(F)[0, 1] == -np.inf


@pytest.mark.parametrize("dtype", FLOATS)
def test_the_smallest_numbers_there_are_count_as_equal(dtype):
    tiny = np.finfo(dtype).smallest_subnormal
    assert softmax(np.array([[tiny, -tiny]], dtype)).tolist() == [[0.5, 0.5]]


def test_log_softmax_keeps_what_the_logarithm_of_softmax_loses():
    assert softmax([[1000.0, 0.0]]).tolist() == [[1, 0]]
    assert log_softmax([[1000.0, 0.0]]).tolist() == [[0, -1000]]


@pytest.mark.parametrize("order", ["C", "F"])
def test_five_thousand_equal_classes_in_float16(order):
    P = softmax(np.zeros((2, 5000), np.float16, order=order))
    np.testing.assert_allclose(P.astype(float).sum(axis=1), 1, rtol=2e-3)


def test_float16_refuses_more_classes_than_it_can_count():
    with pytest.raises(
        ValueError, match=r"F has 65505 columns; .*65504.* F\.astype\(np\.float32\)"
    ):
        softmax(np.zeros((1, 65505), np.float16))
    np.testing.assert_allclose(softmax(np.zeros((1, 65505), np.float32)), 1 / 65505, rtol=1e-6)


# Properties


@quick
@given(score_matrices())
def test_rows_are_probabilities_of_the_type_that_came_in(F):
    before = F.copy()
    P, log_p = softmax(F), log_softmax(F)
    assert P.dtype == log_p.dtype == F.dtype
    assert P.shape == log_p.shape == F.shape
    assert np.all((P >= 0) & (P <= 1))
    assert np.all(log_p <= 0)
    np.testing.assert_allclose(P.astype(float).sum(axis=1), 1, rtol=0, atol=rounding(F))
    assert np.array_equal(F, before)


@quick
@given(score_matrices(whole_numbers=True), st.integers(-1000, 1000))
def test_a_shift_of_each_row_changes_no_bit(F, shift):
    # Whole numbers, so that adding the shift is exact: what is left to differ is softmax.
    shifts = (shift + np.arange(len(F)))[:, np.newaxis].astype(F.dtype)
    assert np.array_equal(softmax(F + shifts), softmax(F))
    assert np.array_equal(log_softmax(F + shifts), log_softmax(F))


@quick
@given(score_matrices())
def test_a_larger_score_never_gets_a_smaller_probability(F):
    order = np.argsort(F, axis=1, kind="stable")
    for values in (softmax(F), log_softmax(F)):
        sorted_values = np.take_along_axis(values, order, axis=1).astype(float)
        slack = rounding(F) * np.abs(sorted_values[:, 1:])
        slack[~np.isfinite(slack)] = 0
        assert np.all(sorted_values[:, 1:] + slack >= sorted_values[:, :-1])


@quick
@given(score_matrices())
def test_equal_scores_get_equal_probabilities(F):
    P = softmax(F)
    for scores_of_one, p in zip(F, P, strict=True):
        for score in np.unique(scores_of_one):
            assert len(np.unique(p[scores_of_one == score])) == 1


@quick
@given(score_matrices())
def test_a_row_does_not_know_its_neighbours(F):
    for f, p, log_p in zip(F, softmax(F), log_softmax(F), strict=True):
        np.testing.assert_allclose(softmax(f[np.newaxis])[0], p, rtol=rounding(F))
        np.testing.assert_allclose(log_softmax(f[np.newaxis])[0], log_p, rtol=rounding(F))


@pytest.mark.parametrize("dtype", FLOATS)
def test_one_class_is_certain(dtype):
    F = np.array([[1000], [-1000], [0]], dtype)
    assert softmax(F).tolist() == [[1], [1], [1]]
    assert log_softmax(F).tolist() == [[0], [0], [0]]


@quick
@given(score_matrices(dtypes=[np.float64]))
def test_scipy_gives_the_same(F):
    np.testing.assert_allclose(softmax(F), scipy.special.softmax(F, axis=1), rtol=1e-12)
    np.testing.assert_allclose(
        log_softmax(F), scipy.special.log_softmax(F, axis=1), rtol=1e-12, atol=1e-14
    )
    by_logsumexp = F - scipy.special.logsumexp(F, axis=1, keepdims=True)
    np.testing.assert_allclose(log_softmax(F), by_logsumexp, rtol=1e-12, atol=1e-12)


def test_a_complex_step_gives_the_jacobian():
    f, h = np.array([1.0, 3.0, -1.0]), 1e-30
    columns = [softmax((f + 1j * h * e)[np.newaxis])[0].imag / h for e in np.eye(3)]
    p = softmax(f[np.newaxis])[0]
    np.testing.assert_allclose(np.transpose(columns), softmax_jacobian(p), rtol=1e-12)


# predict and one_hot


def test_predict_names_the_largest_score_and_the_first_of_equals():
    assert predict([[1, 3, -1], [3, 0, 4], [2, 2, 1], [0, 5, 5]]).tolist() == [1, 2, 0, 1]


@quick
@given(score_matrices())
def test_predict_agrees_with_a_search_in_plain_python(F):
    expected = [row.index(max(row)) for row in F.tolist()]
    assert predict(F).tolist() == expected
    assert np.issubdtype(predict(F).dtype, np.integer)


@quick
@given(score_matrices())
def test_the_predicted_class_has_the_largest_probability(F):
    P = softmax(F)
    assert np.array_equal(P[np.arange(len(P)), predict(F)], P.max(axis=1))


def test_predict_refuses_complex_scores_for_they_have_no_order():
    with pytest.raises(TypeError, match=r"F holds complex128 values; .* F\.real"):
        predict([[1j, 2]])


@quick
@given(st.lists(st.integers(0, 9), min_size=1, max_size=20), st.integers(10, 15))
def test_one_hot_has_a_single_1_where_the_label_says(y, n_classes):
    Y = one_hot(y, n_classes)
    assert Y.dtype == np.float64
    assert Y.tolist() == [[float(j == label) for j in range(n_classes)] for label in y]


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int64, np.uint64])
def test_one_hot_takes_every_type_of_integer(dtype):
    y = np.array([127, 0], dtype)  # an int8 cannot hold the number of classes
    assert np.argmax(one_hot(y, 200), axis=1).tolist() == [127, 0]
    assert one_hot(y, np.int64(128)).shape == (2, 128)


def test_one_hot_with_a_hundred_thousand_classes_needs_no_square_matrix():
    Y = one_hot([99_999], 100_000)
    assert Y.shape == (1, 100_000)
    assert Y[0, -1] == Y.sum() == 1


@pytest.mark.parametrize(
    ("n_classes", "error", "message"),
    [
        (0, ValueError, "n_classes is 0; expected at least 1 class"),
        (-1, ValueError, "n_classes is -1; expected at least 1 class"),
        (2.5, TypeError, r"n_classes is 2\.5; expected a whole number"),
        (3.0, TypeError, r"n_classes is 3\.0; expected a whole number"),
        ("3", TypeError, "n_classes is '3'; expected a whole number"),
        (None, TypeError, "n_classes is None; expected a whole number"),
        ([3], TypeError, r"n_classes is \[3\]; expected a whole number"),
    ],
)
def test_one_hot_refuses_what_is_no_number_of_classes(n_classes, error, message):
    with pytest.raises(error, match=message + r".*int\(np\.max\(y\)\) \+ 1"):
        one_hot([0], n_classes)
