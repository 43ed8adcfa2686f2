"""What Python and NumPy say of a mistake is shown; what a student's code could make up is not."""

import math
import re

import numpy as np
import pytest

from softmax_grader.isolation.shown_errors import (
    KINDS,
    LEFT_OUT,
    MOST_FUNCTIONS,
    MOST_NAMES,
    MOST_NUMBERS,
    MOST_SIZES,
    MOST_TEXTS,
    SMALL,
    UFUNCS,
    kind_shown,
    shown_text,
)
from softmax_grader.isolation.wordings import DTYPES, KNOWN, OPERATORS, RULES, SLOT, TYPES

SOURCE = "def softmax(F, temperature):\n    return shifted(F)\n"


def softmax(F, temperature):
    return F


MISTAKES = {
    "shapes": lambda: np.ones((4, 3)) - np.ones(4),
    "three shapes": lambda: np.where(np.ones(2), np.ones(3), np.ones(4)),
    "in place": lambda: np.ones(3).__iadd__(np.ones((2, 3))),
    "a product": lambda: np.ones((4, 3)) @ np.ones((4, 2)),
    "a dot product": lambda: np.dot(np.ones((4, 3)), np.ones((4, 2))),
    "a product with a number": lambda: np.ones(3) @ np.float64(2),
    "a table that does not fit": lambda: np.ones((2, 3)).reshape(4, 4),
    "a row that does not fit": lambda: np.ones((3, 3)).__setitem__(0, np.ones(2)),
    "joined": lambda: np.concatenate([np.ones((2, 3)), np.ones(3)]),
    "joined, other sizes": lambda: np.concatenate([np.ones((2, 3)), np.ones((2, 4))]),
    "a ragged list": lambda: np.array([[1, 2], [3]]),
    "an index": lambda: np.ones(3)[5],
    "an axis": lambda: np.ones(3).max(axis=1),
    "too many indices": lambda: np.ones((3, 2))[0, 0, 0],
    "a fraction as an index": lambda: np.ones(3)[1.5],
    "fractions as indices": lambda: np.ones(3)[np.array([0.5])],
    "a mask": lambda: np.ones((4, 3))[np.ones(3, bool)],
    "two lists of indices": lambda: np.ones((3, 3))[[0, 1], [0, 1, 2]],
    "a list's index": lambda: [1, 2][9],
    "truth of an array": lambda: bool(np.ones(3)),
    "an array as a number": lambda: float(np.ones(3)),
    "None": lambda: None + 1,
    "None's parts": lambda: None.shifted,
    "a name": lambda: shifted,  # noqa: F821
    "an argument less": lambda: softmax(1),
    "an argument more": lambda: softmax(1, 2, 3),
    "an unknown argument": lambda: softmax(1, temperature=2, shifted=3),
    "cast": lambda: np.zeros(3, int).__isub__(np.ones(3) * 0.5),
    "no numbers": lambda: np.exp(None),
    "nothing": lambda: np.zeros(0).max(),
    "zero": lambda: 1 // 0,
    "a whole NaN": lambda: int(float("nan")),
    "a fraction as a count": lambda: range(1.5),
    "a negative power": lambda: np.arange(3) ** -1,
    "unpacked": lambda: [a for a, b in [(1, 2, 3)]],
}


@pytest.mark.parametrize("name", MISTAKES)
def test_what_numpy_says_of_a_mistake_is_shown(name):
    with pytest.raises(Exception) as caught:  # noqa: PT011  the wording is what is tested
        MISTAKES[name]()
    text = str(caught.value)
    assert text
    shown = shown_text(text, [SOURCE, "import numpy"])
    assert shown is not None, text
    # The first four numbers and every name are as they were.
    numbers = re.findall(r"\d+", text)[:MOST_NUMBERS]
    assert re.findall(r"\d+", shown)[: len(numbers)] == numbers or "float64" in text
    assert LEFT_OUT not in shown or len(re.findall(r"\d+", text)) > MOST_NUMBERS
    assert type(caught.value).__name__ in KINDS


def test_a_text_is_said_anew():
    wide = "operands could not be broadcast together with shapes (7,3) (400,)   "
    assert shown_text(wide, []) == (
        "operands could not be broadcast together with shapes (7,3) (…,)"
    )
    assert shown_text(wide, [], sizes={400, 30}) == (
        "operands could not be broadcast together with shapes (7,3) (400,)"
    )
    many = "operands could not be broadcast together with shapes (6,3,5,3,6,4) (3,)"
    assert shown_text(many, []) == ("operands could not be broadcast together with shapes (…) (3,)")
    assert shown_text("shapes (4,3) and (4,2) not aligned: 3 (dim 1) != 4 (dim 0)", []) == (
        "shapes (4,3) and (4,2) not aligned: … (dim …) != … (dim …)"
    )
    assert shown_text("name 'x0_73125' is not defined", [SOURCE]) == "name '…' is not defined"
    assert shown_text("index 0007 is out of bounds for axis 0 with size 3", []) == (
        "index 7 is out of bounds for axis 0 with size 3"
    )
    nested = "Net.<locals>.softmax() missing 1 required positional argument: 'F'"
    assert shown_text(nested, [SOURCE]) == nested.removeprefix("Net.<locals>.")


@pytest.mark.parametrize(
    "text",
    [
        "[[0.1 0.2]]",
        "0.73125",
        "'0.73125' object has no attribute 'shape'",
        "shapes (3,) and (4,) not aligned: 3 (dim 0) != 4 (dim 0) 0.73125",
        "ufunc 'a0_73125' not supported for the input types",
        "Cannot cast ufunc 'add' output from dtype('qzvbn') to dtype('int64') with casting rule "
        "'same_kind'",
        "unsupported operand type(s) for ‽⁂⸘: 'int' and 'str'",
        "return shifted(F)",  # a piece of the code, but nothing that it raises
    ],
)
def test_what_could_hold_a_hidden_value_is_not_shown(text):
    assert shown_text(text, [SOURCE]) is None


RAISES = "def f(F):\n    assert F.ndim == 2, 'no table'\n    raise ValueError('too  flat')"


def test_what_the_students_code_raises_whole_is_shown_if_there_is_little_of_it():
    assert shown_text("too  flat", [RAISES]) == "too flat"
    assert shown_text("no table", [SOURCE, RAISES]) == "no table"
    assert shown_text("'flat'", ["raise KeyError('flat')"]) == "'flat'"
    assert shown_text("too", [RAISES]) is None
    assert shown_text("7", ["raise ValueError(f'{x}7')"]) is None
    assert shown_text("s", ["raise ValueError('abs'[k])"]) is None
    book = [f"raise ValueError('page {k}')" for k in range(MOST_TEXTS + 1)]
    assert shown_text("page 3", book) is None
    assert shown_text("page 3", book[1:]) == "page 3"


def test_names_and_classes_count_until_there_are_too_many():
    code = "\n".join(f"x{k} = 0" for k in range(MOST_NAMES + 1))
    assert shown_text("name 'x3' is not defined", [code]) == "name '…' is not defined"
    assert shown_text("name 'x3' is not defined", [code[7:]]) == "name 'x3' is not defined"
    assert kind_shown("Flat", ["class Flat(Exception): pass"]) == "Flat"
    assert kind_shown("Flat", ["Flat = 'Flat'"]) == "an exception of your own"
    classes = "\n".join(f"class E{k}(Exception): pass" for k in range(MOST_TEXTS + 1))
    assert kind_shown("E3", [classes]) == "an exception of your own"
    assert kind_shown("[[0.73125]]", [SOURCE]) == "an exception of your own"
    assert kind_shown("ValueError", []) == "ValueError"


VALUES = {  # how many different things a slot can show
    "DTYPE": len(DTYPES),
    "OPERATOR": len(OPERATORS),
    "RULE": len(RULES),
    "INDEX": 2 * (SMALL + MOST_SIZES) + 2,
    "NUMBER": SMALL + MOST_SIZES + 2,
    "NAME": MOST_NAMES + len(UFUNCS) + 1,
    "CALLED": MOST_NAMES + len(UFUNCS) + 1,
    "TYPE": len(TYPES) + MOST_TEXTS + 1,
}


def bits(wording):
    """Return what a wording can carry in its slots at most."""
    slots = SLOT.findall(wording)
    shapes = slots.count("SHAPE")
    numbers = MOST_NUMBERS if shapes else min(slots.count("NUMBER"), MOST_NUMBERS)
    # A shape has 0 to 4 numbers, or is left out.
    total = shapes * math.log2(MOST_NUMBERS + 2) + numbers * math.log2(VALUES["NUMBER"])
    return total + sum(math.log2(VALUES[s]) for s in slots if s not in ("SHAPE", "NUMBER"))


def test_no_exception_carries_a_whole_number_of_the_tests():
    """A float64 has 64 bits; the docstring's figure is that of the fullest wording."""
    choice = math.log2(len(KNOWN) + 2 * MOST_TEXTS)
    kind = math.log2(len(KINDS) + MOST_TEXTS + 1)
    function = math.log2(MOST_FUNCTIONS)
    fullest = max(map(bits, KNOWN))
    assert choice <= 7.3
    assert kind <= 7
    assert math.ceil(choice + kind + function + fullest) == 53


def test_what_a_coder_hides_in_a_shape_does_not_come_through():
    """Each float64 as seven groups of three digits: no decoder gets one of them back."""
    hidden = np.random.default_rng(7).standard_normal(40)
    sizes = {4, 5, 7, 400}
    shown = set()
    for number in hidden.view(np.uint64):
        groups = [int(number) >> 9 * k & 511 for k in range(8)]
        text = f"operands could not be broadcast together with shapes {tuple(groups)} (3,)"
        shown.add(shown_text(text, [SOURCE], sizes))
        for k in range(2):
            four = tuple(groups[4 * k : 4 * k + 4])
            shown.add(shown_text(f"cannot reshape array of size 3 into shape {four}", [], sizes))
    told = {int(n) for text in shown for n in re.findall(r"\d+", text)}
    assert told <= {*range(SMALL + 1)} | sizes
    assert len(shown) < 40
