"""Which slip is named, and which is not."""

import re

import numpy as np
import pytest

from softmax_grader.marking import KNOWN_SLIPS, Stopped, diagnose
from softmax_grader.marking.diagnosis import what_differs

from ..judging import CASES, named, rng, row_sums


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


def told(answer, right, *args):
    """Return what is said of one wrong answer."""
    return what_differs([answer], [right], {"a case": args}, 1e-6)


def test_a_wrong_answer_is_not_told_itself():
    right = (np.array([[1.0, 2.0]]),)
    assert told((np.array([[1.0, 2.0813]]),), right) == "wrong for a case: off by up to 0.0813"
    assert told((np.array(31.4159),), (np.array(31.0),)) == "wrong for a case: off by 0.416"
    assert told((np.array([[1e300, 2.0]]),), right) == (
        "wrong for a case: off by up to more than a million"
    )
    shape = "for a case the shape is {}, expected (1, 2)"
    assert told((np.zeros((2, 1)),), right) == shape.format("(2, 1)")
    assert told((np.zeros((731, 400)),), right, np.zeros((400, 3))) == shape.format("(…, 400)")
    assert told((np.zeros(5),), right) == shape.format("(5,)")
    many = told((np.zeros((1, 2, 3, 4, 5)),), right)
    assert many == shape.format("one with more than 4 axes")
    assert told((np.ones(1),) * 731, right) == "for a case it gives more than 9 results, expected 1"


def test_what_a_coder_hides_in_an_answer_does_not_come_through():
    """A decoder that knows the code gets at most 14 bits of a float64 from one part."""
    hidden = np.random.default_rng(8).standard_normal(2000)
    right = (np.zeros(()),)
    said = {told((np.array(x * 10.0**k),), right) for x in hidden for k in range(-9, 9)}
    assert np.log2(len(said)) <= 14
    assert max(len(re.sub(r"e-0\d|\D", "", text).strip("0")) for text in said) <= 3
