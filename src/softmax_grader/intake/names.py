"""What a name tells: as an LMS gives it, or a student."""

import re
import unicodedata
from collections.abc import Mapping
from pathlib import PurePosixPath

# The beginning of each is the LMS's, up to ``own``, which is the student's own file name. An LMS
# takes underscores out of people's names, so nothing that stands behind can be taken for an id.
PATTERNS = {
    "moodle": (
        r"(?P<name>[^_]+)_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)(?:_(?P<own>.*))?"
    ),
    "canvas": (
        r"(?P<name>[^_]+)(?P<late>_LATE)?"
        r"_(?P<id>\d+|(?:(?<=^anon_)|(?<=^anon_LATE_))[A-Za-z0-9]{5})"
        r"_(?:\d+_(?P<own>.+)|(?:text|link)(?:\.html)?)"
    ),
    "blackboard": (
        r"(?P<title>.*?)_(?P<id>[^_]+)_attempt_(?P<at>\d{4}(?:-\d\d){5})"
        r"(?:_(?P<own>.+)|(?:\.txt)?)"
    ),
}
KNOWN = {lms: re.compile(text, re.DOTALL) for lms, text in PATTERNS.items()}
TITLES = {"moodle": "Moodle", "canvas": "Canvas", "blackboard": "Blackboard"}
#: What stands for a name where the LMS hides it.
NO_NAMES = ("participant", "teilnehmer", "teilnehmer in", "anon", "anonymous")
COPY = r"(?:[ _-]*(?:\(\d+\)|\(?(?:copy|copie|kopie)(?:[ _-]?\(?\d+\)?)?\)?|\d{1,2}(?!\d)))"
NAMELESS = r"notebook|submissions?|untitled\d*"
NUMBER = re.compile(r"(?P<id>[A-Za-z]{0,4}\d{2,})(?=[ _-])")
# Cyrillic and Greek letters that look like Latin ones, in lower case.
LOOK_ALIKES = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0445\u0443\u0456\u0458\u0455\u04bb\u0501\u03bf\u03b1\u03bd\u03c1",
    "aeopcxyijshdoavp",
)


def id_in(text: str, assignment: str) -> tuple[str | None, bool]:
    """Return the id in a name that no LMS gave.

    Parameters
    ----------
    text : str
        Without what tells the kind of the file.
    assignment : str

    Returns
    -------
    id : str or None
        None for a name that is nobody's, such as the assignment's own.
    is_sure : bool
        Whether its form tells an id, and not only that there is nothing else.

    Examples
    --------
    >>> id_in("s001_a1-2", "a1"), id_in("a1 (1)", "a1"), id_in("s001", "a1")
    (('s001', True), (None, False), ('s001', False))
    """
    name = re.escape(assignment)
    if re.fullmatch(rf"{name}{COPY}{{0,3}}|(?:{NAMELESS}){COPY}{{0,3}}", text, re.IGNORECASE):
        return None, False
    match = re.fullmatch(rf"(?P<id>.+?)[ _-]+{name}{COPY}{{0,3}}", text, re.IGNORECASE)
    match = match or re.fullmatch(rf"{name}[ _-]+(?P<id>.*\D.*|\d{{3,}})", text, re.IGNORECASE)
    return (match["id"], True) if match else (text or None, False)


def copy_number(stem: str) -> int:
    """Return the number by which a browser or a file manager tells copies of a file apart.

    Parameters
    ----------
    stem : str

    Returns
    -------
    int
        0 without one, 1 for a plain *copy*.

    Examples
    --------
    >>> [copy_number(f"a1_forward{end}") for end in ("", "(1)", "-2", " (copy)", " copy 3")]
    [0, 1, 2, 1, 3]
    """
    match = re.search(r"[ _-]*\((\d{1,4})\)$|[ _-](\d{1,2})$", stem)
    if match:
        return int(match[1] or match[2])
    return 1 if re.search(r"(?i)\(?\b(?:copy|copie|kopie)\)?$", stem) else 0


def shape(text: str) -> str:
    """Return what an id has in common with the others of its class.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> shape("s001") == shape("s002"), shape("s001") == shape("late")
    (True, False)
    """
    return re.sub(r"\d", "9", text.casefold())


def lms_of(record: Mapping) -> str | None:
    """Return the name of the LMS that named the file of a collected submission.

    Parameters
    ----------
    record : dict
        Of what was collected.

    Returns
    -------
    str or None
        *Moodle*, *Canvas* or *Blackboard*.
    """
    if "sender" in record:
        return TITLES.get(str((record["sender"] or {}).get("lms")))
    for text in PurePosixPath(record.get("file") or "").parts:
        for lms, known in KNOWN.items():
            if known.fullmatch(text):
                return TITLES[lms]
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
