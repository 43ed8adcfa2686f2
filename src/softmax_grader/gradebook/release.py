"""From an assignment's source to what students get."""

import copy
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException
from traitlets.config import Config

from softmax_grader.cells import points_of_cells
from softmax_grader.course.folder import Course, CourseError
from softmax_grader.course.records import write_atomically
from softmax_grader.gradebook.nbgrader_parts import make_config, run_converter, steps_of
from softmax_grader.gradebook.source import find_source, read_source
from softmax_grader.marking.examiner import ExaminerError, examine_once
from softmax_grader.marking.plan import make_plan
from softmax_grader.marking.verdicts import text_of
from softmax_grader.text import one_line


def release(
    course: Course, name: str, *, unsafe: bool = False, check: bool = True
) -> dict[str, Any]:
    """Make an assignment's source and release notebooks, and run its solution and its stub.

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
        ``name``, ``points``, ``automatic`` (those that tests give), and, if checked, ``solution``
        and ``stub``: from each test's grade_id to its points, and ``errors`` with the first line
        of what is wrong.

    Raises
    ------
    CourseError
        If the source is faulty, or its own solution does not get all points.
    """
    path = find_source(name, course.sources)
    assignment = path.stem
    notebook = read_source(path)
    source = course.notebook("source", assignment)
    old = source.read_bytes() if source.is_file() else None
    write_atomically(source, nbformat.writes(notebook) + "\n")
    try:
        _generate(course, assignment)
    except CourseError:
        if old is not None:
            write_atomically(source, old)
        raise
    released = nbformat.read(course.notebook("release", assignment), as_version=4)
    points = points_of_cells(notebook)
    tests = {str(name): p for name, p, manual in points if not manual}
    result: dict[str, Any] = {"name": assignment, "points": sum(p for _, p, _ in points)}
    result["automatic"] = sum(tests.values())
    if check:
        result["solution"] = _score(course, notebook, notebook, unsafe)
        result["stub"] = _score(course, notebook, released, unsafe)
        lost = [n for n, p in tests.items() if result["solution"][n] < p]
        if lost:
            raise CourseError(
                f"{assignment}: its own solution does not get all points in {', '.join(lost)}: "
                f"{result['solution']['errors'].get(lost[0], 'see its tests')}"
            )
    return result


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
    path = Path(path)
    notebook = copy.deepcopy(read_source(path))
    resources: dict[str, Any] = {"unique_key": path.stem, "output_files_dir": f"{path.stem}_files"}
    steps = steps_of(
        GenerateAssignment,
        "preprocessors",
        known=[
            *("IncludeHeaderFooter", "InstantiateTests", "LockCells", "ClearSolutions"),
            *("ClearOutput", "CheckCellMetadata", "ComputeChecksums", "SaveCells"),
            *("ClearHiddenTests", "ClearMarkScheme", "ComputeChecksums", "CheckCellMetadata"),
        ],
        swap={"SaveCells": []},  # into the gradebook
    )
    try:
        for step in steps:
            notebook, resources = step(config=Config()).preprocess(notebook, resources)
    except (NbGraderException, RuntimeError, ValueError) as error:
        raise CourseError(f"nbgrader did not make {path.stem}: {one_line(error)}") from None
    return notebook


def _generate(course: Course, assignment: str) -> None:
    """Let nbgrader make the release, and a place for the assignment in its gradebook."""
    config = make_config(course.root, course.id)
    config.CourseDirectory.assignment_id = assignment
    try:
        run_converter(GenerateAssignment, config)
    except NbGraderException as error:
        raise CourseError(f"nbgrader did not make {assignment}: {error}") from None


def _score(
    course: Course,
    source: nbformat.NotebookNode,
    notebook: nbformat.NotebookNode,
    unsafe: bool,
) -> dict[str, Any]:
    """Return the points that the tests give to a notebook, and the first line of each error."""
    plan = make_plan(course, source, notebook, unsafe=unsafe)
    try:
        result = examine_once(plan)
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
