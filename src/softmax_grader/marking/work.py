"""Whether a function does the work, even if its values are wrong.

That an array was left alone, or that no loop was written, says nothing of a function that does
nothing. What is asked here is how the answer *moves*: each array that comes in is disturbed a
little, and the student's answer must move as the right one does: in that direction or against it
(a wrong sign, a missing factor, a class weight laid out wrongly leave most of it), and not
hundreds of times more or less. An answer that is one of the arguments, or does not follow the
data, does not.
"""

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from softmax_grader.marking.answers import (
    Answer,
    Failed,
    Stopped,
    agree,
    all_agree,
    answers_of,
    are_proportional,
    are_varied,
    as_answer,
    call_with_copies,
)
from softmax_grader.marking.diagnosis import suspects

ALIKE = 0.4  # the least cosine between two ways of moving
MOST = 100.0  # how many times more, or less, an answer may move than the right one
MANY_ARGUMENTS = 4  # with so many that matter, one slip may leave one of them out
NUMBERS = 40  # of the right answer's movement that are compared, at least
OFTEN, AT_LEAST = 24, 5  # how often an argument is disturbed
FACTOR, GROWTH = 8.0, 4.0
MOST_CASES = 4  # in which a function may show that it works


def require_work(
    function: Callable,
    answers: Sequence[Answer],
    right: Callable,
    cases: Mapping[str, tuple],
    slips: Mapping[str, Any] | None = None,
    carried: Callable | None = None,
    bounded: int | None = None,
) -> None:
    """Refuse a function that does not do the work.

    Parameters
    ----------
    function : callable
        The student's.
    answers : sequence of answers
        What it gave for each case.
    right : callable
    cases : dict
    slips : dict, optional
    carried : callable, optional
        As for :func:`~softmax_grader.marking.parts.same_answers`. An answer that is the right
        one, or that of one slip, may have any shape.
    bounded : int, optional
        The place of an argument with which the right answer hardly grows: the weights of a
        softmax's gradient. One that grows like a straight line has no softmax in it.

    Raises
    ------
    Failed
        If no case shows the function at work.
    """
    for answer in answers:
        if isinstance(answer, Stopped):
            raise Failed(f"your function stopped: {answer.reason}")
        if isinstance(answer, Failed):
            raise answer
    if not are_varied(answers):
        raise Failed(
            "your function gives the same number for everything. This part counts once its "
            "values depend on what it is given"
        )
    expected = answers_of(right, cases, trusted=True)
    if all_agree(answers, expected, 1e-5):
        return
    known = [expected, *([answers_of(carried, cases)] if carried is not None else [])]
    fits = [any(agree(a, other[k], 1e-5) for other in known) for k, a in enumerate(answers)]
    if is_known(answers, expected, cases, slips or {}):
        fits = [True] * len(answers)
    reason = ""
    for k in sorted(range(len(answers)), key=lambda k: not fits[k])[:MOST_CASES]:
        args = list(cases.values())[k]
        told = why_idle(function, right, args, known=fits[k], bounded=bounded)
        if not told:
            return
        reason = reason or told
    raise Failed(f"not counted, since {reason}")


def is_known(
    answers: Sequence[Answer],
    expected: Sequence[Answer],
    cases: Mapping[str, tuple],
    slips: Mapping[str, Any],
) -> bool:
    """Return whether answers are right, or those of one known slip in every case.

    Parameters
    ----------
    answers, expected : sequence of answers
        The student's and the right ones.
    cases, slips : dict
        As for :func:`~softmax_grader.marking.parts.same_answers`.

    Returns
    -------
    bool
    """
    return all_agree(answers, expected, 1e-5) or any(
        all_agree(answers, predicted, 1e-5) for _, predicted in suspects(expected, cases, slips)
    )


def why_idle(
    function: Callable,
    right: Callable,
    args: tuple,
    *,
    known: bool = False,
    bounded: int | None = None,
    spare: int = 1,
) -> str:
    """Return why a function does not do the work, or an empty text if it does.

    Parameters
    ----------
    function, right : callable
    args : tuple
        Of a case that is easy.
    known : bool
        Whether its answer is one that is known: then it has to move, and may have any shape.
    bounded : int, optional
        As for :func:`require_work`.
    spare : int
        How many arguments it may leave out, where many matter.

    Returns
    -------
    str
        What a sentence can end with.
    """
    try:
        return _why_idle(function, right, args, known, bounded, spare)
    except Failed as failure:  # a check of the test's own
        return f"{failure}"


def _why_idle(
    function: Callable,
    right: Callable,
    args: tuple,
    known: bool,
    bounded: int | None,
    spare: int,
) -> str:
    answer, again = (call_with_copies(function, args)[0] for _ in range(2))
    expected = as_answer(right(*copy.deepcopy(args)))
    if not isinstance(answer, tuple):
        return "your function stops"
    if not isinstance(again, tuple) or not agree(again, answer, 1e-9):
        return "the same call gives another answer each time"
    if not known:
        if [a.shape for a in answer] != [e.shape for e in expected]:
            return "the result has another shape than the right one"
        if all(_is_copy(a, args) for a in answer):
            return "the result is what was handed over"
    idle, moving = [], 0
    for place in range(len(args)):
        theirs, its = _movements(function, right, args, place, answer, expected)
        if all(np.linalg.norm(e) <= 1e-3 * np.linalg.norm(x) for e, x in zip(its, expected)):  # noqa: B905
            continue
        moving += 1
        if not (_moves(theirs, its) if known else _moves_alike(theirs, its)):
            idle.append(place)
        if len(idle) > spare:
            break
    if len(idle) > (spare if moving >= MANY_ARGUMENTS else 0):
        return f"the result does not follow the {ordinal(idle[0])} argument as it should"
    if bounded is not None and not known and not _is_bounded(function, right, args, bounded):
        return "the result grows with the weights as no right one does"
    return ""


def _movements(
    function: Callable,
    right: Callable,
    args: tuple,
    place: int,
    answer: tuple[np.ndarray, ...],
    expected: tuple[np.ndarray, ...],
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Return how the two answers move, result by result, when one argument is disturbed."""
    rng = np.random.default_rng(place)
    theirs: list[list] = [[] for _ in answer]
    its: list[list] = [[] for _ in expected]
    size = max(e.size for e in expected)
    for _ in range(min(OFTEN, max(AT_LEAST, -(-NUMBERS // max(size, 1))))):
        moved = list(args)
        moved[place] = disturbed(args[place], rng)
        if moved[place] is None:
            return [], [np.zeros(1) for _ in expected]
        other, _ = call_with_copies(function, tuple(moved))
        right_one = as_answer(right(*copy.deepcopy(moved)))
        given = other if isinstance(other, tuple) and len(other) == len(answer) else None
        for k, before in enumerate(answer):
            if given is not None and given[k].shape == before.shape:
                theirs[k].append(_step(given[k], before))
            else:
                theirs[k].append(np.zeros(before.size))
        for k, before in enumerate(expected):
            fits = right_one[k].shape == before.shape
            its[k].append(_step(right_one[k], before) if fits else np.zeros(before.size))
    return [np.concatenate(s) for s in theirs], [np.concatenate(s) for s in its]


def _step(after: np.ndarray, before: np.ndarray) -> np.ndarray:
    step = after - before
    return np.where(np.isfinite(step), step, 0.0).ravel()


def disturbed(value: Any, rng: np.random.Generator) -> Any:
    """Return an argument with other numbers of the same kind; None if it is no array.

    Parameters
    ----------
    value : object
        An array, or a list or tuple of arrays of floats.
    rng : numpy.random.Generator

    Returns
    -------
    object
    """
    if isinstance(value, list | tuple):
        if not any(isinstance(v, np.ndarray) and v.dtype.kind == "f" for v in value):
            return None
        parts = [disturbed(v, rng) if isinstance(v, np.ndarray) else v for v in value]
        return type(value)(v if p is None else p for p, v in zip(parts, value, strict=True))
    if not isinstance(value, np.ndarray) or value.size == 0:
        return None
    if value.dtype.kind == "f":
        return value * rng.uniform(0.5, 1.7, value.shape)
    if value.dtype.kind in "iu" and value.ndim == 1:  # labels: some become the next class
        return np.where(rng.random(value.shape) < 0.5, (value + 1) % (value.max() + 1), value)
    if value.dtype.kind in "iu":
        return value + rng.integers(-2, 3, value.shape)
    return None


def _moves(theirs: Sequence[np.ndarray], its: Sequence[np.ndarray]) -> bool:
    mine, right = (np.linalg.norm(np.concatenate(list(m))) for m in (theirs, its))
    return bool(mine > right / (MOST * 10))


def _moves_alike(theirs: Sequence[np.ndarray], its: Sequence[np.ndarray]) -> bool:
    """Return whether some result moves as the right one, or against it."""
    for mine, right in zip(theirs, its, strict=True):
        a, b = np.linalg.norm(mine), np.linalg.norm(right)
        if not (b > 0 and b / MOST <= a <= b * MOST):
            continue
        if abs(mine @ right) >= ALIKE * a * b:
            return True
    return False


def _is_bounded(function: Callable, right: Callable, args: tuple, place: int) -> bool:
    """Return whether the answer grows with an argument about as the right one does."""
    grown = list(args)
    value = grown[place]
    grown[place] = [FACTOR * v for v in value] if isinstance(value, list) else FACTOR * value
    sizes = []
    for of in (function, right):
        small, large = (call_with_copies(of, tuple(a))[0] for a in (args, grown))
        if not isinstance(small, tuple) or not isinstance(large, tuple):
            return False
        before, after = (
            float(np.linalg.norm(np.concatenate([x.ravel() for x in t]))) for t in (small, large)
        )
        sizes.append(after / max(before, 1e-300))
    return bool(sizes[0] <= GROWTH * sizes[1])


def _is_copy(result: np.ndarray, args: Sequence) -> bool:
    """Return whether a result holds numbers of an argument, a multiple of one, or one number."""
    if result.size == 0 or np.ptp(result) == 0:
        return result.ndim > 0
    if any(np.isin(np.abs(result), np.abs(x.astype(float))).all() for x in _arrays(args)):
        return True
    return any(
        are_proportional(result, as_float)
        for x in _arrays(args)
        for as_float in (x.astype(float), x.T.astype(float))
    )


def _arrays(args: Sequence) -> Iterator[np.ndarray]:
    for value in args:
        if isinstance(value, list | tuple):
            yield from _arrays(value)
        elif isinstance(value, np.ndarray) and value.dtype.kind in "iuf":
            yield value


def ordinal(i: int | str) -> str:
    """Return a place, counted from 0, as people say it.

    Parameters
    ----------
    i : int or str
        A text is the name of an argument given by its name.

    Returns
    -------
    str
    """
    if not isinstance(i, int):
        return f"{i!s:.40}"
    return ("first", "second", "third", "fourth", "fifth", "sixth")[i] if i < 6 else f"{i + 1}th"
