"""Data for the book: the digits that ship with it, and a split into two parts."""

from importlib import resources
from numbers import Real
from typing import NamedTuple

import numpy as np

from softmax_steps.checks import as_array, require_labels


class Samples(NamedTuple):
    """Images as rows, and their labels: ``X, y = load_digits()``."""

    X: np.ndarray
    y: np.ndarray


class Split(NamedTuple):
    """The two parts of a data set: one to train on, one held out."""

    X_train: np.ndarray
    y_train: np.ndarray
    X_validation: np.ndarray
    y_validation: np.ndarray


def load_digits():
    """Load 1797 handwritten digits, 8 × 8 pixels each, that ship with the package.

    Returns
    -------
    Samples
        ``X``, float64, shape (1797, 64): one image per row, row by row from its top
        left pixel; ink from 0 (none) to 1, in steps of 1/16, without a unit.
        ``y``, int, shape (1797,): the digit, 0…9.
        Both are fresh arrays at each call; changing them changes nothing else.

    Examples
    --------
    >>> X, y = load_digits()
    >>> X.shape, y.shape
    ((1797, 64), (1797,))
    >>> X.min(), X.max(), y[:5]
    (np.float64(0.0), np.float64(1.0), array([0, 1, 2, 3, 4]))

    Source: E. Alpaydin and C. Kaynak, *Optical Recognition of Handwritten Digits*, UCI
    Machine Learning Repository (1998), https://doi.org/10.24432/C50P49, licence CC BY 4.0;
    the part that scikit-learn bundles. The pixels are divided by 16.
    """
    file = resources.files("softmax_steps").joinpath("digits.npz")
    with file.open("rb") as stream, np.load(stream) as arrays:
        return Samples(arrays["pixels"] / 16.0, arrays["labels"].astype(np.int64))


def train_validation_split(X, y, *, validation=0.25, rng):
    """Deal the samples at random into a part to train on and a part held out.

    Every sample lands in exactly one part. The draw does not look at the labels: with few
    samples a class may be missing from the smaller part.

    Parameters
    ----------
    X : array_like, shape (N, D)
        One sample per row; at least two.
    y : array_like of int, shape (N,)
        One label per sample, 0 or larger.
    validation : float
        The share held out, between 0 and 1; rounded to whole samples, at least one.
    rng : numpy.random.Generator
        Where the random order comes from; the same seed gives the same split.

    Returns
    -------
    Split
        ``X_train, y_train, X_validation, y_validation``: new arrays. Floating types are
        kept, other numbers become float64.

    Raises
    ------
    TypeError, ValueError
        If samples and labels do not fit together, ``validation`` does not leave a sample
        on each side, or ``rng`` is no generator.

    Examples
    --------
    >>> X, y = load_digits()
    >>> split = train_validation_split(X, y, rng=np.random.default_rng(0))
    >>> split.X_train.shape, split.X_validation.shape
    ((1348, 64), (449, 64))
    """
    X = as_array(X, "X", 2, allow_complex=False, shape_hint="(N, D), one sample per row")
    y = np.asarray(y)
    countable = y.size and y.dtype.kind in "iu"
    n_classes = y.shape[1] if y.ndim == 2 else int(y.max()) + 1 if countable else 1
    y = require_labels(y, len(X), max(n_classes, 1), labels_of="the samples in X")
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            f"rng is {rng!r}; expected a NumPy random generator. "
            f"np.random.default_rng(0) makes one that deals the same split each time."
        )
    held_out = _count_held_out(validation, len(X))
    order = rng.permutation(len(X))
    ours, theirs = order[held_out:], order[:held_out]
    return Split(X[ours], y[ours], X[theirs], y[theirs])


def _count_held_out(validation, n_samples):
    if not isinstance(validation, Real) or isinstance(validation, bool):
        raise TypeError(f"validation is {validation!r}; expected one number, such as 0.25.")
    if not 0 < validation < 1:
        mend = (
            f"For {validation} samples pass {validation} / len(X)."
            if validation >= 1
            else "Without a held-out part there is nothing to split."
        )
        raise ValueError(
            f"validation is {validation}; expected the share held out, above 0 and below 1. {mend}"
        )
    if n_samples < 2:
        raise ValueError(
            f"X has {n_samples} sample; expected at least 2, one for each part of the split."
        )
    return min(max(round(n_samples * float(validation)), 1), n_samples - 1)
