"""Every public step meets every kind of bad input with a message that helps.

A message names what came, what was expected, and a mend; NumPy's own words never show.
"""

import ast
import inspect
import re
import sys
from collections import Counter
from typing import NamedTuple

import numpy as np
import pytest
import scipy.sparse

import softmax_steps
from softmax_steps import checks

from .strategies import FLOATS

N, D, C = 5, 4, 3
rng = np.random.default_rng(0)
F = rng.normal(size=(N, C))
P = softmax_steps.softmax(F)
y = np.array([0, 2, 1, 2, 0])
GOOD = {
    "X": rng.normal(size=(N, D)),
    "W": rng.normal(size=(D, C)),
    "b": rng.normal(size=C),
    "F": F,
    "P": P,
    "p": P[0],
    "log_p": np.log(P),
    "y": y,
    "Y": np.eye(C)[y],
    "n_classes": C,
    "strength": 0.1,
}
BY_NAME = {"strength"}
# The order of the arguments, as each function takes them.
STEPS = {
    "scores": ["X", "W", "b"],
    "fold_bias": ["X", "W", "b"],
    "shift_scores": ["F"],
    "softmax": ["F"],
    "log_softmax": ["F"],
    "predict": ["F"],
    "one_hot": ["y", "n_classes"],
    "cross_entropy": ["log_p", "y"],
    "cross_entropy_one_hot": ["log_p", "Y"],
    "l2_penalty": ["W", "strength"],
    "l2_gradient": ["W", "strength"],
    "loss": ["X", "y", "W", "b", "strength"],
    "softmax_jacobian": ["p"],
    "score_gradient": ["P", "y"],
    "score_gradient_by_chain_rule": ["P", "y"],
    "gradient_by_sample": ["X", "y", "W", "b", "strength"],
    "loss_and_gradient": ["X", "y", "W", "b", "strength"],
}
MODULES = ["score", "overflow_guard", "softmax", "cross_entropy", "regularization", "gradient"]
NUMPY_WORDS = (
    "inhomogeneous",
    "setting an array element",
    "broadcast",
    "matmul",
    "ambiguous",
    "operand",
    "ufunc",
    "isfinite",
    "out of bounds",
    "index",
    "axis 1 ",
)


def call(name, **changes):
    values = {argument: changes.get(argument, GOOD[argument]) for argument in STEPS[name]}
    positional = [values[argument] for argument in STEPS[name] if argument not in BY_NAME]
    named = {argument: values[argument] for argument in STEPS[name] if argument in BY_NAME}
    return getattr(softmax_steps, name)(*positional, **named)


def test_no_function_of_the_steps_is_left_out():
    functions = {
        name
        for name in softmax_steps.__all__
        if getattr(softmax_steps, name).__module__ in {f"softmax_steps.{m}" for m in MODULES}
        and not isinstance(getattr(softmax_steps, name), type)
    }
    assert functions == set(STEPS)


def refusal(error, name, **changes):
    """Return the message with which a call is refused, and check that it can stand alone."""
    with pytest.raises(error) as caught:
        call(name, **changes)
    message = str(caught.value)
    assert type(caught.value) in (TypeError, ValueError)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None or caught.value.__suppress_context__
    (argument,) = changes
    assert re.search(rf"\b{argument}\b", message), message
    assert "expected" in message or "should be" in message, message
    assert not [words for words in NUMPY_WORDS if words in message], message
    what, _, mend = message.partition(". ")
    while mend and not re.search(r"expected|should be", what):  # a number may hold ". "
        more, _, mend = mend.partition(". ")
        what += more
    assert mend, f"no mend: {message}"
    assert mend[-1] in ".?", message
    return message


# Matrices and vectors

ARRAYS = [
    (name, argument)
    for name, arguments in STEPS.items()
    for argument in arguments
    if argument in ("X", "W", "b", "F", "P", "p", "log_p", "Y")
]
OPTIONAL = {"scores", "loss", "gradient_by_sample", "loss_and_gradient"}  # b=None is meant


def ragged(good):
    rows = good.tolist()
    if good.ndim == 1:
        return [rows, *rows]
    return [rows[0][:-1], *rows[1:]]


BAD_ARRAYS = {
    # kind: (what to make of a good array, the error, what the message must name)
    "an axis more": (lambda a: a[np.newaxis], ValueError, lambda a: f"shape {a.shape}"),
    "an axis less": (lambda a: a[0], ValueError, lambda a: f"shape {a.shape}"),
    "a number": (lambda a: 3.5, ValueError, lambda a: "shape ()"),
    "no samples": (lambda a: a[:0], ValueError, lambda a: f"shape {a.shape}"),
    "an empty list": (lambda a: [], ValueError, lambda a: "shape (0,)"),
    "no columns": (lambda a: a[..., :0], ValueError, lambda a: f"shape {a.shape}"),
    "ragged rows": (ragged, ValueError, lambda a: "different lengths"),
    "NaN": (lambda a: np.where(a == a.flat[-1], np.nan, a), ValueError, lambda a: "nan"),
    "infinity": (lambda a: np.where(a == a.flat[-1], np.inf, a), ValueError, lambda a: "inf"),
    "None": (lambda a: None, TypeError, lambda a: "is None"),
    "a word": (lambda a: "scores", TypeError, lambda a: "is 'scores'"),
    "a set": (lambda a: {1.5}, TypeError, lambda a: "is {1.5}"),
    "a dict": (lambda a: {"a": 1}, TypeError, lambda a: "is {'a': 1}"),
    "a generator": (lambda a: (row for row in a), TypeError, lambda a: "is <generator"),
    "a sparse matrix": (
        lambda a: scipy.sparse.csr_matrix(np.atleast_2d(a)),
        TypeError,
        lambda a: "sparse",
    ),
    "words": (lambda a: a.astype(str), TypeError, lambda a: str(a.dtype)),
    "bytes": (lambda a: a.astype("S4"), TypeError, lambda a: "S4"),
    "objects": (lambda a: a.astype(object), TypeError, lambda a: "object"),
    "None among numbers": (
        lambda a: np.where(a == a.flat[0], None, a),
        TypeError,
        lambda a: "object",
    ),
    "dates": (lambda a: a.astype("M8[s]"), TypeError, lambda a: "datetime64[s]"),
    "longdouble": (
        lambda a: a.astype(np.longdouble),
        TypeError,
        lambda a: np.dtype(np.longdouble).name,
    ),
    "a mask": (
        lambda a: np.ma.masked_where(a == a.flat[0], a),
        TypeError,
        lambda a: "masked array",
    ),
}
if np.dtype(np.longdouble) == np.float64:  # Windows has no wider float
    del BAD_ARRAYS["longdouble"]


@pytest.mark.parametrize(
    ("name", "argument", "kind"),
    [
        (name, argument, kind)
        for name, argument in ARRAYS
        for kind in BAD_ARRAYS
        if not (kind == "None" and argument == "b" and name in OPTIONAL)
    ],
)
def test_an_array_that_will_not_do_is_refused_with_a_mend(name, argument, kind):
    make_bad, error, names = BAD_ARRAYS[kind]
    bad = make_bad(GOOD[argument])
    assert names(bad) in refusal(error, name, **{argument: bad})


@pytest.mark.parametrize(
    ("name", "argument", "value"),
    [
        (name, argument, value)
        for name, argument in ARRAYS
        for value in (np.nan, np.inf, -np.inf)
        if not (argument == "log_p" and value == -np.inf)  # the logarithm of 0 is allowed
    ],
)
def test_the_place_of_a_bad_number_is_named(name, argument, value):
    bad = GOOD[argument].copy()
    place = tuple(size - 2 for size in bad.shape)
    bad[place] = value
    message = refusal(ValueError, name, **{argument: bad})
    entry = ", ".join(map(str, place))
    if argument == "Y":  # a row is wrong there, not a number
        entry = str(place[0])
    assert message.startswith(f"{argument}[{entry}] is ")
    assert str(value) in message


@pytest.mark.parametrize("dtype", FLOATS)
def test_how_many_bad_numbers_there_are_is_told_after_the_first(dtype):
    F = np.zeros((3, 4), dtype)
    F[1, 2:] = np.nan, -np.inf
    F[2, 0] = np.inf
    with pytest.raises(ValueError, match=r"^F\[1, 2\] is nan \(3 such entries in all\); expected"):
        softmax_steps.softmax(F)


@pytest.mark.parametrize("dtype", FLOATS)
def test_numbers_whose_sum_overflows_are_still_finite(dtype):
    F = np.full((3, 3), np.finfo(dtype).max, dtype)
    assert softmax_steps.predict(F).tolist() == [0, 0, 0]


@pytest.mark.parametrize("name", ["predict", "cross_entropy_one_hot"])
def test_complex_numbers_are_refused_where_they_have_no_meaning(name):
    argument = STEPS[name][-1]
    message = refusal(TypeError, name, **{argument: GOOD[argument] + 0j})
    assert message.startswith(f"{argument} holds complex128 values")
    assert f"{argument}.real" in message


# Labels

LABELLED = [name for name, arguments in STEPS.items() if "y" in arguments]
BAD_LABELS = {
    "one too large": (
        np.array([0, 2, 1, 3, 0]),
        ValueError,
        r"y\[3\] is 3; .* 0…2 .* more classes",
    ),
    "from 1": (y + 1, ValueError, r"y\[1\] is 3; .* 0…2 for 3 classes.* pass y - 1"),
    "from 1, without class 1": (np.array([2, 3, 2, 3, 2]), ValueError, r"pass y - 1"),
    "negative": (y - 1, ValueError, r"y\[0\] is -1; expected a label in 0…2"),
    "huge": (y.astype(np.uint64) + np.uint64(2**63), ValueError, r"y\[0\] is 9223372036854775808"),
    "beyond every integer": ([2**80, 0, 0, 0, 0], TypeError, r"y holds object values"),
    "floats": (y.astype(float), TypeError, r"y holds float64 values; .*\.astype\(int\)"),
    "booleans": (y > 1, TypeError, r"y holds bool values; expected integer"),
    "names": (["cat", "dog", "cat", "cow", "cat"], TypeError, r"y holds <U3 .* np\.unique\(y"),
    "objects": (y.astype(object), TypeError, r"y holds object values"),
    "None among labels": ([0, None, 1, 2, 0], TypeError, r"y holds object values"),
    "complex": (y + 0j, TypeError, r"y holds complex128 values"),
    "one-hot": (
        np.eye(C)[y],
        ValueError,
        r"y has shape \(5, 3\), .*one-hot.* np\.argmax\(y, axis=1",
    ),
    "one-hot integers": (np.eye(C, dtype=int)[y], ValueError, r"looks one-hot"),
    "a column": (y[:, np.newaxis], ValueError, r"y has shape \(5, 1\); .* y\.ravel\(\)"),
    "a row": (y[np.newaxis], ValueError, r"y has shape \(1, 5\); .* y\.ravel\(\)"),
    "a label alone": (1, ValueError, r"y has shape \(\); expected one integer label per sample"),
    "None": (None, TypeError, r"y is None; expected one integer label per sample"),
    "a word": ("cat", TypeError, r"y is 'cat'; expected one integer label per sample"),
    "a float alone": (1.5, TypeError, r"y is 1\.5; expected one integer label per sample"),
    "an empty list": ([], ValueError, r"y has shape \(0,\) .* no labels"),
    "no labels": (y[:0], ValueError, r"y has shape \(0,\) .* no labels"),
    "ragged": ([[0, 1], [2]], ValueError, r"y .* different lengths"),
    "a mask": (np.ma.masked_equal(y, 2), TypeError, r"y is a masked array"),
}
BAD_NUMBERS_OF_LABELS = {
    "one too few": (y[:-1], r"y has 4 labels for 5 rows of .*split or shuffled"),
    "one too many": (np.append(y, 0), r"y has 6 labels for 5 rows of .*split or shuffled"),
    "one": (y[:1], r"y has 1 labels for 5 rows of .*split or shuffled"),
}


@pytest.mark.parametrize("kind", BAD_LABELS)
@pytest.mark.parametrize("name", LABELLED)
def test_labels_that_will_not_do_are_refused_with_a_mend(name, kind):
    bad, error, message = BAD_LABELS[kind]
    assert re.search(message, refusal(error, name, y=bad))


@pytest.mark.parametrize("kind", BAD_NUMBERS_OF_LABELS)
@pytest.mark.parametrize("name", [name for name in LABELLED if name != "one_hot"])
def test_a_label_for_every_row_and_no_other(name, kind):
    bad, message = BAD_NUMBERS_OF_LABELS[kind]
    assert re.search(message, refusal(ValueError, name, y=bad))


# Input that will do

GIVES_ARRAYS = [name for name in STEPS if name not in ("predict", "one_hot", "loss", "l2_penalty")]


def arrays_of(result):
    parts = result if isinstance(result, tuple) else (result,)
    return [part for part in parts if isinstance(part, np.ndarray)]


def numbers_of(result):
    return [np.asarray(part) for part in (result if isinstance(result, tuple) else (result,))]


def same(result, expected):
    for part, other in zip(numbers_of(result), numbers_of(expected), strict=True):
        np.testing.assert_allclose(part, other, rtol=1e-12, atol=1e-12)
    return True


class FromAnotherLibrary:
    """A table of a library that lends its numbers to NumPy."""

    def __init__(self, array):
        self._array = array

    def __array__(self, dtype=None, copy=None):
        return np.array(self._array, dtype=dtype)


def strided(array):
    wide = np.repeat(array, 2, axis=-1)
    return wide[..., ::2]


def reversed_in_memory(array):
    return array[::-1].copy()[::-1]


FORMS = {
    "lists": np.ndarray.tolist,
    "tuples": lambda a: tuple(map(tuple, a.tolist())) if a.ndim == 2 else tuple(a.tolist()),
    "another library's": FromAnotherLibrary,
    "column order": np.asfortranarray,
    "strided": strided,
    "reversed in memory": reversed_in_memory,
    "the other byte order": lambda a: a.astype(a.dtype.newbyteorder()),
    "an unmasked masked array": np.ma.masked_array,
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", STEPS)
def test_numbers_may_come_in_any_form(name, form):
    changes = {
        argument: FORMS[form](GOOD[argument])
        for argument in STEPS[name]
        if argument not in ("n_classes", "strength")
    }
    result = call(name, **changes)
    assert same(result, call(name))
    assert all(type(array) is np.ndarray for array in arrays_of(result))


def test_a_numpy_matrix_counts_as_an_array_and_never_comes_out():
    with pytest.warns(PendingDeprecationWarning):
        F = np.matrix([[1.0, 3.0]])
    assert type(softmax_steps.softmax(F)) is np.ndarray
    assert softmax_steps.softmax(F).shape == (1, 2)


@pytest.mark.parametrize("name", STEPS)
def test_inputs_are_only_read_and_never_returned(name):
    frozen = {}
    for argument in STEPS[name]:
        frozen[argument] = value = np.array(GOOD[argument])
        value.setflags(write=False)
    if "n_classes" in frozen:
        frozen["n_classes"] = C
    result = call(name, **frozen)
    for argument, value in frozen.items():
        assert np.array_equal(value, GOOD[argument])
        for array in arrays_of(result):
            assert not np.shares_memory(array, value)
            assert array.flags.writeable


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("name", GIVES_ARRAYS)
def test_the_floating_type_that_comes_in_goes_out(name, dtype):
    narrow = {
        argument: GOOD[argument].astype(dtype)
        for argument in STEPS[name]
        if argument not in ("y", "n_classes", "strength")
    }
    assert {array.dtype for array in arrays_of(call(name, **narrow))} == {np.dtype(dtype)}


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int64, np.uint64, np.bool_])
@pytest.mark.parametrize("name", ["scores", "fold_bias", "softmax", "shift_scores", "l2_gradient"])
def test_integers_and_booleans_become_float64(name, dtype):
    whole = {
        argument: (np.arange(GOOD[argument].size).reshape(GOOD[argument].shape) % 2).astype(dtype)
        for argument in STEPS[name]
        if argument != "strength"
    }
    as_floats = {argument: value.astype(float) for argument, value in whole.items()}
    result = call(name, **whole)
    assert {array.dtype for array in arrays_of(result)} == {np.dtype(float)}
    assert same(result, call(name, **as_floats))


# The checks themselves


def test_the_widest_type_wins():
    narrow, wide = checks.same_float(np.ones(2, np.float16), np.ones(2, np.float32))
    assert narrow.dtype == wide.dtype == np.float32
    assert checks.same_float(np.ones(2, np.float16), np.ones(2, complex))[0].dtype == complex


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
@pytest.mark.parametrize("N", [1, 1024, 1025, 5000])
def test_the_mean_of_parts_is_that_of_all_samples(dtype, N):
    """A kernel that sums in its own type; the penalty, the same in each part, stands once."""

    class Result(NamedTuple):
        loss: float
        dW: np.ndarray

    def kernel(F, X, y, W, penalty):
        assert len(F) == len(X) == len(y) <= 1024
        return Result(y.mean() + penalty, X.T @ F / np.float32(len(y)) + penalty)

    F, X, y = np.ones((N, 2), np.float32), np.ones((N, 3), dtype), np.arange(N)
    got = checks.mean_over_parts(kernel, F, X, y, np.zeros((3, 2), dtype), 0.5)
    assert type(got) is Result
    assert got.loss == pytest.approx((N - 1) / 2 + 0.5, rel=1e-14)
    assert got.dW.dtype == dtype
    assert (got.dW == 1.5).all()


@pytest.mark.parametrize("rate", [0.5, 1, np.float32(0.5), np.array(0.5)])
def test_a_learning_rate_is_a_positive_number(rate):
    assert checks.require_learning_rate(rate) == float(rate)


@pytest.mark.parametrize(
    ("rate", "error", "message"),
    [
        (0, ValueError, r"learning_rate is 0\.0; expected a finite η > 0"),
        (-0.1, ValueError, r"learning_rate is -0\.1; .* already subtracts"),
        (np.nan, ValueError, "learning_rate is nan; expected a finite η > 0"),
        (np.inf, ValueError, "learning_rate is inf; expected a finite η > 0"),
        ("fast", TypeError, "learning_rate is 'fast'; expected one real number η > 0"),
        (None, TypeError, "learning_rate is None; expected one real number η > 0"),
        (True, TypeError, "learning_rate is True; expected one real number η > 0"),
        (1j, TypeError, "learning_rate is 1j; expected one real number η > 0"),
    ],
)
def test_what_is_no_learning_rate_is_refused(rate, error, message):
    with pytest.raises(error, match=message):
        checks.require_learning_rate(rate)


def test_one_column_of_weights_asks_for_the_order_of_the_arguments():
    with pytest.raises(ValueError, match=r"W has shape \(5,\); .* in their order, X, W, b"):
        softmax_steps.loss(np.ones((5, 4)), W=np.array([0, 1, 2, 1, 0]), y=np.zeros(5, int))


def test_words_for_labels_are_refused_without_a_number_of_classes():
    with pytest.raises(TypeError, match=r"integer class labels from 0 up\. np\.unique"):
        checks.require_labels(np.array(["cat", "dog"]), 2, 1)


# Once


def calls_of_the_checks(function, *args, **options):
    """Return how often each function of the module checks was called."""
    counts = Counter()

    def count(frame, event, _):
        if event == "call" and frame.f_code.co_filename == checks.__file__:
            counts[frame.f_code.co_name] += 1

    sys.setprofile(count)
    try:
        function(*args, **options)
    finally:
        sys.setprofile(None)
    return counts


@pytest.mark.parametrize("name", ["loss", "loss_and_gradient", "gradient_by_sample"])
def test_a_loss_looks_at_each_of_its_arguments_once(name):
    X, y = np.ones((3, 2)), np.array([0, 1, 0])
    W, b = np.ones((2, 2)), np.ones(2)
    function = getattr(softmax_steps, name)
    counts = calls_of_the_checks(function, X, y, W.tolist(), b, strength=0.1)
    assert counts["as_array"] == 3  # X, W and b
    counts = calls_of_the_checks(function, X, y, W, b, strength=0.1)
    assert counts["as_array"] == 0  # one look at all three, which are as they should be
    once = ("check_problem", "_fits_as_it_is", "require_labels", "require_strength")
    assert [counts[check] for check in (*once, "has_finite_sum")] == [1, 1, 1, 1, 1]
    assert counts["require_finite"] == 0


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "shift_scores"])
def test_a_function_of_the_scores_looks_at_them_once(name):
    counts = calls_of_the_checks(getattr(softmax_steps, name), np.ones((3, 2)))
    assert (counts["require_scores"], counts["as_array"], counts["require_finite"]) == (1, 1, 1)


def test_a_kernel_checks_nothing():
    """Neither a kernel nor a kernel that it calls calls a check, but for what may overflow."""
    checked, kernels = set(), set()
    for module in MODULES:
        source = inspect.getsource(sys.modules[f"softmax_steps.{module}"])
        functions = [n for n in ast.parse(source).body if isinstance(n, ast.FunctionDef)]
        public = {n.name for n in functions if not n.name.startswith("_")}
        for node in functions:
            if node.name.removeprefix("_") in public - {node.name}:
                kernels.add(node.name)
                names = [n for n in ast.walk(node) if isinstance(n, ast.Name)]
                own = {n.id for n in names if isinstance(n.ctx, ast.Store)}
                called = {n.id for n in names} - own
                checked |= {n for n in called if n.startswith(("require_", "check_", "as_array"))}
                checked |= called & set(STEPS)  # a public step would check again
    assert len(kernels) >= 9
    assert checked == set()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", ["loss", "loss_and_gradient", "gradient_by_sample"])
def test_a_bad_number_reaches_the_scores_through_a_weight_of_0(name, bad):
    """The check of the scores stands for the check of X: it must see what 0 could hide."""
    X = np.ones((3, 2))
    X[1, 0] = bad
    with pytest.raises(ValueError, match=r"^X\[1, 0\] is"):
        getattr(softmax_steps, name)(X, [0, 1, 0], np.zeros((2, 2)), np.zeros(2))


def test_finite_inputs_whose_scores_overflow_are_refused_at_the_score():
    with pytest.raises(ValueError, match=r"^F\[0, 1\] is -inf"):
        softmax_steps.loss_and_gradient([[1e200]], [0], [[1.0, -1e200]])


# Counts, generators, functions


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        (0, ValueError, "epochs is 0; expected at least 1"),
        (2.5, TypeError, r"epochs is 2\.5; expected a whole number, such as 10"),
        (None, TypeError, "epochs is None"),
    ],
)
def test_what_is_no_count_is_refused(value, error, message):
    with pytest.raises(error, match=message):
        checks.require_count(value, "epochs")


def test_a_count_may_be_numpys():
    assert type(checks.require_count(np.int64(3), "epochs")) is int


def test_a_batch_has_at_most_all_rows():
    assert checks.require_batch_size(5, 5) == 5
    with pytest.raises(ValueError, match=r"batch_size is 6 but X has 5 rows; expected 1…5"):
        checks.require_batch_size(6, 5)


def test_a_seed_is_no_generator():
    with pytest.raises(TypeError, match=r"rng is 0; expected a random generator"):
        checks.require_rng(0)


def test_a_number_is_no_function():
    with pytest.raises(TypeError, match=r"f is 0\.7; expected a function of one array\. Was"):
        checks.require_function(0.7, "f", "of one array")
