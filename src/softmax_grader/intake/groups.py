"""Work of a group: what one member handed in counts for each.

Which assignments are a group's work is said by ``group_work`` in ``course.toml``, who is in which
group by ``roster.csv``. Moodle's own teams need neither: there each member has a folder.
"""

import nbformat

from softmax_grader.course.folder import SETTINGS, Course, CourseError
from softmax_grader.course.lateness import Calendar
from softmax_grader.course.records import read_record, write_atomically, write_record
from softmax_grader.course.roster import groups
from softmax_grader.intake.rebuilt import keep_rebuilt

LARGEST = 10  # students that hand in one notebook


def is_group_work(course: Course, assignment: str) -> bool:
    """Return whether groups hand an assignment in together.

    Parameters
    ----------
    course : Course
    assignment : str

    Returns
    -------
    bool

    Raises
    ------
    CourseError
        If the setting is no list of names.
    """
    names = course.settings.get("group_work", [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise CourseError(f'{SETTINGS}: group_work = {names!r}; expected names, such as ["a2"]')
    return assignment in names


def group_mates(course: Course, assignment: str) -> dict[str, str]:
    """Return the group in which each student hands an assignment in.

    Parameters
    ----------
    course : Course
    assignment : str

    Returns
    -------
    dict
        Empty where the assignment is no group's work.
    """
    return groups(course) if is_group_work(course, assignment) else {}


def share_in_groups(course: Course, assignment: str) -> list[str]:
    """Give each member of a group who handed nothing in what another member handed in.

    Where several members did, each keeps the own one, and the others have the newest.

    Parameters
    ----------
    course : Course
    assignment : str

    Returns
    -------
    list of str
        What a teacher should know, a sentence each.
    """
    if not is_group_work(course, assignment):
        return []
    members: dict[str, list[str]] = {}
    for student, group in groups(course).items():
        members.setdefault(group, []).append(student)
    calendar, remarks = Calendar(course), []
    for group, students in sorted(members.items()):
        records = {s: read_record(course.record(assignment, "collected", s)) for s in students}
        own = {s: r for s, r in records.items() if r is not None and not r.get("shared_from")}
        if not own:
            continue
        if len(students) > LARGEST:
            remarks.append(
                f"group {group} has {len(students)} students, so nothing was shared in it: is it a "
                f"section? Expected {LARGEST} at most"
            )
            continue

        def when(student: str, own: dict[str, dict] = own) -> tuple[float, float]:
            moment = calendar.handed_in(assignment, student)
            return moment.timestamp() if moment else 0.0, own[student].get("time") or 0.0

        newest = max(sorted(own), key=when)
        if len({record.get("key") for record in own.values()}) > 1:
            remarks.append(
                f"group {group}: {' and '.join(sorted(own))} handed in different notebooks; each "
                f"keeps the own one"
            )
        for student in sorted(set(students) - set(own)):
            if _share(course, assignment, newest, student, group, own[newest]):
                remarks.append(f"{student} has what {newest} handed in for the group {group}")
    return remarks


def _share(
    course: Course, assignment: str, giver: str, student: str, group: str, record: dict
) -> bool:
    """Put a submission into another member's place; return whether anything is new."""
    path = course.record(assignment, "collected", student)
    old = read_record(path) or {}
    if (old.get("shared_from"), old.get("key")) == (giver, record.get("key")):
        return False
    text = course.notebook("submitted", assignment, giver).read_text("utf-8")
    nbformat.reads(text, as_version=4)  # what is not whole is not passed on
    write_atomically(course.notebook("submitted", assignment, student), text)
    keep_rebuilt(course, assignment, student, text)
    shared = {
        **record,
        "shared_from": giver,
        # Its place in the LMS's archive is the giver's alone; its time is looked up there.
        "sender": {
            **dict.fromkeys(("lms", "name", "place", "handed_in")),
            "late": (record.get("sender") or {}).get("late"),
        },
        "flags": [*record.get("flags", ()), f"handed in by {giver} for the group {group}"],
    }
    write_record(path, shared)
    return True
