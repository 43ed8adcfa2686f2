"""What an assignment lets be drawn: read, checked, and every fault named."""

import nbformat
import pytest

from softmax_grader.course.folder import CourseError
from softmax_grader.variants.choices import id_in, id_written, read_choices, with_id

RULE = '''
def draw(student, name, number):
    """Say which."""
    text = name + "|" + "".join(student.split()).casefold()
    return int(hashlib.sha256(text.encode("utf-8")).hexdigest(), 16) % number
'''
CHOICES = '{"temperature": [2, 3], "penalty": {"half": "with a half", "whole": "without"}}'


def notebook(choices=CHOICES, *, series='"a9"', rule=RULE, student='STUDENT = ""', without=None):
    cells = {
        "student": student,
        "own_conventions": f"import hashlib\nSERIES = {series}\nCHOICES = {choices}\n{rule}",
    }
    return nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell(text, metadata={"nbgrader": {"grade_id": name}})
            for name, text in cells.items()
            if name != without
        ]
    )


def test_choices_are_read_with_their_meanings():
    choices = read_choices(notebook(), "a9.md")
    assert choices.options == {
        "temperature": {2: "2", 3: "3"},
        "penalty": {"half": "with a half", "whole": "without"},
    }
    assert len(list(choices.every())) == 4
    own = choices.own("s001")
    assert own in list(choices.every())
    assert own == choices.own(" S001")
    assert choices.in_words({"temperature": 2, "penalty": "half"}) == (
        "temperature 2; penalty half (with a half)"
    )


def test_an_assignment_without_variants_has_no_choices():
    assert read_choices(nbformat.v4.new_notebook(), "a9.md") is None


def test_another_series_draws_anew():
    ids = [f"s{k}" for k in range(40)]
    one = [read_choices(notebook(), "a").own(i) for i in ids]
    other = [read_choices(notebook(series='"a9 2027"'), "a").own(i) for i in ids]
    assert one != other


def test_the_ids_to_try_cover_every_option():
    choices = read_choices(notebook('{"a": [1, 2, 3, 4, 5, 6, 7], "b": ["x", "y"]}'), "a9.md")
    drawn = [choices.own(student) for student in choices.covering_ids()]
    assert {own["a"] for own in drawn} == {1, 2, 3, 4, 5, 6, 7}
    assert {own["b"] for own in drawn} == {"x", "y"}


@pytest.mark.parametrize(
    ("faulty", "told"),
    [
        (notebook("{}"), "CHOICES is empty"),
        (notebook('{"temperature": []}'), "temperature has 0 options, so nothing is drawn"),
        (notebook('{"temperature": [2]}'), "temperature has 1 options"),
        (notebook('{"temperature": range(2, 9)}'), r"CHOICES is .*range\(2, 9\)"),
        (notebook('{"temperature": 3}'), "options of temperature are 3"),
        (notebook('{"temperature": [2, 2]}'), "has an option twice"),
        (notebook('{"temperature": [2, "2"]}'), "has an option twice"),
        (notebook('{"temperature": [2, [3]]}'), r"temperature has \[3\]; expected numbers"),
        (notebook('{"my temperature": [2, 3]}'), "'my temperature' is no name for a choice"),
        (notebook('{"penalty": {"half": "", "whole": "x"}}'), "expected its meaning as text"),
        (notebook(f'{{"a": {list(range(80))}, "b": {list(range(80))}}}'), "6400 variants"),
        (notebook(series="2027"), "SERIES is 2027; expected text"),
        (notebook(series="name"), "SERIES is name; expected it written out"),
        (notebook(rule=RULE.replace("% number", "% 2")), "function draw is not the grader's"),
        (notebook(rule=""), "function draw is not the grader's"),
        (notebook(rule="def"), "line 4: invalid syntax"),
        (notebook(student="who = 1"), 'should hold a line STUDENT = ""'),
        (notebook(without="student"), "the cell student before it is missing"),
        (notebook(without="own_conventions"), "has a cell student, but none own_conventions"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(faulty, told):
    with pytest.raises(CourseError, match=rf"^a9\.md.*{told}"):
        read_choices(faulty, "a9.md")


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('STUDENT = "s005"', "s005"),
        ("STUDENT = 4711", "4711"),
        ('STUDENT = "a"\nSTUDENT = "b"', "b"),
        ('STUDENT = ""', ""),
        ("STUDENT = who()", None),
        ("STUDENT = s005", None),
        ("STUDENT = “s005”", None),
        ("", None),
    ],
)
def test_an_id_is_read_and_nothing_is_run(source, found):
    assert id_in(source) == found


def test_the_id_counts_that_a_student_wrote_also_in_a_cell_that_lost_its_mark():
    lost = notebook()
    lost.cells.append(nbformat.v4.new_code_cell('STUDENT = "s005"'))
    assert id_written(lost) == "s005"
    assert id_written(notebook(student='STUDENT = "s006"')) == "s006"
    assert id_written(notebook()) == ""


def test_a_source_with_an_id_leaves_the_source_as_it_was():
    source = notebook()
    other = with_id(source, 's"5')
    assert id_written(other) == 's"5'
    assert id_written(source) == ""
    plain = nbformat.v4.new_notebook()
    assert with_id(plain, "s005") is plain
