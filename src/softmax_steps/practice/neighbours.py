"""The exercises of Chapter 10 that ask for a function."""

import numpy as np

from softmax_steps.neighbours import squared_distances
from softmax_steps.practice.exercise import Exercise


def _three_terms(X, Z, *, product=2):
    """Return the squared distances as the formula stands, without moving the middle."""
    X, Z = np.asarray(X, float), np.asarray(Z, float)
    return (X**2).sum(axis=1, keepdims=True) - product * X @ Z.T + (Z**2).sum(axis=1)


def _ends_first(X, Z):
    X, Z = np.asarray(X, float), np.asarray(Z, float)
    return (X**2).sum(axis=1)[:, np.newaxis] + (Z**2).sum(axis=1) - 2 * X @ Z.T


def _product_first(X, Z):
    X, Z = np.asarray(X, float), np.asarray(Z, float)
    return -2 * X @ Z.T + (X**2).sum(axis=1, keepdims=True) + (Z**2).sum(axis=1)


def _differences(X, Z):
    return X[:, np.newaxis] - Z


def _leave_one_out(leave_out, *, best=np.argmin):
    """Return the share of samples whose nearest other one has their label, right but for parts.

    Parameters
    ----------
    leave_out : callable
        Changes the square matrix of distances, so that no sample names itself.
    best : callable
        Takes the matrix and ``axis``, returns a column for each row.

    Returns
    -------
    callable
    """

    def share(X, y):
        D = squared_distances(X, X)
        leave_out(D)
        return np.mean(y[best(D, axis=1)] == y)

    return share


def _diagonal(value):
    return lambda D: np.fill_diagonal(D, value)


def _zeros_left_out(D):
    D[D == 0] = np.inf


def _second(D, axis):
    return np.argsort(D, axis=axis, kind="stable")[:, 1]


_RNG = np.random.default_rng(10)
_X, _Z = (_RNG.integers(-3, 4, (rows, 3)) / 2 for rows in (3, 4))
_THREE_WAYS = (_three_terms, _ends_first, _product_first)

EXERCISES = (
    Exercise(
        number="10-7",
        call="my_distances(X, Z)",
        right=squared_distances,
        cases={
            "two samples and three, by hand": (
                np.array([[0.0, 0.0], [3.0, 4.0]]),
                np.array([[0.0, 0.0], [3.0, 0.0], [0.0, 4.0]]),
            ),
            "as many samples in both": (_X, _Z[:3]),
            "four features": (
                np.array([[1.0, 0.0, 2.0, -1.0]]),
                np.array([[0.0, 0.0, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0]]),
            ),
            "all samples near 100 million": (_X + 1e8, _Z + 1e8),
        },
        slips={
            "root-of-distance": lambda X, Z: np.sqrt(squared_distances(X, Z)),
            "cross-term-halved": [
                lambda X, Z: _three_terms(X, Z, product=1),
                lambda X, Z: (
                    squared_distances(X, Z)
                    + (X - np.median(Z, axis=0)) @ (Z - np.median(Z, axis=0)).T
                ),
            ],
            "sizes-of-differences": lambda X, Z: np.abs(_differences(X, Z)).sum(axis=2),
            "row-against-row": lambda X, Z: ((X - Z) ** 2).sum(axis=1),
            "lost-far-away": [
                *_THREE_WAYS,
                *(lambda X, Z, way=way: np.maximum(way(X, Z), 0) for way in _THREE_WAYS),
            ],
        },
        many=lambda n: (np.ones((n, 2)), np.ones((3, 2))),
    ),
    Exercise(
        number="10-8",
        call="leave_one_out(X, y)",
        right=_leave_one_out(_diagonal(np.inf)),
        cases={
            "five samples on a line": (
                np.array([[0.0], [1.0], [3.0], [7.0], [9.0]]),
                np.array([0, 0, 0, 1, 2]),
            ),
            "labels that no neighbour shares": (
                np.array([[0.0, 0.0], [1.0, 0.0], [4.0, 4.0], [4.0, 7.0]]),
                np.array([0, 1, 0, 1]),
            ),
            "two samples on the same spot": (
                np.array([[0.0, 1.0], [3.0, 1.0], [3.0, 1.0], [0.5, 1.0], [9.0, 4.0]]),
                np.array([1, 0, 0, 1, 2]),
            ),
            "two on the same spot, of two classes": (
                np.array([[2.0, 2.0], [2.0, 2.0], [3.0, 2.0], [8.0, 2.0], [8.5, 2.0]]),
                np.array([0, 1, 1, 0, 0]),
            ),
        },
        slips={
            "names-itself": [_leave_one_out(_diagonal(value)) for value in (0, -np.inf)],
            "farthest-for-nearest": _leave_one_out(_diagonal(0), best=np.argmax),
            "twins-left-out": _leave_one_out(_zeros_left_out),
            "second-for-other": _leave_one_out(lambda D: None, best=_second),
        },
    ),
)
