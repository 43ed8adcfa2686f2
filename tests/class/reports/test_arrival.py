"""What came in, in the student's words."""

import pytest

from softmax_grader.intake.rebuild import rebuild
from softmax_grader.reports.arrival import remarks, what_came, why_not_graded


@pytest.mark.parametrize(
    ("noted", "told"),
    [
        ("cell a had become markdown", "The cell “a” had become a text cell. It was read as code."),
        ("missing and put back: cells a, b",
         "These cells were missing and were put back as you got them: a, b."),
        ("a remark of another kind.", "A remark of another kind."),
    ],
)  # fmt: skip
def test_a_remark_is_told_in_the_students_words(noted, told):
    assert remarks({"mended": [noted]}) == [told]


def test_only_the_choice_between_files_is_told_of_the_flags():
    flags = ["imports fcntl", "2 notebooks came; b.ipynb was taken, not a.ipynb"]
    assert remarks({"flags": flags}) == [
        "You handed in 2 notebooks. Graded was b.ipynb, not a.ipynb."
    ]


def test_an_answer_is_known_by_its_heading_and_not_by_the_name_of_its_cell():
    assert remarks(
        {"mended": ["cell answer_guard was known by its question"]},
        {"answer_guard": "8 · A written question"},
    ) == ["Your answer “8 · A written question” had lost its mark and was known by its question."]


def test_no_name_of_a_file_passes_for_what_is_said_of_the_choice():
    flags = ["a file came as well: “x 2 notebooks came; y was taken, not z”"]
    assert remarks({"flags": flags}) == []


def test_a_time_that_is_none_is_left_out():
    assert what_came({}) == ""
    assert what_came({"file": "x/a1.ipynb"}) == "Graded: “a1.ipynb”."
    late = {"file": "a1.ipynb", "sender": {"handed_in": "soon"}}
    assert what_came(late) == "Graded: “a1.ipynb”."
    assert what_came(late | {"readable": False}) == "Handed in: “a1.ipynb”."


def test_what_cannot_be_read_is_told_with_what_to_do():
    import nbformat

    nothing = rebuild(nbformat.v4.new_notebook(), b"{")
    assert not nothing.readable
    why = why_not_graded({"readable": False, "flags": nothing.flags})
    assert why.startswith("Nothing could be graded, since the file cannot be read: it is not JSON")
    assert why.endswith("the file ending in .ipynb.")
    assert why_not_graded({"readable": True}) == ""
