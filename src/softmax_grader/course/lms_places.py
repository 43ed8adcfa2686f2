"""Where a submission lay in an LMS's archive: by that name it takes an answer back."""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from softmax_grader.course.folder import Course
from softmax_grader.course.records import read_record

#: The names that an LMS gives; Blackboard takes nothing back by them.
NAMES = {
    "moodle": re.compile(r".*_(?P<number>\d+)_assignsubmission_[a-z]+(?:_.*)?"),
    "canvas": re.compile(
        r"(?:[^_]+(?:_LATE)?_(?P<number>\d+)|anon(?:_LATE)?_[A-Za-z0-9]{5})_\d+_.+"
    ),
}


@dataclass(frozen=True)
class LmsPlace:
    """A submission's folder or file in an LMS's archive.

    Parameters
    ----------
    lms : {'moodle', 'canvas'}
    name : str
        The folder's name, or the file's.
    number : str
        The student's, as that LMS counts them; empty where Canvas hides it.
    is_file : bool
    """

    lms: str
    name: str
    number: str
    is_file: bool


def lms_place(course: Course, assignment: str, student: str) -> LmsPlace | None:
    """Return where a submission lay in an LMS's archive.

    Parameters
    ----------
    course : Course
    assignment, student : str

    Returns
    -------
    LmsPlace or None
        None where it came another way.
    """
    record = read_record(course.record(assignment, "collected", student)) or {}
    path = PurePosixPath(record.get("file") or "")
    sender = record.get("sender")
    if isinstance(sender, dict):
        places = [str(sender.get("place") or "")] if sender.get("lms") in NAMES else []
    else:
        places = list(path.parts)
    for place in places:
        for lms, pattern in NAMES.items():
            match = pattern.fullmatch(place)
            if match:
                return LmsPlace(lms, place, match["number"] or "", place == path.name)
    return None
