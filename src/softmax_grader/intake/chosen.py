"""A file that the teacher chose for a student: it counts, whatever its date."""

from pathlib import Path, PurePosixPath
from typing import Any

import nbformat

from softmax_grader.course.folder import Course, CourseError, safe_id
from softmax_grader.course.records import read_record
from softmax_grader.intake import originals
from softmax_grader.intake.archives import arrivals
from softmax_grader.intake.arrival import Arrival
from softmax_grader.intake.choose import Candidate, Release, choose
from softmax_grader.intake.places import Place
from softmax_grader.intake.rebuild import rebuild
from softmax_grader.intake.remove import forget_removed
from softmax_grader.intake.submission import Submission, is_submitted, take
from softmax_grader.staleness import digest
from softmax_grader.text import quoted


def take_chosen(course: Course, assignment: str, path: str | Path, student: str) -> dict[str, Any]:
    """Make one file a student's submission; no later file takes its place by itself.

    Parameters
    ----------
    course : Course
    assignment : str
    path : path
        A notebook; or a folder or an archive with one.
    student : str

    Returns
    -------
    dict
        ``record``; ``is_new``, whether anything is; ``before``, the record of what it replaced, or
        None.

    Raises
    ------
    CourseError
        If that is not one notebook that can be read, or the id cannot be one.
    """
    _check(student)
    files, _ = arrivals(path)
    found = {one.digest: one for one in files if one.is_notebook}
    if len(found) != 1:
        raise CourseError(
            f"{path} holds {len(found)} different notebooks: give the one that is to count"
        )
    (arrival,) = found.values()
    data = arrival.data
    release = nbformat.read(course.notebook("release", assignment), as_version=4)
    rebuilt = rebuild(release, data or b"")
    if data is None or not rebuilt.readable:
        why = [*arrival.flags, *rebuilt.flags][0]
        raise CourseError(f"{path} is not taken: {why}")
    before = _before(course, assignment, student)
    old = before or {}
    sender = {"lms": None, "name": None, "place": student, "handed_in": None, "late": None}
    new = Submission(
        rebuilt,
        data,
        file=arrival.path.as_posix(),
        time=arrival.time,
        changed=arrival.time,
        events=[f"its file was chosen by the teacher: {quoted(arrival.path, 80)}"],
        sender=old.get("sender") or sender,
        place=old.get("place") or "",
        worked=True,
        chosen=True,
    )
    forget_removed(course, assignment, student)
    record, is_new = take(course, assignment, student, new)
    return {"record": record, "is_new": is_new, "before": before}


def take_newest(course: Course, assignment: str, student: str) -> dict[str, Any]:
    """Undo a choice: of all the files that came of a student, the newest counts again.

    Parameters
    ----------
    course : Course
    assignment, student : str

    Returns
    -------
    dict
        As of :func:`take_chosen`.

    Raises
    ------
    CourseError
        If nothing of the student's is there.
    """
    _check(student)
    before = _before(course, assignment, student)
    if before is None:
        raise CourseError(
            f"{student} has handed nothing in: give the file, "
            f"softmax-class collect {assignment} FILE --student {student}"
        )
    candidates = []
    place = Place(student, student, PurePosixPath(f"{student}.ipynb"), before.get("place") or "")
    for path in originals.versions(course, assignment, student):
        time = originals.time_of(path)
        data = path.read_bytes()
        name = PurePosixPath(path.name)
        arrival = Arrival(
            *(name, "notebook", path.read_bytes, digest(data), time, time), size=len(data)
        )
        candidates.append(Candidate(arrival, place))
    if not candidates:
        raise CourseError(f"no file of {student}'s is kept: give the one that is to count")
    release = Release(nbformat.read(course.notebook("release", assignment), as_version=4))
    taken, flags = choose(release, assignment, candidates)
    data = taken.arrival.data or b""
    new = Submission(
        rebuild(release.notebook, data),
        data,
        file=taken.arrival.path.as_posix(),
        time=taken.arrival.time,
        changed=taken.arrival.time,
        flags=flags,
        events=["the newest of its files was made to count again by the teacher"],
        sender=before.get("sender") or {},
        place=before.get("place") or "",
        worked=taken.worked,
    )
    record, is_new = take(course, assignment, student, new)
    return {"record": record, "is_new": is_new, "before": before}


def _check(student: str) -> None:
    if safe_id(student)[1] or student.lower().endswith(".ipynb"):
        raise CourseError(f"{student!r} cannot be a student's id; expected one such as s001")


def _before(course: Course, assignment: str, student: str) -> dict[str, Any] | None:
    if not is_submitted(course, assignment, student):
        return None
    return read_record(course.record(assignment, "collected", student))
