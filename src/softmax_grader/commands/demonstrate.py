"""``make class``: a class that does not exist is taken through every step of ``softmax-class``."""

import shutil
import sys
import time
from pathlib import Path

from softmax_grader.commands.softmax_class import main as softmax_class


def demonstrate(folder, assignments, assignment, number=20):
    """Make a course in `folder` and take a made-up class through all of it."""
    shutil.rmtree(folder, ignore_errors=True)
    course, handed_in = folder / "course", folder / "handed_in"

    def run(*words):
        print(f"\n$ softmax-class {' '.join(map(str, words))}", flush=True)
        status = softmax_class([str(word) for word in words])
        if status:
            raise SystemExit(status)

    begin = time.monotonic()
    run("init", course, "--assignments", assignments)
    at = ("--course", course)
    run(*at, "release", assignment)
    run(*at, "pretend", assignment, handed_in, "--number", number)
    run(*at, "collect", assignment, handed_in)
    run(*at, "grade", assignment)
    run(*at, "feedback", assignment)
    run(*at, "report", assignment)
    run(*at, "status")
    print(f"\nAll of it took {time.monotonic() - begin:.0f} s. Look at:")
    reports = course / "reports" / assignment
    print(f"  the class, for the teacher   {reports / 'report.html'}")
    print(f"  the grades                   {reports / 'grades.csv'}")
    page = sorted((course / "feedback").glob(f"*/{assignment}/*.html"))[-4]
    print(f"  one student's feedback       {page}")
    print("How to do it with a class of your own: book/teaching.md")


if __name__ == "__main__":
    place = Path("build/class")
    demonstrate(place, Path("assignments"), (sys.argv[1:] or ["a1_forward"])[0])
