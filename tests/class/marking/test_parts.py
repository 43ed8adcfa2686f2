"""The parts of a hidden test, and what they say."""

import functools

import numpy as np
import pytest

from softmax_grader.marking import (
    KNOWN_SLIPS,
    Failed,
    KnownSlip,
    Part,
    agrees_with_itself,
    ask,
    difference,
    grade_parts,
    index_arrays,
    inputs_kept,
    no_python_loop,
    result,
    same_answers,
)

from ..judging import CASES, Proxy, named, row_sums

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
    assert kept(lambda A: np.arange(len(A))) == 0
    assert kept(lambda A: A.sum(axis=1) * 1e-6) == 0
    assert kept(lambda A: A.sum(axis=1) + np.arange(len(A))) == 1, "wrong, but at work"
    assert kept(lambda A: 2 * A.sum(axis=1)) == 1
    first = lambda A: A[:, 0]  # noqa: E731
    assert kept(first, slips={"x": first}) == 1
    assert kept(lambda A: 2 * A.sum(axis=1), carried=lambda A: 2 * A.sum(axis=1)) == 1


def test_a_proxy_tells_what_was_changed(capsys):
    def shifts(A):
        A -= 1
        return (A + 1).sum(axis=1)

    assert kept(Proxy(row_sums)) == 1
    assert kept(Proxy(shifts)) == 0
    assert "slip: changed-in-place" in capsys.readouterr().out


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
    new_slip = KnownSlip(
        "own", "a title", "You did something new.", "Chapter 9, Somewhere", "book/09.html#somewhere"
    )

    def check():
        raise Failed("wrong", slip=new_slip)

    assert grade_parts([Part("new", 1, check)]) == 0
    assert "     You did something new.\n     slip: own\n" in capsys.readouterr().out


def test_ask_turns_a_stop_into_a_verdict():
    assert ask(lambda a: a + 1, 2) == 3
    array = np.ones(2)
    ask(lambda a: a.fill(0), array)
    assert array.sum() == 2
    with pytest.raises(Failed, match="your function stopped: ZeroDivisionError"):
        ask(lambda: 1 / 0)
    with pytest.raises(Failed, match="not written yet"):
        ask(_not_written)


def _not_written():
    raise NotImplementedError


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


def test_several_results_of_a_function_can_be_asked_for():
    four = lambda: [np.ones(1), np.zeros(2), np.ones(3), np.zeros(4)]  # noqa: E731
    assert result(four, 2, 4)().tolist() == [1.0, 1.0, 1.0]
    assert [part.shape for part in result(four, slice(2, 4), 4)()] == [(3,), (4,)]
    with pytest.raises(Failed, match="should give 2 results"):
        result(four, slice(0, 2), 2)()


def slope_of_bend(at_zero):
    """Make a function that gives the slopes of max(0, a), with its own answer at 0."""
    return lambda a: np.where(a > 0, 1.0, np.where(a < 0, 0.0, at_zero))


AT_THE_KINK = {
    f"{n} numbers": (
        (np.append(rest, 0.0),),
        (np.append(rest, 1e-9),),
        (np.append(rest, -1e-9),),
    )
    for n, rest in ((3, np.array([2.0, -1.0])), (2, np.array([-3.0])))
}


@pytest.mark.parametrize(("at_zero", "points"), [(0.0, 1), (1.0, 1), (0.5, 0), (np.nan, 0)])
def test_a_hard_call_may_agree_with_either_of_two_easy_ones(at_zero, points):
    function, right = slope_of_bend(at_zero), slope_of_bend(0.0)
    part = agrees_with_itself("kink", 1, function, right, AT_THE_KINK)
    assert grade_parts([part]) == points


def test_what_an_earlier_function_spoils_is_not_charged_where_two_calls_should_agree(capsys):
    """A wrong function of the student's own makes both differ; what is built on it is right."""

    def own_shift(A):  # should not change with a constant, and does
        return A - 1.0

    def whole(A):
        return own_shift(A).sum(axis=1)

    def guarded(A):
        return (A - A.max()).sum(axis=1)

    pairs = {name: ((A + 1000,), (A,)) for name, (A,) in CASES.items()}
    part = functools.partial(agrees_with_itself, "far", 1, right=guarded, pairs=pairs)
    assert grade_parts([part(whole)]) == 0
    assert grade_parts([part(whole, carried=whole)]) == 1
    assert "counted with your own functions" in capsys.readouterr().out
    assert grade_parts([part(whole, carried=guarded)]) == 0
