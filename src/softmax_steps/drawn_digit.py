"""A drawn digit, made into 8 × 8 counts as the book's digits were.

The writers of the data used programs of NIST to cut each digit out of its form and to bring it to
one size, width of stroke and uprightness, in a bitmap of 32 × 32. Then they counted the dark pixels
in each block of 4 × 4.
"""

import numpy as np

from softmax_steps.checks import plain_array

SIZE = 32  # a bitmap's rows and columns
BLOCK = 4
WIDE, HIGH = 20, 32  # what a digit fills after it was scaled
#: From how many dark pixels on a stroke is thinned once or twice, and below how many thickened.
THIN_ONCE, THIN_TWICE = 413, 561
THICKEN_ONCE, THICKEN_TWICE = 255, 107
NOISY = 2  # rows at the top and at the bottom that do not count for the slant
SHORT = 5  # rows, up to which a digit has no slant


def block_counts(bitmap):
    """Count the dark pixels in each block of 4 × 4.

    Parameters
    ----------
    bitmap : array_like of bool, shape (32, 32)
        Row by row from the top; true where there is ink.

    Returns
    -------
    ndarray of int, shape (8, 8)
        From 0 to 16. Divided by 16 and laid out as a row, a sample of the book's digits.

    Raises
    ------
    ValueError
        If the bitmap has another shape, or other values than 0 and 1.

    Examples
    --------
    >>> bitmap = np.zeros((32, 32), dtype=bool)
    >>> bitmap[2:6, :4] = True
    >>> block_counts(bitmap)[:3, 0]
    array([8, 8, 0])

    Source: E. Alpaydin and C. Kaynak, *Optical Recognition of Handwritten Digits*, UCI Machine
    Learning Repository (1998), https://doi.org/10.24432/C50P49.
    """
    n = SIZE // BLOCK
    return require_bitmap(bitmap).reshape(n, BLOCK, n, BLOCK).sum(axis=(1, 3))


def normalize_bitmap(bitmap):
    """Bring a digit to the size, width of stroke and uprightness of the book's digits.

    1. The smallest box around the ink is scaled to 20 × 32, each side by a factor of its own, and
       put into the middle.
    2. A stroke is thinned where more than 412 pixels are dark, twice where more than 560 are, and
       thickened where fewer than 256 are, twice where fewer than 108: a pixel goes if one of its
       four neighbours is light, or comes if one is dark.
    3. Each row is moved sideways, in proportion to its distance from the middle, so that the first
       ink of the third row and of the last but two stand below one another.

    Parameters
    ----------
    bitmap : array_like of bool, shape (32, 32)

    Returns
    -------
    ndarray of bool, shape (32, 32)
        Without ink, if there is none.

    Raises
    ------
    ValueError
        If the bitmap has another shape, or other values than 0 and 1.

    Notes
    -----
    The data's description names NIST's programs and no more. The bitmaps show which ones: each
    fills all 32 rows, and its third row and last but two begin in one column.

    NIST's program adds its factors up in float32 as it goes from column to column. Here the column
    to copy is found in whole numbers, so that every computer finds the same one.

    Source: M. D. Garris et al., *NIST Form-Based Handprint Recognition System*, NISTIR 5469 (1994):
    its second way to normalize, and its shear.
    """
    ink = require_bitmap(bitmap)
    if not ink.any():
        return ink
    return _upright(_even_stroke(_scaled(ink)))


def digit_counts(bitmap):
    """Return the 8 × 8 counts of a drawing: first normalized, then counted.

    Parameters
    ----------
    bitmap : array_like of bool, shape (32, 32)

    Returns
    -------
    ndarray of int, shape (8, 8)
        From 0 to 16.

    Raises
    ------
    ValueError
        If the bitmap has another shape, or other values than 0 and 1.

    Examples
    --------
    A small square in a corner becomes a block in the middle, half as large as the picture:

    >>> bitmap = np.zeros((32, 32), dtype=bool)
    >>> bitmap[1:5, 1:5] = True
    >>> int((digit_counts(bitmap) > 0).sum())
    32

    Source: as :func:`block_counts` and :func:`normalize_bitmap`.
    """
    return block_counts(normalize_bitmap(bitmap))


def require_bitmap(bitmap):
    """Return a bitmap as a new array of bool.

    Parameters
    ----------
    bitmap : array_like of bool, shape (32, 32)

    Returns
    -------
    ndarray of bool, shape (32, 32)

    Raises
    ------
    ValueError
        If it has another shape, or other values than 0 and 1.
    """
    given = plain_array(bitmap, "bitmap")
    if given.shape != (SIZE, SIZE):
        raise ValueError(
            f"bitmap has shape {given.shape}; expected ({SIZE}, {SIZE}). Reduce a larger picture, "
            f"or put a smaller one into a field of zeros."
        )
    if not np.isin(given, (0, 1)).all():
        raise ValueError(
            "bitmap holds other values than 0 and 1; expected true where there is ink. For grey "
            "pixels choose a threshold: picture > 0.5."
        )
    return given.astype(bool)


def _scaled(ink):
    """Scale the box around the ink to 20 × 32, in the middle."""
    rows, columns = (np.flatnonzero(ink.any(axis=axis)) for axis in (1, 0))
    box = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    box = box[_sources(len(box), HIGH)][:, _sources(box.shape[1], WIDE)]
    return np.pad(box, ((0, 0), ((SIZE - WIDE) // 2,) * 2))


def _sources(old, new):
    """Return, for each of `new` rows, which of the `old` ones is copied into it."""
    if old > new:  # to row k the one at k old / new, rounded
        return (2 * np.arange(new) * old + new) // (2 * new)
    # Row m is copied up to the place (m + 1) new / old − 1, rounded.
    last = (2 * (np.arange(old) + 1) * new - old) // (2 * old)
    return np.searchsorted(last, np.arange(new))


def _even_stroke(ink):
    """Thin or thicken the strokes, by how many pixels are dark."""
    dark = ink.sum()
    for least in (THIN_ONCE, THIN_TWICE):
        if dark >= least:
            ink = ink & _neighbours(ink).all(axis=0)
    for most in (THICKEN_ONCE, THICKEN_TWICE):
        if dark <= most:
            ink = ink | _neighbours(ink).any(axis=0)
    return ink


def _neighbours(ink):
    """Return the four neighbours of each pixel; beyond the edge there is no ink."""
    wide = np.pad(ink, 1)
    return np.array([wide[:-2, 1:-1], wide[2:, 1:-1], wide[1:-1, :-2], wide[1:-1, 2:]])


def _upright(ink):
    """Move the rows sideways, so that a slanted digit stands upright."""
    rows = np.flatnonzero(ink.any(axis=1))
    if not rows.size or rows[-1] - rows[0] + 1 <= SHORT:
        return ink
    top, bottom = rows[0] + NOISY, rows[-1] - NOISY
    if not (ink[top].any() and ink[bottom].any()):
        return ink
    slant, height = int(ink[top].argmax() - ink[bottom].argmax()), int(bottom - top)
    moved = np.zeros_like(ink)
    for r in range(SIZE):
        twice = 2 * (r - SIZE // 2) * slant
        # The nearest whole number to half of twice / height; a half goes away from 0.
        shift = (abs(twice) + height) // (2 * height) * (1 if twice > 0 else -1)
        at = np.arange(SIZE) - shift
        within = (at >= 0) & (at < SIZE)
        moved[r, within] = ink[r, at[within]]
    return moved
