"""``softmax-class answers``: all written answers on one page, and marks for them."""

import argparse
from pathlib import Path

from softmax_grader.commands.common import count, course_of, next_step, shown, typed
from softmax_grader.course.folder import CourseError, at_work
from softmax_grader.course.roster import shown_names

HELP = "all written answers on one page; marks from a table"
ABOUT = """\
reads    gradebook.db, and the marks and comments in marks
writes   reports/NAME/answers.html, the table to fill in and the comments in marks;
         with --take, points and comments into gradebook.db

example: softmax-class answers a1_forward
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the step's arguments.

    Parameters
    ----------
    parser : argparse.ArgumentParser
    """
    parser.add_argument("assignment")
    parser.add_argument(
        "--take", metavar="FILE", help="put the marks of this table into the gradebook"
    )
    parser.add_argument("--names", action="store_true", help="say whose each answer is")


def run(options: argparse.Namespace) -> None:
    """Run the step.

    Parameters
    ----------
    options : argparse.Namespace
    """
    from softmax_grader.course.records import write_atomically
    from softmax_grader.gradebook.by_hand import give_by_hand, given_by_hand
    from softmax_grader.reports.marks_file import (
        COMMENTS,
        comments_path,
        marks_csv,
        marks_path,
        read_comments,
        read_marks,
        read_table,
    )
    from softmax_grader.reports.written import answers_page, questions_of

    course, name = course_of(options, options.assignment), options.assignment
    with at_work(course):
        questions = questions_of(course, name)
        if not any(question.students for question in questions):
            what = "nothing is graded" if questions else "it has no question to mark by hand"
            raise CourseError(f"{what}: softmax-class grade {name}" if questions else what)
        comments = read_comments(comments_path(course))
        if options.take:
            path = Path(options.take)
            marks = read_marks(read_table(path), path.name, questions, comments)
            give_by_hand(course, name, marks)
        else:
            table = marks_path(course, name)
            old = read_table(table) if table.is_file() else ""
            new = marks_csv(questions, given_by_hand(course, name), old)
            if new != old:
                write_atomically(table, new)
            if not comments_path(course).exists():
                write_atomically(comments_path(course), COMMENTS)
        names = shown_names(course) if options.names else None
        page = course.root / "reports" / name / "answers.html"
        write_atomically(page, answers_page(course, name, questions, comments, names=names))
    if options.take:
        pointed = sum(mark.points is not None for mark in marks)
        commented = sum(mark.comment is not None for mark in marks)
        print(
            f"{name}: {count(pointed, 'answer')} marked, {count(commented, 'comment')} given. "
            f"formgrader shows the same."
        )
        print(f"Next: {next_step(options, 'feedback', name)}; {next_step(options, 'report', name)}")
        return
    written = sum(len(answer.students) for question in questions for answer in question.answers)
    print(f"{name}: {count(written, 'written answer')} to {count(len(questions), 'question')}.")
    print(f"  {shown(page)}: to read")
    print(f"  {shown(table)}: for points and comments")
    print(f"  {shown(comments_path(course))}: comments to use again")
    take = next_step(options, "answers", name, "--take", typed(table))
    print(f"Next: read, fill in the table, then {take}")
