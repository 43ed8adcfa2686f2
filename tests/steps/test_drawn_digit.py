"""A drawing becomes the counts that it would have in the data."""

from pathlib import Path

import numpy as np
import pytest

from softmax_steps import load_digits
from softmax_steps.drawn_digit import block_counts, digit_counts, normalize_bitmap

ORIGINALS = Path(__file__).with_name("original_bitmaps.txt")
KEPT = (0, 1, 2, 7)  # the samples whose bitmaps are there


def drawn(*boxes):
    """Return a bitmap with ink in boxes, each (top, left, bottom, right), the ends left out."""
    ink = np.zeros((32, 32), dtype=bool)
    for top, left, bottom, right in boxes:
        ink[top:bottom, left:right] = True
    return ink


@pytest.fixture(scope="module")
def originals():
    """Bitmaps from which the writers of the data counted: 1 is ink."""
    lines = [line for line in ORIGINALS.read_text().splitlines() if not line.startswith("#")]
    return np.array([[int(c) for c in line] for line in lines]).reshape(-1, 32, 32)


def test_the_original_bitmaps_have_the_counts_of_the_data(originals):
    X, y = load_digits()
    assert y[list(KEPT)].tolist() == list(KEPT)
    for k, bitmap in zip(KEPT, originals, strict=True):
        assert np.array_equal(block_counts(bitmap).ravel(), 16 * X[k])


def test_the_original_bitmaps_are_normalized_as_drawings_are(originals):
    """All 32 rows have ink, and the third and the last but two begin in one column."""
    for bitmap in originals:
        assert bitmap.any(axis=1).all()
        assert bitmap[2].argmax() == bitmap[29].argmax()
    # In all of the data the top and the bottom row of counts have ink, and the left column hardly.
    pictures = load_digits().X.reshape(-1, 8, 8)
    assert pictures.any(axis=2).all()
    assert pictures[:, :, 0].any(axis=1).mean() < 0.02


def test_a_block_is_counted_where_it_stands():
    counts = block_counts(drawn((0, 0, 4, 4), (4, 28, 5, 30), (31, 31, 32, 32)))
    expected = np.zeros((8, 8), dtype=int)
    expected[0, 0], expected[1, 7], expected[7, 7] = 16, 2, 1
    assert np.array_equal(counts, expected)
    assert np.issubdtype(counts.dtype, np.integer)


def test_where_and_how_large_a_digit_is_drawn_does_not_matter():
    """A ring of 10 × 16 pixels, one of 20 × 32 whose pixels are four, and the same in a corner."""
    small = drawn((8, 10, 24, 20)) & ~drawn((12, 13, 20, 17))
    corner = np.roll(small, (-8, -10), axis=(0, 1))
    large = np.zeros((32, 32), dtype=bool)
    large[:, 6:26] = np.kron(small[8:24, 10:20], np.ones((2, 2), dtype=bool))
    wanted = digit_counts(large)
    assert np.array_equal(digit_counts(small), wanted)
    assert np.array_equal(digit_counts(corner), wanted)
    assert not np.array_equal(block_counts(small), wanted)


# Each scaled to 20 × 32: how many of its 640 pixels are dark, and how many after the stroke.
STROKES = {
    "a block of 640 is thinned twice, by a pixel on each side each time": (
        drawn((4, 14, 28, 17)),
        28 * 16,
    ),
    "two bars of 5, 320 pixels, stay": (drawn((0, 6, 32, 11), (0, 21, 32, 26)), 320),
    "two bars of 3, 192 pixels, are thickened by a pixel on each side": (
        drawn((0, 6, 32, 9), (0, 23, 32, 26)),
        2 * 5 * 32,
    ),
    "two bars of 1, 64 pixels, are thickened twice": (
        drawn((0, 6, 32, 7), (0, 25, 32, 26)),
        2 * 5 * 32,
    ),
    "two bars of 7, 448 pixels, are thinned, at their ends too": (
        drawn((0, 6, 32, 13), (0, 19, 32, 26)),
        2 * 5 * 30,
    ),
}


@pytest.mark.parametrize("what", STROKES)
def test_a_stroke_is_evened_by_how_much_is_dark(what):
    bitmap, dark = STROKES[what]
    assert normalize_bitmap(bitmap).sum() == dark


def test_a_slant_is_taken_out():
    """Three pixels a row, from the upper right to the lower left: 20 columns over 32 rows."""
    slanted = np.zeros((32, 32), dtype=bool)
    for r in range(32):
        left = 25 - 2 - (17 * r) // 31
        slanted[r, left : left + 3] = True
    upright = normalize_bitmap(slanted)
    assert upright[2].argmax() == upright[29].argmax()
    assert upright.any(axis=0).sum() <= 8


def test_nothing_drawn_has_no_ink():
    assert digit_counts(np.zeros((32, 32))).sum() == 0


def test_one_pixel_fills_what_a_digit_fills():
    bitmap = np.zeros((32, 32), dtype=bool)
    bitmap[31, 0] = True
    assert normalize_bitmap(bitmap).sum() == 28 * 16


def test_the_drawing_is_not_changed_and_the_answer_is_new():
    bitmap = drawn((0, 6, 32, 11), (0, 21, 32, 26))
    before = bitmap.copy()
    normalize_bitmap(bitmap)[:] = True
    assert np.array_equal(bitmap, before)


@pytest.mark.parametrize("function", [block_counts, digit_counts, normalize_bitmap])
def test_what_is_no_bitmap_is_refused(function):
    with pytest.raises(ValueError, match=r"shape \(28, 28\); expected \(32, 32\)"):
        function(np.zeros((28, 28)))
    with pytest.raises(ValueError, match=r"other values than 0 and 1; .*picture > 0\.5"):
        function(np.full((32, 32), 0.3))
