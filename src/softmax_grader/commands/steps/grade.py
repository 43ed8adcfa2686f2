"""``softmax-class grade``: grade what is new or has changed."""

import argparse
import sys
from typing import Any

from softmax_grader.commands.common import (
    add_unsafe,
    behind,
    check_sandbox,
    count,
    course_of,
    next_step,
    number_of,
)
from softmax_grader.course.folder import CourseError, at_work
from softmax_grader.gradebook.waiting import waiting_by_hand
from softmax_grader.text import one_line

HELP = "grade what is new or has changed"
ABOUT = """\
reads    submitted, source, and what was graded before
writes   gradebook.db, autograded

Points and comments given by hand stay. They wait for you once more only where the
answer, or what it is worth, has changed since.

--part grades again who lost points in one test, or in the tests of one function, and
who was graded by an earlier version of them. The whole submission runs again, so the
points of its other parts are renewed as well.

examples: softmax-class grade a1_forward
          softmax-class grade a1_forward --student s005 s006
          softmax-class grade a1_forward --part softmax
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the step's arguments.

    Parameters
    ----------
    parser : argparse.ArgumentParser
    """
    parser.add_argument("assignment")
    parser.add_argument(
        "--jobs", type=number_of(1, 64), metavar="N", help="how many at once (all cores)"
    )
    parser.add_argument("--force", action="store_true", help="grade everything again")
    parser.add_argument(
        "--student", nargs="+", metavar="ID", help="grade these again, and nobody else"
    )
    parser.add_argument(
        "--part", metavar="NAME", help="grade again whom this test or function concerns"
    )
    add_unsafe(parser)


def run(options: argparse.Namespace) -> int:
    """Run the step.

    Parameters
    ----------
    options : argparse.Namespace

    Returns
    -------
    int
        The exit code.
    """
    from softmax_grader.gradebook.grade import grade

    course = course_of(options, options.assignment)
    name = options.assignment
    if not course.submitted(name):
        collect = next_step(options, "collect", name, "FOLDER_OR_ZIP")
        raise CourseError(f"nothing is collected: {collect}")
    check_sandbox(options)
    in_place = sys.stdout.isatty()

    def tell(done: int, of: int, student: str, run: dict[str, Any]) -> None:
        text = f"  {done}/{of}  {student}  {run['seconds']:.1f} s"
        if run["flags"]:
            text += f"  flagged: {one_line(run['flags'][0], 60)}"
        if in_place:
            print(f"\r\x1b[K{text[:100]}", end="\n" if run["flags"] else "", flush=True)
        else:
            print(text, flush=True)

    with at_work(course, "grade"):
        result = grade(
            course,
            name,
            jobs=options.jobs,
            unsafe=options.unsafe,
            force=options.force,
            students=options.student,
            part=options.part,
            tell=tell,
        )
    if in_place and result["graded"]:
        print("\r\x1b[K", end="")
    print(
        f"{name}: {len(result['graded'])} graded in {result['seconds']:.0f} s, "
        f"{len(result['unchanged'])} unchanged."
    )
    if result["failed"]:
        print(
            f"{count(len(result['failed']), 'submission')} could not be graded and "
            f"will be tried again: {', '.join(result['failed'][:10])}",
            file=sys.stderr,
        )
    again = [
        f"{student}: {', '.join(f'{cell} ({points:g})' for cell, points in cells.items())}"
        for student, cells in sorted(result["again"].items())
    ]
    if again:
        more = f"; and {len(again) - 10} more" if len(again) > 10 else ""
        print(
            f"Points by hand that wait for you again, since what they were given to has changed: "
            f"{'; '.join(again[:10])}{more}"
        )
    for line in behind(options, course, name):
        print(line)
    print(f"Next: {next_step(options, 'feedback', name)}; {next_step(options, 'report', name)}")
    if waiting_by_hand(course, name):
        answers = next_step(options, "answers", name)
        print(f"Points by hand: {answers}; or jupyter lab here, then Nbgrader, Formgrader")
    return 1 if result["failed"] else 0
