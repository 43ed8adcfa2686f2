"""``softmax-class report``: write the grades and a page on the class."""

import argparse

from softmax_grader.commands.common import behind, count, course_of, next_step, shown
from softmax_grader.course.folder import CourseError, at_work

HELP = "write the grades and a page on the class"
ABOUT = """\
reads    gradebook.db, submitted, and the records of the runs
writes   reports/NAME: grades.csv (nbgrader's columns), canvas.csv, moodle.csv, and
         report.html, for you alone

example: softmax-class report a1_forward
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
    from softmax_grader.marking.known_slips import KNOWN_SLIPS
    from softmax_grader.reports.report import report
    from softmax_grader.reports.year import notes

    course = course_of(options, options.assignment)
    with at_work(course, "report"):
        result = report(course, options.assignment)
    if not result["students"]:
        raise CourseError(f"nothing is graded: {next_step(options, 'grade', options.assignment)}")
    print(
        f"{options.assignment}: {count(result['students'], 'submission')}, "
        f"mean {result['mean']:.1f} of {result['of']:g} points. "
        f"{len(result['flagged'])} to look at, {count(len(result['similar']), 'similar pair')}."
    )
    if result["slips"]:
        titles = {name: slip.title for name, slip in KNOWN_SLIPS.items()}
        common = result["slips"].most_common(3)
        slips = ", ".join(f"{titles.get(name, name)} ({n})" for name, n in common)
        print(f"Most common slips: {slips}.")
    for note in notes(course, options.assignment, result["of"]):
        print(f"  {note}")
    for path in result["files"]:
        print(f"  {shown(path)}")
    for line in behind(options, course, options.assignment):
        print(line)
    back = next_step(options, "return", options.assignment)
    print(f"Next: open {shown(result['files'][-1])} in a browser; {back}")
