"""A message's mend fits what came: other libraries' arrays, masks, labels of every kind."""

import re
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import scipy.sparse

import softmax_steps as sm
from softmax_steps.svm import hinge_loss

X = np.arange(8.0).reshape(4, 2) / 8
W = np.array([[1.0, 0, -1], [0, 1, 0]])
Y = np.eye(3)[[0, 1, 2, 0]]
y = np.array([0, 1, 2, 0])
nan, inf = np.nan, np.inf


def refusal(call, *args, **options):
    with pytest.raises((TypeError, ValueError)) as caught:
        call(*args, **options)
    message = str(caught.value)
    assert "expected" in message
    assert message.endswith((".", "?"))
    return message


# Labels

LABELS = [
    ([-1, 0, 1, 2], r"y\[0\] is -1; .*Does -1 mark samples without a label\? Leave them out"),
    ([0, -100, -100, 2], r"y\[1\] is -100; .*Does -100 mark .*X\[keep\] and y\[keep\]"),
    ([-2, -1, 0, 1], r"y\[0\] is -2; .*Labels count from 0: np\.unique"),
    ([1, 2, 3, 1], r"y\[2\] is 3; .*count from 1\? Then pass y - 1"),
    ([0, 1, 7, 1], r"y\[2\] is 7; .*more classes than that"),
    ([0.0, 1.0, nan, 2.0], r"y holds float64 values; .*NaN is no label: keep = ~np\.isnan\(y\)"),
    ([0.0, 1.0, 2.0, 0.0], r"y holds float64 values; .*astype\(int\) converts them"),
    ([0.0, 1.0, 2.0, inf], r"y holds float64 values; .*no whole numbers"),
    ([0.0, 1.5, 2.0, 0.0], r"y holds float64 values; .*are they scores"),
    ([True, False, True, True], r"y holds bool values; .*astype\(int\) converts them"),
    (["cat", "dog", "cat", "emu"], r"y holds <U3 values; .*np\.unique"),
    (np.array(["cat", None, "dog", "emu"], object), r"y holds object .*label is missing"),
    (np.array(["cat", "dog", "dog", "emu"], object), r"y holds object values; .*np\.unique"),
    ([Fraction(1), Fraction(2), Fraction(0), Fraction(1)], r"y holds object .*astype\(int\)"),
    (np.array([0, 1, 2, 0], complex), r"y holds complex128 values; .*Are they scores"),
    (Y, r"y has shape \(4, 3\), which looks one-hot; .*np\.argmax\(y, axis=1\) turns"),
    (0.9 * Y + 0.1 / 3, r"y has shape \(4, 3\), and is not one-hot.*loses the rest"),
    (Y + Y[::-1] > 0, r"y has shape \(4, 3\), which looks one-hot, but row 1 holds 2 ones"),
    (np.zeros((4, 2, 2), int), r"y has shape \(4, 2, 2\); .*Check how it was made"),
    (np.zeros((4, 1), int), r"y has shape \(4, 1\); .*y\.ravel\(\) makes it a vector"),
    (scipy.sparse.csr_array(Y), r"y is a sparse matrix; .*Pass y\.toarray\(\)"),
    (None, r"y is None; .*Was it left out"),
    ({0, 1, 2}, r"y is \{0, 1, 2\}; .*A set has no order"),
    (iter([0, 1, 2, 0]), r"y is <list_iterator.*np\.array\(list\(y\)\)"),
    (np.ma.array(y, mask=[0, 1, 0, 0]), r"y is a masked array"),
    ([0, 1, np.ma.masked, 0], r"y is a masked array"),
]
LABEL_TAKERS = {
    "loss": lambda y: sm.loss(X, y, W),
    "loss_and_gradient": lambda y: sm.loss_and_gradient(X, y, W),
    "gradient_by_sample": lambda y: sm.gradient_by_sample(X, y, W),
    "cross_entropy": lambda y: sm.cross_entropy(sm.log_softmax(X @ W), y),
    "score_gradient": lambda y: sm.score_gradient(sm.softmax(X @ W), y),
    "accuracy": lambda y: sm.accuracy(X @ W, y),
    "hinge_loss": lambda y: hinge_loss(X @ W, y),
    "one_epoch": lambda y: sm.one_epoch(
        X, y, W, np.zeros(3), strength=0, learning_rate=1, batch_size=4, rng=np.random.default_rng()
    ),
}


@pytest.mark.parametrize("call", LABEL_TAKERS.values(), ids=LABEL_TAKERS)
@pytest.mark.parametrize("case", range(len(LABELS)))
def test_the_mend_for_labels_fits_what_came(call, case):
    wrong, message = LABELS[case]
    if hasattr(wrong, "__next__"):
        wrong = iter([0, 1, 2, 0])  # a new one for each call
    assert re.search(message, refusal(call, wrong))


@pytest.mark.parametrize("wrong", [np.array([-1, 1, 1, -1]), [1, -1, 1, 1]])
def test_the_classes_minus_one_and_one_become_0_and_1(wrong):
    message = refusal(sm.loss, X, wrong, W[:, :2])
    assert "Are the two classes −1 and 1? Then pass (y + 1) // 2." in message
    assert np.isfinite(sm.loss(X, (np.asarray(wrong) + 1) // 2, W[:, :2]))


# Data and scores

ARRAYS = [
    (scipy.sparse.csr_matrix(X), r"is a sparse matrix; .*\.toarray\(\)"),
    (scipy.sparse.coo_array(X), r"is a sparse matrix; .*\.toarray\(\)"),
    ([scipy.sparse.csr_array(row[np.newaxis]) for row in X], r"is a sparse matrix, one in each"),
    (np.ma.array(X, mask=X > 0.8), r"is a masked array"),
    ([np.ma.array(row, mask=row > 0.8) for row in X], r"is a masked array"),
    ([[0.0, np.ma.masked]] * 4, r"is a masked array"),
    ([[1.0, None]] * 4, r"holds object values; .*\[0, 1\] is None: is a value missing"),
    ([[1.0, "a"]] * 4, r"\[0, 0\] is .*1\.0'?, |holds <U\d+ values; .*'a'.*no number"),
    (np.array([[1, "a"]] * 4, object), r"holds object values; .*\[0, 1\] is 'a', for which"),
    ([["1", "2"]] * 4, r"holds <U1 values; .*dtype=np\.float64\)"),
    ([[10**30, 1]] * 4, r"holds object values; .*dtype=np\.float64\)"),
    ([[10**400, 1]] * 4, r"holds object values; .*\[0, 0\] is 1000.*no number"),
    ([[2**53 + 1, 2**53]] * 4, r"\[0, 0\] is 9007199254740993; .*up to 2\*\*53"),
    (np.array([[2**64 - 1, 0]] * 4, np.uint64), r"\[0, 0\] is 18446744073709551615; "),
    ([[-(2**63) + 1, 0]] * 4, r"\[0, 0\] is -9223372036854775807; "),
    (None, r"is None; .*Was it left out"),
    ({1.0, 2.0}, r"A set has no order"),
    ({"a": 1.0}, r"\.values\(\)\) takes the values"),
    (np.zeros, r"Was it meant to be called"),
    ((row for row in X), r"np\.array\(list\(.*\)\) makes an array"),
]
ARRAY_TAKERS = {
    "scores": lambda X: sm.scores(X, W),
    "loss": lambda X: sm.loss(X, y, W),
    "softmax": sm.softmax,
    "log_softmax": sm.log_softmax,
    "shift_scores": sm.shift_scores,
    "predict": sm.predict,
    "cross_entropy": lambda log_p: sm.cross_entropy(log_p, y),
    "score_gradient": lambda P: sm.score_gradient(P, y),
    "l2_penalty": lambda W: sm.l2_penalty(W, strength=1),
}


@pytest.mark.parametrize("call", ARRAY_TAKERS.values(), ids=ARRAY_TAKERS)
@pytest.mark.parametrize("case", range(len(ARRAYS)))
def test_the_mend_for_an_array_fits_what_came(call, case):
    wrong, message = ARRAYS[case]
    assert re.search(message, refusal(call, wrong))


def test_whole_numbers_that_float64_holds_pass():
    exact = [[2**53, 2**53 - 1], [2**62, -(2**63)]]
    np.testing.assert_allclose(sm.softmax(exact), [[0.73105858, 0.26894142], [1, 0]], rtol=1e-7)
    assert sm.softmax(np.array([[2**63, 0]], np.uint64)).tolist() == [[1, 0]]


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("call", [sm.softmax, sm.log_softmax, sm.shift_scores, sm.predict])
def test_scores_of_minus_infinity_are_taken_for_a_mask(call, dtype):
    F = np.array([[1, -inf, 2], [0, 0, 0]], dtype)
    message = refusal(call, F)
    low = "-6e4" if dtype == np.float16 else "-1e30"
    assert (
        f"F[0, 1] is -inf; expected finite numbers. Does −inf mask a class? np.maximum(F, {low})"
        in (message)
    )
    P = sm.softmax(np.maximum(F, dtype(low)))
    assert P[0, 1] == 0
    np.testing.assert_allclose(P[0, [0, 2]], [0.26894, 0.73106], rtol=2e-3)
    assert "leave that sample out" in refusal(call, np.full((1, 2), -inf, dtype))
    assert "Look for an overflow" in refusal(call, np.array([[inf, -inf]], dtype))


def test_data_with_gaps_speak_of_missing_values():
    assert "X[0, 1] is nan; expected finite numbers. Is a value missing?" in refusal(
        sm.loss, [[1.0, nan]], [0], W
    )


def test_arguments_in_the_wrong_order_are_named():
    assert "Are they labels? The order is log_p, y." in refusal(sm.cross_entropy, y, np.log(Y + 1))
    assert "Are they labels? The order is P, y." in refusal(sm.score_gradient, y, Y)
    assert "np.mean(F == y)" in refusal(sm.accuracy, y, y)
    assert "One row of it is p[0]." in refusal(sm.softmax_jacobian, Y)
    assert "X, y, W, b" in refusal(sm.loss, X, W, y)


# Single numbers

NUMBERS = [
    (10**400, "beyond 1.8e308, the largest float64; .*mistyped"),
    (Fraction(10**400), "beyond 1.8e308, the largest float64; .*mistyped"),
    (None, "is None; .*left out"),
    (True, "is True; .*no amounts"),
    ([0.5], r"is \[0\.5\]; .*Write 0\.5"),
    (np.array([0.5]), r"is array\(\[0\.5\]\); .*Write 0\.5"),
    ("0.5", r"is '0\.5'; .*Write 0\.5"),
    (Decimal("0.5"), r"is Decimal\('0\.5'\); .*Write 0\.5"),
    ("much", "is 'much'; .*an array or a text"),
    ([0.1, 0.2], "an array or a text"),
    (0.5j, "one real number"),
    (np.ma.masked, "is masked; .*one real number"),
]


@pytest.mark.parametrize("name", ["strength", "learning_rate", "step", "tolerance"])
@pytest.mark.parametrize(("wrong", "message"), NUMBERS)
def test_the_mend_for_a_number_fits_what_came(name, wrong, message):
    calls = {
        "strength": lambda v: sm.l2_penalty(W, strength=v),
        "learning_rate": lambda v: sm.one_epoch(
            X, y, W, [0] * 3, strength=0, learning_rate=v, batch_size=1, rng=np.random.default_rng()
        ),
        "step": lambda v: sm.complex_step_gradient(lambda x: x.sum(), X, step=v),
        "tolerance": lambda v: sm.compare_gradients(W, W, tolerance=v),
    }
    assert re.search(f"^{name} .*{message}", refusal(calls[name], wrong))


# The origin of a gradient

ORIGINS = [
    ({"y": "a"}, "y is 'a'; expected"),
    ({"y": ["a", "b", "c", "d"]}, "np.unique"),
    ({"y": [0.0, 1.0, 2.0, 0.0]}, "astype\\(int\\)"),
    ({"y": [-1, 0, 1, 2]}, r"y\[0\] is -1"),
    ({"X": X, "y": [0, 1]}, "y has 2 labels for 4 rows of X"),
    ({"X": "a"}, "X is 'a'"),
    ({"X": np.full((4, 2), nan)}, r"X\[0, 0\] is nan"),
    ({"W": W, "strength": "a"}, "strength is 'a'"),
    ({"strength": -1}, "strength is -1"),
    ({"W": "a", "strength": 1.0}, "W is 'a'"),
]


@pytest.mark.parametrize(("origin", "message"), ORIGINS)
@pytest.mark.parametrize("factor", [1, 2])
def test_what_lies_behind_a_gradient_is_checked_also_if_the_gradients_agree(
    origin, message, factor
):
    assert re.search(message, refusal(sm.compare_gradients, factor * W, W, **origin))


def test_hidden_labels_are_refused_where_a_class_is_counted():
    hidden = np.ma.array(y, mask=[0, 1, 0, 0])
    rng = np.random.default_rng()
    assert "masked" in refusal(sm.train_validation_split, X, hidden, rng=rng)
    settings = {"strength": 0, "learning_rate": 1, "epochs": 1, "batch_size": 1, "rng": rng}
    assert "masked" in refusal(sm.train, X, hidden, **settings, progress=False)
    sparse = scipy.sparse.csr_array(Y)
    assert "sparse" in refusal(sm.train, X, sparse, **settings, progress=False)
    assert "masked" in refusal(sm.confusion_matrix, y, hidden, n_classes=3)
    assert "masked" in refusal(sm.one_hot, hidden, n_classes=3)
