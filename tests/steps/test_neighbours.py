import numpy as np
import pytest
from sklearn import neighbors as sklearn_neighbors

from softmax_steps import accuracy, load_digits, neighbours
from softmax_steps.neighbours import neighbour_votes, squared_distances


def test_distances_are_those_of_a_double_loop():
    rng = np.random.default_rng(0)
    X, Z = rng.normal(size=(5, 3)), rng.normal(size=(4, 3))
    written_out = [[sum((a - b) ** 2 for a, b in zip(x, z, strict=True)) for z in Z] for x in X]
    np.testing.assert_allclose(squared_distances(X, Z), written_out, rtol=1e-12)


def test_far_from_the_origin_no_digits_cancel():
    X = 1e8 + np.array([[0.0], [1.0]])
    assert squared_distances(X, X).tolist() == [[0, 1], [1, 0]]


@pytest.mark.parametrize("k", [1, 3, 10])
def test_votes_are_scikit_learns(k):
    X, y = load_digits()
    X_train, y_train, X = X[:1000], y[:1000], X[1000:]
    theirs = sklearn_neighbors.KNeighborsClassifier(k, algorithm="brute").fit(X_train, y_train)
    ours = neighbour_votes(X, X_train, y_train, k=k, n_classes=10)
    differ = np.abs(ours - theirs.predict_proba(X)).max(axis=1) > 1e-9
    assert differ.mean() < 0.01  # equal distances, in another order
    assert accuracy(ours, y[1000:]) > 0.94


def test_equal_distances_count_in_their_order():
    X_train, y_train = [[1.0], [-1.0], [1.0]], [2, 0, 1]
    assert neighbour_votes([[0.0]], X_train, y_train, k=2, n_classes=3).tolist() == [[0.5, 0, 0.5]]


def test_blocks_change_nothing(monkeypatch):
    X, y = load_digits()
    whole = neighbour_votes(X[:50], X, y, k=5, n_classes=10)
    monkeypatch.setattr(neighbours, "BLOCK", 1)
    np.testing.assert_array_equal(neighbour_votes(X[:50], X, y, k=5, n_classes=10), whole)
    np.testing.assert_allclose(whole.sum(axis=1), 1)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"k": 4}, "k is 4 but X_train has 3 rows"),
        ({"k": 0}, "k is 0; expected at least 1"),
        ({"X": [[1.0, 2.0]]}, r"X has 2 columns \(features\) but X_train has 1"),
        ({"y_train": [0, 1, 5]}, r"y\[2\] is 5"),
        ({"X_train": [[1.0], [np.nan], [2.0]]}, r"X_train\[1, 0\] is nan"),
    ],
)
def test_what_does_not_fit_is_named(changes, message):
    given = {"X": [[0.0]], "X_train": [[1.0], [2.0], [3.0]], "y_train": [0, 1, 1], "k": 1}
    with pytest.raises(ValueError, match=message):
        neighbour_votes(**(given | changes), n_classes=2)


def test_pictures_that_are_equally_far_are_exactly_so():
    """Sixteenths, as the digits' ink, have short binary numbers: no rounding parts a tie."""
    X, y = load_digits()
    X, Z = X[:200], X[200:]
    whole = [((16 * x - 16 * Z) ** 2).sum(axis=1) for x in X]
    np.testing.assert_array_equal(256 * squared_distances(X, Z), whole)
    in_order = np.argsort(whole, axis=1, kind="stable")[:, :9]
    assert any(len(set(row)) < len(row) for row in np.sort(whole, axis=1)[:, :9])
    votes = np.array([np.bincount(y[200:][near], minlength=10) / 9 for near in in_order])
    np.testing.assert_allclose(neighbour_votes(X, Z, y[200:], k=9, n_classes=10), votes)
