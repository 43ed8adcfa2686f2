"""Whose a file is: what its name and its folders tell, as an LMS or a student gives them."""

import re
import unicodedata
from collections.abc import Mapping
from pathlib import PurePosixPath

# How file names and folders tell whose they are. The last ones know the assignment's name.
PATTERNS = {
    "Moodle": r"(?P<name>.+)_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)(?:_.*)?",
    "Blackboard": r".*?_(?P<id>[^_]+)_attempt_\d[\d-]*(?:_.*)?",
    "Canvas": r"(?P<name>[^_]+)(?:_LATE)?_(?P<id>\d+)_\d+_.+",
}
# Cyrillic and Greek letters that look like Latin ones, in lower case.
LOOK_ALIKES = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0445\u0443\u0456\u0458\u0455\u04bb\u0501\u03bf\u03b1\u03bd\u03c1",
    "aeopcxyijshdoavp",
)


def student_of(
    path: PurePosixPath, assignment: str, *, pattern: re.Pattern[str] | None = None
) -> str | None:
    """Return the student's id in a path.

    Parameters
    ----------
    path : PurePosixPath
    assignment : str
    pattern : re.Pattern, optional
        The course's own, with a group ``id``; asked first.

    Returns
    -------
    str or None
        None where there is none.

    Examples
    --------
    >>> student_of(PurePosixPath("s001/a1.ipynb"), "a1")
    's001'
    >>> student_of(PurePosixPath("doejane_LATE_4711_81234_a1-2.ipynb"), "a1")
    '4711'
    >>> student_of(PurePosixPath("Jane Doe_123_assignsubmission_file/a1.ipynb"), "a1")
    '123'
    """
    parts = [*path.parts[:-1], path.stem]
    if pattern:
        for text in [path.as_posix(), *path.parts]:
            match = pattern.search(text)
            if match and match["id"]:
                return match["id"]
    for text in parts:
        for known in PATTERNS.values():
            match = re.fullmatch(known, text)
            if match:
                return match["id"]
    name = re.escape(assignment)
    copies = r"(?:[ _-]*(?:\(\d+\)|copy|\d{1,2}))?"
    nameless = re.compile(rf"{name}{copies}|notebook|submission|untitled\d*", re.IGNORECASE)
    for text in [path.stem, *reversed(path.parts[:-1])]:
        match = re.fullmatch(rf"(?P<id>.+?)[ _-]+{name}{copies}", text, re.IGNORECASE)
        match = match or re.fullmatch(rf"{name}[ _-]+(?P<id>.*\D.*|\d{{3,}})", text, re.IGNORECASE)
        if match and not nameless.fullmatch(text):
            return match["id"]
    for text in path.parts[:-1]:
        if not nameless.fullmatch(text):
            return text
    return None if nameless.fullmatch(path.stem) else path.stem


def lms_of(record: Mapping) -> str | None:
    """Return the name of the LMS that named the file of a collected submission.

    Parameters
    ----------
    record : dict
        Of what was collected.

    Returns
    -------
    str or None
        A key of `PATTERNS`.
    """
    path = PurePosixPath(record.get("file") or "")
    for text in [*path.parts[:-1], path.stem]:
        for name, known in PATTERNS.items():
            if re.fullmatch(known, text):
                return name
    return None


def skeleton(student: str) -> str:
    """Return what the eye takes an id for.

    Parameters
    ----------
    student : str

    Returns
    -------
    str

    Examples
    --------
    >>> skeleton("S001") == skeleton("\u0455001")  # a Cyrillic letter
    True
    """
    return unicodedata.normalize("NFKC", student).casefold().translate(LOOK_ALIKES)


def is_handed_in(path: PurePosixPath, *, pattern: re.Pattern[str] | None = None) -> bool:
    """Return whether a file that is no notebook is some student's, by its folder or its name.

    Parameters
    ----------
    path : PurePosixPath
    pattern : re.Pattern, optional
        The course's own.

    Returns
    -------
    bool
    """
    names = [path.as_posix(), path.stem]
    return (
        len(path.parts) > 1
        or any(re.fullmatch(known, path.stem) for known in PATTERNS.values())
        or bool(pattern and any(pattern.search(name) for name in names))
    )
