"""Name the one slip that explains every answer of a student's function, or say what differs.

A slip is recognised by what a function *does*, never by how it is written. For each slip the
test gives the answers that a function with this one slip would return. If a student's answers
agree with them on every input, and with those of no other slip, the slip is named. Otherwise only
what differs is said. So a right solution is never accused, and two slips at once are not guessed
at.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from softmax_grader.isolation.shown_errors import LEFT_OUT, MOST_NUMBERS, sizes_in, tellable
from softmax_grader.marking.answers import (
    Answer,
    Failed,
    Stopped,
    agree,
    all_agree,
    predicted,
)

MOST_RESULTS = 9  # that are counted


def diagnose(
    answers: Sequence,
    expected: Sequence,
    cases: Mapping[str, tuple],
    slips: Mapping[str, Any],
    *,
    classes: Callable[..., int] | None = None,
    generic: bool = True,
    tolerance: float = 1e-6,
) -> str | None:
    """Return the id of the one slip that explains every answer.

    Parameters
    ----------
    answers, expected : sequence
        For each case the student's answer and the right one, as tuples of arrays, a
        :class:`Stopped` or a :class:`Failed`.
    cases, slips, classes, tolerance
        As for :func:`~softmax_grader.marking.parts.same_answers`.
    generic : bool
        Whether to look for the slips that any function can have: a transposed result, a wrong
        sign, results cut to whole numbers.

    Returns
    -------
    str or None
        None where no slip explains them, or more than one.
    """
    if all_agree(answers, expected, tolerance):
        return None

    def fitting_of(pairs: Iterable[tuple[str, Sequence[Answer]]]) -> set[str]:
        return {
            slip
            for slip, foretold in pairs
            if all_agree(answers, foretold, tolerance) and _is_shown(foretold, expected, tolerance)
        }

    # What the test knows of this function says more than what any function can have.
    fitting = fitting_of(suspects(expected, cases, slips, generic=False))
    if not fitting and generic:
        fitting = fitting_of(_generic(expected, cases))
    if not fitting and classes is not None:
        counts = [classes(*args) for args in cases.values()]
        good = [agree(a, e, tolerance) for a, e in zip(answers, expected, strict=True)]
        works_for = [c for c, g in zip(counts, good, strict=True) if g]
        fails_for = {c for c, g in zip(counts, good, strict=True) if not g}
        # Twice right, so that no accident of one case passes for a rule.
        if len(works_for) > 1 and len(set(works_for)) == 1 and works_for[0] not in fails_for:
            fitting.add("one-class-count")
    return fitting.pop() if len(fitting) == 1 else None


def _is_shown(foretold: Sequence[Answer], expected: Sequence[Answer], tolerance: float) -> bool:
    """Return whether wrong numbers speak for a slip, and not merely a function that stops."""
    return any(
        isinstance(p, tuple) and not agree(p, e, tolerance)
        for p, e in zip(foretold, expected, strict=True)
    )


def suspects(
    expected: Sequence[Answer],
    cases: Mapping[str, tuple],
    slips: Mapping[str, Any],
    *,
    generic: bool = True,
) -> Iterator[tuple[str, Sequence[Answer]]]:
    """Yield each slip's id with the answers that a function with it would give.

    Parameters
    ----------
    expected : sequence of answers
        The right ones.
    cases, slips : dict
        As for :func:`~softmax_grader.marking.parts.same_answers`.
    generic : bool
        Whether to begin with the slips that any function can have.

    Yields
    ------
    id : str
    answers : sequence of answers
    """
    if generic:
        yield from _generic(expected, cases)
    for slip, wrong in slips.items():
        for version in wrong if isinstance(wrong, list) else [wrong]:
            yield slip, _Predicted(version, cases)


class _Predicted(Sequence):
    """What a function with a slip answers, case by case as it is asked for.

    Most slips are ruled out by the first case, and the others need not be computed.
    """

    def __init__(self, version: Callable, cases: Mapping[str, tuple]) -> None:
        self.version, self.args = version, list(cases.values())
        self.answers: list[Answer] = []

    def __len__(self) -> int:
        return len(self.args)

    def __getitem__(self, place: Any) -> Any:
        if not 0 <= place < len(self.args):
            raise IndexError(place)
        while len(self.answers) <= place:
            self.answers.append(predicted(self.version, self.args[len(self.answers)]))
        return self.answers[place]


def _generic(
    expected: Sequence[Answer], cases: Mapping[str, tuple]
) -> Iterator[tuple[str, Sequence[Answer]]]:
    """Yield what the right answers become under the slips that any function can have."""
    arrays = [e for e in expected if isinstance(e, tuple)]
    if len(arrays) < len(expected):
        return
    if any(a.ndim == 2 for answer in arrays for a in answer):
        yield "transposed", [tuple(a.T for a in answer) for answer in arrays]
    yield "wrong-sign", [tuple(-a for a in answer) for answer in arrays]
    whole = [
        any(isinstance(a, np.ndarray) and a.dtype.kind in "iu" and a.ndim == 2 for a in args)
        for args in cases.values()
    ]
    yield (
        "whole-numbers",
        [
            tuple(np.trunc(a) for a in answer) if is_whole else answer
            for answer, is_whole in zip(arrays, whole, strict=True)
        ],
    )


def what_differs(
    answers: Sequence[Answer],
    expected: Sequence[Answer],
    cases: Mapping[str, tuple],
    tolerance: float,
) -> str:
    """Return in plain words what is wrong with the first answer that is.

    An answer is of the student's choice, and could hold what the test handed over. So it is not
    told itself, but how far it is off: one number of three digits between a millionth and a
    million (14 bits), or how many of its numbers are not finite (at most as many as it has), or
    its shape (at most 4 sizes, each small or one of the test's, 22 bits), or how many results
    there are (4 bits); and for which case (3 bits).

    Parameters
    ----------
    answers, expected : sequence of answers
        The student's and the right ones, one for each case.
    cases : dict
        From a few words on the case to the arguments.
    tolerance : float
        As for :func:`~softmax_grader.marking.answers.agree`.

    Returns
    -------
    str
    """
    for (label, args), a, e in zip(cases.items(), answers, expected, strict=True):
        if agree(a, e, tolerance):
            continue
        if isinstance(a, Stopped):
            return f"for {label} your function stopped: {a.reason}"
        if isinstance(a, Failed):
            return f"for {label}, {a}"
        if not isinstance(e, tuple):
            return f"for {label} your two answers cannot be compared"
        if len(a) != len(e):
            count = len(a) if len(a) <= MOST_RESULTS else f"more than {MOST_RESULTS}"
            return f"for {label} it gives {count} results, expected {len(e)}"
        for mine, right in zip(a, e, strict=True):
            if mine.shape != right.shape:
                shape = _shape(mine, tellable(sizes_in([*args, *e])))
                return f"for {label} the shape is {shape}, expected {right.shape}"
        mine, right = max(zip(a, e, strict=True), key=lambda pair: _strangeness(*pair))
        return f"wrong for {label}: {_how_far(mine, right)}"
    return "wrong"


def _strangeness(mine: np.ndarray, right: np.ndarray) -> tuple[bool, float]:
    both = np.isfinite(mine) & np.isfinite(right)
    off = np.abs(mine - right)[both].max(initial=0.0)
    return (not np.array_equal(np.isfinite(mine), np.isfinite(right)), off)


def _shape(array: np.ndarray, may_tell: Collection[int]) -> str:
    """Return an array's shape, as far as it may be told."""
    if array.ndim > MOST_NUMBERS:
        return f"one with more than {MOST_NUMBERS} axes"
    axes = [str(n) if n in may_tell else LEFT_OUT for n in array.shape]
    return f"({axes[0]},)" if len(axes) == 1 else f"({', '.join(axes)})"


def about(number: float) -> str:
    """Return a number that a student's code could choose, so that it tells no more than its size.

    Parameters
    ----------
    number : float
        Not below 0.

    Returns
    -------
    str

    Examples
    --------
    >>> about(0.0123456), about(3e-9), about(1973.2), about(5.1e7)
    ('0.0123', 'less than a millionth', '1970', 'more than a million')
    """
    if number < 1e-6:
        return "less than a millionth"
    if number > 1e6:
        return "more than a million"
    short = f"{number:.3g}"
    return short if number < 100 else f"{float(short):.0f}"


def _how_far(mine: np.ndarray, right: np.ndarray) -> str:
    strange = ~np.isfinite(mine) & np.isfinite(right)
    if strange.any():
        if mine.size == 1:
            return "the number is NaN or infinite"
        return f"{strange.sum()} of {mine.size} numbers are NaN or infinite"
    both = np.isfinite(mine) & np.isfinite(right)
    if not both.any():
        return "numbers that should be infinite are not"
    off = np.abs(mine - right)[both].max()
    return f"off by {about(off)}" if mine.ndim == 0 else f"off by up to {about(off)}"


class GradientPieces(NamedTuple):
    """A right gradient of a mean cross-entropy plus a penalty, taken apart.

    dW = ``from_p`` − ``from_y`` + ``penalty`` and db = ``bias_from_p`` − ``bias_from_y``, each
    with the 1/N in it. ``bias_penalty`` is what db would gain if the biases were penalised.

    Parameters
    ----------
    n_samples : int
    from_p, from_y, penalty : numpy.ndarray
        Of the shape of W.
    bias_from_p, bias_from_y, bias_penalty : numpy.ndarray
        Of the shape of b.
    """

    n_samples: int
    from_p: np.ndarray
    from_y: np.ndarray
    penalty: np.ndarray
    bias_from_p: np.ndarray
    bias_from_y: np.ndarray
    bias_penalty: np.ndarray


def gradient_from_pieces(pieces: Callable[..., GradientPieces]) -> tuple[Callable, dict]:
    """Return the right gradient, and the gradients with each well-known slip.

    Parameters
    ----------
    pieces : callable
        Takes the gradient apart for the arguments of a case.

    Returns
    -------
    gradient : callable
        Returns (dW, db).
    slips : dict
        From a slip's id to the function that has it, or a list of them.
    """

    def built(build: Callable) -> Callable:
        def gradient(*args: Any) -> tuple[np.ndarray, np.ndarray]:
            p = pieces(*args)
            return build(p, p.from_p - p.from_y, p.bias_from_p - p.bias_from_y)

        return gradient

    slips = {
        "missing-mean": built(
            lambda p, data, bias: (p.n_samples * data + p.penalty, p.n_samples * bias)
        ),
        "one-hot-left": built(lambda p, data, bias: (p.from_p + p.penalty, p.bias_from_p)),
        "wrong-sign": [
            built(lambda p, data, bias: (p.penalty - data, -bias)),
            built(lambda p, data, bias: (-p.penalty - data, -bias)),
        ],
        "transposed": built(lambda p, data, bias: ((data + p.penalty).T, bias)),
        "integer-division": built(lambda p, data, bias: (p.penalty, 0 * bias)),
        "penalty-factor-two": built(lambda p, data, bias: (data + p.penalty / 2, bias)),
        "penalty-missing": built(lambda p, data, bias: (data, bias)),
        "penalty-in-the-mean": built(lambda p, data, bias: (data + p.penalty / p.n_samples, bias)),
        "bias-penalised": built(lambda p, data, bias: (data + p.penalty, bias + p.bias_penalty)),
        "one-part-not-averaged": [
            built(lambda p, data, bias: (data + p.penalty, p.n_samples * bias)),
            built(lambda p, data, bias: (p.n_samples * data + p.penalty, bias)),
        ],
        "bias-gradient-left-out": built(lambda p, data, bias: (data + p.penalty, 0 * bias)),
        "divided-by-classes": built(
            lambda p, data, bias: (data / len(bias) + p.penalty, bias / len(bias))
        ),
        "penalty-sign": built(lambda p, data, bias: (data - p.penalty, bias)),
        "bias-and-factor-two": built(
            lambda p, data, bias: (data + p.penalty / 2, bias + p.bias_penalty / 2)
        ),
    }
    return built(lambda p, data, bias: (data + p.penalty, bias)), slips
