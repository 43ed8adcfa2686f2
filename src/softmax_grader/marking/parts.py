"""The parts of a hidden test: each checks one thing, and is worth some points.

A hidden test is a list of parts, handed to :func:`grade_parts`:

>>> import numpy as np
>>> def double(x):        # a student's function
...     return x + 2
>>> score = grade_parts([
...     same_answers(
...         "doubling", 2, double, right=lambda x: 2 * x,
...         cases={"x = 3": (3.0,), "x = 2": (2.0,)},
...     ),
...     inputs_kept(
...         "x stays as it was", 1, double, right=lambda x: 2 * x,
...         cases={"two numbers": (np.array([2.0, 3.0]),), "one number": (np.array([2.0]),)},
...     ),
... ])
✗ 0/2  doubling: wrong for x = 3: off by 1
✓ 1/1  x stays as it was
>>> score
1.0
"""

import copy
import warnings
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from softmax_grader.marking.answers import (
    Answer,
    Failed,
    Stopped,
    agree,
    all_agree,
    answer_and_lines,
    answers_of,
    are_proportional,
    are_varied,
    as_answer,
    as_numbers,
    call_with_copies,
    first_line,
    reason_of,
)
from softmax_grader.marking.diagnosis import about, diagnose, what_differs
from softmax_grader.marking.known_slips import KnownSlip, known_slip
from softmax_grader.marking.stand_ins import Needs, Trial
from softmax_grader.marking.verdicts import Verdict, publish
from softmax_grader.marking.work import is_known, ordinal, require_work, why_idle


@dataclass(frozen=True)
class Part:
    """One line of the feedback.

    Parameters
    ----------
    name : str
        What the student reads.
    points : float
    check : callable
        Returns, with a remark or None, if the part is passed; raises Failed if it is not.
    needs : dict, optional
        The student's earlier functions that it may be built on: from the name to the student's
        own and the reference, in the assignment's order. If the part is not passed, it is checked
        once more with the references in their place; see
        :mod:`softmax_grader.marking.stand_ins`.
    """

    name: str
    points: float
    check: Callable[[], str | None]
    needs: Needs = field(default_factory=dict)


def same_answers(
    name: str,
    points: float,
    function: Callable,
    right: Callable,
    cases: Mapping[str, tuple],
    *,
    slips: Mapping[str, Any] | None = None,
    classes: Callable[..., int] | None = None,
    carried: Callable | None = None,
    needs: Needs | None = None,
    discrete: bool = False,
    charged_above: Collection[str] = (),
    tolerance: float = 1e-6,
) -> Part:
    """Make a part that is passed when ``function`` answers as ``right`` does.

    Parameters
    ----------
    name : str
        What the student reads.
    points : float
        What the part is worth; there is no half of a part.
    function : callable
        The student's function.
    right : callable
        The reference; called with the same arguments.
    cases : dict
        For each case a few words ("T = 2, five classes") and the arguments.
    slips : dict, optional
        For each slip's id (a key of :data:`~softmax_grader.marking.known_slips.KNOWN_SLIPS`) the
        function that has it, or a list of such functions. It may raise where the student's would
        stop.
    classes : callable, optional
        Gives the number of classes C of a case. With it, answers that are right for one C only
        are recognised.
    carried : callable, optional
        The right answer composed from the student's *own* other functions, so that a mistake is
        charged once, where it was made.
    needs : dict, optional
        As for :class:`Part`.
    discrete : bool
        Whether the answer jumps from one value to another. Of any other, what `carried` gives has
        to move as the right one does; see :mod:`softmax_grader.marking.work`.
    charged_above : collection of str
        Slips of which another part takes the points: a function with one of them, and nothing
        else wrong, passes here.
    tolerance : float
        Allowed error as a share of the largest number in the answer. A relative error of 1e-4 in
        each number is always allowed: float32 and any order of summation pass.

    Returns
    -------
    Part
    """

    def check() -> str | None:
        answers = answers_of(function, cases)
        expected = answers_of(right, cases, trusted=True)
        if all_agree(answers, expected, tolerance):
            return None
        theirs = _carried(carried, cases)
        if carried is not None and are_varied(theirs) and all_agree(answers, theirs, tolerance):
            known = is_known(theirs, expected, cases, slips or {})
            args = next(iter(cases.values()))
            if discrete or not why_idle(carried, right, args, known=known):
                return "counted with your own functions"
        slip = diagnose(answers, expected, cases, slips or {}, classes=classes, tolerance=tolerance)
        if slip is not None and slip in charged_above:
            return f"but for “{known_slip(slip).title}”, which is charged above"
        raise Failed(what_differs(answers, expected, cases, tolerance), slip=slip)

    return Part(name, points, check, needs or {})


def agrees_with_itself(
    name: str,
    points: float,
    function: Callable,
    right: Callable,
    pairs: Mapping[str, tuple[tuple, ...]],
    *,
    slips: Mapping[str, Any] | None = None,
    carried: Callable | None = None,
    needs: Needs | None = None,
    bounded: int | None = None,
    charged_above: Collection[str] = (),
    tolerance: float = 1e-6,
) -> Part:
    """Make a part that is passed when two calls give the same answer.

    It counts for a function that does the work: what is wrong in both calls alike was charged
    elsewhere and costs nothing here.

    Parameters
    ----------
    name, points, function, right, slips, carried, needs, charged_above, tolerance
        As for :func:`same_answers`.
    pairs : dict
        For each case the arguments of a hard call and of an easy one that must give the same: the
        same scores far from 0, for instance. Where several easy ones follow, the hard call must
        give the same as one of them: on either side of a kink, for instance.
    bounded : int, optional
        As for :func:`~softmax_grader.marking.work.require_work`.

    Returns
    -------
    Part
    """

    def check() -> str | None:
        hard = {label: pair[0] for label, pair in pairs.items()}
        easy = {label: pair[1] for label, pair in pairs.items()}
        answers, expected = answers_of(function, hard), answers_of(function, easy)
        require_work(function, expected, right, easy, slips, carried, bounded)
        for k, (label, (_, _, *others)) in enumerate(pairs.items()):
            if others and not agree(answers[k], expected[k], tolerance):
                choices = answers_of(function, {f"{label}, {i}": o for i, o in enumerate(others)})
                fitting = (o for o in choices if agree(answers[k], o, tolerance))
                expected[k] = next(fitting, expected[k])
        if all_agree(answers, expected, tolerance):
            return None
        theirs = _carried(carried, hard)
        if theirs and all_agree(answers, theirs, tolerance):
            return "counted with your own functions"
        elsewhere = {k: wrong for k, wrong in (slips or {}).items() if k in charged_above}
        of_right = answers_of(right, hard, trusted=True)
        slip = diagnose(answers, of_right, hard, elsewhere, generic=False, tolerance=tolerance)
        if slip is not None:
            return f"but for “{known_slip(slip).title}”, which is charged above"
        slip = diagnose(answers, expected, hard, slips or {}, generic=False, tolerance=tolerance)
        raise Failed(what_differs(answers, expected, hard, tolerance), slip=slip)

    return Part(name, points, check, needs or {})


def inputs_kept(
    name: str,
    points: float,
    function: Callable,
    right: Callable,
    cases: Mapping[str, tuple],
    *,
    slips: Mapping[str, Any] | None = None,
    carried: Callable | None = None,
    needs: Needs | None = None,
    bounded: int | None = None,
) -> Part:
    """Make a part that is passed when no argument was changed.

    It counts for a function that does the work, right or wrong: one that does nothing changes
    nothing. See :mod:`softmax_grader.marking.work`.

    Parameters
    ----------
    name, points, function, right, cases, slips, carried, needs
        As for :func:`same_answers`.
    bounded : int, optional
        As for :func:`~softmax_grader.marking.work.require_work`.

    Returns
    -------
    Part
    """

    def check() -> None:
        answers = []
        for args in cases.values():
            answer, changed = call_with_copies(function, args)
            answers.append(answer)
            if changed:
                first = ordinal(changed[0])
                raise Failed(f"the {first} argument was changed", slip="changed-in-place")
        require_work(function, answers, right, cases, slips, carried, bounded)

    return Part(name, points, check, needs or {})


def no_python_loop(
    name: str,
    points: float,
    function: Callable,
    right: Callable,
    few: tuple,
    many: tuple,
    *,
    also: Sequence[tuple[tuple, tuple]] = (),
    grown: Callable[..., tuple] | None = None,
    slips: Mapping[str, Any] | None = None,
    bounded: int | None = None,
) -> Part:
    """Make a part that is passed when larger arrays take no more lines of Python.

    What is counted are executed lines and calls, not seconds, so a busy machine changes nothing.
    It counts for a function that does the work, right or wrong, as in :func:`inputs_kept`. The
    lines and the answer are those of one and the same call, and the answer for large arrays has
    to be what the function's answer for small ones says it must be.

    Parameters
    ----------
    name, points, function, right, slips
        As for :func:`same_answers`.
    few, many : tuple
        Arguments of the same kind, the second much larger.
    also : sequence of pairs, optional
        More of them. One whose small call shows no work is passed over, unless none does.
    grown : callable, optional
        ``grown(many, *results)`` gives what the results for few become for many, each up to a
        factor: with it a function that is wrong in an unknown way can show that it does the same
        for many.
    bounded : int, optional
        As for :func:`~softmax_grader.marking.work.require_work`.

    Returns
    -------
    Part
    """

    def check() -> None:
        working, refused = [], None
        for small, large in ((few, many), *also):
            answer, count = answer_and_lines(function, small)
            try:
                require_work(function, [answer], right, {"few": small}, slips, bounded=bounded)
            except Failed as failure:
                refused = refused or failure
            else:
                working.append((answer, count, small, large))
        if not working and refused is not None:
            raise refused
        for answer, count, small, large in working:
            its_answer, its_count = answer_and_lines(function, large)
            if its_count > 2 * count + 20:
                raise Failed(
                    f"about {about(count)} Python steps for a few samples, "
                    f"{about(its_count)} for many",
                    slip="python-loop",
                )
            if isinstance(its_answer, Stopped):
                raise Failed(f"for many samples your function stopped: {its_answer.reason}")
            unknown = small is not few and not _is_known(answer, small)
            if not unknown and not _does_the_same(answer, its_answer, large):
                raise Failed("for many samples it does not give what it gives for a few")

    def _is_known(answer: Answer, args: tuple) -> bool:
        cases = {"one": args}
        return is_known([answer], answers_of(right, cases, trusted=True), cases, slips or {})

    def _does_the_same(answer: Answer, its_answer: Answer, large: tuple) -> bool:
        if _is_known(its_answer, large):
            return True
        if grown is None or not isinstance(answer, tuple) or not isinstance(its_answer, tuple):
            return False
        predicted = as_answer(grown(large, *answer))
        return len(predicted) == len(its_answer) and all(
            are_proportional(a, b) for a, b in zip(its_answer, predicted, strict=True)
        )

    return Part(name, points, check)


def at_work(
    part: Part,
    function: Callable,
    right: Callable,
    cases: Mapping[str, tuple],
    *,
    slips: Mapping[str, Any] | None = None,
    bounded: int | None = None,
) -> Part:
    """Return the part for a function that does the work, right or wrong.

    For a part that a function could pass with nothing in it: what a penalty adds to nothing, for
    instance.

    Parameters
    ----------
    part : Part
    function, right, cases, slips
        As for :func:`same_answers`.
    bounded : int, optional
        As for :func:`~softmax_grader.marking.work.require_work`.

    Returns
    -------
    Part
    """

    def check() -> str | None:
        remark = part.check()
        answers = answers_of(function, cases)
        require_work(function, answers, right, cases, slips, bounded=bounded)
        return remark

    return Part(part.name, part.points, check, part.needs)


def grade_parts(parts: Sequence[Part]) -> float:
    """Check each part by itself, publish what it came to, and return the points earned.

    No part can stop another one. A slip that shows in several parts is explained once.

    Parameters
    ----------
    parts : sequence of Part

    Returns
    -------
    float

    See Also
    --------
    softmax_grader.marking.verdicts : where the verdicts go.
    """
    verdicts: list[Verdict] = []
    try:
        for part in parts:
            verdict = _verdict(part, explained={v.slip for v in verdicts})
            verdicts.append(verdict)
    finally:  # what stops the whole test leaves what the parts before it came to
        publish(verdicts)
    return sum((verdict.earned for verdict in verdicts), 0.0)


def _verdict(part: Part, *, explained: set[KnownSlip | None]) -> Verdict:
    """Check one part."""
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            remark = _checked(part)
    except Failed as failure:
        slip = known_slip(failure.slip) if isinstance(failure.slip, str) else failure.slip
        text = first_line(f": {failure}")
        explain = slip is not None and slip not in explained
        return Verdict(part.name, part.points, 0, False, text, slip, explain)
    except Exception as error:
        text = f": this part could not be checked ({type(error).__name__}). Tell your teacher."
        return Verdict(part.name, part.points, 0, False, first_line(text))
    text = first_line(f" ({remark})") if remark else ""
    return Verdict(part.name, part.points, part.points, True, text)


def _checked(part: Part) -> str | None:
    """Check a part, where it must be with the references of what it is built on."""
    try:
        return part.check()
    except Failed as failure:
        if not part.needs:
            raise
        first = failure
    trial, second = Trial(part.needs), None
    try:
        with trial.running():
            part.check()
    except Failed as failure:
        second = failure
    faults = trial.at_fault()
    if not faults:
        raise first
    if second is not None:
        raise second
    return right_once(faults)


def right_once(names: Sequence[str]) -> str:
    """Return the remark on a part that is right with the references of some functions.

    Parameters
    ----------
    names : sequence of str
        The functions that are not right themselves.

    Returns
    -------
    str
    """
    told, verb = " and ".join(filter(None, [", ".join(names[:-1]), names[-1]])), "is"
    if len(names) > 1:
        verb = "are"
    return f"right once {told} {verb} right; {told} {verb} charged above"


def ask(function: Callable, *args: Any) -> Any:
    """Call a student's function with copies; what stops it becomes the part's verdict.

    For checks written in the hidden test itself.

    Parameters
    ----------
    function : callable
    *args

    Returns
    -------
    object
        The answer as it came.

    Raises
    ------
    Failed
        If the function raised.
    """
    try:
        return function(*copy.deepcopy(args))
    except (Exception, SystemExit) as error:
        raise Failed(f"your function stopped: {reason_of(error)}") from None


def result(function: Callable, index: int | slice, count: int) -> Callable:
    """Make a function that gives one of the results of another one, or several of them.

    Parameters
    ----------
    function : callable
    index : int or slice
        Which of its results.
    count : int
        How many it has to give.

    Returns
    -------
    callable
        It raises Failed where `function` does not give `count` results.
    """

    def one(*args: Any) -> Any:
        answer = function(*args)
        if not isinstance(answer, tuple | list) or len(answer) != count:
            raise Failed(f"your function should give {count} results, and does not")
        return answer[index]

    return one


def index_arrays(answer: object) -> list[np.ndarray]:
    """Return an answer that is several arrays of row numbers.

    Parameters
    ----------
    answer : object

    Returns
    -------
    list of numpy.ndarray
        Of integers, each with one axis.

    Raises
    ------
    Failed
        If it is none.
    """
    if not isinstance(answer, tuple | list):
        raise Failed("your function should give several arrays of row numbers, and does not")
    arrays = [as_numbers(rows) for rows in answer]
    for rows in arrays:
        if rows.ndim != 1 or not np.array_equal(rows, np.trunc(rows)):
            raise Failed("your function should give arrays of whole row numbers, and does not")
    return [rows.astype(int) for rows in arrays]


def difference(answer: object, other: object) -> tuple[np.ndarray, ...]:
    """Subtract one answer from another, entry by entry: what changed between two calls.

    Parameters
    ----------
    answer, other : object

    Returns
    -------
    tuple of numpy.ndarray
        One for each result, float64.

    Raises
    ------
    Failed
        If one of them is no answer, or their shapes differ.
    """
    after, before = as_answer(answer), as_answer(other)
    if [a.shape for a in after] != [b.shape for b in before]:
        raise Failed("the shape of the answer changes from call to call")
    return tuple(a - b for a, b in zip(after, before, strict=True))


def _carried(carried: Callable | None, cases: Mapping[str, tuple]) -> Sequence[Answer]:
    """Return what the student's own other functions come to; nothing where one of them fails.

    What is wrong with them was said of them: it must not be told as this function's fault.
    """
    try:
        return answers_of(carried, cases) if carried is not None else []
    except Failed:
        return []
