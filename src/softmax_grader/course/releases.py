"""What was released, and whether its source has changed since."""

import os
from datetime import datetime
from pathlib import Path
from typing import Any

from softmax_grader.course.folder import RECORDS, Course
from softmax_grader.course.records import read_record
from softmax_grader.staleness import digest


def release_record(course: Course, assignment: str) -> Path:
    """Return the path of the record of a release.

    Parameters
    ----------
    course : Course
    assignment : str

    Returns
    -------
    Path
    """
    return course.root / RECORDS / assignment / "released.json"


def describe_release(course: Course, source: Path, content: bytes) -> dict[str, Any]:
    """Return the record of a release.

    Parameters
    ----------
    course : Course
    source : Path
        The assignment's source.
    content : bytes
        What stood in it when it was read.

    Returns
    -------
    dict
    """
    return {
        "source": Path(os.path.relpath(source.resolve(), course.root)).as_posix(),
        "digest": digest(content),
        "time": datetime.now().astimezone().isoformat(timespec="seconds"),
    }


def source_path(course: Course, assignment: str) -> Path:
    """Return the source that an assignment was released from.

    Parameters
    ----------
    course : Course
    assignment : str

    Returns
    -------
    Path
        The one in the course's folder of assignments, where nothing is known of its release.
    """
    record = read_record(release_record(course, assignment)) or {}
    if source := record.get("source"):
        return Path(os.path.normpath(course.root / str(source)))
    return course.sources / f"{assignment}.md"


def changed_source(course: Course, assignment: str) -> Path | None:
    """Return the assignment's source if it has changed since the release.

    Parameters
    ----------
    course : Course
    assignment : str

    Returns
    -------
    Path or None
        None if it is as it was, or gone, or if nothing is known of its release.
    """
    record = read_record(release_record(course, assignment))
    if record is None or not course.is_released(assignment):
        return None
    source = Path(os.path.normpath(course.root / str(record.get("source"))))
    try:
        return source if digest(source.read_bytes()) != record.get("digest") else None
    except OSError:
        return None


def grading_basis(course: Course, assignment: str, student: str) -> dict[str, str]:
    """Return the marks of what the points of a submission are given by.

    Parameters
    ----------
    course : Course
    assignment, student : str

    Returns
    -------
    dict
        ``release`` and ``submission``, for the record of what was graded.
    """
    return {
        "release": digest(course.notebook("source", assignment).read_bytes()),
        "submission": digest(course.notebook("submitted", assignment, student).read_bytes()),
    }


def not_graded_anew(course: Course, assignment: str) -> list[str]:
    """Return the students who were graded, and whose release or submission has changed since.

    Parameters
    ----------
    course : Course
    assignment : str

    Returns
    -------
    list of str
    """
    behind = []
    for student in course.submitted(assignment):
        record = read_record(course.record(assignment, "graded", student))
        if record is None or "release" not in record:
            continue
        basis = grading_basis(course, assignment, student)
        if basis != {name: record.get(name) for name in basis}:
            behind.append(student)
    return behind
