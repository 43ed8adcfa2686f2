"""Files of grades for other programs: nbgrader, Canvas, Moodle."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import nbformat

from softmax_grader.course.enrolling import canvas_head, number_in, worksheet_of
from softmax_grader.course.folder import SETTINGS, Course, CourseError
from softmax_grader.course.lateness import Calendar, late_line
from softmax_grader.course.lms_places import lms_place
from softmax_grader.course.roster import Person, known_people
from softmax_grader.course.tables import csv_text, plain_heading
from softmax_grader.gradebook.points import final_score, people_of
from softmax_grader.reports.page import assignment_title

NBGRADER_COLUMNS = [
    *("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email"),
    *("raw_score", "late_submission_penalty", "score", "max_score"),
]


@dataclass(frozen=True)
class Form:
    """How a spreadsheet of the teacher's language wants numbers: ``[csv]`` in the settings.

    Parameters
    ----------
    separator, decimal : str
    """

    separator: str = ","
    decimal: str = "."


def form_of(course: Course) -> Form:
    """Return how the course's files of grades are written.

    Parameters
    ----------
    course : Course

    Returns
    -------
    Form

    Raises
    ------
    CourseError
        If the settings ask for what cannot be.
    """
    settings = course.settings.get("csv", {})
    decimal = settings.get("decimal", ".")
    separator = settings.get("separator", ";" if decimal == "," else ",")
    if decimal not in (".", ",") or separator not in (",", ";", "\t"):
        raise CourseError(
            f"{SETTINGS}: [csv] has separator {separator!r} and decimal {decimal!r}; expected "
            f"',' or ';' or a tab, and '.' or ','"
        )
    return Form(separator, decimal)


def grade_files(course: Course, assignment: str, grades: Mapping[str, dict]) -> dict[str, str]:
    """Return all files of grades.

    Parameters
    ----------
    course : Course
    assignment : str
    grades : dict
        What the gradebook holds, as :func:`softmax_grader.gradebook.points.grades` returns it.

    Returns
    -------
    dict
        From a file's name to its text.
    """
    people = people_of(course, assignment)
    return {
        "grades.csv": nbgrader_csv(assignment, grades, people),
        "canvas.csv": canvas_csv(course, assignment, grades, people),
        "moodle.csv": moodle_csv(course, assignment, grades, people),
    }


def nbgrader_csv(assignment: str, grades: Mapping[str, dict], people: Mapping[str, Any]) -> str:
    """Return the columns of ``nbgrader export``; who handed nothing in has 0.

    Parameters
    ----------
    assignment : str
    grades : dict
        What the gradebook holds, as :func:`softmax_grader.gradebook.points.grades` returns it.
    people : dict
        As :func:`softmax_grader.gradebook.points.people_of` returns it.

    Returns
    -------
    str
    """
    rows: list[list] = [NBGRADER_COLUMNS]
    for student, (last, first, email) in sorted(people["students"].items()):
        grade = grades.get(student)
        row = [assignment, people["duedate"], "", student, last, first, email]
        if grade is None:
            rows.append([*row, 0.0, 0.0, 0.0, people["max_score"]])
            continue
        row[2] = grade["timestamp"]
        scores = [grade["score"], grade["late_penalty"], final_score(grade)]
        rows.append([*row, *scores, people["max_score"]])
    return csv_text(rows)


def canvas_column(course: Course, assignment: str) -> str | None:
    """Return the column of Canvas's gradebook that is an assignment's.

    Canvas calls a column ``Name (number)``, and makes a new assignment of any other heading.

    Parameters
    ----------
    course : Course
    assignment : str

    Returns
    -------
    str or None
        What ``[canvas_columns]`` in the settings says; else the one column of the gradebook that
        was read which has the assignment's name, or its title, in it; None if there is no such one.
    """
    columns = course.settings.get("canvas_columns", {})
    if not isinstance(columns, dict) or not all(isinstance(c, str) for c in columns.values()):
        raise CourseError(
            f"{SETTINGS}: [canvas_columns] = {columns!r}; expected text for each name"
        )
    if assignment in columns:
        return columns[assignment]
    known = {}
    for heading in canvas_head(course):
        name, _, number = heading.rpartition(" (")
        if name and number[:-1].isdecimal() and number.endswith(")"):
            known[heading] = plain_heading(name)
    release = nbformat.read(course.notebook("release", assignment), as_version=4)
    ours = [plain_heading(text) for text in (assignment, assignment_title(release, assignment))]
    for is_same in (lambda name: name in ours, lambda name: any(own in name for own in ours)):
        found = [heading for heading, name in known.items() if is_same(name)]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def canvas_csv(
    course: Course, assignment: str, grades: Mapping[str, dict], people: Mapping[str, Any]
) -> str:
    """Return a file for Canvas's gradebook: Grades, Import.

    Names, ids and sections are those of Canvas's own export, where the roster has them from it.
    Of another student, the id is Canvas's own where Canvas named the file that was collected; else
    it may be the one of the student information system, or the login.

    Parameters
    ----------
    course : Course
    assignment : str
    grades : dict
        What the gradebook holds, as :func:`softmax_grader.gradebook.points.grades` returns it.
    people : dict
        As :func:`softmax_grader.gradebook.points.people_of` returns it.

    Returns
    -------
    str
    """
    column = canvas_column(course, assignment) or assignment
    rows: list[list] = [["Student", "ID", "SIS User ID", "SIS Login ID", "Section", column]]
    rows.append(["    Points Possible", "", "", "", "", people["max_score"]])
    for person in _class(course, people):
        student, place = person.id, lms_place(course, assignment, person.id)
        if person.canvas_id:
            ids = [person.canvas_id, person.sis_user_id, person.login]
        elif place is not None and place.lms == "canvas" and place.number:
            ids = [place.number, "", ""]
        else:
            ids = ["", person.sis_user_id or student, person.login or student]
        score = round(final_score(grades[student]), 2) if student in grades else ""
        rows.append([person.sorted_name or student, *ids, person.section, score])
    form = form_of(course)
    return csv_text(rows, separator=form.separator, decimal=form.decimal)


def _class(course: Course, people: Mapping[str, Any]) -> Iterable[Person]:
    """Return everybody of the roster and of the gradebook, names included, sorted by id."""
    known = known_people(course)
    for student, (last, first, email) in people["students"].items():
        if student not in known:
            known[student] = Person(student, last_name=last, first_name=first, email=email)
    return [known[student] for student in sorted(known)]


def moodle_csv(
    course: Course, assignment: str, grades: Mapping[str, dict], people: Mapping[str, Any]
) -> str:
    """Return a file for Moodle: its own grading worksheet, filled in, where that was read.

    In the assignment: Upload grading worksheet. Without Moodle's worksheet, one of the same form,
    for both ways that Moodle has: where Moodle named the file that was collected, its number is the
    worksheet's; any other id may be an ID number or a username: Grades, Import, CSV file.

    Parameters
    ----------
    course : Course
    assignment : str
    grades : dict
        What the gradebook holds, as :func:`softmax_grader.gradebook.points.grades` returns it.
    people : dict
        As :func:`softmax_grader.gradebook.points.people_of` returns it.

    Returns
    -------
    str
    """
    form, calendar = form_of(course), Calendar(course)
    sheet = worksheet_of(course, assignment)
    if sheet is not None:
        rows = _filled_worksheet(calendar, assignment, sheet, grades)
        return csv_text(rows, decimal=form.decimal)  # Moodle reads a worksheet with commas
    rows = [
        [
            *("Identifier", "ID number", "Username", "Email address"),
            *("Grade", "Last modified (grade)", "Feedback comments"),
        ]
    ]
    for person in _class(course, people):
        student = person.id
        score: float | str = ""
        remark = "Nothing was handed in."
        if student in grades:
            score = round(final_score(grades[student]), 2)
            remark = _remark(calendar, assignment, student, grades[student])
        place = lms_place(course, assignment, student)
        if place is not None and place.lms == "moodle":
            ids = [f"Participant {place.number}", "", ""]
        else:
            ids = ["", student, person.login or student]
        rows.append([*ids, person.email, score, "", remark])
    return csv_text(rows, separator=form.separator, decimal=form.decimal)


def _remark(calendar: Calendar, assignment: str, student: str, grade: Mapping[str, Any]) -> str:
    waits = "Before points are given by hand." if grade["needs_manual_grade"] else ""
    late = late_line(calendar.course, assignment, student, calendar)
    return " ".join(text for text in (waits, late) if text)


def _filled_worksheet(
    calendar: Calendar, assignment: str, sheet: Mapping[str, Any], grades: Mapping[str, dict]
) -> list[list]:
    places = sheet["places"]
    rows = [list(sheet["head"])]
    for cells in sheet["rows"]:
        row: list[Any] = list(cells)
        student = sheet["ids"].get(number_in(row[places["id"]]))
        if student in grades:
            row[places["grade"]] = round(final_score(grades[student]), 2)
            remark = _remark(calendar, assignment, student, grades[student])
            if "comments" in places and remark:
                row[places["comments"]] = remark
        rows.append(row)
    return rows


def import_notes(course: Course, assignment: str, most: float) -> list[str]:
    """Return what a teacher should know before an LMS imports the grades, a sentence each.

    Parameters
    ----------
    course : Course
    assignment : str
    most : float
        The points that the assignment can give.

    Returns
    -------
    list of str
    """
    notes = []
    if canvas_head(course) and canvas_column(course, assignment) is None:
        notes.append(
            f"no column of Canvas's gradebook is {assignment}'s for sure: Canvas would make a new "
            f"assignment of canvas.csv. Name it in {SETTINGS}, below [canvas_columns]: "
            f'{assignment} = "Name (number)"'
        )
    sheet = worksheet_of(course, assignment)
    if sheet is not None:
        head = [plain_heading(text) for text in sheet["head"]]
        place = sheet["places"]["grade"] + 1  # Moodle has the maximum right of the grade
        texts = {row[place] for row in sheet["rows"]} if place < len(head) else set()
        if len(texts) == 1:
            text = texts.pop()
            number = text.replace(",", ".")
            if number.replace(".", "", 1).isdecimal() and float(number) != most:
                notes.append(
                    f"Moodle's maximum grade is {text}, and {assignment} has {most:g} points: set "
                    f"it in Moodle before you upload moodle.csv"
                )
    return notes
