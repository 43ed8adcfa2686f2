"""Each check passes the book's own solution, names its slips, and is told of in the page."""

import io
import re
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np
import pytest

import softmax_steps
from softmax_book.sources import read_book
from softmax_steps.advice import ADVICE
from softmax_steps.practice import EXERCISES, check, examine
from softmax_steps.practice.answers import Stopped, answer_of

PAGES = read_book(Path(__file__).resolve().parents[3])
CHAPTERS = {f"{page.number:02d}": page for page in PAGES.values() if page.number is not None}
SLIPS = [
    pytest.param(exercise, slip, wrong, id=f"{number} {slip} {i}")
    for number, exercise in EXERCISES.items()
    for slip, versions in exercise.slips.items()
    for i, wrong in enumerate(versions if isinstance(versions, list) else [versions])
]


def exercise_in_the_page(number):
    """Return the text of an exercise, and its solution."""
    chapter, _, place = number.partition("-")
    after = CHAPTERS[chapter].text.split("\n## Exercises\n")[1]
    (text,) = re.findall(
        rf"^\*\*{int(place)}\.\*\* (★.*?)^:::\{{dropdown\}} Solution\n(.*?)^:::$",
        after,
        re.M | re.S,
    )
    return text


@pytest.mark.parametrize("number", EXERCISES)
def test_the_right_function_has_an_answer_in_every_case(number):
    for label, args in EXERCISES[number].cases.items():
        answer, changed = answer_of(EXERCISES[number].right, args)
        assert not isinstance(answer, Stopped), f"{label}: {answer.reason}"
        assert all(np.isfinite(each).all() for each in answer), label
        assert not changed, label


def definition_in(text):
    """Return the code of a text that defines a function, from there on."""
    (code,) = (c for c in re.findall(r"```python\n(.*?)```", text, re.S) if "def " in c)
    return code[code.index("def ") :]


@pytest.mark.parametrize("number", EXERCISES)
def test_the_check_passes_the_solution_of_the_page(number):
    exercise = EXERCISES[number]
    task, solution = exercise_in_the_page(number)
    assert f'check("{number}", {exercise.name})' in task
    told = re.findall(r"^def (.*):$", task, re.M)  # an exercise to debug shows the function
    assert f"{exercise.call}`" in task or exercise.call in [re.sub("=[^,)]+", "", t) for t in told]
    space = {**vars(softmax_steps), "np": np}
    exec(definition_in(solution), space)
    result = examine(exercise, space[exercise.name])
    assert result.right, result
    assert str(result).startswith(f"✓ {number}, {exercise.call} is right.\nTried: ")


@pytest.mark.parametrize(
    ("number", "slip", "came"),
    [
        ("03-8", "whole-numbers", "[[0.0, 0.0, 0.0],"),
        ("08-9", "inner-for-outer", "[-0.125, -0.225, -0.125]"),
        ("10-8", "names-itself", "came      1\n"),
        ("11-6", "total-in-small-float", "[0.1218, -0.1218]"),
    ],
)
def test_the_slip_of_a_function_to_debug_is_named(number, slip, came):
    exercise = EXERCISES[number]
    space = {**vars(softmax_steps), "np": np}
    task, _ = exercise_in_the_page(number)
    exec(definition_in(task), space)
    result = examine(exercise, space[exercise.name])
    assert (result.right, result.slip) == (False, slip), result
    assert came in str(result)


def test_each_chapter_has_an_exercise_with_a_check_and_none_is_left_over():
    told = {
        number
        for page in CHAPTERS.values()
        for number in re.findall(r'check\("(\d\d-\d+)"', page.text)
    }
    assert told == set(EXERCISES)
    assert {number[:2] for number in EXERCISES} == set(CHAPTERS)


@pytest.mark.parametrize(("exercise", "slip", "wrong"), SLIPS)
def test_a_known_slip_is_named_in_the_words_of_the_registry(exercise, slip, wrong):
    result = examine(exercise, wrong)
    assert (result.right, result.slip) == (False, slip), result
    said = " ".join(str(result).split())
    assert ADVICE[slip].sentence in said
    assert f"{ADVICE[slip].place}. (Slip: {ADVICE[slip].title}.)" in said


@pytest.mark.parametrize("number", EXERCISES)
def test_a_function_that_is_right_by_another_way_of_writing_is_right(number):
    """Lists for arrays in what it returns, and nothing of the package's own types."""

    def in_lists(*args):
        value = EXERCISES[number].right(*args)
        return tuple(v.tolist() for v in value) if isinstance(value, tuple) else value.tolist()

    if not isinstance(
        EXERCISES[number].right(*next(iter(EXERCISES[number].cases.values()))), float
    ):
        assert examine(EXERCISES[number], in_lists).right


def said(number, function):
    out = io.StringIO()
    with redirect_stdout(out):
        check(number, function)
    return out.getvalue()


def test_what_is_printed_is_the_first_wrong_case_with_its_input():
    assert said("03-7", lambda F: np.exp(F) / np.exp(F).sum(axis=1, keepdims=True)) == (
        "✗ 03-7, my_softmax(F): not right yet.\n"
        "With scores of 1000:\n"
        "  F         [[1000.0, 999.0, 998.0]]\n"
        "  came      [[nan, nan, nan]]\n"
        "  expected  [[0.6652, 0.2447, 0.09003]]\n"
        "Without a guard the exponential of a large\n"
        "score is inf, and inf / inf is NaN. Take each\n"
        "row's largest score from the row first.\n"
        "Chapter 2, Five rows that fail. (Slip: no\n"
        "overflow guard.)\n"
    )


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda F: None, "my_softmax gives None: does it end with a return?"),
        (lambda F: "right", "my_softmax gives a str, and numbers are expected."),
        (lambda F, T: F, "my_softmax stops with TypeError: "),
        (lambda F: F[0], "The shape of the result is (3,), expected (2, 3)."),
        (lambda F: (F, F), "It gives 2 results, expected 1."),
        (lambda F: F + 0.5, "No known slip explains it."),
    ],
)
def test_what_is_no_answer_is_told(function, words):
    assert words in said("03-7", function)


def test_a_function_that_is_not_written_yet_is_told():
    def my_softmax(F):
        raise NotImplementedError()

    assert "my_softmax is not written yet" in said("03-7", my_softmax)


@pytest.mark.parametrize("number", EXERCISES)
@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda *args: None, "gives None: does it end with a return?"),
        (lambda: None, "stops with TypeError: "),
        (lambda *args: {}[args[0].shape], "stops with KeyError: "),
        (lambda *args: "right", "gives a str, and numbers are expected."),
    ],
)
def test_every_exercise_tells_what_is_no_answer(number, function, words):
    assert f"{EXERCISES[number].name} {words}" in said(number, function)


@pytest.mark.parametrize("number", EXERCISES)
def test_every_exercise_tells_of_an_input_that_is_changed(number):
    def writing(*args):
        answer = EXERCISES[number].right(*args)
        args[0][...] = args[0] + 1
        return answer

    before = [args[0].copy() for args in EXERCISES[number].cases.values()]
    assert examine(EXERCISES[number], writing).slip == "changed-in-place"
    for was, args in zip(before, EXERCISES[number].cases.values(), strict=True):
        np.testing.assert_array_equal(was, args[0])


# Other ways to write what an exercise asks for, or to mend what it shows.
def by_sorting_the_others(X, y):
    D = softmax_steps.squared_distances(X, X) + np.diag(np.full(len(X), np.inf))
    return (y[np.argsort(D, axis=1)[:, 0]] == y).sum() / len(y)


@pytest.mark.parametrize(
    ("number", "function"),
    [
        ("03-8", lambda F: np.array([softmax_steps.softmax(row[np.newaxis])[0] for row in F])),
        ("03-8", lambda F: softmax_steps.softmax(F).astype(np.float32)),
        ("06-5", lambda P, y, a: a[:, None] * (P - np.eye(P.shape[1])[y]) / len(P)),
        ("08-9", lambda p, df: p * (df - p @ df)),
        ("08-9", lambda p, df: (np.diag(p) - p[:, None] * p) @ df),
        ("08-9", lambda p, df: (np.diag(p) - p.reshape(-1, 1) @ p.reshape(1, -1)) @ df),
        ("10-8", by_sorting_the_others),
        ("11-6", lambda P, Y, rows=100: (P - Y).mean(axis=0)),
        ("11-6", lambda P, Y, rows=100: (P - Y).sum(axis=0, dtype=np.float32) / len(P)),
        (
            "11-6",
            lambda P, Y, rows=100: ((P - Y).sum(axis=0, dtype=float) / len(P)).astype(P.dtype),
        ),
    ],
)
def test_every_way_to_a_right_function_is_right(number, function):
    result = examine(EXERCISES[number], function)
    assert result.right, result


def test_an_input_that_is_changed_is_told_where_the_numbers_are_right():
    def in_place(F):
        shifted = F - F.max(axis=1, keepdims=True)
        F[:] = 0
        return shifted

    result = examine(EXERCISES["02-7"], in_place)
    assert (result.right, result.slip) == (False, "changed-in-place")
    assert F_is_as_it_was()


def F_is_as_it_was():
    return np.array_equal(EXERCISES["02-7"].cases["small scores"][0], [[1, 3, -1], [3, 0, 4]])


def test_a_loop_is_told_where_the_numbers_are_right():
    def row_by_row(F):
        rows = []
        for row in F:
            rows.append(row - row.max())
        return np.array(rows)

    assert examine(EXERCISES["02-7"], row_by_row).slip == "python-loop"


def test_one_number_of_classes_is_told():
    def three(F):
        if F.shape[1] != 3:
            raise ValueError("three classes")
        return F - F.max(axis=1, keepdims=True)

    assert examine(EXERCISES["02-7"], three).slip == "one-class-count"


def test_two_slips_at_once_are_not_guessed_at():
    def twice_wrong(X, y, W, b, strength):
        dW, db = EXERCISES["06-7"].right(X, y, W, b, strength)
        return 3 * dW.T, 7 * db

    result = examine(EXERCISES["06-7"], twice_wrong)
    assert (result.right, result.slip) == (False, None)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (("03-9", abs), ValueError, "expected one of 03-7, 03-8. The number is"),
        (("99-1", abs), ValueError, "expected one of 01-7, 02-7"),
        ((3, abs), ValueError, "has the number 3; expected"),
        (("03-7", [[1.0]]), TypeError, 'Pass it without brackets: check("03-7", my_softmax)'),
        (("03-7",), TypeError, "check got nothing beside '03-7'"),
    ],
)
def test_a_wrong_call_is_told_with_its_mend(arguments, error, words):
    with pytest.raises(error, match=re.escape(words)):
        check(*arguments)


def test_an_assignment_is_checked_by_its_own_notebook(monkeypatch):
    assert "Check before you hand in" in said("a1", None)
    monkeypatch.setattr("__main__.check_before_you_hand_in", lambda: print("own"), raising=False)
    assert said("a1", None) == "own\n"
