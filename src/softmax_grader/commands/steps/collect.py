"""``softmax-class collect``: collect what was handed in."""

import argparse
import sys
from typing import Any

from softmax_grader.commands.common import count, course_of, next_step
from softmax_grader.course.enrolling import enrol
from softmax_grader.course.folder import Course, CourseError, at_work
from softmax_grader.text import one_line

HELP = "collect what was handed in: folders, zip files"
ABOUT = """\
reads    each PATH: a folder, an LMS's zip file, a notebook; without one,
         incoming/NAME and what nbgrader's exchange has brought
writes   submitted (the answers, in a fresh copy of the release) and originals
         (what was handed in, unchanged)

example: softmax-class collect a1_forward DOWNLOADED.zip
"""
DESCRIPTION = """\
Take the answers out of what was handed in: an LMS's zip file (Moodle, Canvas, Blackboard), a folder
or an archive (zip, tar) for each student, or files such as s001_anything.ipynb. Of a student's
notebooks the newest counts in which something was done, by the archive's own times; which one it
was, and what else came, is said. A file within one student's folder or archive is theirs, whatever
its name. All originals are kept, in originals/ASSIGNMENT/STUDENT.
"""
EPILOG = """\
A file of your choice: softmax-class collect ASSIGNMENT FILE --student s005 takes exactly this file
for s005, whatever its date. It stays when you collect again: a newer file of s005 is then said and
kept, and not taken until you choose it. Without a FILE, --student s005 undoes the choice, and the
newest file counts again.
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the step's arguments.

    Parameters
    ----------
    parser : argparse.ArgumentParser
    """
    parser.description, parser.epilog = DESCRIPTION, f"{ABOUT}\n{EPILOG}"
    parser.add_argument("assignment")
    parser.add_argument("paths", nargs="*", metavar="PATH", help="without one, incoming/ASSIGNMENT")
    parser.add_argument("--student", metavar="ID", help="take PATH, one notebook, for this student")
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
    if options.student is not None:
        with at_work(course, "collect"):
            _choose(course, options)
        print(f"Next: {next_step(options, 'grade', options.assignment)}")
        return
    in_place = sys.stderr.isatty()

    def tell(student: str, done: int, of: int) -> None:
        del student
        if in_place and of > 20:
            print(f"\r  {done}/{of}", end="" if done < of else "\r\x1b[K", file=sys.stderr)

    with at_work(course, "collect"):
        if options.times:
            enrol(course, options.times, assignment=options.assignment)
        result = collect(course, options.assignment, options.paths, tell=tell)
    _say(result)
    new = len(result["students"]) - len(result["kept"])
    all_of_them = len(course.submitted(options.assignment))
    same = len(result["unchanged"]) + len(result["kept"])
    print(
        f"{options.assignment}: {count(new, 'submission')} collected, {same} as before, "
        f"{all_of_them} in all."
    )
    files = result["files"]
    if files["seen"]:
        print(
            f"{count(files['seen'], 'file')}: {files['used']} used, {files['older']} older or "
            f"not taken, {files['told']} not read."
        )
    print(f"Next: {next_step(options, 'grade', options.assignment)}")


def _say(result: dict[str, Any]) -> None:
    for remark in result["remarks"]:
        print(f"  {remark}")
    for student, owner in result["replaced"].items():
        print(f"  {student} is {owner}'s file, which came with a name now: it is taken out")
    for student, record in sorted(result["students"].items()):
        remarks = [*record["flags"], *record["mended"]]
        if record.get("told") and record["readable"]:
            remarks.append(f"not read: {', '.join(record['told'])}")
        if remarks:
            print(f"  {student}: {one_line('; '.join(remarks), 110)}")


def _choose(course: Course, options: argparse.Namespace) -> None:
    from softmax_grader.intake.chosen import take_chosen, take_newest

    name, student, paths = options.assignment, options.student, options.paths
    if len(paths) > 1:
        raise CourseError(f"--student takes one file; {len(paths)} were given")
    if paths:
        result = take_chosen(course, name, paths[0], student)
    else:
        result = take_newest(course, name, student)
    record, before = result["record"], result["before"]
    file = one_line(record["file"], 80)
    if not result["is_new"]:
        print(f"{student}: {file} counts already, and stays.")
    elif before is None:
        print(f"{student}: {file} counts; nothing of theirs was there before.")
    elif before.get("digest") == record["digest"]:
        kind = "by your choice" if record["chosen"] else "as the newest"
        print(f"{student}: {file} counts as before, now {kind}.")
    else:
        print(
            f"{student}: {file} counts in place of {one_line(before.get('file'), 80) or 'nothing'}"
            f"; both are kept in originals/{name}/{student}."
        )
