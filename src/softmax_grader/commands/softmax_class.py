"""``softmax-class``: a class's assignments, from the course folder to the file of grades.

::

    softmax-class init COURSE --assignments assignments
    cd COURSE
    softmax-class release a1_forward
    softmax-class collect a1_forward DOWNLOADED.zip
    softmax-class grade a1_forward
    softmax-class answers a1_forward
    softmax-class feedback a1_forward
    softmax-class report a1_forward
    softmax-class status

What is wrong with an input is said in one line, and the exit code is 2.
"""

import argparse
import os
import sys
import warnings
from collections.abc import Sequence
from types import ModuleType
from typing import NoReturn

from softmax_grader.commands.steps import (
    answers,
    collect,
    extend,
    feedback,
    grade,
    init,
    pretend,
    progress,
    release,
    remove,
    rename,
    report,
    return_,
    roster,
    status,
    variants,
)
from softmax_grader.course.folder import CourseError
from softmax_grader.course.storage import storage_trouble
from softmax_grader.isolation.bubblewrap import SandboxError
from softmax_grader.text import one_line

#: The steps, in the order of a term; a step's name is its module's, without the underscore that
#: keeps one off Python's own words.
STEPS = (
    *(init, roster, release, variants, pretend, collect, remove, rename, extend, grade),
    *(answers, feedback, report, return_, status, progress),
)
EXTRA = ("nbgrader", "jupytext", "nbformat", "nbconvert", "traitlets", "sqlalchemy", "babel")


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
    words = sys.argv[1:] if arguments is None else [*arguments]
    try:
        if not words:
            parser.print_help()
            return 0
        options = parser.parse_args(words)
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
    except Exception as error:
        if trouble := storage_trouble(error):
            return _say_wrong(trouble)
        if isinstance(error, OSError):
            return _say_wrong(f"{error.filename or ''}: {error.strerror or error}".lstrip(": "))
        raise


def _say_wrong(error: object) -> int:
    print(f"softmax-class: {one_line(error, 600)}", file=sys.stderr)
    return 2


class _UsageError(Exception):
    """A wrong command line."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise _UsageError(f"{message} (softmax-class --help lists what there is)")


def step_name(step: ModuleType) -> str:
    """Return the word by which a step is called.

    Parameters
    ----------
    step : module
        One of `STEPS`.

    Returns
    -------
    str
    """
    return step.__name__.rpartition(".")[2].rstrip("_")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="softmax-class",
        description="Assignments for a class, graded safely.",
        epilog="softmax-class STEP --help says what a step reads and writes, with an example.",
    )
    parser.add_argument(
        "--course", metavar="FOLDER", help="the course; without it, the one that this folder is in"
    )
    steps = parser.add_subparsers(title="steps", metavar="STEP", required=True)
    for step in STEPS:
        name = step_name(step)
        added = steps.add_parser(
            name,
            help=step.HELP,
            description=f"{step.HELP[0].upper()}{step.HELP[1:]}.",
            epilog=getattr(step, "ABOUT", None),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        step.add_options(added)
        added.set_defaults(run=step.run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
