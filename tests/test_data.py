import numpy as np
import pytest
import sklearn.datasets
from hypothesis import given
from hypothesis import strategies as st

from softmax_steps import load_digits, train_validation_split

# --- the digits that ship with the package ---------------------------------------------


def test_the_digits_are_scikit_learns_divided_by_16():
    X, y = load_digits()
    theirs = sklearn.datasets.load_digits()
    assert X.dtype == np.float64
    assert y.dtype == np.int64
    assert np.array_equal(16 * X, theirs.data)
    assert np.array_equal(y, theirs.target)


def test_changing_the_digits_changes_nothing_for_the_next_caller():
    X, y = load_digits()
    X[:] = -1
    y[:] = -1
    again = load_digits()
    assert again.X.min() == 0
    assert again.y.min() == 0


# --- the split --------------------------------------------------------------------------


@given(
    n=st.integers(2, 60),
    share=st.floats(0.001, 0.999),
    seed=st.integers(0, 2**32 - 1),
)
def test_every_sample_lands_in_one_part_with_its_own_label(n, share, seed):
    X = np.arange(n * 3.0).reshape(n, 3)
    y = np.arange(n)
    split = train_validation_split(X, y, validation=share, rng=np.random.default_rng(seed))
    ours, theirs = split.y_train, split.y_validation
    assert len(theirs) == min(max(round(share * n), 1), n - 1)
    assert np.array_equal(np.sort(np.concatenate([ours, theirs])), y)
    assert np.array_equal(split.X_train, X[ours])
    assert np.array_equal(split.X_validation, X[theirs])


def test_the_same_seed_deals_the_same_split_and_another_seed_another():
    X, y = load_digits()
    one, same, other = (
        train_validation_split(X, y, rng=np.random.default_rng(seed)) for seed in (7, 7, 8)
    )
    assert np.array_equal(one.X_train, same.X_train)
    assert not np.array_equal(one.X_train, other.X_train)


def test_the_split_keeps_the_type_and_leaves_its_input_alone():
    X = np.ones((4, 2), dtype=np.float32)
    y = np.array([0, 1, 0, 1], dtype=np.int8)
    split = train_validation_split(X, y, validation=0.5, rng=np.random.default_rng(0))
    split.X_train[:] = 5
    split.X_validation[:] = 5
    split.y_train[:] = 5
    assert split.X_train.dtype == np.float32
    assert split.y_train.dtype == np.int8
    assert X.max() == 1
    assert y.max() == 1


X4, Y4 = np.ones((4, 2)), np.array([0, 1, 2, 1])


@pytest.mark.parametrize(
    ("X", "y", "options", "error", "message"),
    [
        (X4, Y4[:3], {}, ValueError, "3 labels .* 4 rows"),
        (X4, Y4 - 1, {}, ValueError, r"y\[0\] is -1"),
        (X4, Y4 / 2, {}, TypeError, "y holds float64"),
        (X4, np.eye(3)[Y4], {}, ValueError, "one-hot"),
        (X4, np.array([]), {}, ValueError, "holds no labels"),
        (X4[0], Y4, {}, ValueError, r"shape \(2,\)"),
        (X4[:0], Y4[:0], {}, ValueError, "holds no numbers"),
        (X4.astype(object), Y4, {}, TypeError, "object"),
        (X4[:1], Y4[:1], {}, ValueError, "at least 2"),
        (X4, Y4, {"validation": 0}, ValueError, "above 0"),
        (X4, Y4, {"validation": 2}, ValueError, r"pass 2 / len\(X\)"),
        (X4, Y4, {"validation": float("nan")}, ValueError, "nan"),
        (X4, Y4, {"validation": "half"}, TypeError, "'half'"),
        (X4, Y4, {"rng": 0}, TypeError, "default_rng"),
        (X4, Y4, {"rng": np.random}, TypeError, "default_rng"),
    ],
)
def test_a_wrong_call_of_the_split_says_what_came_and_how_to_mend_it(X, y, options, error, message):
    with pytest.raises(error, match=message):
        train_validation_split(X, y, **{"rng": np.random.default_rng(0), **options})
