"""What Python and NumPy say of a mistake is shown; what a student's code could make up is not."""

import numpy as np
import pytest

from softmax_grader.isolation.shown_errors import KINDS, kind_shown, may_be_shown

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
    assert str(caught.value)
    assert may_be_shown(str(caught.value), [SOURCE, "softmax()"]), str(caught.value)
    assert type(caught.value).__name__ in KINDS


@pytest.mark.parametrize(
    "text",
    [
        "[[0.1 0.2]]",
        "0.73125",
        "index 731250 is out of bounds for axis 0 with size 3",
        "name 'x0_73125' is not defined",
        "operands could not be broadcast together with shapes (7312,5) (3,)",
        "'0.73125' object has no attribute 'shape'",
        "shapes (3,) and (4,) not aligned: 3 (dim 0) != 4 (dim 0) 0.73125",
        "ufunc 'a0_73125' not supported for the input types, and the inputs could not be safely "
        "coerced to any supported types according to the casting rule ''safe''",
    ],
)
def test_what_could_hold_a_hidden_value_is_not_shown(text):
    assert not may_be_shown(text, [SOURCE])


def test_the_students_own_words_are_shown_as_they_stand_in_the_code():
    assert may_be_shown("too flat", ["def f(F):\n    raise ValueError('too flat')"])
    assert kind_shown("Flat", ["class Flat(Exception): pass"]) == "Flat"
    assert kind_shown("[[0.73125]]", [SOURCE]) == "Error"
