"""The files of grades for other programs."""

import csv
import io

import nbformat
import pytest

from softmax_grader.course.enrolling import enrol
from softmax_grader.course.folder import RECORDS, Course, CourseError
from softmax_grader.course.records import write_record
from softmax_grader.intake.collect import collect
from softmax_grader.reports.report import report
from softmax_grader.reports.spreadsheets import (
    canvas_column,
    canvas_csv,
    form_of,
    import_notes,
    moodle_csv,
    nbgrader_csv,
)

from ..course.test_class_lists import WORKSHEET
from ..courses import MINI, RIGHT, grade_all, run_in_course, solve


def test_the_grades_are_nbgraders_own(graded):
    result = report(graded, MINI)
    ours = (graded.root / "reports" / MINI / "grades.csv").read_text("utf-8")
    run = run_in_course(graded, "nbgrader", "export", "--to", "theirs.csv")
    assert run.returncode == 0, run.stderr
    theirs = (graded.root / "theirs.csv").read_text("utf-8")

    def read(text):
        rows = list(csv.DictReader(io.StringIO(text)))
        return sorted(rows, key=lambda row: row["student_id"])

    assert read(ours) == read(theirs)
    assert result["students"] == 5


def rows_of(course, name):
    path = course.root / "reports" / MINI / name
    return list(csv.reader(io.StringIO(path.read_text("utf-8"))))


def test_the_files_for_canvas_and_moodle(graded):
    report(graded, MINI)
    canvas = rows_of(graded, "canvas.csv")
    assert canvas[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", MINI]
    assert canvas[1][0].strip() == "Points Possible"
    assert canvas[1][-1] == "10.0"
    assert ["s001", "", "s001", "s001", "", "8.0"] in canvas
    moodle = rows_of(graded, "moodle.csv")
    # Moodle's worksheet importer wants these three by these names, and takes the feedback too.
    heads = ("Identifier", "Grade", "Last modified (grade)", "Feedback comments")
    assert set(heads) < set(moodle[0])
    assert ["", "s001", "s001", "", "8.0", "", "Before points are given by hand."] in moodle


def test_an_lms_gets_its_own_numbers_back(course, tmp_path):
    """The numbers in its file names are Canvas's user ids, and Moodle's participants."""
    for name in (
        "studentone_4711_81234_mini.ipynb",
        "One Student_99_assignsubmission_file/mini.ipynb",
        "12345/mini.ipynb",
    ):
        path = tmp_path / "came" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(solve(course, **RIGHT), path)
    collect(course, MINI, [tmp_path / "came"])
    grade_all(course)
    report(course, MINI)
    canvas = {row[0]: row[1:4] for row in rows_of(course, "canvas.csv")}
    assert canvas["studentone"] == ["4711", "", ""]  # the name, as far as Canvas's file has it
    assert canvas["12345"] == ["", "12345", "12345"]
    moodle = [row[:3] for row in rows_of(course, "moodle.csv")]
    assert ["Participant 99", "", ""] in moodle
    assert ["", "12345", "12345"] in moodle


def test_a_name_that_is_a_formula_stays_text(course):
    names = ("=1+1", "@x", "-a@b.c")
    people = {"duedate": "", "max_score": 1.0, "students": {"s001": names}}
    files = [
        nbgrader_csv(MINI, {}, people),
        canvas_csv(course, MINI, {}, people),
        moodle_csv(course, MINI, {}, people),
    ]
    for text in files:
        for row in csv.reader(io.StringIO(text)):
            assert not any(cell[:1] in ("=", "+", "-", "@", "\t", "\r") for cell in row)
    assert "'=1+1,'@x,'-a@b.c" in files[0]
    wide = {**people, "students": {"s001": ("\uff1d1+1", "", "")}}
    assert "'\uff1d1+1" in nbgrader_csv(MINI, {}, wide)


GRADE = {"score": 8.5, "late_penalty": 1.0, "needs_manual_grade": False}
PEOPLE = {"duedate": "", "max_score": 10.0, "students": {"s001": ("Doe", "Jane", "")}}


def settings(course, text):
    path = course.root / "course.toml"
    path.write_text(path.read_text("utf-8") + text, "utf-8")
    return Course(course.root)


def test_numbers_are_written_as_the_teachers_language_wants(course):
    course = settings(course, "[csv]\ndecimal = ','\n")
    assert "Doe, Jane;;s001;s001;;7,5" in canvas_csv(course, MINI, {"s001": GRADE}, PEOPLE)
    assert ";7,5;;" in moodle_csv(course, MINI, {"s001": GRADE}, PEOPLE)
    with pytest.raises(CourseError, match="separator"):
        form_of(settings(course, "separator = 'x'\n"))


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        (["Mini (12345)"], "Mini (12345)"),
        (["Mini 2 (12)", "mini (7)"], "mini (7)"),
        (["Week 3: mini, in pairs (12)"], "Week 3: mini, in pairs (12)"),
        (
            ["A small assignment, for the tests of the class (5)"],
            "A small assignment, for the tests of the class (5)",
        ),
        (["Mini (1)", "Mini (2)"], None),
        (["Mini", "Mini Final Score", "Other (3)"], None),
    ],
)
def test_the_column_of_canvass_gradebook_is_found_or_not_guessed(course, columns, found):
    write_record(course.root / RECORDS / "canvas.json", {"head": ["Student", "ID", *columns]})
    assert canvas_column(course, MINI) == found
    notes = import_notes(course, MINI, 10.0)
    assert bool(notes) == (found is None)
    named = settings(course, f"[canvas_columns]\n{MINI} = 'Own (9)'\n")
    assert canvas_column(named, MINI) == "Own (9)"


def test_moodles_maximum_is_compared_with_the_assignments(course, tmp_path):
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(WORKSHEET, "utf-8")
    enrol(course, sheet)
    assert (
        "Moodle's maximum grade is 30, and mini has 10 points"
        in import_notes(course, MINI, 10.0)[0]
    )
    assert import_notes(course, MINI, 30.0) == []
