"""What the steps of ``softmax-class`` share: the course they work in, and how things are said."""

import argparse
import contextlib
import os
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

from softmax_grader.course.folder import RECORDS, Course, find_course
from softmax_grader.course.records import locked
from softmax_grader.course.releases import changed_source, not_graded_anew
from softmax_grader.isolation.bubblewrap import SandboxError, find_mode


def add_unsafe(parser: argparse.ArgumentParser) -> None:
    """Add the option ``--unsafe`` to a step that runs code.

    Parameters
    ----------
    parser : argparse.ArgumentParser
    """
    parser.add_argument(
        "--unsafe", action="store_true", help="run student code without bubblewrap's walls"
    )


def number_of(least: int, most: int) -> Callable[[str], int]:
    """Return a reader of whole numbers within bounds, for an option's ``type``.

    Parameters
    ----------
    least, most : int

    Returns
    -------
    callable
        Raises ArgumentTypeError for anything else.
    """

    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = 0
        if not least <= number <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is no number from {least} to {most}")
        return number

    return read


def course_of(options: argparse.Namespace, assignment: str | None = None) -> Course:
    """Return the course that a command works in.

    Parameters
    ----------
    options : argparse.Namespace
        ``course`` is a folder, or None for the course that the working folder is in.
    assignment : str, optional
        The name of one that has to be released.

    Returns
    -------
    Course

    Raises
    ------
    CourseError
        If there is no course, or the assignment is not released.
    """
    course = find_course(Path.cwd()) if options.course is None else Course(options.course)
    _finish_what_was_stopped(course)
    if assignment is not None:
        course.need_released(assignment)
    return course


def _finish_what_was_stopped(course: Course) -> None:
    """Go on with a release that was stopped while it took the old one's place."""
    if not any((course.root / RECORDS).glob("*/releasing")):
        return
    with locked(course.root / RECORDS / "at-work", "release") as is_ours:
        if is_ours:
            from softmax_grader.gradebook.replace import finish_releases

            for assignment in finish_releases(course):
                print(f"The release of {assignment}, which was stopped, is finished now.")


def check_sandbox(options: argparse.Namespace) -> None:
    """Make sure that student code can be walled in, or that the teacher does without.

    Parameters
    ----------
    options : argparse.Namespace
        With ``unsafe``, a warning is all.

    Raises
    ------
    SandboxError
        If bubblewrap cannot build its walls.
    """
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


def typed(path: str | Path) -> str:
    """Return a path as it is to be typed in a shell, seen from where the teacher is.

    Parameters
    ----------
    path : path

    Returns
    -------
    str
    """
    text = shown(path)
    return shlex.quote(f"./{text}" if text.startswith("-") else text)


def next_step(options: argparse.Namespace, *words: str) -> str:
    """Return a command that can be typed as it stands.

    Parameters
    ----------
    options : argparse.Namespace
        If ``course`` was given, it is given again.
    *words : str
        The step and what follows it, paths as :func:`typed` returns them.

    Returns
    -------
    str
    """
    course = [] if options.course is None else ["--course", typed(options.course)]
    return " ".join(["softmax-class", *course, *words])


def behind(options: argparse.Namespace, course: Course, assignment: str) -> list[str]:
    """Return what is to be done again, since what it was made from has changed.

    Parameters
    ----------
    options : argparse.Namespace
    course : Course
    assignment : str

    Returns
    -------
    list of str
        Lines, each with the command to type.
    """
    lines = []
    if (source := changed_source(course, assignment)) is not None:
        name = assignment if source.parent == course.sources else typed(source)
        release = next_step(options, "release", name)
        lines.append(f"{shown(source)} has changed since it was released: {release}")
    if late := not_graded_anew(course, assignment):
        grade = next_step(options, "grade", assignment)
        what = count(len(late), "graded submission")
        lines.append(f"{assignment}: {what} of before its last release or collect: {grade}")
    return lines


def shown(path: str | Path) -> str:
    """Return a path as seen from where the teacher is.

    Parameters
    ----------
    path : path

    Returns
    -------
    str
        From the working folder, by ``..`` at most twice; else the path as it is.
    """
    with contextlib.suppress(ValueError):  # another drive
        near = Path(os.path.relpath(Path(path).resolve(), Path.cwd()))
        if near.parts[:3].count("..") < 3:
            return near.as_posix()
    return str(path)


def count(number: int, word: str) -> str:
    """Return a number with its noun: ``1 page``, ``2 pages``.

    Parameters
    ----------
    number : int
    word : str

    Returns
    -------
    str
    """
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
