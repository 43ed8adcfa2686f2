"""Step 2: each row's own maximum becomes 0, and no difference in a row changes."""

import numpy as np
import pytest
from hypothesis import given

from softmax_steps import shift_scores

from .strategies import FLOATS, quick, score_matrices

NOTE_000 = [[0, -1.2, -5], [-55, -4, -4], [-5, -2, -1]]


def test_the_matrix_of_note_000_by_hand():
    expected = [[0, -1.2, -5], [-51, 0, 0], [-4, -1, 0]]
    np.testing.assert_allclose(shift_scores(NOTE_000), expected, rtol=1e-15)


def test_a_row_far_below_the_others_is_shifted_by_its_own_maximum():
    assert shift_scores([[1000.0, 999.0], [-1000.0, -1001.0]]).tolist() == [[0, -1], [0, -1]]


@quick
@given(score_matrices())
def test_each_row_ends_at_0_and_nothing_is_above(F):
    before = F.copy()
    shifted = shift_scores(F)
    assert shifted.dtype == F.dtype
    assert shifted.shape == F.shape
    assert np.array_equal(shifted.max(axis=1), np.zeros(len(F)))
    assert np.array_equal(F, before)
    assert not np.shares_memory(F, shifted)


@quick
@given(score_matrices(whole_numbers=True))
def test_whole_numbers_keep_their_differences_exactly(F):
    by_hand = [[f - max(row) for f in row] for row in F.astype(float).tolist()]
    assert shift_scores(F).tolist() == by_hand


@quick
@given(score_matrices(dtypes=[np.float32, np.float64]))
def test_a_second_shift_changes_nothing(F):
    once = shift_scores(F)
    assert np.array_equal(shift_scores(once), once)


@pytest.mark.parametrize("dtype", FLOATS)
def test_a_gap_wider_than_the_type_is_minus_infinity_without_a_warning(dtype):
    top = np.finfo(dtype).max
    assert shift_scores(np.array([[top, -top]], dtype)).tolist() == [[0, -np.inf]]
    assert shift_scores(np.array([[top, top]], dtype)).tolist() == [[0, 0]]


def test_a_complex_step_travels_through():
    h = 1e-30
    shifted = shift_scores(np.array([[1.0, 3.0 + 1j * h]]))
    # f₁ − f₂ has the derivative −1 with respect to f₂; the maximum minus itself stays 0.
    assert np.array_equal(shifted.real, [[-2, 0]])
    np.testing.assert_allclose(shifted.imag / h, [[-1, 0]])
