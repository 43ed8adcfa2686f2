"""Sums over parts, added in any order, are those over the whole."""

import itertools

import numpy as np
import pytest

from softmax_steps import loss_and_gradient
from softmax_steps.partial_sums import add_sums, mean_of_sums, naming_part, partial_sums


@pytest.mark.parametrize("cuts", [[0, 40], [0, 1, 40], [0, 13, 13 + 1, 39, 40]])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_parts_in_any_order_give_the_whole(cuts, dtype):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(40, 5)).astype(dtype), rng.integers(0, 3, 40)
    W, b = rng.normal(size=(5, 3)).astype(dtype), rng.normal(size=3).astype(dtype)
    spans = list(itertools.pairwise(cuts))
    whole = loss_and_gradient(X, y, W, b, strength=0.1)
    for order in (spans, spans[::-1]):
        parts = (partial_sums(X[i:j], y[i:j], W, b) for i, j in order)
        ours = mean_of_sums(add_sums(parts), W, strength=0.1)
        tolerance = 10 * float(np.finfo(dtype).eps)
        assert ours.loss == pytest.approx(float(whole.loss), rel=tolerance)
        assert ours.dW.dtype == dtype
        assert np.abs(ours.dW - whole.dW).max() < tolerance
        assert np.abs(ours.db - whole.db).max() < tolerance


def test_sums_of_narrow_types_are_wide():
    part = partial_sums(
        np.ones((3, 2), np.float16), [0, 1, 1], np.zeros((2, 2), np.float16), [0, 0]
    )
    assert part.dW.dtype == part.db.dtype == np.float64
    million = add_sums(part for _ in range(40_000))  # float16 ends at 65504
    assert million.n_samples == 120_000
    assert million.dW[0].tolist() == pytest.approx([20_000, -20_000], rel=1e-3)


def test_adding_changes_no_part():
    part = partial_sums([[1.0]], [0], [[0.0, 0.0]], [0.0, 0.0])
    add_sums([part, part, part])
    assert part.dW.tolist() == [[-0.5, 0.5]]


def test_an_error_keeps_its_kind_and_gets_the_place():
    expected = r"^In part 3, counted from the first of them: y holds"
    with pytest.raises(TypeError, match=expected), naming_part("part 3"):
        partial_sums([[1.0]], [0.5], [[0.0, 0.0]], [0.0, 0.0])
