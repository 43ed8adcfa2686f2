"""The files of grades for other programs."""

import csv
import io

import nbformat

from softmax_grader.intake.collect import collect
from softmax_grader.reports.report import report

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
    assert canvas["4711"] == ["4711", "", ""]
    assert canvas["12345"] == ["", "12345", "12345"]
    moodle = [row[:3] for row in rows_of(course, "moodle.csv")]
    assert ["Participant 99", "", ""] in moodle
    assert ["", "12345", "12345"] in moodle


def test_a_name_that_is_a_formula_stays_text():
    from softmax_grader.reports.spreadsheets import canvas_csv, moodle_csv, nbgrader_csv

    names = ("=1+1", "@x", "-a@b.c")
    people = {"duedate": "", "max_score": 1.0, "students": {"s001": names}, "lms": {}}
    for make in (nbgrader_csv, canvas_csv, moodle_csv):
        for row in csv.reader(io.StringIO(make(MINI, {}, people))):
            assert not any(cell[:1] in ("=", "+", "-", "@", "\t", "\r") for cell in row)
    assert "'=1+1,'@x,'-a@b.c" in nbgrader_csv(MINI, {}, people)
    wide = {**people, "students": {"s001": ("\uff1d1+1", "", "")}}
    assert "'\uff1d1+1" in nbgrader_csv(MINI, {}, wide)
