"""``softmax-class collect``: collect what was handed in."""

import argparse

from softmax_grader.commands.common import count, course_of
from softmax_grader.course.enrolling import enrol
from softmax_grader.course.folder import at_work
from softmax_grader.text import one_line

HELP = "collect what was handed in: folders, zip files"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the step's arguments.

    Parameters
    ----------
    parser : argparse.ArgumentParser
    """
    parser.add_argument("assignment")
    parser.add_argument("paths", nargs="*", metavar="PATH")
    parser.add_argument(
        "--times", metavar="WORKSHEET", help="Moodle's grading worksheet: names and times, as CSV"
    )


def run(options: argparse.Namespace) -> None:
    """Run the step.

    Parameters
    ----------
    options : argparse.Namespace
    """
    from softmax_grader.intake.collect import collect

    course = course_of(options, options.assignment)
    with at_work(course):
        if options.times:
            enrol(course, options.times, assignment=options.assignment)
        result = collect(course, options.assignment, options.paths)
    for remark in result["remarks"]:
        print(f"  {remark}")
    for student, record in result["students"].items():
        remarks = [*record["flags"], *record["mended"]]
        if remarks:
            print(f"  {student}: {one_line('; '.join(remarks), 110)}")
    new, all_of_them = len(result["students"]), len(course.submitted(options.assignment))
    print(
        f"{options.assignment}: {count(new, 'submission')} collected, "
        f"{len(result['unchanged'])} as before, {all_of_them} in all."
    )
    print(f"Next: softmax-class grade {options.assignment}")
