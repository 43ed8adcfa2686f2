"""More time for a student, written into ``extensions.csv``."""

import difflib
from collections.abc import Iterable
from dataclasses import replace

from softmax_grader.course.extensions import Extension, read_extensions, write_extensions
from softmax_grader.course.folder import SETTINGS, Course, CourseError
from softmax_grader.course.lateness import Calendar, clock, days_of
from softmax_grader.course.roster import known_people
from softmax_grader.course.zone import moment_of
from softmax_grader.text import one_line


def extend(
    course: Course,
    assignment: str,
    students: Iterable[str],
    *,
    until: str | None = None,
    days: int | None = None,
    handed_in: str | None = None,
    reason: str = "",
    none: bool = False,
) -> list[str]:
    """Write down more time for students, or when their work came.

    Parameters
    ----------
    course : Course
    assignment : str
    students : iterable of str
        Ids; or names, where a name is one student's only.
    until : str, optional
        A due date of their own.
    days : int, optional
        So many days after the class's due date, wherever that moves.
    handed_in : str, optional
        When the work came.
    reason : str
    none : bool
        Take back what was granted; nothing else is read then.

    Returns
    -------
    list of str
        A line for each student: what holds now.

    Raises
    ------
    CourseError
        If a student is not known or a date cannot be read; then nothing has changed.
    """
    calendar = Calendar(course)
    granted = dict(calendar.extensions)
    if assignment not in calendar.due and not none:
        raise CourseError(
            f"{assignment} has no due date: set it in {SETTINGS}, below [due]: "
            f"{assignment} = 2026-12-01T23:59:00"
        )
    ids = [find_student(course, assignment, text) for text in students]
    for student in ids:
        if none:
            granted.pop((assignment, student), None)
            continue
        one = granted.get((assignment, student), Extension(assignment, student))
        if until is not None:
            moment = moment_of(until, calendar.zone, "--until")
            if moment <= calendar.due[assignment]:
                raise CourseError(
                    f"--until {until} is no extension: {assignment} is due "
                    f"{clock(calendar.due[assignment])}"
                )
            one = replace(one, until=moment, days=0)
        if days is not None:
            one = replace(one, days=days, until=None if until is None else one.until)
        if handed_in is not None:
            one = replace(one, handed_in=moment_of(handed_in, calendar.zone, "--handed-in"))
        if reason:
            one = replace(one, reason=one_line(reason))
        granted[assignment, student] = one
    if granted != read_extensions(course):
        write_extensions(course, granted.values())
    calendar = Calendar(course)
    return [_line(calendar, assignment, student) for student in ids]


def _line(calendar: Calendar, assignment: str, student: str) -> str:
    lateness = calendar.of(assignment, student)
    if lateness is None:
        return f"{student}: nothing is granted any more"
    text = f"{student}: {assignment} is due {clock(lateness.due)}"
    if lateness.handed_in is None:
        return text
    if not lateness.days:
        return f"{text}; handed in in time"
    return f"{text}; handed in {days_of(lateness.days)} late, {lateness.penalty:g} points taken off"


def find_student(course: Course, assignment: str, text: str) -> str:
    """Return the id of the student that a teacher means.

    Parameters
    ----------
    course : Course
    assignment : str
    text : str
        An id, any other id that the roster has, an email address, or a name.

    Returns
    -------
    str

    Raises
    ------
    CourseError
        If there is none, or more than one.
    """
    people = known_people(course)
    known = {*people, *course.submitted(assignment)}
    if text in known:
        return text
    word = text.casefold()
    found = {
        student
        for student, person in people.items()
        if text in person.ids or word in (person.shown.casefold(), person.email.casefold())
    }
    if len(found) == 1:
        return found.pop()
    if found:
        raise CourseError(f"{one_line(text)!r} may be {' or '.join(sorted(found))}: give the id")
    names = {**{s: s for s in known}, **{p.shown: s for s, p in people.items() if p.shown}}
    near = [names[name] for name in difflib.get_close_matches(text, names, 3)]
    hint = f" Near: {', '.join(dict.fromkeys(near))}" if near else ""
    raise CourseError(
        f"no student {one_line(text)!r} in the roster or in what was collected.{hint}"
    )
