"""Step 1: every score is its own sum over the features, plus its class's bias."""

import numpy as np
import pytest
from hypothesis import given

from softmax_steps import fold_bias, scores, softmax

from .strategies import FLOATS, problems, quick


def scores_in_plain_python(X, W, b):
    return [
        [sum(x * w[j] for x, w in zip(row, W, strict=True)) + b[j] for j in range(len(b))]
        for row in X
    ]


def test_the_tiny_example_by_hand():
    F = scores([[1, 2], [3, -1]], [[1, 0, 1], [0, 1, -1]], [0, 1, 0])
    assert F.tolist() == [
        [1 * 1 + 2 * 0 + 0, 1 * 0 + 2 * 1 + 1, 1 * 1 + 2 * -1 + 0],
        [3 * 1 - 1 * 0 + 0, 3 * 0 - 1 * 1 + 1, 3 * 1 - 1 * -1 + 0],
    ]


@quick
@given(problems())
def test_each_score_is_the_sum_over_the_features_plus_the_bias(problem):
    X, _, W, b, _ = problem
    bias = np.zeros(W.shape[1]) if b is None else b
    np.testing.assert_allclose(scores(X, W, b), scores_in_plain_python(X, W, bias), rtol=1e-12)


@quick
@given(problems())
def test_folding_the_bias_in_changes_no_score(problem):
    X, _, W, b, _ = problem
    b = np.arange(W.shape[1]) + 1.0 if b is None else b
    X1, W1 = fold_bias(X, W, b)
    assert X1.shape == (len(X), X.shape[1] + 1)
    assert W1.shape == (W.shape[0] + 1, W.shape[1])
    np.testing.assert_allclose(scores(X1, W1), scores(X, W, b), rtol=1e-12, atol=1e-12)


def test_the_folded_column_is_ones_at_the_end_and_the_row_is_the_bias():
    X1, W1 = fold_bias([[5, 6]], [[1, 2], [3, 4]], [7, 8])
    assert X1.tolist() == [[5, 6, 1]]
    assert W1.tolist() == [[1, 2], [3, 4], [7, 8]]


@pytest.mark.parametrize(("N", "D", "C"), [(100, 784, 10), (500, 3072, 10), (1, 1, 1)])
def test_the_shapes_of_the_notes(N, D, C):
    rng = np.random.default_rng(0)
    X, W, b = rng.normal(size=(N, D)), rng.normal(size=(D, C)), rng.normal(size=C)
    F = scores(X, W, b)
    assert F.shape == (N, C)
    np.testing.assert_allclose(F[-1, -1], np.sum(X[-1] * W[:, -1]) + b[-1], rtol=1e-9)
    X1, W1 = fold_bias(X, W, b)
    assert (X1.shape, W1.shape) == ((N, D + 1), (D + 1, C))
    np.testing.assert_allclose(scores(X1, W1), F, rtol=1e-9, atol=1e-9)


def test_the_bias_belongs_to_the_class_also_where_samples_and_classes_are_equally_many():
    F = scores(np.zeros((2, 3)), np.zeros((3, 2)), [10, 20])
    assert F.tolist() == [[10, 20], [10, 20]]


def test_images_of_unsigned_bytes_do_not_wrap_around():
    X = np.full((1, 2), 255, dtype=np.uint8)
    W = np.full((2, 1), 255, dtype=np.uint8)
    assert scores(X, W).tolist() == [[2 * 255 * 255]]


def test_booleans_count_as_zero_and_one():
    assert scores([[True, False]], [[2], [3]]).tolist() == [[2]]


@pytest.mark.parametrize("dtype", FLOATS)
def test_the_widest_floating_type_comes_out(dtype):
    X, W, b = np.ones((2, 3), dtype), np.ones((3, 4), np.float16), np.ones(4, np.float16)
    assert scores(X, W, b).dtype == dtype
    assert [array.dtype for array in fold_bias(X, W, b)] == [dtype, dtype]


@pytest.mark.parametrize(
    ("X", "W", "b", "message"),
    [
        ((5, 4), (3, 4), None, r"X has 4 columns .* W has 3 rows: .*\(4, C\).* pass W\.T"),
        ((4, 5), (4, 3), None, r"X has 5 columns .* W has 4 rows: .* pass X\.T"),
        ((5, 3), (4, 2), None, r"X has 3 columns .* bias as its last row"),
        ((5, 4), (3, 2), None, r"X has 4 columns .* column of ones"),
        ((5, 9), (4, 2), None, r"X has 9 columns .* same data"),
        ((5, 4), (4, 3), (4,), r"b has 4 entries but W has 3 columns .*\(3,\)"),
        ((5, 4), (4, 3), (1, 3), r"b has shape \(1, 3\); expected \(C,\).* b\.ravel\(\)"),
        ((2, 28, 28), (784, 10), None, r"X has shape \(2, 28, 28\).* X\.reshape\(len\(X\), -1\)"),
        ((4,), (4, 3), None, r"X has shape \(4,\).* X\[np\.newaxis, :\]"),
    ],
)
def test_shapes_that_do_not_fit_are_named_with_their_mend(X, W, b, message):
    with pytest.raises(ValueError, match=message):
        scores(np.ones(X), np.ones(W), None if b is None else np.ones(b))


def test_a_product_too_large_for_the_type_is_refused_by_the_next_step():
    with np.errstate(over="ignore"):
        F = scores([[1e200]], [[1e200]])
    with pytest.raises(ValueError, match=r"F\[0, 0\] is inf; .*overflow .* step before"):
        softmax(F)
