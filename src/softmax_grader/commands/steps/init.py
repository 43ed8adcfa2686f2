"""``softmax-class init``: make a course folder."""

import argparse

from softmax_grader.commands.common import shown
from softmax_grader.course.folder import init_course

HELP = "make a course folder"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the step's arguments.

    Parameters
    ----------
    parser : argparse.ArgumentParser
    """
    parser.add_argument("folder", metavar="FOLDER")
    parser.add_argument(
        "--assignments", metavar="FOLDER", help="where the assignments' sources are"
    )
    parser.add_argument("--name", help="the course's name for nbgrader")


def run(options: argparse.Namespace) -> None:
    """Run the step.

    Parameters
    ----------
    options : argparse.Namespace
    """
    course = init_course(options.folder, course=options.name, assignments=options.assignments)
    print(f"{shown(course.root)} is a course now. Its settings: course.toml.")
    names = sorted(path.stem for path in course.sources.glob("*.md"))
    if names:
        print(f"Assignments found: {', '.join(names)}.")
        print(f"Next: cd {shown(course.root)} && softmax-class release {names[0]}")
    else:
        print(f"No assignments in {shown(course.sources)}: see course.toml.")
