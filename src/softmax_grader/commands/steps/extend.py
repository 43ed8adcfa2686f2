"""``softmax-class extend``: give a student more time, or say when work came."""

import argparse

from softmax_grader.commands.common import course_of, number_of
from softmax_grader.course.folder import CourseError, at_work

HELP = "give a student more time, or say when work came"
ABOUT = """\
reads    course.toml: [due] and [late]
writes   extensions.csv, which you can edit as well, and penalties into gradebook.db

examples: softmax-class extend a1_forward s005 --days 2 --reason ill
          softmax-class extend a1_forward s005 --until '2026-12-04 18:00'
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the step's arguments.

    Parameters
    ----------
    parser : argparse.ArgumentParser
    """
    parser.add_argument("assignment")
    parser.add_argument("students", nargs="+", metavar="STUDENT")
    parser.add_argument("--until", metavar="DATE", help="such as 2026-12-04, or '2026-12-04 18:00'")
    parser.add_argument(
        "--days", type=number_of(0, 366), metavar="N", help="so many days after the due date"
    )
    parser.add_argument(
        "--handed-in", metavar="DATE", help="when the work came, where the LMS does not tell"
    )
    parser.add_argument("--reason", default="", help="kept beside it, for you")
    parser.add_argument("--none", action="store_true", help="take back what was granted")


def run(options: argparse.Namespace) -> None:
    """Run the step.

    Parameters
    ----------
    options : argparse.Namespace
    """
    from softmax_grader.course.extending import extend

    course = course_of(options, options.assignment)
    if not (options.until or options.days is not None or options.handed_in or options.none):
        raise CourseError("say how long: --until DATE, --days N, --handed-in DATE, or --none")
    with at_work(course, "extend"):
        lines = extend(
            course,
            options.assignment,
            options.students,
            until=options.until,
            days=options.days,
            handed_in=options.handed_in,
            reason=options.reason,
            none=options.none,
        )
        if (course.root / "gradebook.db").is_file():
            from softmax_grader.gradebook.lateness import put_lateness

            for name in course.released():
                put_lateness(course, name)
    for line in lines:
        print(line)
    print("Points, pages and reports follow when they are written the next time.")
