"""``softmax-class pretend``: make up submissions, to practise on."""

import argparse
from pathlib import Path

from softmax_grader.commands.common import (
    count,
    course_of,
    next_step,
    number_of,
    shown,
    typed,
)
from softmax_grader.course.folder import CourseError

HELP = "make up submissions, to practise on"
ABOUT = """\
reads    source (the solution, into which it puts mistakes)
writes   FOLDER, a new one, as if students had handed it in; two of them cheat

example: softmax-class pretend a1_forward handed_in --number 12
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the step's arguments.

    Parameters
    ----------
    parser : argparse.ArgumentParser
    """
    parser.add_argument("assignment")
    parser.add_argument("folder", metavar="FOLDER")
    parser.add_argument("--number", type=number_of(1, 2000), default=20, metavar="N")


def run(options: argparse.Namespace) -> None:
    """Run the step.

    Parameters
    ----------
    options : argparse.Namespace
    """
    from softmax_grader.demonstration.students import pretend

    course = course_of(options, options.assignment)
    folder = Path(options.folder)
    if folder.exists():
        raise CourseError(f"{folder} is there already: give a folder that is to be made")
    submissions = pretend(course, options.assignment, folder, options.number)
    cheats = sum(not honest for _, _, honest in submissions)
    made = count(len(submissions), "made-up submission")
    print(f"{made} in {shown(folder)}, {cheats} of them cheating.")
    print(f"Next: {next_step(options, 'collect', options.assignment, typed(folder))}")
