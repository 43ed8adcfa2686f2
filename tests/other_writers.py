"""Digits of other writers, from MNIST, where shared/data/mnist lies beside the repository."""

from pathlib import Path

import numpy as np
import pytest

from softmax_steps.data import read_idx

MNIST = Path(__file__).parents[2] / "shared" / "data" / "mnist"


def read_written(count):
    """Return digits as bitmaps of the drawn digit's field, by a threshold, and what they are.

    Parameters
    ----------
    count : int

    Returns
    -------
    bitmaps : ndarray of bool, shape (count, 32, 32)
    labels : ndarray of int, shape (count,)
    """
    paths = [MNIST / f"t10k-{kind}-ubyte.gz" for kind in ("images-idx3", "labels-idx1")]
    if missing := [path.name for path in paths if not path.exists()]:
        pytest.skip(f"needs {' and '.join(missing)} in shared/data/mnist beside the repository")
    images, labels = read_idx(paths[0], ndim=3)[:count], read_idx(paths[1], ndim=1)[:count]
    return np.pad(images > 127, ((0, 0), (2, 2), (2, 2))), labels


def strokes_of(bitmap):
    """Return the strokes with which a hand follows a digit's dark runs, to and fro down the rows.

    The pen is three pixels wide: every second row is followed, a pixel within each run's ends.

    Parameters
    ----------
    bitmap : ndarray of bool, shape (32, 32)

    Returns
    -------
    list of list of (int, int)
        Places, as column and row, for each stroke.
    """
    strokes, going_on = [], []
    for row in range(1, len(bitmap), 2):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], bitmap[row], [0]])))
        on_this_row = []
        for start, end in edges.reshape(-1, 2).tolist():
            left, right = start + 1, max(start + 1, end - 2)
            above = next((s for s in going_on if start <= s[-1][0] < end), None)
            if above is None:
                above = []
                strokes.append(above)
            else:
                going_on.remove(above)
            to_the_left = bool(above) and above[-1][0] > (left + right) / 2
            for column in (right, left) if to_the_left else (left, right):
                if not above or above[-1] != (column, row):
                    above.append((column, row))
            on_this_row.append(above)
        going_on = on_this_row
    return strokes
