"""``softmax-class progress``: say what a class has answered of the book's questions."""

import argparse
from pathlib import Path

from softmax_grader.commands.common import shown
from softmax_grader.course.tables import csv_text
from softmax_grader.reports.progress import read_class, table_lines

HELP = "say what a class has answered of the book's questions"
ABOUT = """\
reads    FOLDER: the files softmax-progress.json that readers saved on the
         book's front page, in any folders below it
writes   nothing; with --csv, the table as a file for a spreadsheet

A file that cannot be read is named, and the others are counted. No course is needed.

example: softmax-class progress DOWNLOADED
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the step's arguments.

    Parameters
    ----------
    parser : argparse.ArgumentParser
    """
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="the files of the class")
    parser.add_argument("--csv", metavar="FILE", type=Path, help="where to write the table, too")


def run(options: argparse.Namespace) -> None:
    """Run the step.

    Parameters
    ----------
    options : argparse.Namespace
    """
    found = read_class(options.folder)
    rows = found.rows()
    if found.students:
        print("\n".join(table_lines(rows)))
    for label, first, tried in found.hardest():
        print(f"hard: {label}, right at the first try for {first} of {tried}")
    for name, why in found.unread.items():
        print(f"not read: {name}: {why}")
    if options.csv is not None:
        options.csv.write_text(csv_text(rows), "utf-8-sig")
        print(f"{shown(options.csv)}: {len(rows) - 1} rows")
