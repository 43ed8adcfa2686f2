"""What a student's function answers, and whether two answers are the same.

The functions may be plain Python functions, or proxies of functions that run in a sandbox. A proxy
may offer ``changed_arguments`` (positions of the arguments that its last call changed) and
``counted(*args)``, which returns the number of lines that a call takes, and its result; without
them both are measured here.
"""

import copy
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from softmax_grader.marking.known_slips import KnownSlip


class Failed(Exception):  # noqa: N818  # a verdict, not an error of the program
    """What a part's check raises: what is wrong, and the slip if it is known.

    Parameters
    ----------
    message : str
        A sentence for the student.
    slip : str or KnownSlip, optional
        An id of :data:`softmax_grader.marking.KNOWN_SLIPS`, or a slip of the assignment's own.
    """

    def __init__(self, message: str, *, slip: str | KnownSlip | None = None) -> None:
        super().__init__(message)
        self.slip = slip


@dataclass(frozen=True)
class Stopped:
    """The answer of a call that ended in an exception.

    Parameters
    ----------
    reason : str
        One line on why.
    """

    reason: str


Answer = tuple[np.ndarray, ...] | Stopped | Failed


def call_with_copies(function: Callable, args: Sequence) -> tuple[Answer, tuple]:
    """Call a student's function with copies of the arguments.

    Parameters
    ----------
    function : callable
    args : sequence

    Returns
    -------
    answer : tuple of numpy.ndarray, Stopped or Failed
        float64 arrays; Stopped where it raised, Failed where it returned no numbers.
    changed : tuple
        The positions, or names, of the arguments that it changed.
    """
    copies = copy.deepcopy(args)
    try:
        with np.errstate(all="ignore"):
            value = function(*copies)
    except Failed:
        raise
    except (Exception, SystemExit) as error:
        return Stopped(reason_of(error)), ()
    changed = tuple(getattr(function, "changed_arguments", ())) or tuple(
        i for i, (a, b) in enumerate(zip(copies, args, strict=True)) if not _untouched(a, b)
    )
    try:
        return as_answer(value), changed
    except Failed as failure:
        return failure, changed


def answers_of(
    function: Callable, cases: Mapping[str, tuple], *, trusted: bool = False
) -> list[Answer]:
    """Return the answer for each case.

    Parameters
    ----------
    function : callable
    cases : dict
        From a few words on the case to the arguments.
    trusted : bool
        Whether the function is the test's own: then an exception is the test's error, and goes
        through.

    Returns
    -------
    list of answers
        As :func:`call_with_copies` gives them.
    """
    if trusted:
        return [as_answer(function(*copy.deepcopy(args))) for args in cases.values()]
    return [call_with_copies(function, args)[0] for args in cases.values()]


def as_answer(value: Any) -> tuple[np.ndarray, ...]:
    """Return what a function returned as an answer.

    Parameters
    ----------
    value : object
        A number, an array, a list of numbers; or several of them, in a tuple or a list of arrays.

    Returns
    -------
    tuple of numpy.ndarray
        float64, one for each result.

    Raises
    ------
    Failed
        If there is something else than numbers in it.
    """
    several = isinstance(value, tuple) or (
        isinstance(value, list) and any(isinstance(v, np.ndarray) for v in value)
    )
    return tuple(as_numbers(v) for v in (value if several else (value,)))


def as_numbers(value: object) -> np.ndarray:
    """Return one result of a function as numbers.

    Parameters
    ----------
    value : object

    Returns
    -------
    numpy.ndarray
        float64, of the shape that it had.

    Raises
    ------
    Failed
        If it is something else than numbers.
    """
    if value is None:
        raise Failed("it gives None: does the function end with a return?")
    if what := getattr(value, "what", None):  # a sandbox says why there is no value
        raise Failed(what)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            array = np.array(value, subok=False)
    except Exception:
        array = np.array(None)
    if array.dtype.kind not in "biuf":
        raise Failed(f"it gives a {type(value).__name__:.40}, and numbers were expected")
    return array.astype(np.float64)


def _untouched(a: Any, b: Any) -> bool:
    if isinstance(b, np.ndarray):
        return (
            isinstance(a, np.ndarray)
            and (a.shape, a.dtype) == (b.shape, b.dtype)
            and np.array_equal(a, b, equal_nan=b.dtype.kind == "f")
        )
    if isinstance(b, list | tuple):
        return len(a) == len(b) and all(_untouched(x, z) for x, z in zip(a, b, strict=True))
    return True


def agree(a: Answer, b: Answer, tolerance: float) -> bool:
    """Return whether two answers are the same, up to rounding; two stops are.

    Parameters
    ----------
    a, b : answers
    tolerance : float
        Allowed error as a share of the largest number of `b`. A relative error of 1e-4 in each
        number is always allowed.

    Returns
    -------
    bool
    """
    if isinstance(a, tuple) and isinstance(b, tuple):
        if len(b) == 1 and b[0].shape == (len(a),) and all(x.ndim == 0 for x in a):
            a = (np.stack(a),)  # a tuple of numbers is as good as an array of them
        if len(a) != len(b):
            return False
        scale = max((np.abs(x[np.isfinite(x)]).max(initial=0.0) for x in b), default=0.0)
        return all(_close(x, z, tolerance * scale) for x, z in zip(a, b, strict=True))
    return isinstance(a, Stopped) and isinstance(b, Stopped)


def _close(a: np.ndarray, b: np.ndarray, slack: float) -> bool:
    if a.shape != b.shape:
        return False
    finite = np.isfinite(b)
    if not np.array_equal(a[~finite], b[~finite], equal_nan=True):
        return False
    a, b = a[finite], b[finite]
    return bool(np.all(np.abs(a - b) <= 1e-4 * np.abs(b) + slack + 1e-12))


def all_agree(answers: Sequence[Answer], others: Sequence[Answer], tolerance: float) -> bool:
    """Return whether the answers are the same in every case; see :func:`agree`.

    Parameters
    ----------
    answers, others : sequences of answers
        One for each case.
    tolerance : float

    Returns
    -------
    bool
    """
    return all(agree(a, b, tolerance) for a, b in zip(answers, others, strict=True))


def are_varied(answers: Sequence[Answer]) -> bool:
    """Return whether the answers hold at least two different finite numbers.

    Parameters
    ----------
    answers : sequence of answers

    Returns
    -------
    bool
    """
    numbers = [a[np.isfinite(a)] for t in answers if isinstance(t, tuple) for a in t]
    return len(np.unique(np.concatenate([[], *numbers]).round(9))) > 1


def are_proportional(a: np.ndarray, b: np.ndarray, most: float = 1000.0) -> bool:
    """Return whether two results are the same up to a factor.

    Parameters
    ----------
    a, b : numpy.ndarray
    most : float
        The largest factor, either way.

    Returns
    -------
    bool
    """
    if a.shape != b.shape or not (np.isfinite(a).all() and np.isfinite(b).all()):
        return False
    x, z = np.linalg.norm(a), np.linalg.norm(b)
    if max(x, z) <= 1e-12:
        return True
    return bool(z / most <= x <= z * most and abs(np.vdot(a, b)) >= (1 - 1e-6) * x * z)


def answer_and_lines(function: Callable, args: Sequence) -> tuple[Answer, int]:
    """Return what one call answers, and how many lines and calls of Python it takes.

    Parameters
    ----------
    function : callable
        A proxy counts with ``counted(*args)``, which returns the number and the result.
    args : sequence

    Returns
    -------
    answer : tuple of numpy.ndarray, Stopped or Failed
        As :func:`call_with_copies` gives it.
    count : int
        NumPy's own lines are counted too.
    """
    count = 0

    def counted(*copies: Any) -> Any:
        nonlocal count
        if hasattr(function, "counted"):
            count, value = function.counted(*copies)
        elif hasattr(function, "changed_arguments"):
            value = function(*copies)  # a proxy: what runs here is not the student's code
        else:
            count, value = traced(function, copies)
        return value

    return call_with_copies(counted, args)[0], count


def traced(function: Callable, args: Sequence) -> tuple[int, Any]:
    """Call a function here, in this process, and count its lines and calls.

    Parameters
    ----------
    function : callable
    args : sequence

    Returns
    -------
    count : int
    result : object
    """
    count = 0

    def trace(frame: Any, event: str, argument: Any) -> Any:
        nonlocal count
        count += event in ("call", "line")
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        result = function(*args)
    finally:
        sys.settrace(before)
    return count, result


def reason_of(error: BaseException) -> str:
    """Return one line about a student's exception.

    Parameters
    ----------
    error : BaseException

    Returns
    -------
    str
    """
    text = first_line(str(error)).strip()
    within = getattr(error, "within", None)  # another function of the student's that stopped
    if (isinstance(error, NotImplementedError) and not text) or text == "NotImplementedError":
        if getattr(error, "is_written", False):
            return f"the line `raise NotImplementedError()` is still in {within or 'it'}"
        return f"it needs {within}, which is not written yet" if within else "it is not written yet"
    # The text of a StudentError names the student's own exception.
    named = type(error).__name__ == "StudentError"
    reason = text if named else f"{type(error).__name__}: {text}" if text else type(error).__name__
    return f"{within}, which it calls, stopped: {reason}" if within else reason


def first_line(text: str, length: int = 300) -> str:
    """Return the first line of a text, with nothing in it that does not print.

    Parameters
    ----------
    text : str
    length : int
        The most characters that are kept.

    Returns
    -------
    str
    """
    line = " ".join(text.split("\n")[0].split("\r")) if text else ""
    line = "".join(c for c in line if c.isprintable())
    return line if len(line) <= length else line[:length] + " …"
