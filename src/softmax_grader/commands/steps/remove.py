"""``softmax-class remove``: take a student's submission out, and keep it aside."""

import argparse
import shlex

from softmax_grader.commands.common import count, course_of, next_step, shown
from softmax_grader.course.folder import CourseError, at_work

HELP = "take a student's submission out, and keep it aside"
ABOUT = """\
reads    what the course has of STUDENT
writes   removed/NAME/STUDENT, with all of it

example: softmax-class remove a1_forward unknown-1a2b3c4d
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the step's arguments.

    Parameters
    ----------
    parser : argparse.ArgumentParser
    """
    parser.description = (
        "Take a submission out of the course: of submitted, autograded, feedback, the records and "
        "the gradebook. What was handed in goes to the folder removed. The same file does not come "
        "back when it is collected again; another one of that student does, and so does any file "
        "with: softmax-class collect ASSIGNMENT FILE --student STUDENT."
    )
    parser.add_argument("assignment")
    parser.add_argument("students", nargs="+", metavar="STUDENT")


def run(options: argparse.Namespace) -> None:
    """Run the step.

    Parameters
    ----------
    options : argparse.Namespace
    """
    from softmax_grader.intake.remove import remove

    name = options.assignment
    course = course_of(options, name)
    with at_work(course):
        there = course.submitted(name)
        if missing := [student for student in options.students if student not in there]:
            raise CourseError(
                f"{', '.join(missing)}: no submission for {name}, and nothing was removed "
                f"(there are {len(there)}: {', '.join(there[:5])}{' …' * (len(there) > 5)})"
            )
        for student in dict.fromkeys(options.students):
            removed = remove(course, name, student)
            print(f"{student} is out of {name}, and aside in {shown(removed['folder'])}")
            if removed["by_hand"]:
                print(
                    f"  {count(removed['by_hand'], 'mark')} by hand (points, comments) went with "
                    f"it: by_hand.json there lists what was given"
                )
            if removed["original"] is not None:
                words = ["softmax-class", "collect", name, shown(removed["original"])]
                print(f"  Back: {shlex.join([*words, '--student', student])}")
    print(f"Next: {next_step(options, 'report', name)}")
