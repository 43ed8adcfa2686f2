"""``softmax-class release``: make the students' notebook from an assignment's source."""

import argparse
from collections.abc import Mapping, Sequence

from softmax_grader.commands.common import add_unsafe, check_sandbox, course_of, next_step, shown
from softmax_grader.course.folder import Course, at_work

HELP = "make the students' notebook from an assignment's source"
ABOUT = """\
reads    the source, assignments/NAME.md
writes   source/NAME (with solution and hidden tests), release/NAME (what students
         get), and the cells in gradebook.db

The solution has to get all points, or nothing is released and all stays as it was.
A source that was mended is released again, also after grading; `grade` then grades
again whom it concerns, and points given by hand stay.

example: softmax-class release a1_forward
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the step's arguments.

    Parameters
    ----------
    parser : argparse.ArgumentParser
    """
    parser.add_argument("assignment", help="a name, or the path of a source")
    add_unsafe(parser)


def run(options: argparse.Namespace) -> None:
    """Run the step.

    Parameters
    ----------
    options : argparse.Namespace
    """
    from softmax_grader.gradebook.release import release

    course = course_of(options)
    check_sandbox(options)
    with at_work(course, "release"):
        released = release(course, options.assignment, unsafe=options.unsafe)
    name, by_tests = released["name"], released["automatic"]
    stub = sum(value for key, value in released["stub"].items() if key != "errors")
    print(
        f"{name}: {released['points']:g} points, {by_tests:g} of them by tests. "
        f"Its solution gets {by_tests:g} of {by_tests:g}, the empty stub {stub:g}."
    )
    print(f"For the students: {shown(course.notebook('release', name))}")
    for line in _changes(released["changes"]):
        print(f"  {line}")
    if _is_graded(course, name):
        print(f"Next, for what was graded before: {next_step(options, 'grade', name)}")
    else:
        collect = next_step(options, "collect", name, "FOLDER_OR_ZIP")
        print(f"Next, when work is handed in: {collect}")


def _changes(changes: Mapping[str, Sequence[str]]) -> list[str]:
    """Return what is told of the cells that submissions already have."""
    told = {
        "added": "new, not graded yet",
        "removed": "gone, and its points with it",
        "renamed": "has a new name and keeps its points",
        "set_aside": "is gone; its points by hand are set aside, and come back if it does",
        "back": "is back, with its points by hand; look at them once more",
    }
    removed = [name for name in changes["removed"] if name not in changes["set_aside"]]
    added = [name for name in changes["added"] if name not in changes["back"]]
    changes = {**changes, "removed": removed, "added": added}
    return [f"{name}: {words}" for kind, words in told.items() for name in changes[kind]]


def _is_graded(course: Course, name: str) -> bool:
    return any(course.record(name, "graded", s).is_file() for s in course.submitted(name))
