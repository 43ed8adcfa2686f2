"""Points and comments that a person gives: read from nbgrader's gradebook, and put into it.

They are nbgrader's own manual scores and comments, so formgrader shows and changes the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from nbgrader.api import Gradebook, MissingEntry

from softmax_grader.course.folder import Course


@dataclass(frozen=True)
class Mark:
    """What a person gave for one cell of one submission.

    Parameters
    ----------
    student : str
    cell : str
        Its grade_id.
    points : float or None
        None where only a comment was given.
    comment : str or None
        None where none was given.
    """

    student: str
    cell: str
    points: float | None
    comment: str | None


def given_by_hand(course: Course, assignment: str) -> dict[tuple[str, str], Mark]:
    """Return what was given by hand.

    Parameters
    ----------
    course : Course
    assignment : str

    Returns
    -------
    dict
        From (student, grade_id) to a mark.
    """
    marks: dict[tuple[str, str], Mark] = {}
    with Gradebook(course.db_url, course.id) as gradebook:
        try:
            submissions = gradebook.assignment_submissions(assignment)
        except MissingEntry:
            return {}
        for submission in submissions:
            student = submission.student_id
            for notebook in submission.notebooks:
                comments = {c.name: c.manual_comment for c in notebook.comments}
                for part in notebook.grades:
                    comment = comments.get(part.name)
                    if part.manual_score is not None or comment is not None:
                        mark = Mark(student, part.name, part.manual_score, comment)
                        marks[student, part.name] = mark
    return marks


def give_by_hand(course: Course, assignment: str, marks: Iterable[Mark]) -> None:
    """Put marks into the gradebook: all of them, or, where one cannot be, none.

    Parameters
    ----------
    course : Course
    assignment : str
    marks : iterable of Mark
        What is None in a mark stays as it is. A cell with points waits for nobody any more.

    Raises
    ------
    nbgrader.api.MissingEntry
        If the gradebook has no such student or cell.
    """
    with Gradebook(course.db_url, course.id) as gradebook:
        try:
            for mark in marks:
                where = (mark.cell, assignment, assignment, mark.student)
                if mark.points is not None:
                    grade = gradebook.find_grade(*where)
                    grade.manual_score = mark.points
                    grade.needs_manual_grade = False
                if mark.comment is not None:
                    gradebook.find_comment(*where).manual_comment = mark.comment
            gradebook.db.commit()
        except BaseException:
            gradebook.db.rollback()
            raise
