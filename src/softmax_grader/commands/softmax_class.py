"""``softmax-class``: a class's assignments, from the course folder to the file of grades.

::

    softmax-class init COURSE --assignments assignments
    cd COURSE
    softmax-class release a1_forward
    softmax-class collect a1_forward DOWNLOADED.zip
    softmax-class grade a1_forward
    softmax-class feedback a1_forward
    softmax-class report a1_forward
    softmax-class status

What is wrong with an input is said in one line, and the exit code is 2.
"""

import argparse
import contextlib
import os
import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from softmax_grader.course.folder import (
    Course,
    CourseError,
    at_work,
    find_course,
    init_course,
)
from softmax_grader.course.records import read_record
from softmax_grader.isolation.bubblewrap import SandboxError, find_mode
from softmax_grader.text import one_line

EXTRA = ("nbgrader", "jupytext", "nbformat", "nbconvert", "traitlets", "sqlalchemy")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Parameters
    ----------
    arguments : sequence of str, optional
        Without it, those of the command line.

    Returns
    -------
    int
        The exit code.
    """
    warnings.simplefilter("ignore")  # nbgrader's parts warn of each other
    parser = _parser()
    try:
        options = parser.parse_args(arguments)
        return options.run(options) or 0
    except _UsageError as error:
        return _say_wrong(error)
    except (CourseError, SandboxError) as error:
        return _say_wrong(error)
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on from here.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in EXTRA:
            raise
        return _say_wrong(
            f"{error.name} is not installed: a class needs the extra 'class' of softmax-steps, "
            f'which brings nbgrader: pip install "softmax-steps[class]", or make class'
        )
    except OSError as error:
        return _say_wrong(f"{error.filename or ''}: {error.strerror or error}".lstrip(": "))
    except Exception as error:
        if type(error).__module__.startswith(("sqlalchemy", "sqlite3")):
            reason = str(error).splitlines()[0]
            return _say_wrong(f"the gradebook, gradebook.db, cannot be used: {reason}")
        raise


def _say_wrong(error: object) -> int:
    print(f"softmax-class: {one_line(error, 600)}", file=sys.stderr)
    return 2


class _UsageError(Exception):
    """A wrong command line."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise _UsageError(f"{message} (softmax-class --help lists what there is)")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="softmax-class", description="Assignments for a class, graded safely.")
    parser.add_argument(
        "--course", metavar="FOLDER", help="the course; without it, the one that this folder is in"
    )
    steps = parser.add_subparsers(title="steps", metavar="STEP", required=True)

    def step(name: str, run: Callable, help: str) -> argparse.ArgumentParser:
        added = steps.add_parser(name, help=help, description=help)
        added.set_defaults(run=run)
        return added

    unsafe = ("--unsafe",)
    about_unsafe = "run student code without bubblewrap's walls"
    init = step("init", _init, "make a course folder")
    init.add_argument("folder", metavar="FOLDER")
    init.add_argument("--assignments", metavar="FOLDER", help="where the assignments' sources are")
    init.add_argument("--name", help="the course's name for nbgrader")
    release = step("release", _release, "make the students' notebook from an assignment's source")
    release.add_argument("assignment", help="a name, or the path of a source")
    release.add_argument(*unsafe, action="store_true", help=about_unsafe)
    pretend = step("pretend", _pretend, "make up submissions, to practise on")
    pretend.add_argument("assignment")
    pretend.add_argument("folder", metavar="FOLDER")
    pretend.add_argument("--number", type=_number_of(1, 2000), default=20, metavar="N")
    collect = step("collect", _collect, "collect what was handed in: folders, zip files")
    collect.add_argument("assignment")
    collect.add_argument("paths", nargs="*", metavar="PATH")
    grade = step("grade", _grade, "grade what is new or has changed")
    grade.add_argument("assignment")
    grade.add_argument(
        "--jobs", type=_number_of(1, 64), metavar="N", help="how many at once (all cores)"
    )
    grade.add_argument("--force", action="store_true", help="grade everything again")
    grade.add_argument(*unsafe, action="store_true", help=about_unsafe)
    feedback = step("feedback", _feedback, "write one page for each student")
    feedback.add_argument("assignment")
    report = step("report", _report, "write the grades and a page on the class")
    report.add_argument("assignment")
    step("status", _status, "say how far each assignment is")
    return parser


def _number_of(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = 0
        if not least <= number <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is no number from {least} to {most}")
        return number

    return read


def _course(options: argparse.Namespace, assignment: str | None = None) -> Course:
    course = find_course(Path.cwd()) if options.course is None else Course(options.course)
    if assignment is not None:
        course.need_released(assignment)
    return course


def _check_sandbox(options: argparse.Namespace) -> None:
    if options.unsafe:
        print("Without bubblewrap: student code can read and write what you can.", file=sys.stderr)
        return
    try:
        find_mode()
    except SandboxError as error:
        raise SandboxError(
            f"student code is not run here: {error}. "
            f"--unsafe runs it without walls; only for code that you trust"
        ) from None


def _shown(path: str | Path) -> str:
    """Return a path as seen from where the teacher is."""
    with contextlib.suppress(ValueError):
        return Path(path).resolve().relative_to(Path.cwd()).as_posix()
    return str(path)


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _init(options: argparse.Namespace) -> None:
    course = init_course(options.folder, course=options.name, assignments=options.assignments)
    print(f"{_shown(course.root)} is a course now. Its settings: course.toml.")
    names = sorted(path.stem for path in course.sources.glob("*.md"))
    if names:
        print(f"Assignments found: {', '.join(names)}.")
        print(f"Next: cd {_shown(course.root)} && softmax-class release {names[0]}")
    else:
        print(f"No assignments in {_shown(course.sources)}: see course.toml.")


def _release(options: argparse.Namespace) -> None:
    from softmax_grader.gradebook.release import release

    course = _course(options)
    _check_sandbox(options)
    with at_work(course):
        released = release(course, options.assignment, unsafe=options.unsafe)
    name, by_tests = released["name"], released["automatic"]
    stub = sum(value for key, value in released["stub"].items() if key != "errors")
    print(
        f"{name}: {released['points']:g} points, {by_tests:g} of them by tests. "
        f"Its solution gets {by_tests:g} of {by_tests:g}, the empty stub {stub:g}."
    )
    print(f"For the students: {_shown(course.notebook('release', name))}")
    print(f"Next, when work is handed in: softmax-class collect {name} FOLDER_OR_ZIP")


def _pretend(options: argparse.Namespace) -> None:
    from softmax_grader.demonstration.students import pretend

    course = _course(options, options.assignment)
    folder = Path(options.folder)
    if folder.exists():
        raise CourseError(f"{folder} is there already: give a folder that is to be made")
    submissions = pretend(course, options.assignment, folder, options.number)
    cheats = sum(not honest for _, _, honest in submissions)
    print(
        f"{_count(len(submissions), 'made-up submission')} in {folder}, {cheats} of them cheating."
    )
    print(f"Next: softmax-class collect {options.assignment} {folder}")


def _collect(options: argparse.Namespace) -> None:
    from softmax_grader.intake.collect import collect

    course = _course(options, options.assignment)
    with at_work(course):
        result = collect(course, options.assignment, options.paths)
    for remark in result["remarks"]:
        print(f"  {remark}")
    for student, record in result["students"].items():
        remarks = [*record["flags"], *record["mended"]]
        if remarks:
            print(f"  {student}: {one_line('; '.join(remarks), 110)}")
    new, all_of_them = len(result["students"]), len(course.submitted(options.assignment))
    print(
        f"{options.assignment}: {_count(new, 'submission')} collected, "
        f"{len(result['unchanged'])} as before, {all_of_them} in all."
    )
    print(f"Next: softmax-class grade {options.assignment}")


def _grade(options: argparse.Namespace) -> int:
    from softmax_grader.gradebook.grade import grade

    course = _course(options, options.assignment)
    name = options.assignment
    if not course.submitted(name):
        raise CourseError(f"nothing is collected: softmax-class collect {name} FOLDER_OR_ZIP")
    _check_sandbox(options)
    in_place = sys.stdout.isatty()

    def tell(done: int, of: int, student: str, run: dict[str, Any]) -> None:
        text = f"  {done}/{of}  {student}  {run['seconds']:.1f} s"
        if run["flags"]:
            text += f"  flagged: {one_line(run['flags'][0], 60)}"
        if in_place:
            print(f"\r\x1b[K{text[:100]}", end="\n" if run["flags"] else "", flush=True)
        else:
            print(text, flush=True)

    with at_work(course):
        result = grade(
            course, name, jobs=options.jobs, unsafe=options.unsafe, force=options.force, tell=tell
        )
    if in_place and result["graded"]:
        print("\r\x1b[K", end="")
    print(
        f"{name}: {len(result['graded'])} graded in {result['seconds']:.0f} s, "
        f"{len(result['unchanged'])} unchanged."
    )
    if result["failed"]:
        print(
            f"{_count(len(result['failed']), 'submission')} could not be graded and "
            f"will be tried again: {', '.join(result['failed'][:10])}",
            file=sys.stderr,
        )
    print(f"Next: softmax-class feedback {name}; softmax-class report {name}")
    print("Points by hand, in the course's folder: jupyter lab, then Nbgrader, Formgrader")
    return 1 if result["failed"] else 0


def _feedback(options: argparse.Namespace) -> None:
    from softmax_grader.reports.feedback import feedback

    course = _course(options, options.assignment)
    result = feedback(course, options.assignment)
    if not result["written"] and not result["unchanged"]:
        raise CourseError(f"nothing is graded: softmax-class grade {options.assignment}")
    print(
        f"{options.assignment}: {_count(len(result['written']), 'page')} written, "
        f"{len(result['unchanged'])} as before."
    )
    student = (result["written"] or result["unchanged"])[0]
    page = course.notebook("feedback", options.assignment, student).with_suffix(".html")
    print(f"One of them: {_shown(page)}")


def _report(options: argparse.Namespace) -> None:
    from softmax_grader.reports.report import report

    course = _course(options, options.assignment)
    result = report(course, options.assignment)
    if not result["students"]:
        raise CourseError(f"nothing is graded: softmax-class grade {options.assignment}")
    print(
        f"{options.assignment}: {_count(result['students'], 'submission')}, "
        f"mean {result['mean']:.1f} of {result['of']:g} points. "
        f"{len(result['flagged'])} to look at, {_count(len(result['similar']), 'similar pair')}."
    )
    if result["slips"]:
        slips = ", ".join(f"{name} ({n})" for name, n in result["slips"].most_common(3))
        print(f"Most common slips: {slips}.")
    for path in result["files"]:
        print(f"  {_shown(path)}")


def _status(options: argparse.Namespace) -> None:
    from softmax_grader.gradebook.points import grades

    course = _course(options)
    sources = {path.stem for path in course.sources.glob("*.md")}
    names = sorted(sources | set(course.released()))
    if not names:
        print(f"No assignments in {_shown(course.sources)}: see course.toml.")
        return
    width = max(len(name) for name in names)
    print(f"{'':{width}}  released  collected  graded  by hand  feedback  flagged")
    for name in names:
        collected = course.submitted(name)
        by_student = grades(course, name) if course.is_released(name) else {}
        graded = [s for s in collected if read_record(course.record(name, "graded", s))]
        waits = sum(grade["needs_manual_grade"] for grade in by_student.values())
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


if __name__ == "__main__":
    sys.exit(main())
