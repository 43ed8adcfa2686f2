"""A class list taken into the course: who is new, what has changed, whose number is whose."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from softmax_grader.course.class_lists import MOODLE_ID, ClassList, read_class_list
from softmax_grader.course.folder import RECORDS, Course, CourseError, safe_id
from softmax_grader.course.records import read_record, write_record
from softmax_grader.course.renamed import renamed_ids
from softmax_grader.course.roster import Person, read_roster, write_roster
from softmax_grader.course.zone import zone_of


@dataclass
class Changes:
    """What a class list changed in the roster.

    Parameters
    ----------
    kind : str
        As in :class:`softmax_grader.course.class_lists.ClassList`.
    added, changed, gone : list of Person
        Those of `gone` are not in the list any more, and stay in the roster.
    remarks : list of str
    """

    kind: str
    added: list[Person] = field(default_factory=list)
    changed: list[Person] = field(default_factory=list)
    gone: list[Person] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def enrol(
    course: Course, path: str | Path, *, assignment: str | None = None, prune: bool = False
) -> Changes:
    """Take a class list into ``roster.csv``.

    Parameters
    ----------
    course : Course
    path : path
        A CSV file: Canvas's gradebook, Moodle's participants or grading worksheet, any table.
    assignment : str, optional
        Whose worksheet it is, where it is one.
    prune : bool
        Take out of the roster who is not in the list.

    Returns
    -------
    Changes

    Raises
    ------
    CourseError
        If anything in the list is wrong; then nothing has changed.
    """
    listed = read_class_list(path)
    if assignment is not None and listed.kind != "moodle":
        raise CourseError(
            f"{Path(path).name} is no grading worksheet of Moodle's: one has Participant 123 in "
            f"its first column"
        )
    if listed.kind == "moodle":
        assignment = _assignment_of(course, path, assignment)
    old = read_roster(course)
    matched = _match(course, old, listed, assignment)
    changes = Changes(listed.kind, remarks=list(listed.remarks))
    new = dict(old)
    for person, known in matched:
        merged = _merged(old[known], person, listed.kind) if known else person
        if not known:
            changes.added.append(merged)
        elif merged != old[known]:
            changes.changed.append(merged)
        new[merged.id] = merged
    listed_ids = {known or person.id for person, known in matched}
    changes.gone = [person for student, person in old.items() if student not in listed_ids]
    if prune:
        for person in changes.gone:
            del new[person.id]
    if new != old:
        write_roster(course, new.values())
    if listed.kind == "moodle":
        _keep_worksheet(course, str(assignment), listed, matched, changes)
    if listed.kind == "canvas":
        write_record(course.root / RECORDS / "canvas.json", {"head": listed.head})
    return changes


def _assignment_of(course: Course, path: str | Path, assignment: str | None) -> str:
    if assignment is None and len(course.released()) == 1:
        return course.released()[0]
    if assignment is None:
        named = [name for name in course.released() if name in Path(path).name]
        if len(named) == 1:
            return named[0]
        raise CourseError(
            f"{Path(path).name} is Moodle's worksheet of one assignment: say of which, with "
            f"--assignment NAME (released: {', '.join(course.released()) or 'none'})"
        )
    course.need_released(assignment)
    return assignment


def _match(
    course: Course, old: Mapping[str, Person], listed: ClassList, assignment: str | None
) -> list[tuple[Person, str | None]]:
    """Return each listed student with the id of the same one in the roster, None for a new one."""
    by_id, by_mail, by_name = _index(old)
    listed_ids = {person.id for person in listed.people}
    for former, student in renamed_ids(course).items():
        if student in old and student not in listed_ids:
            by_id.setdefault(former, student)
    before = (worksheet_of(course, assignment) or {}).get("ids", {}) if assignment else {}
    came = {student for name in course.released() for student in course.submitted(name)}
    taken: dict[str, Person] = {}
    problems, matched = [], []
    for person in listed.people:
        found = {by_id[text] for text in person.ids if text in by_id}
        if listed.kind == "moodle":  # its number is another one in each assignment
            found = {before[person.id]} & set(old) if person.id in before else set()
        if not found and person.email:
            found = by_mail.get(person.email.casefold(), set())
        if not found and listed.kind == "moodle":
            found = by_name.get(name_key(person.shown), set())
        if len(found) > 1:
            names = " and ".join(sorted(found))
            problems.append(
                f"{person.id} ({person.shown}) may be {names} of the roster: an email address "
                f"in both would tell"
            )
            continue
        known = next(iter(found), None)
        if known is None and listed.kind == "moodle" and person.id in old:
            person = replace(person, id=f"{person.id}-{assignment}")  # another one's number
        if known is None:
            # Work that came under another of the student's ids keeps its place.
            ids = [text for text in (person.sis_user_id, person.login) if safe_id(text)[0] in came]
            if person.id not in came and len(ids) == 1:
                person = replace(person, id=safe_id(ids[0])[0])
        student = known or person.id
        if student in taken:
            both = f"{person.shown or person.id} and {taken[student].shown or taken[student].id}"
            problems.append(f"{both} are both {student} in the roster")
            continue
        taken[student] = person
        matched.append((person, known))
    if problems:
        raise CourseError(f"{'; '.join(problems[:8])}. Nothing was read")
    return matched


def _index(people: Mapping[str, Person]) -> tuple[dict, dict, dict]:
    by_id: dict[str, str] = {}
    for student, person in people.items():
        for text in person.ids:
            by_id.setdefault(text, student)
    by_id |= {student: student for student in people}
    by_mail: dict[str, set[str]] = {}
    by_name: dict[str, set[str]] = {}
    for student, person in people.items():
        if person.email:
            by_mail.setdefault(person.email.casefold(), set()).add(student)
        if person.shown:
            by_name.setdefault(name_key(person.shown), set()).add(student)
    return by_id, by_mail, by_name


def name_key(name: str) -> str:
    """Return what two ways to write one name have in common.

    Parameters
    ----------
    name : str

    Returns
    -------
    str

    Examples
    --------
    >>> name_key("Doe, Jane") == name_key("jane  doe")
    True
    """
    return " ".join(sorted(re.findall(r"[^\W_]+", name.casefold())))


def _merged(old: Person, new: Person, kind: str) -> Person:
    cells = {name: text for name, text in asdict(new).items() if text and name != "id"}
    if cells.get("last_name") or cells.get("first_name"):
        cells.setdefault("name", "")
    elif kind == "moodle" and old.shown:
        cells.pop("name", None)  # the roster knows which part of it is which
    if kind == "table" and new.id not in old.ids:  # one more id, by which work may come
        free = next((name for name in ("sis_user_id", "login") if not getattr(old, name)), None)
        if free and free not in cells:
            cells[free] = new.id
    return replace(old, **cells)


def _keep_worksheet(
    course: Course,
    assignment: str,
    listed: ClassList,
    matched: Iterable[tuple[Person, str | None]],
    changes: Changes,
) -> None:
    """Keep Moodle's worksheet, to read its moments and to fill in its grades."""
    from softmax_grader.course.moments import read_moments

    students = [known or person.id for person, known in matched]
    numbers = [number_in(row[listed.places["id"]]) for row in listed.rows]
    times: dict[str, str] = {}
    if "submitted" in listed.places:
        texts = [row[listed.places["submitted"]] for row in listed.rows]
        moments = read_moments(texts, zone_of(course))
        for student, text, moment in zip(students, texts, moments, strict=True):
            if moment is not None:
                times[student] = moment.isoformat()
            elif any(c.isdigit() for c in text):
                changes.remarks.append(f"{student}: the time {text!r} was not understood")
    record = {
        "head": listed.head,
        "rows": listed.rows,
        "places": listed.places,
        "ids": dict(zip(numbers, students, strict=True)),
        "times": times,
    }
    write_record(_worksheet_path(course, assignment), record)


def _worksheet_path(course: Course, assignment: str) -> Path:
    return course.root / RECORDS / assignment / "moodle.json"


def worksheet_of(course: Course, assignment: str) -> dict[str, Any] | None:
    """Return Moodle's worksheet of an assignment, as it was read last.

    Parameters
    ----------
    course : Course
    assignment : str

    Returns
    -------
    dict or None
        ``head`` and ``rows``, cells; ``places``, from a name to a column; ``ids``, from Moodle's
        number to the student's id; ``times``, from the id to a moment in ISO's form.
    """
    return read_record(_worksheet_path(course, assignment))


def give_worksheet_to(course: Course, assignment: str, old: str, new: str) -> None:
    """Rename a student in Moodle's worksheet, as it is kept.

    Parameters
    ----------
    course : Course
    assignment : str
    old, new : str
    """
    sheet = worksheet_of(course, assignment)
    if sheet is None or old not in {*sheet.get("ids", {}).values(), *sheet.get("times", {})}:
        return
    ids = {number: new if s == old else s for number, s in sheet.get("ids", {}).items()}
    times = {new if s == old else s: moment for s, moment in sheet.get("times", {}).items()}
    write_record(_worksheet_path(course, assignment), {**sheet, "ids": ids, "times": times})


def number_in(cell: str) -> str:
    """Return Moodle's number in ``Participant 123``.

    Parameters
    ----------
    cell : str

    Returns
    -------
    str
    """
    match = MOODLE_ID.fullmatch(cell)
    return match[2] if match else cell


def canvas_head(course: Course) -> list[str]:
    """Return the columns of Canvas's gradebook, as it was read last; empty where it was not.

    Parameters
    ----------
    course : Course

    Returns
    -------
    list of str
    """
    return list((read_record(course.root / RECORDS / "canvas.json") or {}).get("head", ()))


def known_ids(
    course: Course, assignment: str, senders: Mapping[str, Mapping[str, Any]]
) -> dict[str, str]:
    """Return under which id of the roster each student's work belongs.

    An LMS has numbers of its own: Canvas's, and Moodle's, which are others in each assignment.

    Parameters
    ----------
    course : Course
    assignment : str
    senders : dict
        From the id in the LMS's names to what :func:`softmax_grader.course.roster.sender_of`
        returns, of which ``lms`` and ``name`` are read.

    Returns
    -------
    dict
        From an id of `senders` to the one of the roster. Those that need no other are not in it;
        nor are two that would become one.
    """
    people = read_roster(course)
    by_id, _, by_name = _index(people)
    sheet = worksheet_of(course, assignment) or {}
    from_sheet = {safe_id(number)[0]: student for number, student in sheet.get("ids", {}).items()}
    alike: dict[str, set[str]] = {}
    for text, student in by_id.items():
        alike.setdefault(_loose(text), set()).add(student)
    found: dict[str, str] = {}
    for student, sender in senders.items():
        name = sender.get("name") or ""
        # In work of a group, Moodle puts the group's name before the person's.
        names = {name_key(name), name_key(name.rpartition("-")[2])} - {""}
        same = {one for text in names for one in by_name.get(text, ())}
        if student in from_sheet:
            found[student] = from_sheet[student]
        elif sender.get("lms") == "moodle" and len(same) == 1:
            found[student] = same.pop()
        elif student in people:
            # A number of Moodle's may have been another one's in another assignment.
            other = sender.get("lms") == "moodle" and names and people[student].shown
            found[student] = f"{student}-{assignment}" if other else student
        elif student in by_id:
            found[student] = by_id[student]
        elif len(alike.get(_loose(student), ())) == 1:
            found[student] = next(iter(alike[_loose(student)]))
        elif len(same) == 1:
            found[student] = same.pop()
    times = Counter(found.get(student, student) for student in senders)
    return {a: b for a, b in found.items() if a != b and times[b] == 1}


def _loose(text: str) -> str:
    """Return an id without what a spreadsheet or a hurried hand changes: zeros, capitals."""
    return text.casefold().lstrip("0")


def handed_in_by_worksheet(course: Course, assignment: str) -> dict[str, dt.datetime]:
    """Return when each student handed in, as Moodle's worksheet says.

    Parameters
    ----------
    course : Course
    assignment : str

    Returns
    -------
    dict of datetime
    """
    sheet = worksheet_of(course, assignment) or {}
    times = sheet.get("times", {})
    return {student: dt.datetime.fromisoformat(text) for student, text in times.items()}
