"""Name the one slip that explains every answer of a reader's function.

A slip is known by what a function does, never by how it is written. For each slip the answers are
computed that a function with this one slip would give. If the reader's answers agree with them in
every case, and with those of no other slip, the slip is named: so a right function is never
accused, and two slips at once are not guessed at.
"""

import sys

import numpy as np

from softmax_steps.practice.answers import Stopped, agree, all_agree, answer_of


def name_slip(answers, expected, cases, slips, *, classes=None):
    """Return the id of the one slip that explains the answers.

    Parameters
    ----------
    answers, expected : list of answers
        The reader's and the right ones, one for each case.
    cases : list of tuple
        The arguments.
    slips : dict
        From a slip's id to a function that has it, or a list of such.
    classes : callable, optional
        Takes a case's arguments, returns its number of classes.

    Returns
    -------
    str or None
        None where no slip explains them, or more than one.
    """
    fitting = {
        slip
        for slip, wrong in slips.items()
        for version in (wrong if isinstance(wrong, list) else [wrong])
        if _explains([answer_of(version, args)[0] for args in cases], answers, expected)
    }
    if not fitting:
        fitting = {
            slip
            for slip, predicted in _of_any_function(expected, cases)
            if _explains(predicted, answers, expected)
        }
    if not fitting and classes is not None:
        good = {
            classes(*c) for c, a, e in zip(cases, answers, expected, strict=True) if agree(a, e)
        }
        bad = {
            classes(*c) for c, a, e in zip(cases, answers, expected, strict=True) if not agree(a, e)
        }
        if len(good) == 1 and not good & bad:
            fitting = {"one-class-count"}
    return fitting.pop() if len(fitting) == 1 else None


def _explains(predicted, answers, expected):
    """Tell whether a slip gives these answers, and wrong numbers rather than merely a stop."""
    return all_agree(answers, predicted) and any(
        not isinstance(p, Stopped) and not agree(p, e)
        for p, e in zip(predicted, expected, strict=True)
    )


def _of_any_function(expected, cases):
    """Yield what right answers become under the slips that any function can have."""
    yield "transposed", [tuple(a.T for a in answer) for answer in expected]
    yield "wrong-sign", [tuple(-a for a in answer) for answer in expected]
    whole = [
        any(isinstance(a, np.ndarray) and a.dtype.kind in "iu" and a.ndim == 2 for a in args)
        for args in cases
    ]
    yield (
        "whole-numbers",
        [
            tuple(np.trunc(a) for a in answer) if is_whole else answer
            for answer, is_whole in zip(expected, whole, strict=True)
        ],
    )


def loops_over_samples(function, few, many):
    """Tell whether a function takes more lines of Python for more samples.

    Parameters
    ----------
    function : callable
    few, many : tuple
        Arguments that differ in the number of samples alone, by ten or more.

    Returns
    -------
    bool
    """
    return _lines(function, many) >= _lines(function, few) + 10


def _lines(function, args):
    count = 0

    def trace(frame, event, argument):
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        answer_of(function, args)
    finally:
        sys.settrace(before)
    return count
