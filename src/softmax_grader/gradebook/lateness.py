"""What lateness costs, put into nbgrader's gradebook, so that formgrader and all files agree."""

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.preprocessors import NbGraderPreprocessor

from softmax_grader.course.folder import Course, find_course
from softmax_grader.course.lateness import Calendar
from softmax_grader.course.records import read_record, write_record


def put_lateness(course: Course, assignment: str, students: Iterable[str] | None = None) -> None:
    """Bring the due date, and each student's time, extension and penalty into the gradebook.

    Of an assignment without a due date in ``course.toml`` nothing is touched: nbgrader may have
    one of its own.

    Parameters
    ----------
    course : Course
    assignment : str
    students : iterable of str, optional
        Without it, all.
    """
    calendar = Calendar(course)
    due = calendar.due.get(assignment)
    mark = course.record(assignment, "due", "class")
    was_ours = read_record(mark) is not None
    if (due is None and not was_ours) or not (course.root / "gradebook.db").is_file():
        return
    wanted = None if students is None else set(students)
    with Gradebook(course.db_url, course.id) as gradebook:
        try:
            entry = gradebook.find_assignment(assignment)
            submissions = gradebook.assignment_submissions(assignment)
        except MissingEntry:
            return
        _put(entry, duedate=_plain(due))
        for submission in submissions:
            student = submission.student_id
            if wanted is not None and student not in wanted:
                continue
            lateness = calendar.of(assignment, student)
            if lateness is None:  # there is no due date any more
                values: dict[str, Any] = {"extension": None}
                penalty = None
            else:
                values = {
                    "extension": lateness.extension or None,
                    "timestamp": _plain(calendar.handed_in(assignment, student)),
                }
                penalty = lateness.penalty or None
            _put(submission, **values)
            for number, notebook in enumerate(submission.notebooks):
                _put(notebook, late_submission_penalty=None if number else penalty)
        gradebook.db.commit()
    if due is not None and not was_ours:
        write_record(mark, {"due": "from course.toml"})
    elif due is None:
        mark.unlink(missing_ok=True)


def _put(entry: object, **values: object) -> None:
    for name, value in values.items():
        if getattr(entry, name) != value:
            setattr(entry, name, value)


def _plain(moment: dt.datetime | None) -> dt.datetime | None:
    """Return a moment as nbgrader keeps it: of UTC, without saying so."""
    return None if moment is None else moment.astimezone(dt.UTC).replace(tzinfo=None)


class PutLateness(NbGraderPreprocessor):
    """After nbgrader's own step for late penalties: what the course's settings say."""

    def preprocess(
        self, nb: nbformat.NotebookNode, resources: dict[str, Any]
    ) -> tuple[nbformat.NotebookNode, dict[str, Any]]:
        """Put one student's penalty into the gradebook; `nb` stays as it is.

        Parameters
        ----------
        nb : nbformat.NotebookNode
        resources : dict

        Returns
        -------
        nb : nbformat.NotebookNode
        resources : dict
        """
        course = find_course(Path.cwd())  # nbgrader works in the course's folder
        ids = resources["nbgrader"]
        put_lateness(course, ids["assignment"], [ids["student"]])
        return nb, resources
