"""From an assignment's one source to what students get: MyST text, nbgrader source, release."""

from pathlib import Path

import jupytext
import nbformat
from jupytext.formats import JupytextFormatError
from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException

from softmax_grader.course.folder import ASSIGNMENT, CourseError, write_atomically
from softmax_grader.gradebook.grade import last_reason, nbgraders_words
from softmax_grader.gradebook.nbgrader_parts import course_directory, make_config
from softmax_grader.intake.flags import one_line
from softmax_grader.intake.rebuild import grade_id, is_solution
from softmax_grader.marking.examiner import ExaminerError, examine_once
from softmax_grader.marking.plan import make_plan, points_of_cells

HIDDEN = "### BEGIN HIDDEN TESTS"


def release(course, name, *, unsafe=False, check=True):
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
        ``name``, ``points``, ``automatic``, and, if checked, ``solution`` and ``stub``: the points
        that the tests give to each.

    Raises
    ------
    CourseError
        If the source is faulty, or its own solution does not get all points.
    """
    path = _find_source(course, name)
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
    tests = {name: p for name, p, manual in points if not manual}
    result = {"name": assignment, "points": sum(p for _, p, _ in points)}
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


def _find_source(course, name):
    given = Path(name)
    path = given if given.suffix == ".md" else course.sources / f"{name}.md"
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in course.sources.glob("*.md"))) or "none"
        raise CourseError(f"{path} is not there (in {course.sources}: {known})")
    if not ASSIGNMENT.fullmatch(path.stem):
        raise CourseError(f"{path.name}: an assignment's name is made of letters, digits, _ . -")
    return path


def read_source(path):
    """Return an assignment's source as a notebook, checked.

    Raises
    ------
    CourseError
    """
    try:
        notebook = jupytext.read(path, fmt="md:myst")
    except (JupytextFormatError, ValueError, OSError) as error:
        raise CourseError(f"{path} cannot be read: {str(error).splitlines()[0]}") from None
    seen = set()
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
        name = grade_id(cell)
        ours = cell.metadata.get("nbgrader")
        if ours is None:
            continue
        if not name or name in seen:
            raise CourseError(f"{path.name}: the grade_id {name!r} is missing or there twice")
        seen.add(name)
        ours.setdefault("schema_version", 3)
        for key in ("grade", "solution", "locked", "task"):
            ours.setdefault(key, False)
        if ours["grade"] and not isinstance(ours.get("points"), int | float):
            raise CourseError(f"{path.name}: cell {name} is graded but has no points")
        begin, end = cell.source.count(HIDDEN), cell.source.count("### END HIDDEN TESTS")
        if begin != end:
            raise CourseError(
                f"{path.name}: cell {name} begins {begin} and ends {end} hidden tests"
            )
    if not any(is_solution(cell) for cell in notebook.cells):
        raise CourseError(f"{path.name} has no cell for students to fill in")
    notebook.metadata.pop("jupytext", None)
    notebook.metadata.pop("myst", None)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook.metadata["kernelspec"] = kernel
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook


def _generate(course, assignment):
    config = make_config(course.root, course.id)
    config.CourseDirectory.assignment_id = assignment
    with nbgraders_words() as (log, said):
        converter = GenerateAssignment(coursedir=course_directory(config), config=config, log=log)
        converter.force = True
        try:
            converter.start()
        except NbGraderException as error:
            reason = last_reason(said) or one_line(error)
            raise CourseError(f"nbgrader did not make {assignment}: {reason}") from None


def _score(course, source, notebook, unsafe):
    """Return the points that the tests give to a notebook, and the first line of each error."""
    plan = make_plan(course, source, notebook, unsafe=unsafe)
    try:
        result = examine_once(plan)
    except ExaminerError as error:
        raise CourseError(f"the tests could not be run: {error}") from None
    scores = {"errors": {}}
    for cell, ran in zip(plan["cells"], result["cells"], strict=True):
        if cell["role"] != "test":
            continue
        kinds = {output["output_type"]: output for output in ran["outputs"]}
        scores[cell["id"]] = cell["points"]
        if "error" in kinds:
            scores[cell["id"]] = 0.0
            error = kinds["error"]
            scores["errors"][cell["id"]] = f"{error['ename']}: {error['evalue']}".splitlines()[0]
        elif "execute_result" in kinds:
            scores[cell["id"]] = float(kinds["execute_result"]["data"]["text/plain"])
            printed = kinds.get("stream", {}).get("text", "")
            lines = [line for line in printed.splitlines() if line.startswith("✗")]
            scores["errors"][cell["id"]] = lines[0] if lines else "its score is lower"
    return scores
