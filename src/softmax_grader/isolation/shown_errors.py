"""Which words of a student's exception may be shown in feedback on a hidden test.

What a function raises is text of the student's choice, and could hold what the hidden test handed
over: a text is a channel, and each digit of it carries three bits. So none is passed on as it
came. A text that Python or NumPy words that way is said anew, with at most :data:`MOST_NUMBERS`
numbers, each of them small or the size of an array that the test handed over. A text that stands,
whole, in a ``raise`` or an ``assert`` of the student's code is shown if there are at most
:data:`MOST_TEXTS` of them. Of any other exception only the kind is told.

What this can carry in one part of a hidden test, for a student who plans it:

==============================  ===========================================================
the wording, or a text          7 bits: one of about 95 wordings or of 32 texts of one's own
the kind                        7 bits: one of about 75 of Python's or of 32 of one's own
numbers                         22 bits: 4, each with 43 values or left out
names                           under 10 bits each: identifiers of the code, or a ufunc
types, operators                under 7 bits each
the function that stopped       5 bits: one of at most 32
==============================  ===========================================================

No wording has all of them: the fullest comes to 53 bits with its kind and its function, so to less
than one float64 in each part. That figure needs a code with all the names and classes that are
allowed; the tests work it out, and send numbers through. Where values are wrong there is no
exception, but one number of at most three digits: see
:func:`softmax_grader.marking.diagnosis.what_differs`.
"""

import ast
import builtins
import functools
import re
from collections.abc import Callable, Collection, Iterable

import numpy as np

from softmax_grader.isolation.wordings import KNOWN, SLOT, TYPES
from softmax_grader.text import one_line

MOST_NUMBERS = 4  # of one text, or of a shape
SMALL = 20  # the largest number that is shown whatever the test handed over
MOST_SIZES = 21  # of the arrays that the test handed over
MOST_NAMES = 600  # identifiers of the student's code
MOST_TEXTS = 32  # that the student's code raises, and classes in it
MOST_FUNCTIONS = 32  # of which one can be told to have stopped
LEFT_OUT = "…"
UFUNCS = frozenset(name for name in dir(np) if isinstance(getattr(np, name, None), np.ufunc))
KINDS = {
    name
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, BaseException)
} | {"AxisError", "UFuncTypeError", "LinAlgError"}  # NumPy's own


def shown_text(text: str, sources: Iterable[str], sizes: Collection[int] = ()) -> str | None:
    """Return what may be shown of an exception's text.

    Parameters
    ----------
    text : str
    sources : iterable of str
        The student's cells.
    sizes : collection of int
        Of the arrays that the test handed over, and the whole numbers: these may be told.

    Returns
    -------
    str or None
        None where nothing may be.

    Examples
    --------
    >>> shown_text("operands could not be broadcast together with shapes (4,3) (4,) ", [])
    'operands could not be broadcast together with shapes (4,3) (4,)'
    >>> shown_text("index 731 is out of bounds for axis 0 with size 3", [])
    'index … is out of bounds for axis 0 with size 3'
    >>> shown_text("-0.3141592", []) is None
    True
    """
    sources = list(sources)
    text = " ".join(text.split())
    texts = _all_of(sources, _texts)
    if text in texts and len(texts) <= 2 * MOST_TEXTS:
        return text
    for wording, pattern in KNOWN.items():
        if match := pattern.fullmatch(text):
            return _said_anew(wording, match.groups(), sources, sizes)
    return None


def kind_shown(name: str, sources: Iterable[str]) -> str:
    """Return an exception's name, or words for it where the name is no ordinary one.

    Parameters
    ----------
    name : str
    sources : iterable of str
        The student's cells.

    Returns
    -------
    str
    """
    own = _all_of(sources, _classes)
    is_known = name in KINDS or (name in own and len(own) <= MOST_TEXTS)
    return name if is_known else "an exception of your own"


def sizes_in(value: object) -> set[int]:
    """Return the sizes of arrays and the whole numbers in what a test hands over.

    Parameters
    ----------
    value : object
        Arrays and numbers, in lists, tuples and dicts.

    Returns
    -------
    set of int
    """
    if isinstance(value, np.ndarray):
        return set(value.shape)
    if isinstance(value, dict):
        return sizes_in(list(value.values()))
    if isinstance(value, list | tuple):
        return {len(value)}.union(*map(sizes_in, value[:100]))
    return {value} if type(value) is int else set()


def tellable(sizes: Collection[int]) -> set[int]:
    """Return the numbers that may be told of a student's arrays.

    Parameters
    ----------
    sizes : collection of int
        Of the arrays that the test handed over.

    Returns
    -------
    set of int
        At most 42.
    """
    return {*range(SMALL + 1), *sorted(set(sizes))[:MOST_SIZES]}


def _said_anew(
    wording: str, groups: Iterable[str], sources: list[str], sizes: Collection[int]
) -> str:
    """Return a wording with what may be shown in its slots."""
    numbers_left = MOST_NUMBERS
    names = _all_of(sources, _names)
    known = UFUNCS | (names if len(names) <= MOST_NAMES else frozenset())
    classes = _all_of(sources, _classes)
    types = {*TYPES, *(classes if len(classes) <= MOST_TEXTS else ())}
    may_tell = tellable(sizes)

    def number(digits: str) -> str:
        nonlocal numbers_left
        numbers_left -= 1
        value = int(digits)
        return str(value) if numbers_left >= 0 and abs(value) in may_tell else LEFT_OUT

    def shape(text: str) -> str:
        axes = re.findall(r"\d+", text)
        if len(axes) > numbers_left:
            return f"({LEFT_OUT})"
        told = [number(axis) for axis in axes]
        return f"({told[0]},)" if len(told) == 1 else f"({','.join(told)})"

    say: dict[str, Callable[[str], str]] = {
        "SHAPE": shape,
        "NUMBER": number,
        "INDEX": number,
        "NAME": lambda name: name if name in known else LEFT_OUT,
        "CALLED": lambda name: name if (name := name.split(".")[-1]) in known else LEFT_OUT,
        "TYPE": lambda name: name if name in types else LEFT_OUT,
    }
    said = SLOT.split(wording)
    said[1::2] = [say.get(slot, str)(group) for slot, group in zip(said[1::2], groups, strict=True)]
    return "".join(said)


def _all_of(sources: Iterable[str], find: Callable[[str], frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*map(find, sources))


@functools.lru_cache(maxsize=400)
def _parsed(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError, SystemError):
        return None


@functools.lru_cache(maxsize=400)
def _names(source: str) -> frozenset[str]:
    """Return the identifiers in a cell; of one that is no plain Python, its words."""
    tree = _parsed(source)
    if tree is None:
        return frozenset(re.findall(r"[^\W\d]\w*", source))
    names: set[str] = set()
    for node in ast.walk(tree):
        for part in ("id", "attr", "arg", "name", "module"):
            if isinstance(name := getattr(node, part, None), str):
                names.update(name.split("."))
    return frozenset(names)


@functools.lru_cache(maxsize=400)
def _classes(source: str) -> frozenset[str]:
    tree = _parsed(source)
    nodes = ast.walk(tree) if tree is not None else ()
    return frozenset(node.name for node in nodes if isinstance(node, ast.ClassDef))


@functools.lru_cache(maxsize=400)
def _texts(source: str) -> frozenset[str]:
    """Return the whole texts that a cell raises, as an exception shows them."""
    tree = _parsed(source)
    texts: set[str] = set()
    for node in ast.walk(tree) if tree is not None else ():
        told: Iterable[ast.AST | None] = ()
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            told = node.exc.args
        elif isinstance(node, ast.Assert):
            told = [node.msg]
        for part in told:
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                # A KeyError shows its text in quotes.
                texts |= {one_line(part.value, 300), one_line(repr(part.value), 300)}
    return frozenset(texts)
