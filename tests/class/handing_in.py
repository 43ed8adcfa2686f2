"""Helpers: write what students hand in, and read what became of it."""

import io
import os
import tarfile
import zipfile
from dataclasses import dataclass, field

import nbformat

from softmax_grader.cells import OWN_CHECK, OWN_CHECK_TEXT, grade_id

from .courses import MINI, RIGHT, released_notebook


def as_bytes(notebook):
    return nbformat.writes(notebook).encode()


def put(folder, name, data):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def zipped(members):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return packed.getvalue()


def tarred(members):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), 1_700_000_000
            archive.addfile(info, io.BytesIO(data))
    return packed.getvalue()


def answers(course, student):
    notebook = nbformat.read(course.notebook("submitted", MINI, student), as_version=4)
    return {grade_id(cell): cell.source for cell in notebook.cells if grade_id(cell) in RIGHT}


def is_whole(course, student):
    """The submission has each cell of the release once, in order, but for the student's check."""
    notebook = nbformat.read(course.notebook("submitted", MINI, student), as_version=4)
    wanted = [grade_id(cell) for cell in released_notebook(course).cells]
    wanted = [name for name in wanted if name not in (OWN_CHECK, OWN_CHECK_TEXT)]
    return [grade_id(cell) for cell in notebook.cells if grade_id(cell)] == wanted


def dated(path, seconds):
    os.utime(path, (seconds, seconds))
    return path


@dataclass(frozen=True)
class Sent:
    """What one student handed in through an LMS.

    Parameters
    ----------
    number : int or str
        The id that stands in the LMS's names.
    files : dict
        From the student's own file names to their contents.
    at : tuple of int
        Year, month, day, hour, minute and second; a zip file keeps even seconds only.
    late : bool
        Canvas puts it into the name.
    attempt : int
        Canvas numbers each file that comes; a later one gets a higher number.
    """

    number: int | str
    files: dict = field(default_factory=dict)
    at: tuple = (2026, 11, 20, 14, 3, 22)
    late: bool = False
    attempt: int = 1


def write_zip(path, members):
    """Write a zip file of members (name, contents, time), and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data, at in members:
            archive.writestr(zipfile.ZipInfo(name, at), data)
    return path


def moodle_zip(path, sent, *, folders=True):
    """Write the zip file of Moodle's *Download all submissions*.

    Parameters
    ----------
    path : Path
    sent : dict
        From a student's name to what they `Sent`.
    folders : bool
        A folder for each student, which is Moodle's default; or files beside each other.

    Returns
    -------
    Path
    """
    members = []
    for person, one in sent.items():
        start = f"{person}_{one.number}_assignsubmission_file_"
        for name, data in one.files.items():
            members.append((f"{start}/{name}" if folders else f"{start}{name}", data, one.at))
    return write_zip(path, members)


def canvas_zip(path, sent):
    """Write the zip file of Canvas's *Download Submissions*.

    Parameters
    ----------
    path : Path
    sent : dict
        From a student's name to what they `Sent`; Canvas turns ``Student, One`` to ``studentone``.

    Returns
    -------
    Path
    """
    members = []
    for place, (person, one) in enumerate(sent.items()):
        start = "".join(c for c in person.lower() if c.isalnum()) + "_LATE" * one.late
        for count, (name, data) in enumerate(one.files.items()):
            number = 80_000 + 1_000 * one.attempt + 10 * place + count
            members.append((f"{start}_{one.number}_{number}_{name}", data, one.at))
    return write_zip(path, members)


def blackboard_zip(path, sent, *, assignment="Mini"):
    """Write the zip file of Blackboard's *Assignment File Download*.

    Parameters
    ----------
    path : Path
    sent : dict
        From a student's name to what they `Sent`.
    assignment : str
        The assignment's name in Blackboard.

    Returns
    -------
    Path
    """
    members = []
    for person, one in sent.items():
        year, *rest = one.at
        when = "-".join([str(year), *(f"{number:02}" for number in rest)])
        start = f"{assignment}_{one.number}_attempt_{when}"
        note = f"Name: {person} ({one.number})\nAssignment: {assignment}\n"
        members.append((f"{start}.txt", note.encode(), one.at))
        for name, data in one.files.items():
            members.append((f"{start}_{name}", data, one.at))
    return write_zip(path, members)
