"""``softmax-class status``: say how far each assignment is."""

import argparse

from softmax_grader.commands.common import behind, course_of, shown
from softmax_grader.course.records import read_record
from softmax_grader.gradebook.waiting import waiting_by_hand

HELP = "say how far each assignment is"
ABOUT = """\
reads    the course, and gradebook.db
writes   nothing

`by hand` is how many wait for points that you give; `flagged`, how many have
something that you should look at: the report names it.

example: softmax-class status
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the step's arguments.

    Parameters
    ----------
    parser : argparse.ArgumentParser
    """
    del parser  # it has none


def run(options: argparse.Namespace) -> None:
    """Run the step.

    Parameters
    ----------
    options : argparse.Namespace
    """
    course = course_of(options)
    sources = {path.stem for path in course.sources.glob("*.md")}
    names = sorted(sources | set(course.released()))
    if not names:
        print(f"No assignments in {shown(course.sources)}: see course.toml.")
        return
    width = max(len(name) for name in names)
    print(f"{'':{width}}  released  collected  graded  by hand  feedback  flagged")
    for name in names:
        collected = course.submitted(name)
        graded = [s for s in collected if read_record(course.record(name, "graded", s))]
        waits = waiting_by_hand(course, name) if course.is_released(name) else 0
        pages = course.root.glob(f"feedback/*/{name}/{name}.html")
        flagged = sum(
            any(
                (read_record(course.record(name, kind, s)) or {}).get("flags")
                for kind in ("collected", "run")
            )
            for s in collected
        )
        released = "yes" if course.is_released(name) else "no"
        print(
            f"{name:{width}}  {released:>8}  {len(collected):>9}  {len(graded):>6}  {waits:>7}  "
            f"{sum(1 for _ in pages):>8}  {flagged:>7}"
        )
    for name in names:
        for line in behind(options, course, name):
            print(line)
