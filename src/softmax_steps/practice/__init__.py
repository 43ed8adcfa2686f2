"""Check your own function against an exercise of the book, before you look at the solution.

>>> from softmax_steps.practice import check
>>> def my_shift(F):
...     return F - F.max()
>>> check("02-7", my_shift)
✗ 02-7, my_shift(F): not right yet.
With small scores:
  F         [[1.0, 3.0, -1.0],
             [3.0, 0.0, 4.0]]
  came      [[-3.0, -1.0, -5.0],
             [-1.0, -4.0, 0.0]]
  expected  [[-2.0, 0.0, -4.0],
             [-1.0, -4.0, 0.0]]
You subtract the largest score of the whole matrix. A sample far below it is left with
exponentials that are all 0: give each sample its own maximum.
Chapter 2, Each row its own guard. (Slip: guard with the maximum of the whole matrix.)

The number is that of the chapter and the exercise. It works wherever the package does: in a live
page, in Jupyter, in Colab.
"""

import sys

from softmax_steps.practice import (
    cross_entropy,
    differentials,
    gradient,
    neighbours,
    one_pass,
    overflow_guard,
    regularization,
    score,
    softmax,
    training,
    two_layer,
)
from softmax_steps.practice.exercise import Exercise, Result, examine

__all__ = ["EXERCISES", "Exercise", "Result", "check", "examine"]

_CHAPTERS = (
    score,
    overflow_guard,
    softmax,
    cross_entropy,
    regularization,
    gradient,
    training,
    differentials,
    two_layer,
    neighbours,
    one_pass,
)
EXERCISES = {e.number: e for chapter in _CHAPTERS for e in chapter.EXERCISES}
"""Every exercise that has a check, by its number."""

OWN_CHECK = "check_before_you_hand_in"  # the function of an assignment's last cell


def check(number, function=None):
    """Try a function on the cases of an exercise, and print what is right or wrong with it.

    The notebooks of assignments have a helper of the same name: there, import it under another.

    Parameters
    ----------
    number : str
        Chapter and exercise, such as ``"03-7"``; or an assignment, such as ``"a1"``, whose
        notebook holds its own check.
    function : callable, optional
        Yours: the function itself, not what it returns. An assignment needs none.

    Raises
    ------
    ValueError
        If no exercise with a check has this number.
    TypeError
        If ``function`` cannot be called.

    Examples
    --------
    >>> import numpy as np
    >>> check("08-3", lambda A, W, B: A.T @ W @ B.T + A @ W @ B)
    ✓ 08-3, product_gradient(A, W, B) is right.
    Tried: matrices of 2 × 2; matrices of 3 × 3; A
    of 2 × 2, B of 3 × 3. The inputs are kept.
    """
    if isinstance(number, str) and number[:1] == "a" and number[1:].isdigit():
        _check_assignment(number)
        return
    if number not in EXERCISES:
        raise ValueError(_unknown(number))
    exercise = EXERCISES[number]
    if not callable(function):
        came = "nothing" if function is None else f"{function!r:.60}"
        raise TypeError(
            f"check got {came} beside {number!r}; expected a function. Pass it without brackets: "
            f'check("{number}", {exercise.name}).'
        )
    print(examine(exercise, function))


def _check_assignment(name):
    """Run the check that the assignment's notebook holds, if this is that notebook."""
    own = getattr(sys.modules.get("__main__"), OWN_CHECK, None)
    if own is not None:
        own()
        return
    print(
        f"The notebook of assignment {name} holds its own check. Run its last cell, "
        f"“Check before you hand in”."
    )


def _unknown(number):
    chapter = number.partition("-")[0] if isinstance(number, str) else ""
    near = [known for known in EXERCISES if known.startswith(chapter.zfill(2) + "-")]
    there = ", ".join(near or EXERCISES)
    return (
        f"no exercise with a check has the number {number!r}; expected one of {there}. The number "
        f"is that of the chapter, in two digits, and of the exercise."
    )
