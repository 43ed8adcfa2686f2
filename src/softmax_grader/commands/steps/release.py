"""``softmax-class release``: make the students' notebook from an assignment's source."""

import argparse

from softmax_grader.commands.common import add_unsafe, check_sandbox, course_of, shown
from softmax_grader.course.folder import at_work

HELP = "make the students' notebook from an assignment's source"


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
    with at_work(course):
        released = release(course, options.assignment, unsafe=options.unsafe)
    name, by_tests = released["name"], released["automatic"]
    stub = sum(value for key, value in released["stub"].items() if key != "errors")
    print(
        f"{name}: {released['points']:g} points, {by_tests:g} of them by tests. "
        f"Its solution gets {by_tests:g} of {by_tests:g}, the empty stub {stub:g}."
    )
    print(f"For the students: {shown(course.notebook('release', name))}")
    print(f"Next, when work is handed in: softmax-class collect {name} FOLDER_OR_ZIP")
