"""What nbgrader's gradebook holds."""

from collections.abc import Mapping
from typing import Any

from nbgrader.api import (
    Assignment,
    Grade,
    Gradebook,
    GradeCell,
    MissingEntry,
    SubmittedAssignment,
    SubmittedNotebook,
)

from softmax_grader.course.folder import Course
from softmax_grader.course.records import read_record
from softmax_grader.intake.names import lms_of


def graded_students(course: Course, assignment: str) -> set[str]:
    """Return the students whose submission the gradebook knows.

    Parameters
    ----------
    course : Course
    assignment : str

    Returns
    -------
    set of str
    """
    with Gradebook(course.db_url, course.id) as gradebook:
        try:
            return {s.student_id for s in gradebook.assignment_submissions(assignment)}
        except MissingEntry:
            return set()


def grades(course: Course, assignment: str) -> dict[str, dict[str, Any]]:
    """Return what the gradebook holds, by student.

    Parameters
    ----------
    course : Course
    assignment : str

    Returns
    -------
    dict
        From a student to a dict with ``score``, ``max_score``, ``needs_manual_grade``, ``cells``
        (from grade_id to (score, max score, needs manual grade)), ``comments`` (from grade_id
        to text), ``timestamp`` and ``late_penalty``.
    """
    by_student = {}
    with Gradebook(course.db_url, course.id) as gradebook:
        try:
            submissions = gradebook.assignment_submissions(assignment)
        except MissingEntry:
            return {}
        for submission in submissions:
            cells: dict[str, tuple[float, float, bool]] = {}
            comments: dict[str, str] = {}
            for notebook in submission.notebooks:
                for part in notebook.grades:
                    waits = bool(part.needs_manual_grade)
                    cells[part.name] = (part.score, part.max_score, waits)
                for comment in notebook.comments:
                    # Not nbgrader's own "No response.": it stands where nobody has read anything.
                    if comment.manual_comment:
                        comments[comment.name] = comment.manual_comment
            by_student[submission.student_id] = {
                "score": submission.score,
                "max_score": submission.max_score,
                "needs_manual_grade": bool(submission.needs_manual_grade),
                "cells": cells,
                "comments": comments,
                "timestamp": str(submission.timestamp or ""),
                "late_penalty": submission.late_submission_penalty or 0.0,
            }
    return dict(sorted(by_student.items()))


def lost_points(course: Course, assignment: str) -> dict[str, dict[str, float]]:
    """Return what each student lost in each test, points given by hand left aside.

    Parameters
    ----------
    course : Course
    assignment : str

    Returns
    -------
    dict
        From a student to a dict from a test's grade_id to points; without those that have not run.
    """
    lost: dict[str, dict[str, float]] = {}
    with Gradebook(course.db_url, course.id) as gradebook:
        rows = (
            gradebook.db.query(
                SubmittedAssignment.student_id,
                GradeCell.name,
                GradeCell.max_score,
                Grade.auto_score,
            )
            .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
            .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
            .join(GradeCell, GradeCell.id == Grade.cell_id)
            .filter(Assignment.name == assignment, Grade.auto_score.is_not(None))
        )
        for student, name, most, score in rows:
            lost.setdefault(student, {})[name] = most - score
    return lost


def final_score(grade: Mapping[str, Any]) -> float:
    """Return a submission's points, less those that were taken for lateness.

    Parameters
    ----------
    grade : dict
        One of those that :func:`grades` returns.

    Returns
    -------
    float
        Not below 0.
    """
    return max(0.0, grade["score"] - grade["late_penalty"])


def people_of(course: Course, assignment: str) -> dict[str, Any]:
    """Return who is in the gradebook.

    Parameters
    ----------
    course : Course
    assignment : str

    Returns
    -------
    dict
        ``duedate``, text; ``max_score``; ``students``, from an id to (last name, first name,
        email); ``lms``, from an id to the name of the LMS that named the student's file.
    """
    with Gradebook(course.db_url, course.id) as gradebook:
        known = gradebook.find_assignment(assignment)
        students = gradebook.students
        return {
            "duedate": str(known.duedate or ""),
            "max_score": known.max_score,
            "lms": {
                s.id: lms_of(read_record(course.record(assignment, "collected", s.id)) or {})
                for s in students
            },
            "students": {
                s.id: (s.last_name or "", s.first_name or "", s.email or "") for s in students
            },
        }
