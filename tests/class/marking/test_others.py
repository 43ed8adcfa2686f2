"""An answer that is right for another student's values is named by these values."""

import pytest

from softmax_grader.marking import right_for_others

from ..judging import named

CHOICES = {"factor": [2, 3, 4], "sign": {"up": "+", "down": "−"}}
OWN = {"factor": 2, "sign": "up"}
CASES = {"one number": (5.0,), "another": (7.0,)}


def right(own):
    sign = 1 if own["sign"] == "up" else -1
    return lambda x: sign * own["factor"] * x + 1


def found(function, names=("factor", "sign")):
    others = right_for_others(right, OWN, CHOICES, names)
    return named(function, right(OWN), CASES, slips=others)


def test_each_other_value_is_named_and_ones_own_is_right():
    assert found(lambda x: 3 * x + 1) == "right-for-another:factor=3"
    assert found(lambda x: -2 * x + 1) == "right-for-another:sign=down"
    assert found(lambda x: -4 * x + 1) == "right-for-another:factor=4,sign=down"
    assert found(lambda x: 2 * x + 1) == "passed"
    assert found(lambda x: 9 * x) is None


def test_only_the_choices_that_a_part_depends_on_are_tried():
    assert found(lambda x: -2 * x + 1, ["factor"]) is None
    assert len(right_for_others(right, OWN, CHOICES, ["factor"])) == 2
    with pytest.raises(KeyError, match="colour"):
        right_for_others(right, OWN, CHOICES, ["colour"])


def test_the_student_is_told_both_values_and_nobodys_name():
    sentences = {
        slip.id: slip.sentence for slip in right_for_others(right, OWN, CHOICES, ["factor", "sign"])
    }
    assert sentences["right-for-another:factor=3"] == (
        "Your factor is 2; this answer is right for 3."
    )
    assert sentences["right-for-another:factor=4,sign=down"] == (
        "Your factor is 2; this answer is right for 4. "
        "Your sign is up (+); this answer is right for down (−)."
    )
