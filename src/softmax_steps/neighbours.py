"""k nearest neighbours: no weights, and all the data kept. Chapter ``book/10_neighbours.md``."""

import numpy as np

from softmax_steps.checks import (
    as_array,
    require_class_count,
    require_count,
    require_finite,
    require_labels,
    same_float,
    widen,
)

BLOCK = 2**22  # distances held at a time: 32 MB in float64


def squared_distances(X, Z):
    r"""Give the squared distance of each row of X to each row of Z.

    .. math:: \lVert X_i - Z_m \rVert^2
        = \lVert X_i \rVert^2 - 2\, X_i Z_m^{\mathsf T} + \lVert Z_m \rVert^2

    One matrix product instead of a loop. Both sets are first moved by the middle of Z, which
    changes no distance: far from the origin the three terms would cancel, digits and all. The
    middle is the median, not the mean, so that numbers of few binary digits, as those of pictures,
    stay such: then equal distances come out equal on every machine.

    Parameters
    ----------
    X : array_like, shape (N, D)
        One sample per row.
    Z : array_like, shape (M, D)
        The samples to compare with.

    Returns
    -------
    ndarray, shape (N, M)
        At least 0; in the square of the features' unit.

    Raises
    ------
    TypeError, ValueError
        If the inputs are not finite numbers or have different numbers of columns.

    Examples
    --------
    >>> squared_distances([[0, 0], [3, 4]], [[0, 0], [3, 0], [0, 4]])
    array([[ 0.,  9., 16.],
           [25., 16.,  9.]])

    Source: note 004 names k nearest neighbours beside softmax.
    """
    X, Z = _check_samples(X, Z, "Z")
    distances = _squared_distances(widen(X), widen(Z))
    with np.errstate(over="ignore"):  # what float16 cannot hold is inf
        return distances.astype(X.dtype, copy=False)


def _squared_distances(X, Z):
    middle = np.median(Z, axis=0)
    X, Z = X - middle, Z - middle
    distances = -2 * X @ Z.T
    distances += (X * X).sum(axis=1, keepdims=True)
    distances += (Z * Z).sum(axis=1)
    return np.maximum(distances, 0)  # rounding can leave a little less


def neighbour_votes(X, X_train, y_train, *, k, n_classes):
    r"""Give the share of the k nearest training samples that each class has.

    .. math:: V_{ij} = \frac{1}{k} \sum_{m \in \mathcal N_k(i)} [\, y_m = j \,]

    Of training samples that are equally far the first in order counts as nearer. Like scores, votes
    go to :func:`softmax_steps.predict` and :func:`softmax_steps.accuracy`; of classes with equal
    votes these take the first.

    Parameters
    ----------
    X : array_like, shape (N, D)
        The samples to decide on.
    X_train : array_like, shape (M, D)
        The samples whose labels are known.
    y_train : array_like of int, shape (M,)
        Their labels in 0…C−1.
    k : int
        How many neighbours vote, 1…M.
    n_classes : int
        The number of classes C.

    Returns
    -------
    ndarray, shape (N, C)
        Shares between 0 and 1, each row adding up to 1.

    Raises
    ------
    TypeError, ValueError
        If the inputs do not fit together, or k is no whole number in 1…M.

    Examples
    --------
    >>> Z, y = [[0.0], [1.0], [1.2]], [0, 1, 1]
    >>> neighbour_votes([[0.9]], Z, y, k=3, n_classes=2).round(3)
    array([[0.333, 0.667]])

    Source: note 004 names k nearest neighbours beside softmax.
    """
    X, X_train = _check_samples(X, X_train, "X_train")
    n_classes = require_class_count(n_classes)
    n_train = len(X_train)
    y_train = require_labels(y_train, n_train, n_classes, labels_of="X_train")
    k = _require_neighbours(k, n_train)
    X, X_train = widen(X), widen(X_train)
    return _neighbour_votes(X, X_train, y_train, k, n_classes)


def _neighbour_votes(X, X_train, y_train, k, n_classes):
    votes, rows = [], max(1, BLOCK // len(X_train))
    for start in range(0, len(X), rows):
        part = X[start : start + rows]
        nearest = _nearest(_squared_distances(part, X_train), k)
        labels = y_train[nearest]
        shares = [(labels == j).mean(axis=1) for j in range(n_classes)]
        votes.append(np.column_stack(shares))
    return np.vstack(votes)


def _nearest(distances, k):
    """Return the indices of the k smallest entries of each row, equal ones in their order."""
    bound = np.partition(distances, k - 1, axis=1)[:, k - 1 : k]
    nearer = distances < bound
    left = k - nearer.sum(axis=1, keepdims=True)
    equal = distances == bound
    chosen = nearer | (equal & (equal.cumsum(axis=1) <= left))
    return np.nonzero(chosen)[1].reshape(len(distances), k)


def _require_neighbours(k, n_train):
    k = require_count(k, "k")
    if k > n_train:
        raise ValueError(
            f"k is {k} but X_train has {n_train} rows; expected k in 1…{n_train}: no more "
            f"neighbours can vote than there are."
        )
    return k


def _check_samples(X, Z, name):
    X = as_array(X, "X", 2, allow_complex=False, shape_hint="(N, D), one sample per row")
    Z = as_array(Z, name, 2, allow_complex=False, shape_hint="(M, D), one sample per row")
    if X.shape[1] != Z.shape[1]:
        raise ValueError(
            f"X has {X.shape[1]} columns (features) but {name} has {Z.shape[1]}; expected the same "
            f"features in both. Do both belong to the same data?"
        )
    require_finite(X, "X")
    require_finite(Z, name)
    return same_float(X, Z)
