"""The library of slips: who is named, who is not, and where they are sent."""

import contextlib
import functools
import io
import re
from pathlib import Path

import numpy as np
import pytest
from docutils.nodes import make_id

from softmax_grader.marking import (
    KNOWN_SLIPS,
    Failed,
    KnownSlip,
    Part,
    Stopped,
    agrees_with_itself,
    ask,
    diagnose,
    difference,
    grade_parts,
    index_arrays,
    inputs_kept,
    no_python_loop,
    result,
    same_answers,
)
from softmax_grader.marking.answers import traced_lines

from .mutants import MUTANTS

BOOK = Path(__file__).resolve().parents[2] / "book"

rng = np.random.default_rng(0)
CASES = {"three rows": (rng.standard_normal((3, 4)),), "two rows": (rng.standard_normal((2, 4)),)}


def row_sums(A):
    return A.sum(axis=1)


# --- the list ---


def headings(page):
    text = re.sub(r"^```.*?^```", "", (BOOK / f"{page}.md").read_text("utf-8"), flags=re.M | re.S)
    return re.findall(r"^#+ (.*)$", text, re.M)


@pytest.mark.parametrize("name", KNOWN_SLIPS)
def test_a_slip_sends_to_a_section_that_exists(name):
    slip = KNOWN_SLIPS[name]
    page, anchor = re.fullmatch(r"book/([0-9a-z_]+)\.html#([a-z0-9-]+)", slip.link).groups()
    chapter, section = slip.place.split(", ", 1)
    title, *sections = headings(page)
    assert section in sections
    assert make_id(section) == anchor
    assert sections.count(section) == 1
    if chapter == "Notation":
        assert title.startswith("Notation")
    else:
        assert title.startswith(f"{chapter.removeprefix('Chapter ')} · ")


def test_a_link_works_in_the_built_site():
    site = BOOK.parent / "_build" / "html"
    if not (site / "book" / "notation.html").exists():
        pytest.skip("no built site here: make book")
    for slip in KNOWN_SLIPS.values():
        page, anchor = slip.link.split("#")
        assert f'id="{anchor}"' in (site / page).read_text("utf-8"), slip.link


def test_every_slip_has_a_mutant_and_there_are_many():
    assert {m.slip for m in MUTANTS} - {None} == set(KNOWN_SLIPS)
    assert len(KNOWN_SLIPS) >= 12
    assert len({m.name for m in MUTANTS}) == len(MUTANTS)


@pytest.mark.parametrize("name", KNOWN_SLIPS)
def test_a_slip_is_told_in_plain_words(name):
    slip = KNOWN_SLIPS[name]
    assert re.fullmatch(r"[a-z0-9-]+", name)
    assert slip.sentence.endswith(".")
    assert len(slip.sentence) <= 260
    assert "\n" not in slip.sentence
    assert len(slip.title) <= 70


# --- who is named ---


def named(function, right=row_sums, cases=CASES, **options):
    """Return the slip that a part names, "passed", or None."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        score = grade_parts([same_answers("a part", 2, function, right, cases, **options)])
    print(printed.getvalue(), end="")
    found = re.findall(r"^ {5}slip: (.+)$", printed.getvalue(), re.M)
    assert score == 0 or not found
    return "passed" if score else (found[0] if found else None)


def test_a_right_function_is_never_accused(capsys):
    wrong = {name: lambda A: A.sum(axis=1) for name in KNOWN_SLIPS}  # slips that do not show here
    assert named(row_sums, slips=wrong, classes=lambda A: A.shape[1]) == "passed"
    assert capsys.readouterr().out == "✓ 2/2  a part\n"


def test_a_slip_is_named_when_it_explains_every_answer(capsys):
    known = {"sum-for-mean": row_sums, "wrong-axis": lambda A: A.mean(axis=0)}
    assert named(row_sums, lambda A: A.mean(axis=1), slips=known) == "sum-for-mean"
    text = capsys.readouterr().out
    assert "     slip: sum-for-mean\n" in text
    assert "     read: Chapter 4, The mean, not the sum — book/04_cross_entropy.html#" in text


def test_a_slip_that_explains_all_but_one_answer_is_not_named():
    def nearly(A):
        return A.sum(axis=1) + (1e-3 if len(A) == 2 else 0)

    assert named(nearly, lambda A: A.mean(axis=1), slips={"sum-for-mean": row_sums}) is None


def test_two_slips_that_explain_the_same_are_not_guessed_between():
    known = {"sum-for-mean": row_sums, "missing-mean": row_sums}
    assert named(row_sums, lambda A: A.mean(axis=1), slips=known) is None


def test_one_slip_may_be_written_in_several_ways():
    known = {"other-base": [lambda A: np.log2(A), lambda A: np.log10(A)]}
    cases = {"numbers": (np.array([1.0, 2.0, 5.0]),)}
    assert named(np.log10, np.log, cases, slips=known) == "other-base"
    assert named(np.log2, np.log, cases, slips=known) == "other-base"
    assert named(np.log1p, np.log, cases, slips=known) is None


def test_two_slips_at_once_get_a_plain_message(capsys):
    def both(A):
        return -2 * A.sum(axis=1)

    assert named(both, slips={"penalty-factor-two": lambda A: 2 * A.sum(axis=1)}) is None
    text = capsys.readouterr().out
    assert re.fullmatch(r"✗ 0/2  a part: wrong for three rows: off by up to [\d.]+\n", text)


@pytest.mark.parametrize(
    ("function", "slip"),
    [
        (lambda A: 2 * A.T, "transposed"),
        (lambda A: -2 * A, "wrong-sign"),
        (lambda A: 2 * A + 1, None),
        (lambda A: 2 * A[:, :1], None),
        (lambda A: None, None),
    ],
)
def test_slips_that_any_function_can_have(function, slip):
    assert named(function, lambda A: 2 * A) == slip


def test_results_cut_to_whole_numbers_are_named_for_whole_inputs_only():
    def cut(A):
        result = np.zeros_like(A)
        result[:] = A / 4
        return result

    whole = {"whole numbers": (np.array([[5, -7], [2, 9]]),)}
    assert named(cut, lambda A: A / 4, CASES | whole) == "whole-numbers"
    assert named(cut, lambda A: A / 4, CASES) == "passed"
    assert named(lambda A: np.trunc(A / 4), lambda A: A / 4, CASES | whole) is None


def test_one_class_count_needs_two_right_answers():
    def for_three(A):
        return A[:, 0] + A[:, 1] + A[:, 2]

    def shapes(*sizes):
        return {f"{n} by {c}": (rng.standard_normal((n, c)),) for n, c in sizes}

    count = {"classes": lambda A: A.shape[1]}
    assert named(for_three, cases=shapes((2, 3), (4, 3), (3, 5)), **count) == "one-class-count"
    assert named(for_three, cases=shapes((2, 3), (3, 5)), **count) is None
    assert named(for_three, cases=shapes((2, 3), (4, 3), (3, 2)), **count) == "one-class-count"
    broken = lambda A: A.sum(axis=1) if len(A) == 2 else 0 * A[:, 0]  # noqa: E731
    assert named(broken, cases=shapes((2, 3), (2, 3), (4, 3), (3, 5)), **count) is None


def test_stopping_alone_proves_no_slip():
    def stops(A):
        raise ValueError("no")

    assert named(stops, slips={"lost-keepdims": stops}) is None


def test_stopping_and_wrong_numbers_together_do():
    def lost(A):
        return A / A.sum(axis=1)

    cases = CASES | {"as many rows as columns": (rng.uniform(1, 2, size=(3, 3)),)}
    right = lambda A: A / A.sum(axis=1, keepdims=True)  # noqa: E731
    assert named(lost, right, cases, slips={"lost-keepdims": lost}) == "lost-keepdims"


def test_diagnose_looks_at_every_answer():
    expected = [(np.array([1.0, 2.0]),), (np.array([3.0, 4.0]),)]
    minus = [(-a,) for (a,) in expected]
    assert diagnose(minus, expected, CASES, {}) == "wrong-sign"
    assert diagnose([minus[0], expected[1]], expected, CASES, {}) is None
    assert diagnose([minus[0], Stopped("it stopped")], expected, CASES, {}) is None
    assert diagnose(expected, expected, CASES, {}) is None


# --- what counts as the same ---


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


def test_a_scalar_is_a_scalar():
    right = lambda A: A.sum()  # noqa: E731
    assert named(lambda A: float(A.sum()), right) == "passed"
    assert named(lambda A: np.array([A.sum()]), right) is None


LIARS = [
    "full marks",
    b"bytes",
    object(),
    {"a": 1},
    [[1.0], [2.0, 3.0]],
    np.array([object()]),
    np.array(["1.0", "2.0"]),
    1j * np.ones(3),
    10**400,
    type("Liar", (), {"__eq__": lambda s, o: True, "shape": (3,), "__len__": lambda s: 3})(),
    type("Array", (np.ndarray,), {"__eq__": lambda s, o: np.True_})((7,)),
    (),
    lambda: 1,
]


@pytest.mark.parametrize("answer", LIARS, ids=lambda a: type(a).__name__)
def test_strange_answers_get_no_points_and_stop_nothing(answer, capsys):
    parts = [
        same_answers("values", 2, lambda A: answer, row_sums, CASES, slips={"no-guard": row_sums}),
        inputs_kept("kept", 1, lambda A: answer, row_sums, CASES),
        no_python_loop(
            "loop", 1, lambda A: answer, row_sums, *[(np.ones((n, 2)),) for n in (2, 99)]
        ),
        agrees_with_itself("same", 1, lambda A: answer, row_sums,
                           {"a": (CASES["two rows"], CASES["two rows"])}),
        Part("index arrays", 1, lambda: index_arrays(answer) and None),
        Part("one result", 1, lambda: result(lambda: answer, 0, 2)() and None),
    ]  # fmt: skip
    assert grade_parts(parts[:4]) == 0
    grade_parts(parts[4:])  # what is a list is a list
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(parts)
    assert not any("Tell your teacher" in line for line in lines[:4])


@pytest.mark.parametrize(
    "error", [ValueError("odd\n✓ 9/9  forged"), SystemExit(0), RecursionError(), KeyError("k")]
)
def test_what_a_student_raises_is_one_line(error, capsys):
    def stops(A):
        raise error

    assert named(stops) is None
    text = capsys.readouterr().out
    assert len(text.splitlines()) == 1
    assert "your function stopped: " + type(error).__name__ in text


def test_a_keyboard_interrupt_goes_through():
    def interrupted(A):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        named(interrupted)


def test_an_error_in_a_check_of_ours_stops_no_other_part(capsys):
    parts = [Part("broken", 1, lambda: 1 / 0), Part("fine", 1, lambda: None)]
    assert grade_parts(parts) == 1
    assert capsys.readouterr().out == (
        "✗ 0/1  broken: this part could not be checked (ZeroDivisionError). Tell your teacher.\n"
        "✓ 1/1  fine\n"
    )


def test_nothing_goes_to_stderr(capsys):
    """In nbgrader a warning on stderr costs all points of a cell."""

    def warns(A):
        return np.log(A - A) / (A - A)

    with np.errstate(all="warn"):
        named(warns, lambda A: A)
    assert capsys.readouterr().err == ""


def test_a_function_cannot_spoil_the_cases():
    def greedy(A):
        total = A.sum(axis=1)
        A[:] = 0
        return total

    cases = {"a": (np.ones((2, 2)),), "b": (2 * np.ones((3, 2)),)}
    for _ in range(2):
        assert named(greedy, cases=cases) == "passed"
    assert cases["a"][0].sum() == 4


# --- carried, kept, loops ---


def test_a_mistake_is_charged_once():
    wrong_step = lambda A: A + 1  # noqa: E731

    def whole(A):
        return wrong_step(A).sum(axis=1)

    assert named(whole) is None
    assert named(whole, carried=lambda A: wrong_step(A).sum(axis=1)) == "passed"
    nothing = lambda A: np.zeros(len(A))  # noqa: E731
    assert named(nothing, carried=nothing) is None, "what does nothing is not carried"
    stops = lambda A: 1 / 0  # noqa: E731
    assert named(stops, carried=stops) is None


def kept(function, cases=CASES, **options):
    return grade_parts([inputs_kept("kept", 1, function, row_sums, cases, **options)])


def test_changes_in_place_are_seen(capsys):
    def shifts(A):
        A -= 1
        return (A + 1).sum(axis=1)

    assert kept(row_sums) == 1
    assert kept(shifts) == 0
    assert "the first argument was changed" in capsys.readouterr().out

    def sorts(A, rows):
        rows[0][:] = 0
        return A.sum(axis=1)

    cases = {"a list of arrays": (np.ones((2, 3)), [np.arange(3)])}
    part = inputs_kept("kept", 1, sorts, lambda A, rows: A.sum(axis=1), cases)
    assert grade_parts([part]) == 0
    assert "second" in capsys.readouterr().out


def test_only_work_counts_as_kept():
    assert kept(lambda A: np.zeros(len(A))) == 0
    assert kept(lambda A: A) == 0
    assert kept(lambda A: 2 * A.sum(axis=1)) == 0
    assert kept(lambda A: 2 * A.sum(axis=1), slips={"x": lambda A: 2 * A.sum(axis=1)}) == 1
    assert kept(lambda A: 2 * A.sum(axis=1), carried=lambda A: 2 * A.sum(axis=1)) == 1


class Proxy:
    """A function in a sandbox: it works on copies, and says which arguments were changed."""

    def __init__(self, function):
        self.function, self.changed_arguments = function, ()

    def __call__(self, *args):
        mine = [np.copy(a) if isinstance(a, np.ndarray) else a for a in args]
        answer = self.function(*mine)
        self.changed_arguments = tuple(
            i for i, (a, b) in enumerate(zip(args, mine, strict=True)) if not np.array_equal(a, b)
        )
        return answer


class CountingProxy(Proxy):
    def count_lines(self, *args):
        return traced_lines(self.function, args)


def test_a_proxy_tells_what_was_changed(capsys):
    def shifts(A):
        A -= 1
        return (A + 1).sum(axis=1)

    assert kept(Proxy(row_sums)) == 1
    assert kept(Proxy(shifts)) == 0
    assert "slip: changed-in-place" in capsys.readouterr().out


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


# --- the feedback ---


def test_a_slip_is_explained_once(capsys):
    part = functools.partial(
        same_answers, function=row_sums, right=lambda A: A.mean(axis=1), cases=CASES,
        slips={"sum-for-mean": row_sums},
    )  # fmt: skip
    assert grade_parts([part("one", 1), part("two", 1), Part("three", 0.5, lambda: None)]) == 0.5
    text = capsys.readouterr().out
    assert text.count(KNOWN_SLIPS["sum-for-mean"].sentence) == 1
    assert text.count("slip: sum-for-mean") == 2
    assert "✓ 0.5/0.5  three" in text


def test_an_assignment_may_bring_a_slip_of_its_own(capsys):
    own = KnownSlip(
        "own", "a title", "You did something new.", "Chapter 9, Somewhere", "book/09.html#somewhere"
    )

    def check():
        raise Failed("wrong", slip=own)

    assert grade_parts([Part("new", 1, check)]) == 0
    assert "     You did something new.\n     slip: own\n" in capsys.readouterr().out


def test_ask_turns_a_stop_into_a_verdict():
    assert ask(lambda a: a + 1, 2) == 3
    given = np.ones(2)
    ask(lambda a: a.fill(0), given)
    assert given.sum() == 2
    with pytest.raises(Failed, match="your function stopped: ZeroDivisionError"):
        ask(lambda: 1 / 0)
    with pytest.raises(Failed, match="not written yet"):
        ask(_not_written)


def _not_written():
    raise NotImplementedError


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


def test_difference_is_what_changed():
    (d,) = difference(np.array([3.0, 1.0]), np.array([1.0, 1.0]))
    assert d.tolist() == [2.0, 0.0]
    with pytest.raises(Failed, match="shape"):
        difference(np.ones(2), np.ones(3))
    with pytest.raises(Failed, match="return"):
        difference(None, np.ones(3))


def test_index_arrays_are_whole_numbers():
    assert [r.tolist() for r in index_arrays([np.array([1, 0]), [2]])] == [[1, 0], [2]]
    for wrong in ([np.array([0.5])], [np.eye(2)], np.arange(3), None, ["a"]):
        with pytest.raises(Failed):
            index_arrays(wrong)
