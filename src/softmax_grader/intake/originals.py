"""What was handed in, as it came: every version of it, and which one counts.

``originals/ASSIGNMENT/STUDENT.ipynb`` is the one that counts. All that ever came, this one too,
stands in ``originals/ASSIGNMENT/STUDENT/``, named by time and content; nothing there is written
over.
"""

import datetime
from pathlib import Path

from softmax_grader.course.folder import Course, CourseError
from softmax_grader.course.records import write_atomically
from softmax_grader.staleness import digest

MAX_KEPT = 100  # versions of one student's
MAX_KEPT_BYTES = 2**28


def original(course: Course, assignment: str, student: str) -> Path:
    """Return the path of the original that counts.

    Parameters
    ----------
    course : Course
    assignment, student : str

    Returns
    -------
    Path
    """
    return course.root / "originals" / assignment / f"{student}.ipynb"


def versions(course: Course, assignment: str, student: str) -> list[Path]:
    """Return the paths of all originals of a student.

    Parameters
    ----------
    course : Course
    assignment, student : str

    Returns
    -------
    list of Path
        The oldest first.
    """
    return sorted(original(course, assignment, student).with_suffix("").glob("*.ipynb"))


def time_of(path: Path) -> float:
    """Return when a version was changed, as its name says.

    Parameters
    ----------
    path : Path

    Returns
    -------
    float
        0 where it says nothing.
    """
    text = path.stem.rpartition("_")[0]
    try:
        return datetime.datetime.strptime(text, "%Y-%m-%d_%H-%M-%S").timestamp()
    except ValueError:
        return 0.0


def keep_version(
    course: Course, assignment: str, student: str, data: bytes, time: float
) -> Path | None:
    """Keep an original beside the others, once.

    Parameters
    ----------
    course : Course
    assignment, student : str
    data : bytes
    time : float
        When it was changed; 0 where nothing tells it.

    Returns
    -------
    Path or None
        None for one too many: those that are there stay.
    """
    folder = original(course, assignment, student).with_suffix("")
    if folder.is_symlink():
        raise CourseError(f"{folder} is a link; a folder for originals must be a folder")
    mark = digest(data)[:10]
    kept = versions(course, assignment, student)
    for path in kept:
        if path.stem.endswith(mark) and path.read_bytes() == data:
            return path
    if len(kept) >= MAX_KEPT or sum(p.stat().st_size for p in kept) + len(data) > MAX_KEPT_BYTES:
        return None
    when = datetime.datetime.fromtimestamp(time) if time else None
    path = folder / f"{when:%Y-%m-%d_%H-%M-%S}_{mark}.ipynb" if when else folder / f"{mark}.ipynb"
    write_atomically(path, data)
    return path


def use(course: Course, assignment: str, student: str, data: bytes) -> None:
    """Make an original the one that counts; the one that did stays among the versions.

    Parameters
    ----------
    course : Course
    assignment, student : str
    data : bytes
    """
    path = original(course, assignment, student)
    if path.is_file() and not path.is_symlink():
        before = path.read_bytes()
        if before == data:
            return
        keep_version(course, assignment, student, before, path.stat().st_mtime)
    write_atomically(path, data)
