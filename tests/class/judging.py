"""Helpers: a function, its cases, and the slip that a part names."""

import contextlib
import io
import re

import numpy as np

from softmax_grader.marking import grade_parts, same_answers

rng = np.random.default_rng(0)


CASES = {"three rows": (rng.standard_normal((3, 4)),), "two rows": (rng.standard_normal((2, 4)),)}


def row_sums(A):
    return A.sum(axis=1)


def named(function, right=row_sums, cases=CASES, **options):
    """Return the slip that a part names, "passed", or None."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        score = grade_parts([same_answers("a part", 2, function, right, cases, **options)])
    print(printed.getvalue(), end="")
    named_slips = re.findall(r"^ {5}slip: (.+)$", printed.getvalue(), re.M)
    assert score == 0 or not named_slips
    return "passed" if score else (named_slips[0] if named_slips else None)


class Proxy:
    """A function in a sandbox: it works on copies, and says which arguments were changed."""

    def __init__(self, function):
        self.function, self.changed_arguments = function, ()

    def __call__(self, *args):
        mine = [np.copy(a) if isinstance(a, np.ndarray) else a for a in args]
        answer = self.function(*mine)
        self.changed_arguments = tuple(
            i for i, (a, b) in enumerate(zip(args, mine, strict=True)) if not np.array_equal(a, b)
        )
        return answer
