"""``softmax-class return``: pack the students' pages for handing them back."""

import argparse
from collections import Counter

from softmax_grader.commands.common import count, course_of, next_step, shown
from softmax_grader.course.folder import at_work

HELP = "pack the students' pages for handing them back"
ABOUT = """\
reads    gradebook.db, autograded
writes   return/NAME, emptied first: moodle_feedback.zip and canvas_feedback.zip for
         work that came in their archives; pages and mail_merge.csv for all other

example: softmax-class return a1_forward
"""
HOW = {
    "moodle_feedback.zip": "in the assignment: Upload multiple feedback files in a zip",
    "canvas_feedback.zip": "in the assignment: Upload Submissions",
    "pages": "one file for each student",
    "mail_merge.csv": "for a mail merge: names, addresses, points, pages",
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the step's arguments.

    Parameters
    ----------
    parser : argparse.ArgumentParser
    """
    parser.add_argument("assignment")
    parser.add_argument("--all", action="store_true", help="also those who wait for points by hand")
    parser.add_argument(
        "--pages", action="store_true", help="single files and a mail merge, whatever the LMS"
    )


def run(options: argparse.Namespace) -> None:
    """Run the step.

    Parameters
    ----------
    options : argparse.Namespace
    """
    from softmax_grader.reports.returning import WAITS, give_back

    course = course_of(options, options.assignment)
    with at_work(course, "return"):
        result = give_back(course, options.assignment, everyone=options.all, as_pages=options.pages)
    number = sum(len(students) for students in result["returned"].values())
    print(f"{options.assignment}: {count(number, 'page')} to give back.")
    for path in result["files"]:
        print(f"  {shown(path)}: {HOW[path.name]}")
    reasons = Counter(result["left_out"].values())
    for reason, times in reasons.most_common():
        students = [s for s, why in result["left_out"].items() if why == reason]
        more = f" and {times - 10} more" if times > 10 else ""
        print(f"Left out, {reason}: {', '.join(students[:10])}{more}")
    if WAITS in reasons:
        name = options.assignment
        answers = next_step(options, "answers", name)
        everyone = next_step(options, "return", name, "--all")
        print(f"Give the points ({answers}), or return all the same: {everyone}")
