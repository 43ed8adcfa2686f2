"""``softmax-class feedback``: write one page for each student."""

import argparse

from softmax_grader.commands.common import behind, count, course_of, next_step, shown
from softmax_grader.course.folder import CourseError, at_work

HELP = "write one page for each student"
ABOUT = """\
reads    gradebook.db, autograded
writes   feedback/STUDENT/NAME/NAME.html, without any hidden test

example: softmax-class feedback a1_forward
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the step's arguments.

    Parameters
    ----------
    parser : argparse.ArgumentParser
    """
    parser.add_argument("assignment")


def run(options: argparse.Namespace) -> None:
    """Run the step.

    Parameters
    ----------
    options : argparse.Namespace
    """
    from softmax_grader.reports.feedback import feedback

    course = course_of(options, options.assignment)
    with at_work(course, "feedback"):
        result = feedback(course, options.assignment)
    if not result["written"] and not result["unchanged"]:
        raise CourseError(f"nothing is graded: {next_step(options, 'grade', options.assignment)}")
    print(
        f"{options.assignment}: {count(len(result['written']), 'page')} written, "
        f"{len(result['unchanged'])} as before."
    )
    student = (result["written"] or result["unchanged"])[0]
    page = course.notebook("feedback", options.assignment, student).with_suffix(".html")
    print(f"One of them: {shown(page)}")
    for line in behind(options, course, options.assignment):
        print(line)
    name = options.assignment
    print(f"Next: {next_step(options, 'report', name)}; {next_step(options, 'return', name)}")
