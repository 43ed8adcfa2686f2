"""A question is read as it is written, and what is missing is named."""

import pytest

from softmax_book.questions import QuestionError, read_question
from softmax_book.questions.syntax import BUG, FORMULA, NUMBER, ORDER

CHOOSE = """Which?

---
[ ] This,
on two lines.
> It tempts.

But it fails.
[x] That.
> So it is.
[ ] Neither.
> slip: not-divided
? Look again.
? And again.
---
Afterwards.
"""
LINES = "Sort.\n\n---\n[2] `b`\n> Second.\n[1] `c`\n> First.\n[3] `a`\n> Third.\n---\n"
VALUE = "How many?\n\n---\n[x] `1 + 1`\n> Yes.\n[ ] `3`\n> No.\n[ ] anything else\n> Add.\n---\n"


def read(body, **options):
    return read_question({"label": "03-name", **options}, body)


def test_a_question_with_all_its_parts():
    question = read(CHOOSE, **{"from": "01_score", "class": "wide tall"})
    assert (question.text, question.after) == ("Which?", "Afterwards.")
    assert [option.text for option in question.options] == [
        "This,\non two lines.",
        "That.",
        "Neither.",
    ]
    assert question.options[0].reason == "It tempts.\n\nBut it fails."
    assert question.right.text == "That."
    assert (question.options[2].reason, question.options[2].slip) == ("", "not-divided")
    assert question.hints == ("Look again.", "And again.")
    assert (question.again, question.classes) == ("01_score", ("wide", "tall"))


def test_lines_stand_in_the_right_order_and_are_shown_in_another():
    question = read(LINES, type=ORDER)
    assert [option.code for option in question.options] == ["c", "b", "a"]
    assert [option.code for option in question.shown] == ["a", "b", "c"]
    turned = read(LINES.replace("`c`", "`0`"), type=ORDER)  # the first in the alphabet, too
    assert [option.code for option in turned.shown] == ["b", "a", "0"]


def test_a_number_is_an_expression_and_foresees_anything_else():
    question = read(VALUE, type=NUMBER, within="0.5")
    assert [option.text for option in question.foreseen] == ["1 + 1", "3"]
    assert question.otherwise.reason == "Add."
    assert (question.shown, question.within) == ((), 0.5)


@pytest.mark.parametrize(
    ("body", "options", "words"),
    [
        (CHOOSE, {"label": "lead"}, "expected the chapter's number and a name, as 03-lead"),
        (
            CHOOSE,
            {"type": "multiple-choice"},
            "expected one of choose, number, order, bug, formula",
        ),
        (CHOOSE, {"columns": "2"}, "has the option 'columns'"),
        (CHOOSE, {"within": "little"}, "has within: 'little'; expected a number"),
        ("Which?\n", {}, "has 0 lines of ---; expected one before the answers"),
        (CHOOSE.replace("Which?\n\n", "Which?\n"), {}, "expected an empty line between"),
        (CHOOSE.replace("[x]", "[ ]"), {}, "has 0 right answers; expected one, behind [x]"),
        (CHOOSE.replace("[ ] This", "[x] This"), {}, "has 2 right answers"),
        (CHOOSE.replace("> So it is.\n", ""), {}, "says nothing to 'That.'"),
        (CHOOSE.replace("> So it is.", "> So.\n> It is."), {}, "expected one > below each answer"),
        (CHOOSE.replace("[ ] This,", "This,"), {}, "answers that begin with 'This,'"),
        (CHOOSE, {"type": BUG}, "has a line that is no code"),
        (CHOOSE, {"type": FORMULA}, "expected an expression in backticks"),
        (VALUE.replace("[ ] anything else", "[ ] `5`"), {"type": NUMBER}, "[ ] anything else, and"),
        (VALUE.replace("[ ] `3`\n> No.\n", ""), {"type": NUMBER}, "expected at least three"),
        (LINES.replace("[3]", "[4]"), {"type": ORDER}, "expected 1, 2, 3 and so on"),
    ],
)
def test_what_is_missing_is_named(body, options, words):
    with pytest.raises(QuestionError) as caught:
        read(body, **options)
    assert words in str(caught.value)
