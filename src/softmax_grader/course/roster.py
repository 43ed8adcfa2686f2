"""The class: ``roster.csv``, which a teacher can read and edit, and the names to show."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from softmax_grader.course.folder import Course, CourseError, safe_id
from softmax_grader.course.records import read_record, write_atomically
from softmax_grader.course.tables import csv_text, plain_heading, read_table
from softmax_grader.text import one_line

ROSTER = "roster.csv"


@dataclass(frozen=True)
class Person:
    """A student, as a row of ``roster.csv``; what is not known is empty.

    Parameters
    ----------
    id : str
        The one that stands in all folders and reports of the course.
    name : str
        The whole name, where it is not known which part is which.
    first_name, last_name, email, section, group : str
    canvas_id, sis_user_id, login : str
        Other ids of the same student, by which work may come in as well; Canvas wants them back.
    """

    id: str
    name: str = ""
    last_name: str = ""
    first_name: str = ""
    email: str = ""
    section: str = ""
    group: str = ""
    canvas_id: str = ""
    sis_user_id: str = ""
    login: str = ""

    @property
    def shown(self) -> str:
        """The name to show."""
        return self.name or " ".join(part for part in (self.first_name, self.last_name) if part)

    @property
    def sorted_name(self) -> str:
        """The name as a list has it: the last name first, where it is known."""
        both = ", ".join(part for part in (self.last_name, self.first_name) if part)
        return both or self.name

    @property
    def ids(self) -> set[str]:
        """All ids by which the student's work may come."""
        known = (self.id, self.canvas_id, self.sis_user_id, self.login)
        return {safe_id(text)[0] for text in known if text}


FIELDS = tuple(field.name for field in fields(Person))


def read_roster(course: Course) -> dict[str, Person]:
    """Return the class, from each student's id; empty where there is no ``roster.csv``.

    Parameters
    ----------
    course : Course

    Returns
    -------
    dict of Person

    Raises
    ------
    CourseError
        If the file cannot be read, or an id is missing or stands there twice.
    """
    path = course.root / ROSTER
    if not path.is_file():
        return {}
    table = read_table(path)
    columns = {plain_heading(text): place for place, text in enumerate(table.rows[0])}
    places = {name: columns.get(plain_heading(name)) for name in FIELDS}
    if places["id"] is None:
        raise CourseError(f"{ROSTER}: its first row has no column id; expected {', '.join(FIELDS)}")
    people: dict[str, Person] = {}
    lines: dict[str, int] = {}
    problems = []
    for row, line in zip(table.rows[1:], table.lines[1:], strict=True):
        cells = {
            name: one_line(row[place], 120)
            for name, place in places.items()
            if place is not None and place < len(row)
        }
        if not cells.get("id"):
            problems.append(f"line {line}: no id")
            continue
        person = Person(**{**cells, "id": safe_id(cells["id"])[0]})
        if person.id in people:
            problems.append(
                f"line {line}: the id {person.id} stands in line {lines[person.id]} too"
            )
            continue
        people[person.id], lines[person.id] = person, line
    if problems:
        raise CourseError(f"{ROSTER}: {'; '.join(problems[:12])}")
    return people


def write_roster(course: Course, people: Iterable[Person]) -> Path:
    """Write ``roster.csv``.

    Parameters
    ----------
    course : Course
    people : iterable of Person

    Returns
    -------
    Path
    """
    rows: list[list[str]] = [list(FIELDS)]
    rows += [list(asdict(person).values()) for person in sorted(people, key=lambda one: one.id)]
    path = course.root / ROSTER
    write_atomically(path, "\ufeff" + csv_text(rows))  # with its mark Excel reads UTF-8
    return path


def known_people(course: Course) -> dict[str, Person]:
    """Return the class, and who came in work and is not in its roster, as far as the LMS tells.

    Parameters
    ----------
    course : Course

    Returns
    -------
    dict of Person
    """
    people = read_roster(course)
    for assignment in course.released():
        for student in course.submitted(assignment):
            if student in people and people[student].shown:
                continue
            sender = sender_of(course, assignment, student)
            name = one_line(sender.get("name") or "", 120)
            if name:
                people[student] = replace(people.get(student, Person(student)), name=name)
    return people


def sender_of(course: Course, assignment: str, student: str) -> dict[str, Any]:
    """Return what the LMS told with a submission.

    Parameters
    ----------
    course : Course
    assignment, student : str

    Returns
    -------
    dict
        ``lms``, ``name``, ``place``, ``handed_in`` and ``late``; any may be missing or None.
    """
    record = read_record(course.record(assignment, "collected", student)) or {}
    sender = record.get("sender")
    return sender if isinstance(sender, dict) else {}


def shown_names(course: Course) -> dict[str, str]:
    """Return the name to show of each student, from the id.

    Parameters
    ----------
    course : Course

    Returns
    -------
    dict
        Empty where the course's settings say ``names = false``, or no name is known.
    """
    if not course.names:
        return {}
    return {student: one.shown for student, one in known_people(course).items() if one.shown}


def sections(course: Course) -> dict[str, str]:
    """Return the section of each student who has one, from the id.

    Parameters
    ----------
    course : Course

    Returns
    -------
    dict
    """
    return {one.id: one.section for one in read_roster(course).values() if one.section}


def groups(course: Course) -> dict[str, str]:
    """Return the group of each student who is in one, from the id.

    Parameters
    ----------
    course : Course

    Returns
    -------
    dict
    """
    return {one.id: one.group for one in read_roster(course).values() if one.group}


def attendance(course: Course, assignment: str) -> tuple[list[str], list[str]]:
    """Return who handed nothing in, and who did and is not in the roster.

    Parameters
    ----------
    course : Course
    assignment : str

    Returns
    -------
    missing, strangers : list of str
        Sorted ids; both empty where there is no roster.
    """
    people = read_roster(course)
    if not people:
        return [], []
    came = set(course.submitted(assignment))
    return sorted(set(people) - came), sorted(came - set(people))
