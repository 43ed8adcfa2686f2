"""A student's submission in the course: its notebook, its original, its record."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat

from softmax_grader.course.folder import EXCHANGE_FILES, Course, CourseError
from softmax_grader.course.records import read_record, write_record
from softmax_grader.course.records import write_atomically as write
from softmax_grader.intake import originals
from softmax_grader.intake.rebuild import Rebuilt, rebuild
from softmax_grader.intake.rebuilt import keep_rebuilt
from softmax_grader.staleness import digest

MAX_EVENTS = 20


@dataclass
class Submission:
    """What is to become a student's submission.

    Parameters
    ----------
    rebuilt : Rebuilt
    original : bytes or None
    file : str
        Its path in what came.
    time, changed : float
        When it came, and when it was changed, as far as that is known.
    flags : list of str
        What a teacher should look at.
    events : list of str
        The same, of what happened when things were collected: it stays.
    told : list of str
        What came besides and is not read.
    sender : dict
        Who sent it and when: ``lms``, ``name``, ``place``, ``handed_in``, ``late``.
    place : str
        What stays the same when the student hands in again.
    wrapper : str
        The archive of several students in which it came, or none.
    carries : str
        Another student whose name the file carries, or none.
    worked : bool
        Whether the student did anything in it.
    chosen : bool
        Whether the teacher chose it.
    """

    rebuilt: Rebuilt
    original: bytes | None = None
    file: str = ""
    time: float = 0.0
    changed: float = 0.0
    flags: list[str] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    sender: dict[str, Any] = field(default_factory=dict)
    place: str = ""
    wrapper: str = ""
    carries: str = ""
    worked: bool = False
    chosen: bool = False
    exchange: bool = False

    @property
    def digest(self) -> str:
        """The mark of the original; empty if there is none."""
        return "" if self.original is None else digest(self.original)


def is_submitted(course: Course, assignment: str, student: str) -> bool:
    """Return whether a student has a collected submission.

    Parameters
    ----------
    course : Course
    assignment, student : str

    Returns
    -------
    bool
    """
    record = course.record(assignment, "collected", student)
    return course.notebook("submitted", assignment, student).is_file() and record.is_file()


def take(
    course: Course, assignment: str, student: str, new: Submission
) -> tuple[dict[str, Any], bool]:
    """Write a student's submission.

    Parameters
    ----------
    course : Course
    assignment, student : str
    new : Submission

    Returns
    -------
    record : dict
    is_new : bool
        Whether anything is.
    """
    old = read_record(course.record(assignment, "collected", student)) or {}
    target = course.notebook("submitted", assignment, student)
    notebook = nbformat.writes(new.rebuilt.notebook) + "\n"
    events = list(dict.fromkeys([*old.get("events", ()), *new.events]))[:MAX_EVENTS]
    record = {
        "key": digest(notebook.encode("utf-8", "replace")),
        "digest": new.digest,
        "file": new.file,
        "time": new.time,
        "changed": new.changed,
        "place": new.place,
        "wrapper": new.wrapper,
        "carries": new.carries,
        "sender": new.sender,
        "readable": new.rebuilt.readable,
        "worked": new.worked,
        "chosen": new.chosen,
        "mended": new.rebuilt.mended,
        "events": events,
        "told": new.told,
        "flags": list(dict.fromkeys([*events, *new.flags, *new.rebuilt.flags])),
    }
    if new.exchange:
        record["exchange"] = True
    if new.original is not None:
        originals.keep_version(course, assignment, student, new.original, new.changed)
    if target.is_file() and not target.is_symlink():
        names = ("key", "digest", "flags", "mended", "chosen", "told", "sender")
        same = all(old.get(name) == record[name] for name in names)
        if same and digest(target.read_bytes()) == record["key"]:
            return old, False
    only_notebook(target)
    if new.original is not None:
        originals.use(course, assignment, student, new.original)
    write(target, notebook)
    keep_rebuilt(course, assignment, student, notebook)
    write_record(course.record(assignment, "collected", student), record)
    return record, True


def note(course: Course, assignment: str, student: str, *events: str) -> dict[str, Any] | None:
    """Note in a student's record what happened, and leave the submission as it is.

    Parameters
    ----------
    course : Course
    assignment, student : str
    *events : str

    Returns
    -------
    dict or None
        The record; None if it says so already, or there is none.
    """
    path = course.record(assignment, "collected", student)
    record = read_record(path)
    if record is None:
        return None
    new = [text for text in events if text not in record.get("events", ())]
    new = new[: max(0, MAX_EVENTS - len(record.get("events", ())))]
    if not new:
        return None
    record["events"] = [*record.get("events", ()), *new]
    record["flags"] = [*new, *record.get("flags", ())]
    write_record(path, record)
    return record


def put_back(course: Course, assignment: str, student: str) -> None:
    """Write the submission that counts again, where something else has taken its place.

    Parameters
    ----------
    course : Course
    assignment, student : str
    """
    path = originals.original(course, assignment, student)
    target = course.notebook("submitted", assignment, student)
    record = read_record(course.record(assignment, "collected", student)) or {}
    if target.is_file() and digest(target.read_bytes()) == record.get("key"):
        return
    if not path.is_file():
        return
    release = nbformat.read(course.notebook("release", assignment), as_version=4)
    notebook = nbformat.writes(rebuild(release, path.read_bytes()).notebook) + "\n"
    only_notebook(target)
    write(target, notebook)
    keep_rebuilt(course, assignment, student, notebook)
    record["key"] = digest(notebook.encode("utf-8", "replace"))
    write_record(course.record(assignment, "collected", student), record)


def only_notebook(target: Path) -> None:
    """Take other files out of a submission's folder: nbgrader would copy them, links too.

    Parameters
    ----------
    target : Path
        The notebook.

    Raises
    ------
    CourseError
        If the folder is a link.
    """
    folder = target.parent
    if folder.is_symlink() or folder.parent.is_symlink():
        raise CourseError(f"{folder} is a link; a submission's folder must be a folder")
    if not folder.is_dir():
        return
    for entry in os.scandir(folder):
        if entry.name in (target.name, *EXCHANGE_FILES) and entry.is_file(follow_symlinks=False):
            continue
        _remove(entry)


def _remove(entry: os.DirEntry) -> None:
    if entry.is_dir(follow_symlinks=False):
        for inner in os.scandir(entry.path):
            _remove(inner)
        Path(entry.path).rmdir()
    else:
        Path(entry.path).unlink()
