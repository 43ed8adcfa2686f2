"""Files of grades for other programs: nbgrader, Canvas, Moodle."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from softmax_grader.gradebook.points import final_score

NBGRADER_COLUMNS = [
    *("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email"),
    *("raw_score", "late_submission_penalty", "score", "max_score"),
]


def _plain(value: object) -> str:
    """Return a cell that a spreadsheet takes as text, not as a formula."""
    text = str(value)
    first = unicodedata.normalize("NFKC", text[:1])  # a wide = begins a formula too
    return f"'{text}" if first in ("=", "+", "-", "@", "\t", "\r", "\n") else text


def as_csv(rows: Iterable[Sequence[object]]) -> str:
    """Return rows as a file of comma-separated values, in which no text is a formula.

    Parameters
    ----------
    rows : iterable of sequence

    Returns
    -------
    str
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    for row in rows:
        writer.writerow([_plain(cell) if isinstance(cell, str) else cell for cell in row])
    return text.getvalue()


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
    return as_csv(rows)


def canvas_csv(assignment: str, grades: Mapping[str, dict], people: Mapping[str, Any]) -> str:
    """Return a file for Canvas's gradebook: Grades, Import.

    Where Canvas named the file that was collected, the id is Canvas's own; any other may be the
    one of the student information system, or the login.

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
    rows: list[list] = [["Student", "ID", "SIS User ID", "SIS Login ID", "Section", assignment]]
    rows.append(["    Points Possible", "", "", "", "", people["max_score"]])
    for student, (last, first, _) in sorted(people["students"].items()):
        name = ", ".join(part for part in (last, first) if part) or student
        score = round(final_score(grades[student]), 2) if student in grades else ""
        is_theirs = people["lms"].get(student) == "Canvas"
        ids = [student, "", ""] if is_theirs else ["", student, student]
        rows.append([name, *ids, "", score])
    return as_csv(rows)


def moodle_csv(assignment: str, grades: Mapping[str, dict], people: Mapping[str, Any]) -> str:
    """Return a file for Moodle, for both ways that it has.

    Where Moodle named the file that was collected, its number is the one of the grading
    worksheet: in the assignment, Upload grading worksheet. Any other id may be an ID number or a
    username: Grades, Import, CSV file.

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
    rows: list[list] = [
        [
            *("Identifier", "ID number", "Username", "Email address"),
            *("Grade", "Last modified (grade)", "Feedback comments"),
        ]
    ]
    for student, (_, _, email) in sorted(people["students"].items()):
        score: float | str = ""
        remark = "Nothing was handed in."
        if student in grades:
            score = round(final_score(grades[student]), 2)
            waits = grades[student]["needs_manual_grade"]
            remark = "Before points are given by hand." if waits else ""
        is_theirs = people["lms"].get(student) == "Moodle"
        ids = [f"Participant {student}", "", ""] if is_theirs else ["", student, student]
        rows.append([*ids, email, score, "", remark])
    return as_csv(rows)
