"""Take a class that does not exist through every step of ``softmax-class``: ``make class``."""

import sys
import time
from collections.abc import Sequence
from pathlib import Path

from softmax_grader.commands.softmax_class import main as softmax_class
from softmax_grader.course.folder import CourseError
from softmax_grader.course.own_folder import empty_own_folder

PLACE = Path("build/class")


def demonstrate(folder: Path, assignments: Path, assignment: str, number: int = 20) -> None:
    """Make a course and take a made-up class through all of it.

    Parameters
    ----------
    folder : Path
        What an earlier run wrote there is removed.
    assignments : Path
        The folder of the assignments' sources.
    assignment : str
    number : int
        How many students the class has.

    Raises
    ------
    CourseError
        If the folder holds what no earlier run wrote; it stays as it was.
    SystemExit
        If a step fails.
    """
    empty_own_folder(folder)
    course, handed_in = folder / "course", folder / "handed_in"

    def run(*words: object) -> None:
        print(f"\n$ softmax-class {' '.join(map(str, words))}", flush=True)
        status = softmax_class([str(word) for word in words])
        if status:
            raise SystemExit(status)

    begin = time.monotonic()
    run("init", course, "--assignments", assignments)
    in_course = ("--course", course)
    run(*in_course, "release", assignment)
    run(*in_course, "pretend", assignment, handed_in, "--number", number)
    run(*in_course, "collect", assignment, handed_in)
    run(*in_course, "grade", assignment)
    run(*in_course, "feedback", assignment)
    run(*in_course, "report", assignment)
    run(*in_course, "status")
    print(f"\nAll of it took {time.monotonic() - begin:.0f} s. Look at:")
    reports = course / "reports" / assignment
    print(f"  the class, for the teacher   {reports / 'report.html'}")
    print(f"  the grades                   {reports / 'grades.csv'}")
    page = sorted((course / "feedback").glob(f"*/{assignment}/*.html"))[-4]
    print(f"  one student's feedback       {page}")
    print("How to do it with a class of your own: book/running_a_class.md")


def main(arguments: Sequence[str]) -> int:
    """Run the command.

    Parameters
    ----------
    arguments : sequence of str
        The assignment; without it, the first one.

    Returns
    -------
    int
        The exit code.
    """
    try:
        demonstrate(PLACE, Path("assignments"), (*arguments, "a1_forward")[0])
    except CourseError as error:
        print(f"The class was not made up: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
