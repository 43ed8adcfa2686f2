"""``softmax-class roster``: read the class's list, or show who is in it and who handed in."""

import argparse

from softmax_grader.commands.common import count, course_of
from softmax_grader.course.enrolling import Changes, enrol
from softmax_grader.course.folder import Course, at_work
from softmax_grader.course.roster import ROSTER, Person, attendance, read_roster, shown_names

HELP = "read the class's list from your LMS, or show it"
ABOUT = """\
reads    FILE: Canvas's gradebook, Moodle's participants or grading worksheet, or any
         list with headings such as id, name, email, section, group; without FILE,
         the roster itself, and who handed in
writes   roster.csv, which you can edit as well

example: softmax-class roster EXPORTED.csv
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the step's arguments.

    Parameters
    ----------
    parser : argparse.ArgumentParser
    """
    parser.add_argument(
        "file", nargs="?", metavar="FILE", help="Canvas's, Moodle's or any other list, as CSV"
    )
    parser.add_argument(
        "--assignment", metavar="NAME", help="whose it is, if FILE is Moodle's grading worksheet"
    )
    parser.add_argument(
        "--remove", action="store_true", help="take out of the roster who is not in FILE"
    )


def run(options: argparse.Namespace) -> None:
    """Run the step.

    Parameters
    ----------
    options : argparse.Namespace
    """
    course = course_of(options)
    if options.file is None:
        _show(course)
        return
    with at_work(course, "roster"):
        changes = enrol(course, options.file, assignment=options.assignment, prune=options.remove)
        if (course.root / "gradebook.db").is_file():
            from softmax_grader.gradebook.people import put_people

            put_people(course)
    _tell(course, changes, removed=options.remove)


def _tell(course: Course, changes: Changes, *, removed: bool) -> None:
    for remark in changes.remarks:
        print(f"  {remark}")
    for word, people in (("new", changes.added), ("changed", changes.changed)):
        if people:
            print(f"  {word}: {_some(people, names=course.names)}")
    if changes.gone:
        what = "taken out" if removed else "not in it any more, and kept (--remove takes out)"
        print(f"  {what}: {_some(changes.gone, names=course.names)}")
    print(
        f"{ROSTER}: {count(len(read_roster(course)), 'student')}, {len(changes.added)} new, "
        f"{len(changes.changed)} changed."
    )
    if changes.kind == "canvas":
        from softmax_grader.reports.spreadsheets import canvas_column

        for name in course.released():
            column = canvas_column(course, name)
            if column:
                print(f"  In Canvas, {name} is the column {column}")
    _tell_attendance(course)


def _some(people: list[Person], *, names: bool) -> str:
    words = [f"{one.id} {one.shown}".strip() if names else one.id for one in people[:8]]
    more = f" and {len(people) - 8} more" if len(people) > 8 else ""
    return ", ".join(words) + more


def _tell_attendance(course: Course) -> None:
    names = shown_names(course)
    for assignment in course.released():
        if not course.submitted(assignment):
            continue
        missing, strangers = attendance(course, assignment)
        for word, ids in (("nothing from", missing), ("not in the roster", strangers)):
            if ids:
                people = [Person(student, name=names.get(student, "")) for student in ids]
                print(f"  {assignment}, {word}: {_some(people, names=True)}")


def _show(course: Course) -> None:
    people = read_roster(course)
    names = shown_names(course)
    if not people:
        print(f"There is no {ROSTER} yet. Next: softmax-class roster FILE.csv")
        return
    came = {name: set(course.submitted(name)) for name in course.released()}
    assignments = [name for name, students in came.items() if students]
    head = ["id", "name", "section", "group", *assignments]
    rows = [
        [
            *(student, names.get(student, ""), person.section, person.group),
            *("yes" if student in came[name] else "-" for name in assignments),
        ]
        for student, person in people.items()
    ]
    kept = [k for k, text in enumerate(head) if k < 1 or any(row[k] for row in rows)]
    widths = {k: max(len(row[k]) for row in [head, *rows]) for k in kept}
    for row in [head, *rows]:
        print("  ".join(f"{row[k]:{widths[k]}}" for k in kept).rstrip())
    print(f"{count(len(people), 'student')}.")
    _tell_attendance(course)
