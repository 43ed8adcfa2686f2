"""Points given by hand: they stay given while the answer that they were given to is the same.

nbgrader keeps the number when a submission is graded again, and always marks it as to be looked at.
Here that is so only if something has changed of what the teacher judged:

- a written answer, or code that is read: its text, or what it is worth;
- a tested part, whose points the teacher has replaced: the student's code, what the test gives by
  itself, or what it is worth.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters.exporter import ResourcesDict
from nbgrader.api import Assignment, Grade, Gradebook, SubmittedAssignment, SubmittedNotebook
from nbgrader.preprocessors import SaveAutoGrades

from softmax_grader.cells import grade_id, is_solution
from softmax_grader.course.folder import Course, find_course
from softmax_grader.course.records import read_record, write_record
from softmax_grader.staleness import digest


class SaveGradesKeepMarks(SaveAutoGrades):
    """Save what the tests gave, as nbgrader does, and leave given what was given by hand."""

    def preprocess(
        self, nb: nbformat.NotebookNode, resources: ResourcesDict
    ) -> tuple[nbformat.NotebookNode, ResourcesDict]:
        """Save the points of `nb`.

        Parameters
        ----------
        nb : nbformat.NotebookNode
        resources : dict

        Returns
        -------
        nb : nbformat.NotebookNode
        resources : dict
        """
        ids = resources["nbgrader"]
        course = find_course(Path.cwd())  # nbgrader works in the course's folder
        path = course.record(ids["assignment"], "marks", ids["student"])
        before = (read_record(path) or {}).get("cells", {})
        with Gradebook(course.db_url, course.id) as gradebook:
            for grade in _grades(gradebook, ids):
                kept = before.setdefault(grade.id, {})
                if grade.manual_score is None:
                    kept.pop("given_to", None)
                elif not grade.needs_manual_grade and "judged" in kept:
                    # The teacher gave them to what was graded last.
                    kept |= {"given_to": kept["judged"], "points": grade.manual_score}
        write_record(path, {"cells": before})
        nb, resources = super().preprocess(nb, resources)
        write_record(path, _keep_marks(course, ids, nb, before))
        return nb, resources


def marks_again(course: Course, assignment: str, student: str) -> dict[str, float]:
    """Return the points that were given by hand to what has changed since.

    Parameters
    ----------
    course : Course
    assignment, student : str

    Returns
    -------
    dict
        From a cell's grade_id to the points.
    """
    record = read_record(course.record(assignment, "marks", student)) or {}
    return record.get("again", {})


def _grades(gradebook: Gradebook, ids: Mapping[str, str]) -> list[Grade]:
    """Return a student's rows for all cells of an assignment that have points."""
    return (
        gradebook.db.query(Grade)
        .join(SubmittedNotebook, SubmittedNotebook.id == Grade.notebook_id)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .filter(
            Assignment.name == ids["assignment"],
            SubmittedAssignment.student_id == ids["student"],
        )
        .all()
    )


def remember_judged(course: Course, assignment: str, student: str) -> None:
    """Keep what points by hand may have been given to, where no record says it.

    So it is in a course that an earlier version of this package has graded. Call it before a
    submission is graded again: nbgrader then removes the notebook that the teacher saw.

    Parameters
    ----------
    course : Course
    assignment, student : str
    """
    path = course.record(assignment, "marks", student)
    graded = course.notebook("autograded", assignment, student)
    if path.exists() or not graded.is_file():
        return
    nb = nbformat.read(graded, as_version=4)
    with Gradebook(course.db_url, course.id) as gradebook:
        grades = _grades(gradebook, {"assignment": assignment, "student": student})
        judged = {grade.id: {"judged": _judged(nb, grade)} for grade in grades}
    write_record(path, {"cells": judged, "again": {}})


def _judged(nb: nbformat.NotebookNode, grade: Grade) -> str:
    """Return the mark of what is judged when points are given by hand for a cell."""
    cell = next((cell for cell in nb.cells if grade_id(cell) == grade.name), None)
    own = [cell for cell in nb.cells if is_solution(cell) or not grade_id(cell)]
    judged: list[Any]
    if cell is None:
        judged = []
    elif is_solution(cell):
        judged = [cell.source.strip()]
    elif cell.metadata["nbgrader"].get("task"):
        judged = [other.source.strip() for other in own]
    else:
        code = [other.source.strip() for other in own if other.cell_type == "code"]
        judged = [code, grade.auto_score]
    return digest(repr([judged, grade.max_score]).encode("utf-8", "replace"))


def _keep_marks(
    course: Course, ids: Mapping[str, str], nb: nbformat.NotebookNode, before: Mapping[str, dict]
) -> dict[str, Any]:
    """Say in the gradebook which points stay given; return the record of it."""
    record: dict[str, Any] = {"cells": {}, "again": {}}
    with Gradebook(course.db_url, course.id) as gradebook:
        for grade in _grades(gradebook, ids):
            kept = before.get(grade.id, {}) | {"judged": _judged(nb, grade)}
            record["cells"][grade.id] = kept
            if grade.manual_score is None:
                continue
            grade.needs_manual_grade = kept.get("given_to") != kept["judged"]
            if grade.needs_manual_grade:
                record["again"][grade.name] = grade.manual_score
        gradebook.db.commit()
    return record
