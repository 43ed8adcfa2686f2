"""What counts as the same answer, and as a loop."""

import numpy as np
import pytest

from softmax_grader.marking import grade_parts, no_python_loop
from softmax_grader.marking.answers import agree, as_answer, traced

from ..judging import Proxy, named, row_sums


@pytest.mark.parametrize(
    "change",
    [
        lambda A: np.float32(A),
        lambda A: A * (1 + 5e-5),
        lambda A: A.tolist(),
        lambda A: np.asfortranarray(A),
        lambda A: A.astype(">f8"),
        lambda A: np.matrix(A) if A.ndim == 2 else A,
    ],
)
def test_rounding_and_kind_of_array_do_not_matter(change):
    with pytest.warns(PendingDeprecationWarning) if "matrix" in str(change) else _nothing():
        assert named(lambda A: change(3 * A), lambda A: 3 * A) == "passed"


class _nothing:  # noqa: N801
    def __enter__(self):
        return self

    def __exit__(self, *_):
        return False


@pytest.mark.parametrize("factor", [1 + 1e-3, 1 - 1e-3, 0.5, 2, -1])
def test_a_wrong_factor_does(factor):
    assert named(lambda A: factor * 3 * A, lambda A: 3 * A, slips={}) != "passed"


def test_infinities_and_nans_must_stand_where_they_should():
    right = lambda A: np.array([1.0, np.inf, np.nan])  # noqa: E731
    assert named(right, right) == "passed"
    for wrong in ([1.0, -np.inf, np.nan], [1.0, np.inf, 0.0], [np.nan, np.inf, np.nan]):
        assert named(lambda A, wrong=wrong: np.array(wrong), right) is None


def test_numbers_in_a_tuple_are_as_good_as_in_an_array():
    array = as_answer(np.array([1.0, 2.0]))
    assert agree(as_answer((1.0, 2.0)), array, 1e-6)
    assert agree(as_answer([1.0, 2.0]), array, 1e-6)
    assert not agree(as_answer((1.0, 3.0)), array, 1e-6)
    assert not agree(as_answer((1.0, 2.0, 3.0)), array, 1e-6)
    assert not agree(array, as_answer((1.0, 2.0)), 1e-6), "two results are asked for"


def test_a_scalar_is_a_scalar():
    right = lambda A: A.sum()  # noqa: E731
    assert named(lambda A: float(A.sum()), right) == "passed"
    assert named(lambda A: np.array([A.sum()]), right) is None


class CountingProxy(Proxy):
    def counted(self, *args):
        return traced(self.function, args)


LOOPS = {
    "for": "def f(A):\n    t = np.zeros(len(A))\n    for i in range(len(A)):\n"
    "        t[i] = A[i].sum()\n    return t",
    "while": "def f(A):\n    t, i = np.zeros(len(A)), 0\n    while i < len(A):\n"
    "        t[i] = A[i].sum(); i += 1\n    return t",
    "one line": "def f(A):\n    return np.array([row.sum() for row in A])",
    "generator": "def f(A):\n    return np.fromiter((row.sum() for row in A), float)",
    "map": "def f(A):\n    return np.array(list(map(lambda row: row.sum(), A)))",
    "vectorize": "def f(A):\n    g = np.vectorize(lambda i: A[i].sum())\n"
    "    return g(np.arange(len(A)))",
    "along axis": "def f(A):\n    return np.apply_along_axis(lambda r: r.sum(), 1, A)",
    "recursion": "def f(A):\n    return A.sum(axis=1) if len(A) == 1 else "
    "np.concatenate([f(A[:len(A) // 2]), f(A[len(A) // 2:])])",
}


def loop_score(function):
    few, many = ((np.arange(2.0 * n).reshape(n, 2),) for n in (4, 300))
    return grade_parts([no_python_loop("no loop", 2, function, row_sums, few, many)])


@pytest.mark.parametrize("wrap", [lambda f: f, CountingProxy], ids=["here", "proxy"])
@pytest.mark.parametrize("name", LOOPS)
def test_a_loop_is_found_however_it_is_written(name, wrap, capsys):
    space = {"np": np}
    exec(LOOPS[name], space)
    assert loop_score(wrap(space["f"])) == 0
    assert "slip: python-loop" in capsys.readouterr().out


@pytest.mark.parametrize("wrap", [lambda f: f, CountingProxy, Proxy])
@pytest.mark.parametrize(
    "function",
    [
        row_sums,
        lambda A: A @ np.ones(A.shape[1]),
        lambda A: np.einsum("ij->i", A),
        lambda A: np.add.reduce(A, 1),
        lambda A: np.concatenate([A[:1].sum(axis=1), np.sum(A[1:], axis=1)]),
    ],
)
def test_vectorised_code_has_no_loop(function, wrap):
    assert loop_score(wrap(function)) == 2


def test_the_trace_of_others_is_put_back():
    import sys

    before = sys.gettrace()
    marker = lambda *_: None  # noqa: E731
    sys.settrace(marker)
    try:
        assert loop_score(row_sums) == 2
        assert sys.gettrace() is marker
    finally:
        sys.settrace(before)


class StudentError(Exception):
    """Stands for the engine's: its text begins with the name of the student's own error."""


def test_an_error_from_the_sandbox_is_told_as_it_came(capsys):
    def stops(text):
        def function(A):
            raise StudentError(text)

        return function

    named(stops("ValueError: operands could not be broadcast"))
    assert "stopped: ValueError: operands could not be broadcast\n" in capsys.readouterr().out
    named(stops("NotImplementedError"))
    assert "stopped: it is not written yet\n" in capsys.readouterr().out
