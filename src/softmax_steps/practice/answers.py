"""What a reader's function answers, and whether two answers are the same."""

import copy
from typing import NamedTuple

import numpy as np


class Stopped(NamedTuple):
    """A call that gave no numbers.

    Parameters
    ----------
    reason : str
        What happened, as the second half of a sentence that begins with the function's name.
    """

    reason: str


def answer_of(function, args):
    """Call a function with copies of the arguments.

    Parameters
    ----------
    function : callable
    args : tuple
        Never changed.

    Returns
    -------
    answer : tuple of ndarray, or Stopped
        float64, one for each result.
    changed : bool
        Whether the function wrote into an array that it was given.
    """
    copies = copy.deepcopy(args)
    try:
        with np.errstate(all="ignore"):
            value = function(*copies)
    except NotImplementedError:
        return Stopped("is not written yet: the line raise NotImplementedError() is there"), False
    except Exception as error:  # the reader's code may raise anything
        text = str(error).split("\n")[0][:200]
        return Stopped(f"stops with {type(error).__name__}{': ' if text else ''}{text}"), False
    changed = any(
        isinstance(was, np.ndarray)
        and not np.array_equal(was, now, equal_nan=was.dtype.kind == "f")
        for was, now in zip(args, copies, strict=True)
    )
    return as_answer(value), changed


def as_answer(value):
    """Return what a function returned as a tuple of float64 arrays.

    Parameters
    ----------
    value : object
        A number, an array, a nested list; or several of them, in a tuple.

    Returns
    -------
    tuple of ndarray, or Stopped
        Stopped where it is something else than numbers.
    """
    if value is None:
        return Stopped("gives None: does it end with a return?")
    results = []
    for one in value if isinstance(value, tuple) else (value,):
        try:
            array = np.asarray(one)
        except Exception:  # ragged rows, or another library's array that does not convert
            array = np.array(None)
        if array.dtype.kind not in "biuf":
            return Stopped(f"gives a {type(one).__name__:.40}, and numbers are expected")
        results.append(array.astype(np.float64))
    return tuple(results)


def agree(a, b):
    """Tell whether two answers are the same up to rounding; two that stopped are.

    Parameters
    ----------
    a, b : tuple of ndarray, or Stopped
        ``b`` is the one to be met.

    Returns
    -------
    bool
    """
    if isinstance(a, Stopped) or isinstance(b, Stopped):
        return isinstance(a, Stopped) and isinstance(b, Stopped)
    return len(a) == len(b) and all(_close(x, z) for x, z in zip(a, b, strict=True))


def all_agree(some, others):
    """Tell whether two lists of answers are the same, case by case.

    Parameters
    ----------
    some, others : list of answers

    Returns
    -------
    bool
    """
    return all(agree(a, b) for a, b in zip(some, others, strict=True))


def _close(a, b):
    if a.shape != b.shape:
        return False
    finite = np.isfinite(b)
    if not np.array_equal(a[~finite], b[~finite], equal_nan=True):
        return False
    a, b = a[finite], b[finite]
    slack = 1e-6 * np.abs(b).max(initial=0.0) or 1e-20
    return bool(np.all(np.isfinite(a)) and np.all(np.abs(a - b) <= 1e-4 * np.abs(b) + slack))
