"""Take a student's submission out of a course, and keep what was handed in aside."""

import datetime
import sqlite3
from pathlib import Path
from typing import Any

from softmax_grader.course.folder import RECORDS, Course, CourseError
from softmax_grader.course.records import read_record, write_record
from softmax_grader.intake import originals
from softmax_grader.staleness import digest

MARKS = "removed"  # the kind of record that says what was taken out


def remove(course: Course, assignment: str, student: str) -> dict[str, Any]:
    """Take a submission out of all that knows of it; its originals go to ``removed``.

    Parameters
    ----------
    course : Course
    assignment, student : str

    Returns
    -------
    dict
        ``folder``, where it is now; ``original``, the path of the one that counted, or None;
        ``by_hand``, how many points or comments by hand it had.

    Raises
    ------
    CourseError
        If there is no such submission.
    """
    if student not in course.submitted(assignment):
        raise CourseError(
            f"{student} has no submission for {assignment}: softmax-class report lists who has"
        )
    now = datetime.datetime.now().strftime("%Y-%m-%d_%H-%M-%S")
    folder = course.root / "removed" / assignment / student / now
    count = 1
    while folder.exists():
        count += 1
        folder = folder.with_name(f"{now}_{count}")
    folder.mkdir(parents=True)
    aside = course.root / RECORDS / assignment / "set_aside.json"
    set_aside = read_record(aside) or {}
    by_hand = _out_of_the_gradebook(course, assignment, student)
    by_hand += [
        {"cell": cell, **given[student]} for cell, given in set_aside.items() if student in given
    ]
    if by_hand:
        write_record(folder / "by_hand.json", {"by hand": by_hand})
    if any(student in given for given in set_aside.values()):
        write_record(
            aside,
            {
                cell: {other: words for other, words in given.items() if other != student}
                for cell, given in set_aside.items()
            },
        )
    record = read_record(course.record(assignment, "collected", student)) or {}
    _mark(course, assignment, student, record)
    kept = originals.original(course, assignment, student)
    moved = {
        "original.ipynb": kept,
        "originals": kept.with_suffix(""),
        "submitted": course.notebook("submitted", assignment, student).parent,
        "autograded": course.notebook("autograded", assignment, student).parent,
        "feedback": course.notebook("feedback", assignment, student).parent,
    }
    for kind in (course.root / RECORDS / assignment).glob("*"):
        if kind.name != MARKS:
            moved[f"records/{kind.name}.json"] = kind / f"{student}.json"
    for name, path in moved.items():
        if path.exists() or path.is_symlink():
            target = folder / name
            target.parent.mkdir(exist_ok=True)
            path.rename(target)
            _remove_if_empty(path.parent, course.root)
    original = folder / "original.ipynb"
    return {
        "folder": folder,
        "original": original if original.is_file() else None,
        "by_hand": len(by_hand),
    }


def is_removed(course: Course, assignment: str, student: str, mark: str) -> bool:
    """Return whether a file was taken out: it does not come back by itself.

    Parameters
    ----------
    course : Course
    assignment, student : str
    mark : str
        The file's digest.

    Returns
    -------
    bool
    """
    record = read_record(course.record(assignment, MARKS, student)) or {}
    return bool(mark) and mark in record.get("digests", ())


def forget_removed(course: Course, assignment: str, student: str) -> None:
    """Let what was taken out come back.

    Parameters
    ----------
    course : Course
    assignment, student : str
    """
    course.record(assignment, MARKS, student).unlink(missing_ok=True)


def _mark(course: Course, assignment: str, student: str, record: dict[str, Any]) -> None:
    path = course.record(assignment, MARKS, student)
    known = (read_record(path) or {}).get("digests", [])
    marks = [record.get("digest") or ""]
    for version in originals.versions(course, assignment, student):
        marks.append(digest(version.read_bytes()))
    write_record(path, {"digests": sorted({*known, *filter(None, marks)})})


def _remove_if_empty(folder: Path, root: Path) -> None:
    """Remove a student's folder that holds no other assignment."""
    if folder.parent.parent == root and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def _out_of_the_gradebook(course: Course, assignment: str, student: str) -> list[dict[str, Any]]:
    """Remove a submission from the gradebook; return what was given by hand."""
    database = course.root / "gradebook.db"
    if not database.is_file() or not _is_in(database, student):
        return []
    from nbgrader.api import Gradebook, MissingEntry

    by_hand = []
    with Gradebook(course.db_url, course.id) as gradebook:
        try:
            submission = gradebook.find_submission(assignment, student)
        except MissingEntry:
            submission = None
        if submission is not None:
            for notebook in submission.notebooks:
                by_hand += [
                    {"cell": grade.name, "points": grade.manual_score, "extra": grade.extra_credit}
                    for grade in notebook.grades
                    if grade.manual_score is not None or grade.extra_credit
                ]
                by_hand += [
                    {"cell": comment.name, "comment": comment.manual_comment}
                    for comment in notebook.comments
                    if comment.manual_comment
                ]
            gradebook.remove_submission(assignment, student)
        known = gradebook.find_student(student)
        # A student on the roster stays: they have handed nothing in.
        on_roster = known.first_name or known.last_name or known.email or known.lms_user_id
        if not known.submissions and not on_roster:
            gradebook.remove_student(student)
    return by_hand


def _is_in(database: Path, student: str) -> bool:
    """Return whether the gradebook knows a student, without all that nbgrader imports."""
    try:
        connection = sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)
        try:
            rows = connection.execute("SELECT 1 FROM student WHERE id = ?", (student,))
            return rows.fetchone() is not None
        finally:
            connection.close()
    except sqlite3.Error:
        return True
