"""An exercise that asks for a function, and what is said of a reader's answer to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from textwrap import wrap

import numpy as np

from softmax_steps.advice import ADVICE
from softmax_steps.practice.answers import Stopped, agree, answer_of
from softmax_steps.practice.naming import loops_over_samples, name_slip

MOST_NUMBERS_SHOWN = 24
WIDTH = 46  # characters in a line that a phone shows without scrolling sideways


@dataclass(frozen=True)
class Exercise:
    """A function that a chapter asks its reader to write.

    Parameters
    ----------
    number : str
        Chapter and exercise, such as ``"03-7"``.
    call : str
        How the function is called, such as ``"softmax(F)"``.
    right : callable
        The right function.
    cases : dict
        From a few words on each case to its arguments, a tuple.
    slips : dict
        From a slip's id in :data:`softmax_steps.advice.ADVICE` to a function that has it, or a
        list of such functions.
    results : tuple of str
        The names of what it returns, where that is more than one thing.
    classes : callable, optional
        Takes a case's arguments, returns its number of classes.
    many : callable, optional
        Takes a number of samples and returns arguments with as many. Given, the function must
        not take more lines of Python for more samples.
    """

    number: str
    call: str
    right: Callable
    cases: Mapping[str, tuple]
    slips: Mapping[str, Callable | list]
    results: tuple = ()
    classes: Callable | None = None
    many: Callable | None = None

    @property
    def name(self):
        """The function's name."""
        return self.call.partition("(")[0]

    @property
    def arguments(self):
        """The names of its arguments."""
        return self.call.partition("(")[2].rstrip(")").split(", ")


@dataclass(frozen=True, repr=False)
class Result:
    """What the check of an exercise found. Printed, it is a few lines; true if all is right.

    Parameters
    ----------
    right : bool
    lines : tuple of str
    slip : str or None
        The id of the slip that explains the answers.
    """

    right: bool
    lines: tuple = field(default=())
    slip: str | None = None

    def __bool__(self):
        return self.right

    def __str__(self):
        return "\n".join(self.lines)

    __repr__ = __str__


def examine(exercise, function):
    """Return what is right or wrong with a reader's function.

    Parameters
    ----------
    exercise : Exercise
    function : callable

    Returns
    -------
    Result
    """
    cases = list(exercise.cases.values())
    runs = [answer_of(function, args) for args in cases]
    answers, expected = [a for a, _ in runs], [answer_of(exercise.right, c)[0] for c in cases]
    wrong = next((i for i, a in enumerate(answers) if not agree(a, expected[i])), None)
    title = f"{exercise.number}, {exercise.call}"
    if wrong is not None:
        slip = name_slip(answers, expected, cases, exercise.slips, classes=exercise.classes)
        told = _what_came(exercise, list(exercise.cases)[wrong], answers[wrong], expected[wrong])
        return Result(False, (f"✗ {title}: not right yet.", *told, *_advice(slip)), slip)
    if any(changed for _, changed in runs):
        slip = "changed-in-place"
        lines = (f"✗ {title}: the numbers are right, but an input is changed.", *_advice(slip))
        return Result(False, lines, slip)
    if exercise.many and loops_over_samples(function, exercise.many(4), exercise.many(40)):
        slip = "python-loop"
        lines = (f"✗ {title}: the numbers are right, but a loop is left.", *_advice(slip))
        return Result(False, lines, slip)
    tried = "; ".join(exercise.cases)
    also = " The inputs are kept" + (", and no loop is left." if exercise.many else ".")
    return Result(True, (f"✓ {title} is right.", *wrap(f"Tried: {tried}.{also}", WIDTH)))


def _what_came(exercise, label, answer, expected):
    """Return lines on the first case that is wrong: its input, what came, what was expected."""
    given = list(zip(exercise.arguments, exercise.cases[label], strict=True))
    problem, results = _compared(exercise, answer, expected)
    return [f"With {label}:", *named(given + results), *([problem] if problem else [])]


def _compared(exercise, answer, expected):
    """Return a sentence where the answer cannot be shown beside the right one, else both."""
    if isinstance(answer, Stopped):
        return f"{exercise.name} {answer.reason}.", []
    if len(answer) != len(expected):
        names = f": {', '.join(exercise.results)}" if exercise.results else ""
        return f"It gives {len(answer)} results, expected {len(expected)}{names}.", []
    which = next(i for i, e in enumerate(expected) if not agree(answer[i : i + 1], (e,)))
    came, right = answer[which], expected[which]
    of = exercise.results[which] if exercise.results else ""
    if came.shape != right.shape:
        return f"The shape of {of or 'the result'} is {came.shape}, expected {right.shape}.", []
    return "", [(f"{of} came".strip(), came), (f"{of} expected".strip(), right)]


def _advice(slip):
    if slip is None:
        return ("No known slip explains it.", "Go through that case by hand, line by line.")
    known = ADVICE[slip]
    place = f"{known.place}. (Slip: {known.title}.)"
    return (*wrap(known.sentence, WIDTH), *wrap(place, WIDTH))


def named(pairs):
    """Return lines with a name before each value, one below the other.

    Parameters
    ----------
    pairs : list of (str, object)

    Returns
    -------
    list of str
    """
    width = max(len(name) for name, _ in pairs)
    lines = []
    for name, value in pairs:
        first, *more = shown(value).split("\n")
        lines.append(f"  {name.ljust(width)}  {first}")
        lines += [" " * (width + 4) + line for line in more]
    return lines


def shown(value):
    """Return a value as it is shown: small arrays whole, of large ones the shape.

    Parameters
    ----------
    value : object
        A number, an array or anything else.

    Returns
    -------
    str

    Examples
    --------
    >>> shown(np.array([1000.0, 0.25])), shown(np.zeros((20, 3))), shown(0.1)
    ('[1000.0, 0.25]', 'an array of shape (20, 3)', '0.1')
    """
    array = np.asarray(value)
    if array.dtype.kind not in "biuf" or array.size > MOST_NUMBERS_SHOWN:
        return f"an array of shape {array.shape}" if array.ndim else f"{value!r:.60}"
    if array.ndim == 0:
        return f"{array.item():.6g}" if array.dtype.kind == "f" else str(array.item())
    return np.array2string(
        array,
        separator=", ",
        formatter={
            "float_kind": lambda x: (
                np.format_float_positional(x, precision=4, fractional=False, trim="0")
                if abs(x) >= 1e-4 or x == 0
                else f"{x:.3g}"
            )
        },
    )
