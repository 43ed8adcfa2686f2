"""What single students were granted: ``extensions.csv``, which a teacher can read and edit."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from softmax_grader.course.folder import Course, CourseError, safe_id
from softmax_grader.course.records import write_atomically
from softmax_grader.course.tables import csv_text, plain_heading, read_table
from softmax_grader.course.zone import moment_of, zone_of
from softmax_grader.text import one_line

EXTENSIONS = "extensions.csv"
COLUMNS = ("assignment", "student", "until", "days", "handed_in", "reason")


@dataclass(frozen=True)
class Extension:
    """What one student was granted for one assignment.

    Parameters
    ----------
    assignment, student : str
    until : datetime or None
        A due date of the student's own.
    days : int
        So many days after the class's due date, wherever that moves.
    handed_in : datetime or None
        When the work came, where the teacher knows it and the LMS does not tell.
    reason : str
    """

    assignment: str
    student: str
    until: dt.datetime | None = None
    days: int = 0
    handed_in: dt.datetime | None = None
    reason: str = ""


def read_extensions(course: Course) -> dict[tuple[str, str], Extension]:
    """Return all that was granted, from (assignment, student).

    Parameters
    ----------
    course : Course

    Returns
    -------
    dict of Extension

    Raises
    ------
    CourseError
        If the file, or a date in it, cannot be read.
    """
    path = course.root / EXTENSIONS
    if not path.is_file():
        return {}
    table = read_table(path)
    heads = [plain_heading(text) for text in table.rows[0]]
    places = {
        name: heads.index(plain_heading(name)) for name in COLUMNS if plain_heading(name) in heads
    }
    if not {"assignment", "student"} <= set(places):
        raise CourseError(f"{EXTENSIONS}: its first row should be {','.join(COLUMNS)}")
    zone = zone_of(course)
    found = {}
    for row, line in zip(table.rows[1:], table.lines[1:], strict=True):
        cells = {name: row[place] if place < len(row) else "" for name, place in places.items()}
        where = f"{EXTENSIONS}, line {line}"
        days = cells.get("days") or "0"
        if not days.isdecimal() or len(days) > 3:
            raise CourseError(f"{where}: days is {days!r}; expected a whole number")
        moments = {
            name: moment_of(cells[name], zone, where)
            for name in ("until", "handed_in")
            if cells.get(name)
        }
        student = safe_id(cells["student"])[0]
        found[cells["assignment"], student] = Extension(
            cells["assignment"],
            student,
            days=int(days),
            reason=one_line(cells.get("reason", "")),
            **moments,
        )
    return found


def write_extensions(course: Course, extensions: Iterable[Extension]) -> None:
    """Write ``extensions.csv``.

    Parameters
    ----------
    course : Course
    extensions : iterable of Extension
    """

    def text_of(moment: dt.datetime | None) -> str:
        return moment.isoformat(" ", "seconds") if moment else ""

    rows: list[list[str]] = [list(COLUMNS)]
    for one in sorted(extensions, key=lambda one: (one.assignment, one.student)):
        dates = [text_of(one.until), str(one.days or ""), text_of(one.handed_in)]
        rows.append([one.assignment, one.student, *dates, one.reason])
    write_atomically(course.root / EXTENSIONS, "\ufeff" + csv_text(rows))
