"""The known slips, and how a hidden test finds, names and prices them.

A slip is recognised by what a function *does*, never by how it is written. For each slip the
test gives the answers that a function with this one slip would return. If a student's answers
agree with them on every input, and with those of no other slip, the slip is named and the
student is sent to the section of the book that treats it. Otherwise the message only says what
differs. So a right solution is never accused, and two slips at once are not guessed at.

A hidden test is a list of parts, handed to :func:`grade_parts`:

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
✗ 0/2  doubling: wrong for x = 3: 5, off by 1
✓ 1/1  x stays as it was
>>> score
1.0

The functions given to the parts may be plain Python functions, or proxies of functions that run
in a sandbox. A proxy may offer ``changed_arguments`` (positions of the arguments that its last
call changed) and ``count_lines(*args)``; without them both are measured here.
"""

import copy
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np


@dataclass(frozen=True)
class Slip:
    """One known mistake: a title for the teacher, a sentence for the student, where to read."""

    title: str
    sentence: str
    place: str
    link: str


def _slip(title, sentence, chapter, section, page, anchor):
    return Slip(title, sentence, f"{chapter}, {section}", f"book/{page}.html#{anchor}")


_SCORE = ("Chapter 1", "01_score")
_GUARD = ("Chapter 2", "02_overflow_guard")
_SOFTMAX = ("Chapter 3", "03_softmax")
_PRICE = ("Chapter 4", "04_cross_entropy")
_PENALTY = ("Chapter 5", "05_regularization")
_GRADIENT = ("Chapter 6", "06_gradient")
_TRAINING = ("Chapter 7", "07_training")
_NOTATION = ("Notation", "notation")


def _at(chapter, section, anchor):
    name, page = chapter
    return name, section, page, anchor


SLIPS = {
    # shapes and types
    "transposed": _slip(
        "transposed result",
        "Your result is the transpose of the right one: rows and columns have changed places.",
        *_at(_NOTATION, "Fork 8: which way a gradient lies", "fork-8-which-way-a-gradient-lies"),
    ),
    "one-class-count": _slip(
        "works for one number of classes only",
        "Your function is right for one number of classes and wrong or stopped for every other. "
        "Take the number of classes from the shape of what comes in, and write no 3 and no 10.",
        *_at(_SCORE, "Three sizes, three letters", "three-sizes-three-letters"),
    ),
    "whole-numbers": _slip(
        "cut to whole numbers",
        "When whole numbers come in, your result is cut to whole numbers. An array made with the "
        "type of the input, as np.zeros_like does, cannot hold a fraction: make it float.",
        *_at(_NOTATION, "The symbols", "the-symbols"),
    ),
    "integer-division": _slip(
        "1 // N instead of 1 / N",
        "The data have no effect on your gradient: a factor before them is 0. In Python 1 // N is "
        "an integer division and gives 0; write 1 / N.",
        *_at(_GRADIENT, "Together", "together"),
    ),
    "changed-in-place": _slip(
        "changes its input in place",
        "Your function changes an array that was handed to it. `A = B` makes no copy, and "
        "`A -= …` writes into the caller's array. Write `A = A - …`, or copy first.",
        *_at(_GRADIENT, "Silent mistakes", "silent-mistakes"),
    ),
    "python-loop": _slip(
        "a loop left in the vectorised part",
        "Your function takes more Python steps when there are more samples or classes, so a loop "
        "is left in it. Let matrix products and sums over an axis do the work.",
        *_at(_GRADIENT, "From the scores to the weights", "from-the-scores-to-the-weights"),
    ),
    # scores and softmax
    "bias-left-out": _slip(
        "bias left out of the scores",
        "Your scores are right but for the bias, which is missing.",
        *_at(_SCORE, "The bias moves the border", "the-bias-moves-the-border"),
    ),
    "bias-in-last-row": _slip(
        "bias taken from the last row",
        "You took the biases from the last row of W. Here they stand in the first one.",
        *_at(_SCORE, "The bias folded in", "the-bias-folded-in"),
    ),
    "no-guard": _slip(
        "no overflow guard",
        "Without a guard the exponential of a large score is inf, and inf / inf is NaN. Take each "
        "row's largest score from the row first.",
        *_at(_GUARD, "Five rows that fail", "five-rows-that-fail"),
    ),
    "whole-matrix-guard": _slip(
        "guard with the maximum of the whole matrix",
        "You subtract the largest score of the whole matrix. A sample far below it is left with "
        "exponentials that are all 0: give each sample its own maximum.",
        *_at(_GUARD, "Each row its own guard", "each-row-its-own-guard"),
    ),
    "wrong-axis": _slip(
        "sum or maximum over the wrong axis",
        "You work along the wrong axis: over the samples instead of the classes. What one sample "
        "gets must not depend on the others.",
        *_at(_SOFTMAX, "Two slips that run", "two-slips-that-run"),
    ),
    "lost-keepdims": _slip(
        "keepdims forgotten",
        "A vector with one number for each row is lined up with the columns. It stops with an "
        "error, or, with as many samples as classes, gives wrong numbers: use keepdims=True.",
        *_at(_SOFTMAX, "Two slips that run", "two-slips-that-run"),
    ),
    "temperature-ignored": _slip(
        "temperature ignored",
        "Your answers are those of temperature 1. Divide the scores by the temperature.",
        *_at(
            _SOFTMAX,
            "Temperature: how much is one unit worth?",
            "temperature-how-much-is-one-unit-worth",
        ),
    ),
    "temperature-multiplied": _slip(
        "multiplied by the temperature",
        "You multiply by the temperature, and should divide by it: a high temperature makes the "
        "differences between the scores small.",
        *_at(
            _SOFTMAX,
            "Temperature: how much is one unit worth?",
            "temperature-how-much-is-one-unit-worth",
        ),
    ),
    # cross-entropy and loss
    "log-of-softmax": _slip(
        "logarithm of a computed softmax",
        "You take the logarithm of a probability. A small probability is stored as 0, and its "
        "logarithm is −inf. Work with the scores: F′ − log Σ exp F′.",
        *_at(
            _PRICE,
            "Where the logarithm fails on a computer",
            "where-the-logarithm-fails-on-a-computer",
        ),
    ),
    "other-base": _slip(
        "logarithm to another base",
        "Your logarithm has the base 2 or 10. Here it is the natural one, np.log, and the unit "
        "is the nat.",
        *_at(_NOTATION, "Fork 7: nats or bits", "fork-7-nats-or-bits"),
    ),
    "zero-times-infinity": _slip(
        "0 · −inf is NaN",
        "A target of 0 times a log-probability of −inf is NaN. A class that is not asked for "
        "must not count: leave such terms out of the sum.",
        *_at(_PRICE, "The one-hot form", "the-one-hot-form"),
    ),
    "smoothing-ignored": _slip(
        "label smoothing ignored",
        "Your losses are those without smoothing: the true class has the whole target. Share the "
        "part ε of it among all classes.",
        *_at(_PRICE, "The one-hot form", "the-one-hot-form"),
    ),
    "smoothing-to-others-only": _slip(
        "smoothing shared among the other classes only",
        "You share ε among the C − 1 other classes. Here it is shared among all C, so the true "
        "class has 1 − ε + ε/C.",
        *_at(_PRICE, "The one-hot form", "the-one-hot-form"),
    ),
    "sum-for-mean": _slip(
        "sum instead of mean",
        "Your data loss is N times too large: a sum over the samples where the mean is asked for.",
        *_at(_PRICE, "The mean, not the sum", "the-mean-not-the-sum"),
    ),
    "penalty-in-the-mean": _slip(
        "penalty divided by N",
        "You divide the penalty by N too. Average the samples' losses first, then add the penalty "
        "once.",
        *_at(_PENALTY, "λ or λ/2, sum or mean", "or-2-sum-or-mean"),
    ),
    # the penalty
    "penalty-factor-two": _slip(
        "factor 2 on λ",
        "Your penalty is off by a factor of 2: λ and λ/2 were mixed up. The gradient of λ‖W‖² is "
        "2λW, that of (λ/2)‖W‖² is λW.",
        *_at(_PENALTY, "λ or λ/2, sum or mean", "or-2-sum-or-mean"),
    ),
    "penalty-missing": _slip(
        "penalty left out",
        "Your result is right for λ = 0 and does not change with λ: the penalty is missing.",
        *_at(_PENALTY, "The formula", "the-formula"),
    ),
    "bias-penalised": _slip(
        "λ on the bias",
        "You penalise the biases too. They go free: only the weights cost something.",
        *_at(_PENALTY, "Why the bias goes free", "why-the-bias-goes-free"),
    ),
    # the gradient
    "missing-mean": _slip(
        "1/N missing in the gradient",
        "The data's part of your gradient is N times too large. The loss is a mean, so divide by "
        "N.",
        *_at(_GRADIENT, "Let the check name the slip", "let-the-check-name-the-slip"),
    ),
    "one-hot-left": _slip(
        "one-hot not subtracted",
        "You multiply with P where P − Y is meant: the 1 of the true class was not subtracted.",
        *_at(_GRADIENT, "The two terms", "the-two-terms"),
    ),
    "wrong-sign": _slip(
        "wrong sign",
        "Your result has the wrong sign. For a gradient: P − Y, not Y − P.",
        *_at(_GRADIENT, "The two terms", "the-two-terms"),
    ),
    "class-weights-ignored": _slip(
        "class weights ignored",
        "Your gradient counts every sample once. The error of sample i must be multiplied by the "
        "weight of its class, class_weights[y[i]].",
        *_at(_GRADIENT, "Intuition: error times input", "intuition-error-times-input"),
    ),
    "class-weights-by-column": _slip(
        "class weights laid along the classes",
        "You multiply the error of class j by the weight of class j. The weight belongs to the "
        "sample: all errors of sample i are multiplied by class_weights[y[i]].",
        *_at(_GRADIENT, "Intuition: error times input", "intuition-error-times-input"),
    ),
    # the gradient check
    "one-sided-difference": _slip(
        "one-sided difference",
        "You take (f(w + h) − f(w)) / h, whose error shrinks only like h.",
        *_at(_GRADIENT, "Measure it", "measure-it"),
    ),
    "two-point-difference": _slip(
        "two-point difference",
        "You take (f(w + h) − f(w − h)) / (2h), the difference of the book, whose error shrinks "
        "like h². The one with four points is asked for.",
        *_at(_GRADIENT, "Measure it", "measure-it"),
    ),
    # training
    "uphill": _slip(
        "uphill instead of downhill",
        "Your steps go uphill: the update adds the gradient instead of subtracting it.",
        *_at(_TRAINING, "Downhill, step by step", "downhill-step-by-step"),
    ),
    "momentum-ignored": _slip(
        "momentum ignored",
        "Your steps are those without momentum. Keep the velocity from one step to the next.",
        *_at(_TRAINING, "The formulas", "the-formulas"),
    ),
    "whole-set-for-batch": _slip(
        "all samples in every step",
        "Each of your steps uses all samples. It should use the batch's only.",
        *_at(_TRAINING, "How large a batch?", "how-large-a-batch"),
    ),
    "last-batch-dropped": _slip(
        "the last, smaller batch is dropped",
        "The samples that do not fill a whole batch are left out. They make a last, smaller one.",
        *_at(_TRAINING, "The formulas", "the-formulas"),
    ),
    "not-shuffled": _slip(
        "not shuffled",
        "The samples come in the order of the file. Shuffle them.",
        *_at(_TRAINING, "Silent mistakes", "silent-mistakes"),
    ),
    "classes-dealt-together": _slip(
        "classes dealt together",
        "You deal all samples together, so the parts may hold too many or too few of a class. Deal "
        "the samples of each class by themselves.",
        *_at(_TRAINING, "Two sets to put away", "two-sets-to-put-away"),
    ),
    "penalty-in-validation": _slip(
        "penalty counted on the validation set",
        "You compare losses that hold the penalty, so a model is charged for its own λ. On the "
        "validation set compare the data loss alone.",
        *_at(_TRAINING, "Which λ?", "which"),
    ),
    "lowest-loss-only": _slip(
        "takes the lowest loss, not the largest λ within one standard error",
        "You take the λ with the lowest validation loss. Here the largest λ is asked for whose "
        "loss is at most one standard error above the lowest.",
        *_at(_TRAINING, "Which λ?", "which"),
    ),
    "deviation-for-error": _slip(
        "standard deviation for standard error",
        "You allow one standard deviation of the samples' losses. The standard error is smaller: "
        "divide it by the square root of the number of samples.",
        *_at(_TRAINING, "The test, once", "the-test-once"),
    ),
}
"""Every slip that can be named, by its name; a part may add :class:`Slip` objects of its own."""


class Failed(Exception):  # noqa: N818  # a verdict, not an error of the program
    """What a part's check raises: a sentence for the student, and the slip if it is known."""

    def __init__(self, message, *, slip=None):
        super().__init__(message)
        self.slip = slip


@dataclass(frozen=True)
class Stopped:
    """Stands for the answer of a call that ended in an exception."""

    reason: str


@dataclass(frozen=True)
class Part:
    """One line of the feedback: ``check()`` returns, with a remark or None, or raises Failed."""

    name: str
    points: float
    check: Callable[[], str | None]


# ---------------------------------------------------------------------------------------------
# Parts
# ---------------------------------------------------------------------------------------------


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
    tolerance: float = 1e-6,
) -> Part:
    """Make a part that is passed when ``function`` answers as ``right`` does.

    Parameters
    ----------
    name, points
        What the student reads, and what the part is worth; there is no half of a part.
    function
        The student's function.
    right
        The reference; called with the same arguments.
    cases
        For each case a few words ("T = 2, five classes") and the arguments.
    slips
        For each slip's name (a key of :data:`SLIPS`) the function that has it, or a list of
        such functions. It may raise where the student's would stop.
    classes
        Gives the number of classes C of a case. With it, answers that are right for one C only
        are recognised.
    carried
        The right answer composed from the student's *own* other functions, so that a mistake is
        charged once, where it was made.
    tolerance
        Allowed error as a share of the largest number in the answer. A relative error of 1e-4 in
        each number is always allowed: float32 and any order of summation pass.
    """

    def check():
        answers = _answers(function, cases)
        expected = _answers(right, cases, trusted=True)
        if _all_agree(answers, expected, tolerance):
            return None
        if carried is not None:
            theirs = _answers(carried, cases)
            if _varied(theirs) and _all_agree(answers, theirs, tolerance):
                return "counted with your own functions"
        named = diagnose(
            answers, expected, cases, slips or {}, classes=classes, tolerance=tolerance
        )
        raise Failed(_what_differs(answers, expected, cases, tolerance), slip=named)

    return Part(name, points, check)


def agrees_with_itself(
    name: str,
    points: float,
    function: Callable,
    right: Callable,
    pairs: Mapping[str, tuple[tuple, tuple]],
    *,
    slips: Mapping[str, Any] | None = None,
    tolerance: float = 1e-6,
) -> Part:
    """Make a part that is passed when two calls give the same answer.

    ``pairs`` holds, for each case, the arguments of a hard call and of an easy one that must
    give the same: the same scores far from 0, for instance. A known slip that both share was
    charged elsewhere and costs nothing here.
    """

    def check():
        hard = {label: pair[0] for label, pair in pairs.items()}
        easy = {label: pair[1] for label, pair in pairs.items()}
        answers, expected = _answers(function, hard), _answers(function, easy)
        _require_work(expected, right, easy, slips)
        if _all_agree(answers, expected, tolerance):
            return
        named = diagnose(answers, expected, hard, slips or {}, generic=False, tolerance=tolerance)
        raise Failed(_what_differs(answers, expected, hard, tolerance), slip=named)

    return Part(name, points, check)


def inputs_kept(
    name: str,
    points: float,
    function: Callable,
    right: Callable,
    cases: Mapping[str, tuple],
    *,
    slips: Mapping[str, Any] | None = None,
    carried: Callable | None = None,
) -> Part:
    """Make a part that is passed when no argument was changed.

    It counts for a function that works, if perhaps with a known slip: one that does nothing
    changes nothing. Other arguments are as for :func:`same_answers`.
    """

    def check():
        answers = []
        for args in cases.values():
            answer, changed = _call(function, args)
            answers.append(answer)
            if changed:
                first = _ordinal(changed[0])
                raise Failed(f"the {first} argument was changed", slip="changed-in-place")
        _require_work(answers, right, cases, slips, carried)

    return Part(name, points, check)


def no_python_loop(
    name: str,
    points: float,
    function: Callable,
    right: Callable,
    few: tuple,
    many: tuple,
    *,
    slips: Mapping[str, Any] | None = None,
) -> Part:
    """Make a part that is passed when larger arrays take no more lines of Python.

    ``few`` and ``many`` are arguments of the same kind, the second much larger. What is counted
    are executed lines and calls, not seconds, so a busy machine changes nothing. It counts for a
    function that works, as in :func:`inputs_kept`.
    """

    def check():
        _require_work([_call(function, few)[0]], right, {"few": few}, slips)
        a_few, a_lot = _count_lines(function, few), _count_lines(function, many)
        if a_lot > 2 * a_few + 20:
            raise Failed(
                f"{a_few} Python steps for a few samples, {a_lot} for many", slip="python-loop"
            )

    return Part(name, points, check)


def grade_parts(parts: Sequence[Part]) -> float:
    """Check each part by itself, print one line for each, and return the points earned.

    No part can stop another one. Where a slip is known, three lines follow: what it is, its
    name, and where the book treats it; a slip that shows in several parts is explained once.
    """
    score, explained = 0.0, set()
    for part in parts:
        slip = None
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                remark = part.check()
        except Failed as failure:
            earned, mark, slip = 0, "✗", failure.slip
            text = f": {failure}"
        except Exception as error:
            earned, mark = 0, "✗"
            text = f": this part could not be checked ({type(error).__name__}). Tell your teacher."
        else:
            earned, mark = part.points, "✓"
            text = f" ({remark})" if remark else ""
        score += earned
        print(f"{mark} {earned:g}/{part.points:g}  {part.name}{_one_line(text)}")
        if slip is not None:
            found = slip if isinstance(slip, Slip) else SLIPS[slip]
            if found not in explained:
                print(f"     {found.sentence}")
            print(f"     slip: {slip if found is not slip else found.title}")
            print(f"     read: {found.place} — {found.link}")
            explained.add(found)
    return score


# ---------------------------------------------------------------------------------------------
# Diagnosis
# ---------------------------------------------------------------------------------------------


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
    """Name the one slip that explains every answer, or None.

    Parameters
    ----------
    answers, expected
        For each case the student's answer and the right one, as tuples of arrays, a
        :class:`Stopped` or a :class:`Failed`.
    cases, slips, classes, tolerance
        As for :func:`same_answers`.
    generic
        Whether to look for the slips that any function can have: a transposed result, a wrong
        sign, results cut to whole numbers.
    """
    if _all_agree(answers, expected, tolerance):
        return None
    fitting = set()
    for name, predicted in _suspects(expected, cases, slips, generic=generic):
        if _all_agree(answers, predicted, tolerance) and _shown(predicted, expected, tolerance):
            fitting.add(name)
    if not fitting and classes is not None:
        counts = [classes(*args) for args in cases.values()]
        good = [_agree(a, e, tolerance) for a, e in zip(answers, expected, strict=True)]
        works_for = [c for c, g in zip(counts, good, strict=True) if g]
        fails_for = {c for c, g in zip(counts, good, strict=True) if not g}
        # Twice right, so that no accident of one case passes for a rule.
        if len(works_for) > 1 and len(set(works_for)) == 1 and works_for[0] not in fails_for:
            fitting.add("one-class-count")
    return fitting.pop() if len(fitting) == 1 else None


def _shown(predicted, expected, tolerance):
    """Tell whether wrong numbers speak for a slip, and not merely a function that stops."""
    return any(
        isinstance(p, tuple) and not _agree(p, e, tolerance)
        for p, e in zip(predicted, expected, strict=True)
    )


def _suspects(expected, cases, slips, *, generic=True):
    """Yield each slip's name with the answers that a function with it would give."""
    if generic:
        yield from _generic(expected, cases)
    for name, wrong in slips.items():
        for version in wrong if isinstance(wrong, list) else [wrong]:
            yield name, _answers(version, cases)


def _generic(expected, cases):
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


class GradientPieces(NamedTuple):
    """A right gradient of a mean cross-entropy plus a penalty, taken apart.

    dW = ``from_p`` − ``from_y`` + ``penalty`` and db = ``bias_from_p`` − ``bias_from_y``, each
    with the 1/N in it. ``bias_penalty`` is what db would gain if the biases were penalised.
    """

    n_samples: int
    from_p: np.ndarray
    from_y: np.ndarray
    penalty: np.ndarray
    bias_from_p: np.ndarray
    bias_from_y: np.ndarray
    bias_penalty: np.ndarray


def gradient_from_pieces(pieces: Callable[..., GradientPieces]) -> tuple[Callable, dict]:
    """Give the right gradient (dW, db), and the gradients with each well-known slip."""

    def made(build):
        def gradient(*args):
            p = pieces(*args)
            return build(p, p.from_p - p.from_y, p.bias_from_p - p.bias_from_y)

        return gradient

    slips = {
        "missing-mean": made(
            lambda p, data, bias: (p.n_samples * data + p.penalty, p.n_samples * bias)
        ),
        "one-hot-left": made(lambda p, data, bias: (p.from_p + p.penalty, p.bias_from_p)),
        "wrong-sign": [
            made(lambda p, data, bias: (p.penalty - data, -bias)),
            made(lambda p, data, bias: (-p.penalty - data, -bias)),
        ],
        "transposed": made(lambda p, data, bias: ((data + p.penalty).T, bias)),
        "integer-division": made(lambda p, data, bias: (p.penalty, 0 * bias)),
        "penalty-factor-two": made(lambda p, data, bias: (data + p.penalty / 2, bias)),
        "penalty-missing": made(lambda p, data, bias: (data, bias)),
        "penalty-in-the-mean": made(lambda p, data, bias: (data + p.penalty / p.n_samples, bias)),
        "bias-penalised": made(lambda p, data, bias: (data + p.penalty, bias + p.bias_penalty)),
    }
    return made(lambda p, data, bias: (data + p.penalty, bias)), slips


def ask(function, *args):
    """Call a student's function with copies; what stops it becomes the part's verdict.

    For checks written in the hidden test itself. The answer is handed on as it came.
    """
    try:
        return function(*copy.deepcopy(args))
    except NotImplementedError:
        raise Failed("your function stopped: it is not written yet") from None
    except (Exception, SystemExit) as error:
        raise Failed(f"your function stopped: {_reason(error)}") from None


def result(function, index, count):
    """Make a function that gives one of the ``count`` results of ``function``."""

    def one(*args):
        answer = function(*args)
        if not isinstance(answer, tuple | list) or len(answer) != count:
            raise Failed(f"your function should give {count} results, and does not")
        return answer[index]

    return one


def index_arrays(answer):
    """Return a list of arrays of row numbers; raise Failed if the answer is none."""
    if not isinstance(answer, tuple | list):
        raise Failed("your function should give several arrays of row numbers, and does not")
    arrays = [_as_numbers(rows) for rows in answer]
    for rows in arrays:
        if rows.ndim != 1 or not np.array_equal(rows, np.trunc(rows)):
            raise Failed("your function should give arrays of whole row numbers, and does not")
    return [rows.astype(int) for rows in arrays]


def difference(answer, other):
    """Subtract one answer from another, entry by entry: what changed between two calls."""
    answer, other = _as_answer(answer), _as_answer(other)
    if [a.shape for a in answer] != [o.shape for o in other]:
        raise Failed("the shape of the answer changes from call to call")
    return tuple(a - o for a, o in zip(answer, other, strict=True))


# ---------------------------------------------------------------------------------------------
# Answers
# ---------------------------------------------------------------------------------------------


def _call(function, args):
    """Call with copies; return the answer and the positions of the arguments it changed."""
    given = copy.deepcopy(args)
    try:
        with np.errstate(all="ignore"):
            value = function(*given)
    except Failed:
        raise
    except NotImplementedError:
        return Stopped("it is not written yet"), ()
    except (Exception, SystemExit) as error:
        return Stopped(_reason(error)), ()
    changed = tuple(getattr(function, "changed_arguments", ())) or tuple(
        i for i, (a, b) in enumerate(zip(given, args, strict=True)) if not _untouched(a, b)
    )
    try:
        return _as_answer(value), changed
    except Failed as failure:
        return failure, changed


def _answers(function, cases, *, trusted=False):
    """Return the answer for each case; what stops a trusted function is our own error."""
    if trusted:
        return [_as_answer(function(*copy.deepcopy(args))) for args in cases.values()]
    return [_call(function, args)[0] for args in cases.values()]


def _as_answer(value):
    """Return an answer as a tuple of float64 arrays; raise Failed if it is none."""
    several = isinstance(value, tuple) or (
        isinstance(value, list) and any(isinstance(v, np.ndarray) for v in value)
    )
    return tuple(_as_numbers(v) for v in (value if several else (value,)))


def _as_numbers(value):
    if value is None:
        raise Failed("it gives None: does the function end with a return?")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            array = np.array(value, subok=False)
    except Exception:
        array = np.array(None)
    if array.dtype.kind not in "biuf":
        raise Failed(f"it gives a {type(value).__name__:.40}, and numbers were expected")
    return array.astype(np.float64)


def _untouched(a, b):
    if isinstance(b, np.ndarray):
        return (
            isinstance(a, np.ndarray)
            and (a.shape, a.dtype) == (b.shape, b.dtype)
            and np.array_equal(a, b, equal_nan=b.dtype.kind == "f")
        )
    if isinstance(b, list | tuple):
        return len(a) == len(b) and all(_untouched(x, z) for x, z in zip(a, b, strict=True))
    return True


def _agree(a, b, tolerance):
    """Tell whether two answers are the same, up to rounding; two stops are."""
    if isinstance(a, tuple) and isinstance(b, tuple) and len(a) == len(b):
        scale = max((np.abs(x[np.isfinite(x)]).max(initial=0.0) for x in b), default=0.0)
        return all(_close(x, z, tolerance * scale) for x, z in zip(a, b, strict=True))
    return isinstance(a, Stopped) and isinstance(b, Stopped)


def _close(a, b, slack):
    if a.shape != b.shape:
        return False
    finite = np.isfinite(b)
    if not np.array_equal(a[~finite], b[~finite], equal_nan=True):
        return False
    a, b = a[finite], b[finite]
    return bool(np.all(np.abs(a - b) <= 1e-4 * np.abs(b) + slack + 1e-12))


def _all_agree(answers, others, tolerance):
    return all(_agree(a, b, tolerance) for a, b in zip(answers, others, strict=True))


def _varied(answers):
    """Tell whether the answers hold at least two different finite numbers."""
    numbers = [a[np.isfinite(a)] for t in answers if isinstance(t, tuple) for a in t]
    return len(np.unique(np.concatenate([[], *numbers]).round(9))) > 1


def _require_work(answers, right, cases, slips, carried=None):
    """Refuse what does nothing: some answer must be right, or be that of one known slip."""
    for answer in answers:
        if isinstance(answer, Stopped):
            raise Failed(f"your function stopped: {answer.reason}")
        if isinstance(answer, Failed):
            raise answer
    if not _varied(answers):
        raise Failed("not counted, since every answer is the same number")
    expected = _answers(right, cases, trusted=True)
    known = [expected, *(predicted for _, predicted in _suspects(expected, cases, slips or {}))]
    if carried is not None:
        known.append(_answers(carried, cases))
    pairs = (pair for others in known for pair in zip(answers, others, strict=True))
    if not any(_agree(a, other, 1e-5) for a, other in pairs):
        raise Failed("not counted, since the values are too far from right")


def _what_differs(answers, expected, cases, tolerance):
    """Say in plain words what is wrong with the first answer that is."""
    for label, a, e in zip(cases, answers, expected, strict=True):
        if _agree(a, e, tolerance):
            continue
        if isinstance(a, Stopped):
            return f"for {label} your function stopped: {a.reason}"
        if isinstance(a, Failed):
            return f"for {label}, {a}"
        if not isinstance(e, tuple):
            return f"for {label} your two answers cannot be compared"
        if len(a) != len(e):
            return f"for {label} it gives {len(a)} results, expected {len(e)}"
        for mine, right in zip(a, e, strict=True):
            if mine.shape != right.shape:
                return f"for {label} the shape is {mine.shape}, expected {right.shape}"
        mine, right = max(zip(a, e, strict=True), key=lambda pair: _strangeness(*pair))
        return f"wrong for {label}: {_how_far(mine, right)}"
    return "wrong"


def _strangeness(mine, right):
    both = np.isfinite(mine) & np.isfinite(right)
    off = np.abs(mine - right)[both].max(initial=0.0)
    return (not np.array_equal(np.isfinite(mine), np.isfinite(right)), off)


def _how_far(mine, right):
    strange = ~np.isfinite(mine) & np.isfinite(right)
    if strange.any():
        return f"{strange.sum()} of {mine.size} numbers are NaN or infinite"
    both = np.isfinite(mine) & np.isfinite(right)
    if not both.any():
        return "numbers that should be infinite are not"
    off = np.abs(mine - right)[both].max()
    return f"{mine:.4g}, off by {off:.3g}" if mine.ndim == 0 else f"off by up to {off:.3g}"


def _count_lines(function, args):
    """Count the lines and calls of Python that one call takes, NumPy's own included."""
    given = copy.deepcopy(args)
    try:
        if hasattr(function, "count_lines"):
            return int(function.count_lines(*given))
        if hasattr(function, "changed_arguments"):
            return 0  # a proxy: what runs here is not the student's code
        return _trace(function, given)
    except (Exception, SystemExit) as error:
        raise Failed(f"your function stopped: {_reason(error)}") from None


def _trace(function, args):
    count = 0

    def trace(frame, event, argument):
        nonlocal count
        count += event in ("call", "line")
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        function(*args)
    finally:
        sys.settrace(before)
    return count


def _reason(error):
    """Return one line about a student's exception."""
    text = _one_line(str(error)).strip()
    if type(error).__name__ == "StudentError":  # its text names the student's own exception
        return "it is not written yet" if text.startswith("NotImplementedError") else text
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _one_line(text, length=300):
    line = " ".join(text.split("\n")[0].split("\r")) if text else ""
    line = "".join(c for c in line if c.isprintable())
    return line if len(line) <= length else line[:length] + " …"


def _ordinal(i):
    if not isinstance(i, int):  # an argument given by its name
        return f"{i!s:.40}"
    return ("first", "second", "third", "fourth", "fifth", "sixth")[i] if i < 6 else f"{i + 1}th"
