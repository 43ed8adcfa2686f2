"""``softmax-class rename``: give a student another id; all that the course has goes along."""

import argparse

from softmax_grader.commands.common import count, course_of, next_step
from softmax_grader.course.drawn_ids import DRAWN_IDS
from softmax_grader.course.folder import at_work
from softmax_grader.course.roster import ROSTER

HELP = "give a student another id"
ABOUT = """\
reads    what the course has of OLD, in all assignments
writes   the same as NEW: work, grades, points by hand, comments, records, dates, roster

example: softmax-class rename unknown-1a2b3c4d s014
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the step's arguments.

    Parameters
    ----------
    parser : argparse.ArgumentParser
    """
    parser.description = (
        "Give a student another id, in all assignments: what was handed in, grades, points and "
        "comments by hand, more time and the row in roster.csv go along. Nobody is graded again. "
        "A file that comes under the old id later counts as the new one's. Nothing changes where "
        "both ids have handed in the same assignment."
    )
    parser.add_argument("old", metavar="OLD", help="the id that the course has")
    parser.add_argument("new", metavar="NEW", help="the id that it should have")


def run(options: argparse.Namespace) -> None:
    """Run the step.

    Parameters
    ----------
    options : argparse.Namespace
    """
    from softmax_grader.gradebook.rename import rename

    old, new = options.old, options.new
    course = course_of(options)
    with at_work(course, "rename"):
        done = rename(course, old, new)
    if not done.is_new:
        print(f"{old} is {new} already.")
        return
    where = ", ".join(done.assignments) or "nothing handed in so far"
    print(f"{old} is {new} now: {where}")
    if done.by_hand:
        print(f"  {count(done.by_hand, 'mark')} by hand (points, comments) went along")
    if done.in_roster:
        print(f"  {ROSTER}: its row has the new id")
    for name in done.drawn:
        print(f"  {name}: the values stay those of the id {old} ({DRAWN_IDS})")
    print(f"A file that comes as {old} counts as {new}'s.")
    steps = [
        next_step(options, step, name)
        for name in done.assignments
        for step in ("feedback", "report")
    ]
    if steps:
        print(f"Next: {'; '.join(steps)}")
