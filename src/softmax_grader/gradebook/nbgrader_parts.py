"""What this package puts into nbgrader: where student code runs, and what feedback leaves out.

``nbgrader_config.py`` of a course calls :func:`configure`, so plain ``nbgrader autograde``,
``nbgrader generate_feedback`` and formgrader are as safe as ``softmax-class`` itself.
"""

import logging
import os
import re
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat
import nbgrader
from nbconvert.exporters import HTMLExporter
from nbgrader.converters import Autograde, GenerateFeedback
from nbgrader.converters.base import BaseConverter, NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import (
    AssignLatePenalties,
    GetGrades,
    NbGraderPreprocessor,
    OverwriteCells,
)
from traitlets.config import Config, Configurable

from softmax_grader.course.folder import Course, CourseError, find_course
from softmax_grader.course.records import read_record
from softmax_grader.course.storage import storage_trouble
from softmax_grader.gradebook.drawn import Draws
from softmax_grader.gradebook.engine import share_engines
from softmax_grader.gradebook.hand_marks import SaveGradesKeepMarks
from softmax_grader.gradebook.lateness import PutLateness
from softmax_grader.intake.rebuilt import rebuilt_notebook
from softmax_grader.marking.examiner import examine_once
from softmax_grader.marking.plan import make_plan, plan_key
from softmax_grader.text import one_line

HIDDEN_TESTS = re.compile(
    r"^[^\n]*BEGIN HIDDEN TESTS.*?END HIDDEN TESTS[^\n]*\n?", re.DOTALL | re.MULTILINE
)
LOG = "softmax_grader.nbgrader"


class NbgraderChangedError(CourseError):
    """The nbgrader that is installed does not work in the way that the grader relies on."""


def steps_of(
    converter: type[BaseConverter],
    trait: str,
    *,
    known: Sequence[str],
    swap: Mapping[str, Sequence[type]],
) -> list[type]:
    """Return nbgrader's own steps of some work, with ours in the place of some.

    Parameters
    ----------
    converter : type
        One of nbgrader's converters.
    trait : str
        The name of its list of preprocessors.
    known : sequence of str
        The names of all that nbgrader puts there, in order.
    swap : dict
        From the name of a step to what stands in its place.

    Returns
    -------
    list of type

    Raises
    ------
    NbgraderChangedError
        If nbgrader's list is another one: a step that is not known here could run a student's
        code, or undo what ours do.
    ValueError
        If a step to be swapped is not known exactly once.
    """
    for name in swap:
        if known.count(name) != 1:
            raise ValueError(f"{name} is {known.count(name)} times in {list(known)}; expected once")
    steps = getattr(converter, trait).default()
    names = [step.__name__ for step in steps]
    if names != list(known):
        raise NbgraderChangedError(
            f"nbgrader {nbgrader.__version__} has {', '.join(names)} in "
            f"{converter.__name__}.{trait}; expected {', '.join(known)}. "
            f"Install the nbgrader of constraints.txt"
        )
    return [ours for step in steps for ours in swap.get(step.__name__, [step])]


def put_settings(config: Config, part: type[Configurable], **values: object) -> None:
    """Set values of one part of nbgrader or nbconvert, which must have such settings.

    Parameters
    ----------
    config : traitlets.config.Config
        It is changed.
    part : type
    **values

    Raises
    ------
    NbgraderChangedError
        If the part has no such setting: traitlets would pass by what it does not know.
    """
    for name, value in values.items():
        if name not in part.class_trait_names(config=True):
            raise NbgraderChangedError(
                f"{part.__name__} of {part.__module__} has no setting {name}. "
                f"Install the versions of constraints.txt"
            )
        config[part.__name__][name] = value


def make_config(root: str | Path, course_id: str) -> Config:
    """Return nbgrader's configuration for a course, whose steps then share one engine.

    Parameters
    ----------
    root : path
    course_id : str

    Returns
    -------
    traitlets.config.Config

    Raises
    ------
    NbgraderChangedError
        If this nbgrader works in another way.
    """
    share_engines()
    config = Config()
    put_settings(config, CourseDirectory, root=str(root), course_id=course_id)
    put_settings(config, OverwriteCells, add_missing_cells=True)
    put_settings(config, HTMLExporter, sanitize_html=True)
    sanitize = steps_of(
        Autograde,
        "sanitize_preprocessors",
        known=[
            *("ClearOutput", "DeduplicateIds", "OverwriteKernelspec", "OverwriteCells"),
            "CheckCellMetadata",
        ],
        swap={"DeduplicateIds": [RebuildOnRelease]},
    )
    autograde = steps_of(
        Autograde,
        "autograde_preprocessors",
        known=[
            *("Execute", "IgnorePattern", "ClearMetadataPreprocessor", "LimitOutput"),
            *("SaveAutoGrades", "AssignLatePenalties", "CheckCellMetadata"),
        ],
        swap={
            "Execute": [RunInSandbox],
            "SaveAutoGrades": [SaveGradesKeepMarks],
            "AssignLatePenalties": [AssignLatePenalties, PutLateness],
        },
    )
    feedback = steps_of(
        GenerateFeedback,
        "preprocessors",
        known=["GetGrades", "CSSHTMLHeaderPreprocessor"],
        swap={"GetGrades": [GetGrades, CutHidden]},
    )
    put_settings(
        config, Autograde, sanitize_preprocessors=sanitize, autograde_preprocessors=autograde
    )
    put_settings(config, GenerateFeedback, preprocessors=feedback)
    return config


def configure(config: Config, root: str | Path) -> None:
    """Set up nbgrader for a course; called by its ``nbgrader_config.py``.

    Parameters
    ----------
    config : traitlets.config.Config
        nbgrader's; it is changed.
    root : path
        The course's folder.
    """
    config.merge(make_config(Path(root).resolve(), Course(root).id))


def course_directory(config: Config) -> CourseDirectory:
    """Return nbgrader's description of a course, to be handed to its converters.

    Parameters
    ----------
    config : traitlets.config.Config

    Returns
    -------
    nbgrader.coursedir.CourseDirectory
    """
    # A new gradebook asks the program alembic, which is installed with nbgrader, maybe not in PATH.
    user = sysconfig.get_preferred_scheme("user")
    scripts = [sysconfig.get_path("scripts"), sysconfig.get_path("scripts", user)]
    paths = os.environ.get("PATH", "").split(os.pathsep)
    scripts = [path for path in [str(Path(sys.executable).parent), *scripts] if path not in paths]
    os.environ["PATH"] = os.pathsep.join([*dict.fromkeys(scripts), *paths])
    return CourseDirectory(config=config)


def run_converter(converter: type[BaseConverter], config: Config) -> None:
    """Run one of nbgrader's converters, also over what it has made before.

    Parameters
    ----------
    converter : type
    config : traitlets.config.Config
        With the assignment, and the student, in ``CourseDirectory``.

    Raises
    ------
    nbgrader.converters.base.NbGraderException
        If it failed; its text is one line on why.
    Exception
        The error itself, if the disk or the gradebook did not take what was written.
    """
    log = logging.getLogger(LOG)
    lines: list[str] = []
    errors: list[BaseException] = []

    def emit(record: logging.LogRecord) -> None:
        lines.append(record.getMessage())
        if (error := sys.exc_info()[1]) is not None:  # nbgrader logs it, and raises another
            errors.append(error)

    handler = logging.Handler()
    handler.emit = emit  # type: ignore[method-assign]
    log.propagate = False
    log.addHandler(handler)
    try:
        running = converter(coursedir=course_directory(config), config=config, log=log)
        running.force = True
        running.start()
    except NbGraderException as error:
        for reason in errors:
            if storage_trouble(reason):
                raise reason from None
        raise NbGraderException(_last_reason(lines) or one_line(error)) from None
    finally:
        log.removeHandler(handler)


def _last_reason(log: Sequence[str]) -> str:
    """Return the last line of the first traceback in nbgrader's log."""
    text = next((text for text in log if text.startswith("Traceback")), "")
    lines = text.strip().splitlines()
    return one_line(lines[-1].removeprefix("RuntimeError: ")) if lines else ""


class RebuildOnRelease(NbGraderPreprocessor):
    """Take the submission as it was rebuilt on the release; rebuild one that was not collected."""

    def preprocess(
        self, nb: nbformat.NotebookNode, resources: dict[str, Any]
    ) -> tuple[nbformat.NotebookNode, dict[str, Any]]:
        """Return the rebuilt notebook in the place of `nb`.

        Parameters
        ----------
        nb : nbformat.NotebookNode
        resources : dict

        Returns
        -------
        nb : nbformat.NotebookNode
        resources : dict
        """
        course = find_course(Path.cwd())  # nbgrader works in the course's folder
        ids = resources["nbgrader"]
        return rebuilt_notebook(course, ids["assignment"], ids["student"]), resources


class RunInSandbox(NbGraderPreprocessor):
    """Run the tests here and the student's cells in the sandbox; in nbgrader's place of Execute.

    A run that ``softmax-class grade`` has made of the very same cells is taken as it is.
    """

    def preprocess(
        self, nb: nbformat.NotebookNode, resources: dict[str, Any]
    ) -> tuple[nbformat.NotebookNode, dict[str, Any]]:
        """Fill in the outputs of `nb`.

        Parameters
        ----------
        nb : nbformat.NotebookNode
        resources : dict

        Returns
        -------
        nb : nbformat.NotebookNode
        resources : dict
        """
        course = find_course(Path.cwd())
        ids = resources["nbgrader"]
        source = Draws(course, ids["assignment"]).source_for(ids["student"])
        plan = make_plan(course, source, nb)
        run = read_record(course.record(ids["assignment"], "run", ids["student"]))
        if run is None or run.get("key") != plan_key(plan):
            run = examine_once(plan)
        for cell, ran in zip(nb.cells, run["cells"], strict=True):
            if cell.cell_type == "code":
                cell.outputs = [nbformat.from_dict(output) for output in ran["outputs"]]
                cell.execution_count = None
        return nb, resources


class CutHidden(NbGraderPreprocessor):
    """Keep the source of hidden tests, and what an error shows of it, out of feedback."""

    def preprocess_cell(
        self, cell: nbformat.NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[nbformat.NotebookNode, dict[str, Any]]:
        """Cut what is hidden out of a cell.

        Parameters
        ----------
        cell : nbformat.NotebookNode
        resources : dict
        index : int
            The cell's number.

        Returns
        -------
        cell : nbformat.NotebookNode
        resources : dict
        """
        if cell.cell_type == "code" and "BEGIN HIDDEN TESTS" in cell.source:
            cell.source = HIDDEN_TESTS.sub("# (hidden tests)\n", cell.source)
            for output in cell.outputs:
                if output.output_type == "error":
                    output.traceback = [f"{output.ename}: the test stopped here"]
        return cell, resources
