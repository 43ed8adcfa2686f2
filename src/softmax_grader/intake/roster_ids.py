"""What came under an LMS's own numbers, put under the ids of the class's roster."""

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, Protocol

from softmax_grader.course.enrolling import known_ids
from softmax_grader.course.folder import Course
from softmax_grader.intake.names import PATTERNS


class HasPath(Protocol):
    """What lies somewhere below what was given."""

    @property
    def path(self) -> PurePosixPath:
        """Its place there."""


def roster_ids(
    course: Course, assignment: str, by_student: Mapping[str, Sequence[HasPath]]
) -> dict[str, str]:
    """Return the id in the roster of each student whose work came under another one.

    Parameters
    ----------
    course : Course
    assignment : str
    by_student : dict
        From the id that the names tell to the student's files.

    Returns
    -------
    dict
        Empty where there is no roster; no two have the same id in it.
    """
    senders = {student: _sender(files) for student, files in by_student.items()}
    return known_ids(course, assignment, senders)


def _sender(files: Sequence[HasPath]) -> dict[str, Any]:
    """Return which LMS named the outermost part of a path, and what it calls the person."""
    for file in files:
        for part in file.path.parts:
            for lms, pattern in PATTERNS.items():
                match = re.fullmatch(pattern, part)
                if match:
                    return {"lms": lms.lower(), "name": match.groupdict().get("name")}
    return {}
