"""``softmax-class init``: make a course folder."""

import argparse

from softmax_grader.commands.common import shown, typed
from softmax_grader.course.folder import init_course

HELP = "make a course folder"
ABOUT = """\
writes   FOLDER, closed to other users: course.toml (settings), nbgrader_config.py,
         .gitignore (git passes over what students hand in), and empty folders

example: softmax-class init course --assignments assignments
"""


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
    print("Its .gitignore keeps what students hand in, and their grades, out of git.")
    names = sorted(path.stem for path in course.sources.glob("*.md"))
    if names:
        print(f"Assignments found: {', '.join(names)}.")
        print(f"Next: cd {typed(course.root)} && softmax-class release {names[0]}")
    else:
        print(f"No assignments in {shown(course.sources)}: see course.toml.")
