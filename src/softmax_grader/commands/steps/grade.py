"""``softmax-class grade``: grade what is new or has changed."""

import argparse
import sys
from typing import Any

from softmax_grader.commands.common import add_unsafe, check_sandbox, count, course_of, number_of
from softmax_grader.course.folder import CourseError, at_work
from softmax_grader.text import one_line

HELP = "grade what is new or has changed"


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
        raise CourseError(f"nothing is collected: softmax-class collect {name} FOLDER_OR_ZIP")
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

    with at_work(course):
        result = grade(
            course, name, jobs=options.jobs, unsafe=options.unsafe, force=options.force, tell=tell
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
    print(f"Next: softmax-class feedback {name}; softmax-class report {name}")
    print("Points by hand, in the course's folder: jupyter lab, then Nbgrader, Formgrader")
    return 1 if result["failed"] else 0
