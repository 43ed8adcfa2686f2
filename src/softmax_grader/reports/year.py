"""What a teacher should know of a class and its dates before grades are handed on."""

from softmax_grader.course.folder import Course
from softmax_grader.course.lateness import late_notes
from softmax_grader.course.roster import attendance, shown_names
from softmax_grader.reports.spreadsheets import import_notes

SHOWN = 8  # students that one sentence names


def notes(course: Course, assignment: str, most: float) -> list[str]:
    """Return who is missing or unknown, whose time is not known, and what an LMS will not take.

    Parameters
    ----------
    course : Course
    assignment : str
    most : float
        The points that the assignment can give.

    Returns
    -------
    list of str
        A sentence each.
    """
    names = shown_names(course)
    missing, strangers = attendance(course, assignment)
    sentences = []
    for word, ids in (("Nothing came from", missing), ("Not in the roster", strangers)):
        if ids:
            shown = ", ".join(f"{s} {names.get(s, '')}".strip() for s in ids[:SHOWN])
            more = f" and {len(ids) - SHOWN} more" if len(ids) > SHOWN else ""
            sentences.append(f"{word}: {shown}{more}.")
    return [
        *sentences,
        *late_notes(course, assignment),
        *import_notes(course, assignment, most),
    ]
