"""From an assignment's source to what students get."""

import copy
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException
from traitlets.config import Config

from softmax_grader.cells import points_of_cells
from softmax_grader.course.folder import Course, CourseError
from softmax_grader.course.releases import describe_release
from softmax_grader.gradebook.graded_cells import cells_for_gradebook, renamed_cells
from softmax_grader.gradebook.nbgrader_parts import steps_of
from softmax_grader.gradebook.own_check import add_own_check
from softmax_grader.gradebook.replace import finish_releases, put_in_place
from softmax_grader.gradebook.source import find_source, read_source
from softmax_grader.marking.examiner import Examiner, ExaminerError
from softmax_grader.marking.plan import make_plan
from softmax_grader.marking.verdicts import text_of
from softmax_grader.text import one_line
from softmax_grader.variants.choices import read_choices, with_id


def release(
    course: Course, name: str, *, unsafe: bool = False, check: bool = True
) -> dict[str, Any]:
    """Make an assignment's source and release notebooks, and run its solution and its stub.

    All is made and checked aside; a new release takes the place of the old one at the end.

    Parameters
    ----------
    course : Course
    name : str
        The assignment's name, or the path of its source.
    unsafe : bool
        Without the sandbox.
    check : bool
        Whether to run the solution and the stub.

    Returns
    -------
    dict
        ``name``, ``points``, ``automatic`` (those that tests give), ``changes`` (of the cells of
        earlier submissions, as :func:`softmax_grader.gradebook.graded_cells.put_cells` returns
        them), and, if checked, ``solution`` and ``stub``: from each test's grade_id to its points,
        and ``errors`` with the first line of what is wrong.

    Raises
    ------
    CourseError
        If the source is faulty, or its own solution does not get all points. Then what was
        released before stays as it was.
    """
    finish_releases(course)
    path = find_source(name, course.sources)
    assignment = path.stem
    content = path.read_bytes()
    notebook = read_source(path)
    for_gradebook, released = _versions(notebook, assignment)
    points = points_of_cells(notebook)
    tests = {str(name): p for name, p, manual in points if not manual}
    result: dict[str, Any] = {"name": assignment, "points": sum(p for _, p, _ in points)}
    result["automatic"] = sum(tests.values())
    if check:
        with Examiner() as examiner:
            variants = variants_to_try(notebook, assignment)
            result["solution"] = _least(
                {
                    words: _score(course, one, notebook, unsafe, examiner)
                    for words, one in variants.items()
                }
            )
            one, *_ = variants.values()
            result["stub"] = _score(course, one, released, unsafe, examiner)
        lost = [n for n, p in tests.items() if result["solution"][n] < p]
        if lost:
            raise CourseError(
                f"{assignment}: its own solution does not get all points in {', '.join(lost)} "
                f"({result['solution'][lost[0]]:g} of {tests[lost[0]]:g}): "
                f"{result['solution']['errors'].get(lost[0], 'see its tests')}. "
                f"Nothing was released; all is as before"
            )
    add_own_check(released)
    old = course.notebook("source", assignment)
    before = nbformat.read(old, as_version=4) if old.is_file() else None
    result["changes"] = put_in_place(
        course,
        assignment,
        source=nbformat.writes(notebook) + "\n",
        release=nbformat.writes(released) + "\n",
        cells=cells_for_gradebook(for_gradebook),
        renamed=renamed_cells(before, notebook),
        kernelspec=notebook.metadata["kernelspec"],
        record=describe_release(course, path, content),
    )
    return result


def variants_to_try(
    source: nbformat.NotebookNode, assignment: str
) -> dict[str, nbformat.NotebookNode]:
    """Return an assignment's source, once for each of some ids with which each option is drawn.

    Parameters
    ----------
    source : nbformat.NotebookNode
    assignment : str

    Returns
    -------
    dict of nbformat.NotebookNode
        From a variant in words. The source itself, from no words, where nothing is drawn.
    """
    choices = read_choices(source, assignment)
    if choices is None:
        return {"": source}
    ids = choices.covering_ids()
    return {choices.in_words(choices.own(one)): with_id(source, one) for one in ids}


def student_version(path: str | Path) -> nbformat.NotebookNode:
    """Return an assignment as students get it, without a course and its gradebook.

    It is the notebook that :func:`release` writes, but nothing is run.

    Parameters
    ----------
    path : path
        The assignment's source.

    Returns
    -------
    nbformat.NotebookNode

    Raises
    ------
    CourseError
        If the source is faulty.
    NbgraderChangedError
        If this nbgrader makes its releases in another way.
    """
    released = _versions(read_source(path), Path(path).stem)[1]
    add_own_check(released)
    return released


def _versions(
    notebook: nbformat.NotebookNode, assignment: str
) -> tuple[nbformat.NotebookNode, nbformat.NotebookNode]:
    """Return what nbgrader keeps in its gradebook, and what students get."""
    known = [
        *("IncludeHeaderFooter", "InstantiateTests", "LockCells", "ClearSolutions"),
        *("ClearOutput", "CheckCellMetadata", "ComputeChecksums", "SaveCells"),
        *("ClearHiddenTests", "ClearMarkScheme", "ComputeChecksums", "CheckCellMetadata"),
    ]
    steps = steps_of(GenerateAssignment, "preprocessors", known=known, swap={})
    save = known.index("SaveCells")
    resources: dict[str, Any] = {
        "unique_key": assignment,
        "output_files_dir": f"{assignment}_files",
    }
    versions = []
    try:
        for part in (steps[:save], steps[save + 1 :]):
            notebook = copy.deepcopy(notebook)
            for step in part:
                notebook, resources = step(config=Config()).preprocess(notebook, resources)
            versions.append(notebook)
    except (NbGraderException, RuntimeError, ValueError) as error:
        raise CourseError(
            f"nbgrader did not make {assignment}: {one_line(error)}. "
            f"Nothing was released; all is as before"
        ) from None
    return versions[0], versions[1]


def _least(scores: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the least that a solution gets in each test, in whichever variant, and why."""
    least: dict[str, Any] = {"errors": {}}
    for words, of_variant in scores.items():
        for name, points in of_variant.items():
            if name != "errors" and points < least.get(name, math.inf):
                least[name] = points
                if name in of_variant["errors"]:
                    where = f" ({words})" if words else ""
                    least["errors"][name] = of_variant["errors"][name] + where
    return least


def _score(
    course: Course,
    source: nbformat.NotebookNode,
    notebook: nbformat.NotebookNode,
    unsafe: bool,
    examiner: Examiner,
) -> dict[str, Any]:
    """Return the points that the tests give to a notebook, and the first line of each error."""
    plan = make_plan(course, source, notebook, unsafe=unsafe)
    try:
        result = examiner.examine(plan)
    except ExaminerError as error:
        raise CourseError(f"the tests could not be run: {error}") from None
    scores: dict[str, Any] = {"errors": {}}
    for cell, ran in zip(plan["cells"], result["cells"], strict=True):
        if cell["role"] != "test":
            continue
        kinds = {output["output_type"]: output for output in ran["outputs"]}
        scores[cell["id"]] = cell["points"]
        if "error" in kinds:
            scores[cell["id"]] = 0.0
            raised = kinds["error"]
            scores["errors"][cell["id"]] = f"{raised['ename']}: {raised['evalue']}".splitlines()[0]
        elif "execute_result" in kinds:
            scores[cell["id"]] = float(kinds["execute_result"]["data"]["text/plain"])
            lines = text_of(ran["outputs"]).splitlines()
            wrong = [line for line in lines if line.startswith("✗")]
            scores["errors"][cell["id"]] = wrong[0] if wrong else "its score is lower"
    return scores
