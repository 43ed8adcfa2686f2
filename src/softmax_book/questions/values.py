"""Computes the numbers of questions while the book is built, so that nobody types one.

An expression of the book's own text is evaluated by Python. What a *reader* types never is: the
page has a parser for that, ``pages/questions/formula.js``.
"""

import ast
import math
import re
from collections.abc import Iterable
from functools import cache
from typing import Any

import numpy as np

import softmax_steps
from softmax_book.questions.syntax import QuestionError

_WRITTEN = re.compile(r"(?P<code>.+?):(?P<format>[,.\d]*[dfge%])", re.DOTALL)
#: Digits of a value that a page is given: more than a comparison needs.
DIGITS = 13
# A second example, all of whose sizes differ: what is right for the tiny one by chance is not here.
OTHER = {
    "X": [[1, 0, 2], [-1, 2, 0], [0, 1, 1], [2, -1, 1]],
    "y": [4, 0, 2, 1],
    "W": [[1, 0, -1, 2, 0], [0, 1, 1, -1, 0], [1, -1, 0, 0, 2]],
    "b": [0, 1, -1, 0, 2],
    "strength": 0.3,
}
# What stands before W and b in a network, with a hidden layer of two units: in chapter 9's example,
# and in the other one, where W takes its place behind them.
HIDDEN = (
    {"W1": [[1, -1], [0, 1]], "b1": [0, 0]},
    {
        "W1": [[1, -1], [0, 1], [-1, 1]],
        "b1": [0, 1],
        "W2": [[1, 0, -1, 2, 0], [0, 1, 1, -1, 1]],
        "b2": [0, 1, -1, 0, 2],
    },
)


def compute(code: str) -> Any:
    """Evaluate an expression of the book's text.

    Parameters
    ----------
    code : str
        It may use ``np``, what :mod:`softmax_steps` exports, ``t``, the tiny example, and ``w``,
        its working.

    Returns
    -------
    object

    Raises
    ------
    QuestionError
        If it cannot be evaluated.

    Examples
    --------
    >>> compute("w.F[0, 1]").item()
    3.0
    """
    try:
        with np.errstate(all="ignore"):
            return eval(compile(code, "<question>", "eval"), dict(_names()))  # the book's own text
    except Exception as error:
        raise QuestionError(f"{code!r} cannot be computed: {error}") from None


def written(text: str) -> str:
    """Return a computed number as a page shows it.

    Parameters
    ----------
    text : str
        An expression, a colon, and how Python formats it.

    Returns
    -------
    str
        With a true minus sign.

    Raises
    ------
    QuestionError
        If the format is missing or the expression is no number.

    Examples
    --------
    >>> written("w.P[0, 1]:.3f"), written("-np.log(2):.2f")
    ('0.867', '−0.69')
    """
    match = _WRITTEN.fullmatch(text.strip())
    if match is None:
        raise QuestionError(
            f"{text!r} has no format; expected an expression and one, as w.P[0, 1]:.3f."
        )
    value = compute(match["code"])
    return format(value, match["format"]).replace("-", "−")


def number(code: str) -> float:
    """Return an answer that is a number.

    Parameters
    ----------
    code : str
        As for :func:`compute`.

    Returns
    -------
    float

    Raises
    ------
    QuestionError
        If it is no finite number.
    """
    value = np.asarray(compute(code))
    if value.size != 1 or not math.isfinite(value.item()):
        raise QuestionError(f"{code!r} is {value!r:.60}; expected one finite number.")
    return float(value.item())


def shown(value: float) -> str:
    """Return a number as short as it can be told.

    >>> shown(3.0), shown(-0.48241), shown(1797.0)
    ('3', '−0.482', '1797')
    """
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return (text if text.strip("-0") else f"{value:.3g}" if value else "0").replace("-", "−")


@cache
def cases() -> tuple[dict[str, Any], ...]:
    """Return what the letters of a formula stand for: in the tiny example, and in another one.

    Returns
    -------
    tuple of dict
        Name to array or number: ``X``, ``y``, ``W``, ``b``, ``lam``, ``N``, ``D``, ``C``, and what
        follows from them, ``F``, ``P``, ``Y``. For two layers ``W1``, ``b1``, ``W2``, ``b2``,
        ``O1``, ``H``, and ``dO2``, the gradient in the scores.
    """
    found = []
    for changes, hidden in zip(({}, OTHER), HIDDEN, strict=True):
        example = softmax_steps.tiny_example(**changes)
        F = softmax_steps.scores(example.X, example.W, example.b)
        layers = {"W2": example.W, "b2": example.b, **hidden}
        params = {name: np.asarray(layers[name], float) for name in ("W1", "b1", "W2", "b2")}
        O1, H, O2 = softmax_steps.two_layer_forward(example.X, *params.values())
        found.append(
            {
                **{name: getattr(example, name) for name in ("X", "y", "W", "b")},
                "lam": example.strength,
                "N": len(example.X),
                "D": len(example.W),
                "C": F.shape[1],
                "F": F,
                "P": softmax_steps.softmax(F),
                "Y": softmax_steps.one_hot(example.y, F.shape[1]),
                **params,
                "O1": O1,
                "H": H,
                "dO2": softmax_steps.score_gradient(softmax_steps.softmax(O2), example.y),
            }
        )
    return tuple(found)


def evaluate_formula(code: str) -> list[np.ndarray | None]:
    """Evaluate a formula on each of the cases, as NumPy does.

    Parameters
    ----------
    code : str

    Returns
    -------
    list
        None for a case where it stops with an error.
    """
    values: list[np.ndarray | None] = []
    for case in cases():
        try:
            with np.errstate(all="ignore"):
                value = eval(compile(code, "<formula>", "eval"), {"np": np, **case})
            values.append(np.asarray(value, dtype=float))
        except Exception:  # what stops is an answer, too
            values.append(None)
    return values


def letters(formulas: Iterable[str]) -> list[str]:
    """Return the names that formulas are made of, the sizes last.

    Parameters
    ----------
    formulas : iterable of str

    Returns
    -------
    list of str

    Examples
    --------
    >>> letters(["X @ W + b", "(X @ W).T"])
    ['X', 'W', 'b', 'N', 'D', 'C']
    """
    used = {
        node.id
        for formula in formulas
        for node in ast.walk(ast.parse(formula, mode="eval"))
        if isinstance(node, ast.Name)
    }
    sizes = ("N", "D", "C")
    known = [name for name in cases()[0] if name not in sizes]
    unknown = sorted(used - {*known, *sizes, "np"})
    if unknown:
        raise QuestionError(
            f"A formula uses {', '.join(unknown)}; expected any of {', '.join(cases()[0])}."
        )
    return [*(name for name in known if name in used), *sizes]


def packed(value: Any) -> list[Any] | None:
    """Return an array as a page reads it: its shape, and its numbers row by row.

    >>> packed(np.array([[1.0, 2.0]])), packed(0.5), packed(None)
    ([[1, 2], [1.0, 2.0]], [[], [0.5]], None)
    """
    if value is None:
        return None
    array = np.asarray(value, dtype=float)
    numbers = [float(f"{each:.{DIGITS}g}") if math.isfinite(each) else None for each in array.flat]
    return [list(array.shape), numbers]


@cache
def _names() -> dict[str, Any]:
    example = softmax_steps.tiny_example()
    exported = {name: getattr(softmax_steps, name) for name in softmax_steps.__all__}
    return {
        **exported,
        "np": np,
        "t": example,
        "w": softmax_steps.work_through(example),
    }
