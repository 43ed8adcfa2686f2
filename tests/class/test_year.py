"""A year with each LMS: roster, zip, grades, late and extended, report, pages handed back."""

import csv
import io
import re
import zipfile

import nbformat
import pytest
from nbgrader.api import Gradebook

from softmax_grader.commands.softmax_class import main
from softmax_grader.course.folder import Course
from softmax_grader.gradebook.points import final_score, grades
from softmax_grader.reports import report as reporting
from softmax_grader.reports.class_page import Likeness
from softmax_grader.reports.returning import give_back

from .courses import MINI, RIGHT, WRONG, make_course, snapshot, solve, with_dates
from .handing_in import Sent, as_bytes, canvas_zip, moodle_zip

WORKSHEET = """\
Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,\
Last modified (submission),Last modified (grade),Feedback comments
Participant 101,Jane Doe,jane@x.org,Submitted,,10.00,Yes,\
"Tuesday, 1 December 2026, 11:58 PM",-,
Participant 102,Wei Ng,wei@x.org,Submitted,,10.00,Yes,"Thursday, 3 December 2026, 8:00 PM",-,
Participant 103,Zoë Roe,zoe@x.org,No submission,,10.00,Yes,-,-,
"""
CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Mini (12345),Final Score
    Points Possible,,,,,10,(read only)
"Doe, Jane",4711,u-17,jdoe,Lab A,,40
"Ng, Wei",4712,u-18,wng,Lab B,,0
"Roe, Zoë",4713,u-19,zroe,Lab B,,0
"Student, Test",999,,8c1a5f0e8c1a5f0e8c1a5f0e8c1a5f0e8c1a5f0e,Lab A,,
"""


@pytest.fixture
def at(tmp_path, released, monkeypatch, capsys):
    """A course of its own, and a way to call the command in it that returns what it prints."""
    course = with_dates(
        make_course(tmp_path / "course", released), penalty_per_day="10 %", grace_minutes=5
    )
    monkeypatch.chdir(course.root)

    def run(*words):
        assert main(list(words)) == 0, capsys.readouterr().err
        return capsys.readouterr().out

    run.course = course
    run.folder = tmp_path
    return run


def rows_of(course, name):
    text = (course.root / "reports" / MINI / name).read_text("utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def points(course):
    return {student: final_score(grade) for student, grade in grades(course, MINI).items()}


def give_points_by_hand(course):
    """Let a teacher give 2 points for each written answer, as formgrader does."""
    with Gradebook(course.db_url, course.id) as gradebook:
        for submission in gradebook.assignment_submissions(MINI):
            for grade in submission.notebooks[0].grades:
                if grade.needs_manual_grade:
                    grade.manual_score, grade.needs_manual_grade = 2.0, False
        gradebook.db.commit()


def test_a_year_with_moodle(at):
    course, folder = at.course, at.folder
    (folder / "sheet.csv").write_text(WORKSHEET, "utf-8")
    printed = at("roster", str(folder / "sheet.csv"))
    assert "roster.csv: 3 students, 3 new, 0 changed." in printed
    right, wrong = (as_bytes(solve(course, **answers)) for answers in (RIGHT, WRONG))
    sent = {
        "Jane Doe": Sent(101, {"mini.ipynb": right}),
        "Wei Ng": Sent(102, {"mini.ipynb": wrong}),
    }
    at("collect", MINI, str(moodle_zip(folder / "moodle.zip", sent)))
    assert f"{MINI}, nothing from: 103 Zoë Roe" in at("roster")
    at("grade", MINI)
    at("report", MINI)
    # Wei is 2 days late: 2 of 10 points. In Moodle's own sheet, in its own words.
    before = points(course)
    moodle = rows_of(course, "moodle.csv")
    assert list(moodle[0]) == WORKSHEET.splitlines()[0].split(",")
    by_number = {row["Identifier"]: row for row in moodle}
    assert by_number["Participant 101"]["Grade"] == "8.0"
    assert float(by_number["Participant 102"]["Grade"]) == before["102"]
    assert "2 points were taken off" in by_number["Participant 102"]["Feedback comments"]
    assert by_number["Participant 103"]["Grade"] == ""
    graded = rows_of(course, "grades.csv")
    assert [(row["student_id"], row["late_submission_penalty"]) for row in graded] == [
        *(("101", "0.0"), ("102", "2.0"), ("103", "0.0"))
    ]
    assert (graded[0]["duedate"], graded[1]["timestamp"]) == (
        *("2026-12-01 22:59:00", "2026-12-03 19:00:00"),
    )
    with Gradebook(course.db_url, course.id) as gradebook:  # as formgrader shows it
        wei = gradebook.find_submission(MINI, "102")
        assert (wei.late_submission_penalty, wei.total_seconds_late) == (2.0, 44 * 3600 + 60)
        assert (wei.student.last_name, wei.student.email) == ("Wei Ng", "wei@x.org")
    # An extension moves what it cost, everywhere; nobody is graded again.
    printed = at("extend", MINI, "Wei Ng", "--days", "1", "--reason", "ill")
    assert "handed in 1 day late, 1 points taken off" in printed
    assert points(course)["102"] == before["102"] + 1
    at("report", MINI)
    assert rows_of(course, "grades.csv")[1]["late_submission_penalty"] == "1.0"
    # Back to Moodle: nobody before points are given by hand, and each in the folder of their own.
    assert "Left out, waits for points by hand: 101, 102" in at("return", MINI)
    give_points_by_hand(course)
    printed = at("return", MINI)
    assert "2 pages to give back" in printed
    path = course.root / "return" / MINI / "moodle_feedback.zip"
    first = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        pages = {name: archive.read(name).decode() for name in archive.namelist()}
    assert list(pages) == [
        f"Jane Doe_101_assignsubmission_file_/{MINI}.html",
        f"Wei Ng_102_assignsubmission_file_/{MINI}.html",
    ]
    for (name, page), own in zip(pages.items(), (("10", "10"), ("5", "10")), strict=True):
        number = re.search(r"_(\d+)_", name)[1]
        assert re.search(r"<strong>([\d.]+)</strong> of\s+([\d.]+) points", page).groups() == own
        assert page == course.notebook("feedback", MINI, number).with_suffix(".html").read_text()
        assert ("Handed in 1 day late" in page) == (number == "102")
        assert "<link" not in page
        assert "src=" not in page.replace('src="data:', "")
    at("return", MINI)
    assert path.read_bytes() == first


def test_a_year_with_canvas(at):
    course, folder = at.course, at.folder
    (folder / "canvas.csv").write_text("\ufeff" + CANVAS, "utf-8")
    printed = at("roster", str(folder / "canvas.csv"))
    assert f"In Canvas, {MINI} is the column Mini (12345)" in printed
    right, wrong = (as_bytes(solve(course, **answers)) for answers in (RIGHT, WRONG))
    sent = {
        "Doe, Jane": Sent(4711, {"mini.ipynb": right}),
        "Ng, Wei": Sent(4712, {"mini-1.ipynb": wrong}, late=True),
        "Gone, Al": Sent(4799, {"mini.ipynb": right}),
    }
    at("collect", MINI, str(canvas_zip(folder / "canvas.zip", sent)))
    assert f"{MINI}, not in the roster: 4799" in at("roster")
    at("grade", MINI)
    at("report", MINI)
    late = points(course)["4712"]
    rows = {row["ID"]: row for row in rows_of(course, "canvas.csv")}
    assert list(rows["4711"]) == [
        *("Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Mini (12345)"),
    ]
    assert list(rows["4711"].values()) == ["Doe, Jane", "4711", "u-17", "jdoe", "Lab A", "8.0"]
    assert rows["4713"]["Mini (12345)"] == ""  # nothing handed in: Canvas's own rule holds
    assert rows[""]["Mini (12345)"] == "10.0"
    # How late Wei was nothing tells: nothing is taken off until the teacher says.
    assert "1 day late" in at("extend", MINI, "wng", "--handed-in", "2026-12-02 10:00")
    assert points(course)["4712"] == late - 1
    result = give_back(course, MINI, everyone=True)
    assert result["returned"] == {"canvas": ["4711", "4712", "4799"]}
    with zipfile.ZipFile(course.root / "return" / MINI / "canvas_feedback.zip") as archive:
        pages = {name: archive.read(name).decode() for name in archive.namelist()}
    assert list(pages) == [
        *("doejane_4711_81000_mini.html", "goneal_4799_81020_mini.html"),
        "ngwei_LATE_4712_81010_mini-1.html",
    ]
    for name, page in pages.items():
        student = re.search(r"_(\d+)_", name)[1]
        assert page == course.notebook("feedback", MINI, student).with_suffix(".html").read_text()
    # Blind: no name anywhere but in what the LMS wants back.
    settings = course.root / "course.toml"
    settings.write_text("names = false\n" + settings.read_text("utf-8"), "utf-8")
    at("report", MINI)
    at("feedback", MINI)
    assert {row["last_name"] for row in rows_of(course, "grades.csv")} == {""}
    assert "Doe, Jane" in {row["Student"] for row in rows_of(course, "canvas.csv")}
    shown = {
        name: data.decode()
        for name, data in snapshot(course.root).items()
        if name.endswith(".html")
    }
    assert shown
    assert not [name for name, text in shown.items() if "Jane" in text or "Wei" in text]


def test_two_students_one_notebook(at, monkeypatch):
    course, folder = at.course, at.folder
    (folder / "class.csv").write_text(
        "id;name;group\ns001;Jane Doe;red\ns002;Wei Ng;red\ns003;Zoë Roe;blue\n", "utf-8"
    )
    settings = course.root / "course.toml"
    settings.write_text(f'group_work = ["{MINI}"]\n' + settings.read_text("utf-8"), "utf-8")
    at("roster", str(folder / "class.csv"))
    came = folder / "came"
    came.mkdir()
    nbformat.write(solve(course, **RIGHT), came / f"s001_{MINI}.ipynb")
    printed = at("collect", MINI, str(came))
    assert "s002 has what s001 handed in for the group red" in printed
    assert "s002 has" not in at("collect", MINI, str(came))
    at("grade", MINI)
    assert points(course) == {"s001": 8.0, "s002": 8.0}
    result = give_back(Course(course.root), MINI, everyone=True)
    assert result["returned"] == {"pages": ["s001", "s002"]}
    merge = (course.root / "return" / MINI / "mail_merge.csv").read_text("utf-8")
    assert merge.splitlines() == [
        "id,name,email,points,of,page",
        "s001,Jane Doe,,8.0,10.0,pages/s001.html",
        "s002,Wei Ng,,8.0,10.0,pages/s002.html",
    ]
    # What a group hands in is the same, and nothing to look at.
    pairs = [Likeness("s001", other, 1.0, "of what is rare") for other in ("s002", "s003")]
    monkeypatch.setattr(reporting, "find_alike", lambda *_, **__: pairs)
    assert reporting.report(Course(course.root), MINI)["similar"] == pairs[1:]
    # One of them hands in alone, later: the own notebook counts, and stays.
    nbformat.write(solve(course, **WRONG), came / f"s002_{MINI}.ipynb")
    printed = at("collect", MINI, str(came))
    assert "group red: s001 and s002 handed in different notebooks" in printed
    at("grade", MINI)
    assert points(course)["s002"] < points(course)["s001"] == 8.0
