"""The ids that students had before: work that comes under one of them is known as theirs."""

from softmax_grader.course.folder import RECORDS, Course
from softmax_grader.course.records import read_record, write_record
from softmax_grader.course.roster import read_roster

RENAMED = "renamed.json"


def keep_renamed(course: Course, old: str, new: str, assignments: list[str]) -> None:
    """Write down that a student has another id now.

    Parameters
    ----------
    course : Course
    old, new : str
    assignments : list of str
        Where there was work under the old id.
    """
    known = _read(course)
    before = known.get(old, {}).get("assignments", [])
    for one in known.values():
        if one["id"] == old:
            one["id"] = new
    known[old] = {"id": new, "assignments": sorted({*before, *assignments})}
    known.pop(new, None)
    write_record(course.root / RECORDS / RENAMED, known)


def renamed_ids(course: Course) -> dict[str, str]:
    """Return the id that each former id stands for now.

    Parameters
    ----------
    course : Course

    Returns
    -------
    dict
        Without ids that the roster has given to somebody else since.
    """
    people = read_roster(course)
    return {old: one["id"] for old, one in _read(course).items() if old not in people}


def moodles_renamed_ids(course: Course, assignment: str) -> dict[str, str]:
    """Return the same of the numbers that Moodle gave in an assignment.

    In another assignment Moodle gives the same number to somebody else.

    Parameters
    ----------
    course : Course
    assignment : str

    Returns
    -------
    dict
    """
    known = _read(course)
    return {
        old: new
        for old, new in renamed_ids(course).items()
        if assignment in known[old]["assignments"]
    }


def _read(course: Course) -> dict[str, dict]:
    return read_record(course.root / RECORDS / RENAMED) or {}
