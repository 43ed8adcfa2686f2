"""``softmax-class variants``: whose values are which, worksheets, and a slip of the pen granted."""

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from softmax_grader.commands.common import count, course_of, next_step, number_of, shown
from softmax_grader.course.folder import Course, CourseError, at_work
from softmax_grader.course.records import write_atomically
from softmax_grader.course.roster import shown_names
from softmax_grader.course.tables import csv_text

if TYPE_CHECKING:
    from softmax_grader.gradebook.drawn import Draws

HELP = "show each student's own values, on paper too"
ABOUT = """\
reads    the release, roster.csv, and variants_by of course.toml: the column of the
         roster that is drawn by, if it is not id
writes   reports/NAME/variants.csv; with --paper the worksheets and, apart, their key;
         with --as the file variants.csv, which you can edit as well

examples: softmax-class variants a4_own_conventions --paper --versions 4
          softmax-class variants a4_own_conventions s005 --as 4711 --reason 'slip of the pen'
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the step's arguments.

    Parameters
    ----------
    parser : argparse.ArgumentParser
    """
    parser.add_argument("assignment")
    parser.add_argument("students", nargs="*", metavar="STUDENT", help="without them, the class")
    parser.add_argument("--paper", action="store_true", help="make worksheets to print, and a key")
    parser.add_argument(
        "--versions",
        type=number_of(1, 26),
        metavar="N",
        help="worksheets A, B, C … for everybody, not one for each student",
    )
    parser.add_argument(
        "--as", dest="drawn_by", metavar="ID", help="let the one STUDENT be graded by this id"
    )
    parser.add_argument("--reason", default="", help="kept beside it, for you")
    parser.add_argument("--none", action="store_true", help="take back what --as granted")


def run(options: argparse.Namespace) -> None:
    """Run the step.

    Parameters
    ----------
    options : argparse.Namespace
    """
    from softmax_grader.gradebook.drawn import Draws

    course = course_of(options, options.assignment)
    draws = Draws(course, options.assignment)
    if draws.choices is None:
        raise CourseError(f"{options.assignment} has no variants: all students have the same")
    if options.versions and not options.paper:
        raise CourseError("--versions makes worksheets: give --paper too")
    if options.drawn_by or options.none:
        with at_work(course, "variants"):
            _grant(course, options, draws)
        return
    if options.versions:
        _paper(course, options, draws, [])
        return
    students = _chosen(draws, options)
    _table(course, draws, students, options)
    if options.paper:
        _paper(course, options, draws, students)


def _chosen(draws: "Draws", options: argparse.Namespace) -> list[str]:
    everybody = draws.everybody()
    if not everybody:
        raise CourseError(
            f"nobody is known yet for whom to draw: {next_step(options, 'roster', 'FILE.csv')}"
        )
    strange = [student for student in options.students if student not in everybody]
    if strange:
        raise CourseError(f"not in the class: {', '.join(strange)}")
    return list(options.students) or everybody


def _table(
    course: Course, draws: "Draws", students: Sequence[str], options: argparse.Namespace
) -> None:
    """Print whose values are which; write all of it as CSV."""
    assert draws.choices is not None
    names = shown_names(course)
    head = ["student", "name", "drawn by", *draws.choices.options]

    def row(student: str) -> list[str]:
        own = [str(value) for value in draws.own(student).values()]
        return [student, names.get(student, ""), draws.key(student), *own]

    path = course.root / "reports" / options.assignment / "variants.csv"
    rows = {student: row(student) for student in draws.everybody()}
    write_atomically(path, "\ufeff" + csv_text([head, *rows.values()]))
    printed = [rows[student] for student in students]
    kept = [k for k in range(len(head)) if k == 0 or any(row[k] for row in printed)]
    if all(row[0] == row[2] for row in printed):
        kept.remove(2)
    widths = {k: max(len(row[k]) for row in [head, *printed]) for k in kept}
    for row_ in [head, *printed]:
        print("  ".join(f"{row_[k]:{widths[k]}}" for k in kept).rstrip())
    number = sum(1 for _ in draws.choices.every())
    print(f"{count(len(printed), 'student')}, {number} variants. All of them: {shown(path)}")
    if lacking := draws.without_key():
        some = ", ".join(lacking[:8]) + (f" and {len(lacking) - 8} more" if lacking[8:] else "")
        print(f"No {draws.column} in the roster, so drawn by the id: {some}")


def _paper(
    course: Course, options: argparse.Namespace, draws: "Draws", students: Sequence[str]
) -> None:
    from softmax_grader.course.releases import source_path
    from softmax_grader.gradebook.source import paper_code
    from softmax_grader.reports.page import assignment_title
    from softmax_grader.reports.worksheets import make_sheets, versions, worksheet_pages

    assert draws.choices is not None
    names = shown_names(course)
    if options.versions:
        keys = versions(draws.choices, options.versions)
    else:
        keys = {f"{names.get(s, '')} {s}".strip(): draws.key(s) for s in students}
    path = source_path(course, options.assignment)
    sheets = make_sheets(
        draws.source,
        paper_code(path),
        draws.choices,
        keys,
        where=path.name,
        to_name=bool(options.versions),
    )
    folder = course.root / "reports" / options.assignment
    title = assignment_title(draws.source, options.assignment)
    for name, text in worksheet_pages(title, sheets).items():
        write_atomically(folder / name, text)
        print(f"  {shown(folder / name)}")
    print(
        f"{count(len(sheets), 'worksheet')}, a page each, to print from a browser; the key apart."
    )


def _grant(course: Course, options: argparse.Namespace, draws: "Draws") -> None:
    """Let another id count for a student, or take that back."""
    from softmax_grader.course.drawn_ids import DrawnId, read_drawn_ids, write_drawn_ids

    if len(options.students) != 1:
        raise CourseError("--as and --none are for one student: give the id")
    (student,) = _chosen(draws, options)
    granted = read_drawn_ids(course)
    place = options.assignment, student
    if options.none:
        if granted.pop(place, None) is None:
            raise CourseError(f"nothing is granted to {student} for {options.assignment}")
    else:
        owner = draws.whose_id(options.drawn_by)
        if owner not in (None, student):
            raise CourseError(
                f"{options.drawn_by} is {owner}'s id; granting it would make a copy right"
            )
        granted[place] = DrawnId(*place, options.drawn_by, options.reason)
    write_drawn_ids(course, granted.values())
    by = "the own id" if options.none else options.drawn_by
    grade = next_step(options, "grade", options.assignment)
    print(f"{options.assignment}: {student} is drawn by {by} now. Next: {grade}")
