"""By which other id a single student's variant is drawn: ``variants.csv``, for slips of the pen."""

from collections.abc import Iterable
from dataclasses import dataclass

from softmax_grader.course.folder import Course, CourseError, safe_id
from softmax_grader.course.records import write_atomically
from softmax_grader.course.tables import csv_text, plain_heading, read_table
from softmax_grader.text import one_line

DRAWN_IDS = "variants.csv"
COLUMNS = ("assignment", "student", "drawn_by", "reason")


@dataclass(frozen=True)
class DrawnId:
    """What a teacher granted: the id that a student wrote counts in the place of the own one.

    Parameters
    ----------
    assignment, student : str
    drawn_by : str
    reason : str
    """

    assignment: str
    student: str
    drawn_by: str
    reason: str = ""


def read_drawn_ids(course: Course) -> dict[tuple[str, str], DrawnId]:
    """Return what was granted, from (assignment, student).

    Parameters
    ----------
    course : Course

    Returns
    -------
    dict of DrawnId

    Raises
    ------
    CourseError
        If the file cannot be read, or an id in it is missing.
    """
    path = course.root / DRAWN_IDS
    if not path.is_file():
        return {}
    table = read_table(path)
    heads = [plain_heading(text) for text in table.rows[0]]
    if not {plain_heading(name) for name in COLUMNS[:3]} <= set(heads):
        raise CourseError(f"{DRAWN_IDS}: its first row should be {','.join(COLUMNS)}")
    places = {name: heads.index(plain_heading(name)) for name in COLUMNS[:3]}
    if plain_heading("reason") in heads:
        places["reason"] = heads.index("reason")
    found = {}
    for row, line in zip(table.rows[1:], table.lines[1:], strict=True):
        cells = {n: one_line(row[k]) if k < len(row) else "" for n, k in places.items()}
        empty = [name for name in COLUMNS[:3] if not cells[name]]
        if empty:
            raise CourseError(f"{DRAWN_IDS}, line {line}: {' and '.join(empty)} is empty")
        one = DrawnId(**{**cells, "student": safe_id(cells["student"])[0]})
        found[one.assignment, one.student] = one
    return found


def write_drawn_ids(course: Course, drawn: Iterable[DrawnId]) -> None:
    """Write ``variants.csv``.

    Parameters
    ----------
    course : Course
    drawn : iterable of DrawnId
    """
    rows: list[list[str]] = [list(COLUMNS)]
    for one in sorted(drawn, key=lambda one: (one.assignment, one.student)):
        rows.append([one.assignment, one.student, one.drawn_by, one.reason])
    write_atomically(course.root / DRAWN_IDS, "\ufeff" + csv_text(rows))
