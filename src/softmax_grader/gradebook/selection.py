"""Which submissions are to be graded again: those of some students, or whom a test concerns."""

import difflib
from collections.abc import Sequence

import nbformat

from softmax_grader.cells import defined_names, grade_id, is_solution, names_in
from softmax_grader.course.folder import Course, CourseError
from softmax_grader.course.records import read_record
from softmax_grader.gradebook.points import lost_points
from softmax_grader.staleness import digest
from softmax_grader.text import one_line


def chosen_students(
    course: Course,
    assignment: str,
    source: nbformat.NotebookNode,
    *,
    students: Sequence[str] | None = None,
    part: str | None = None,
) -> set[str] | None:
    """Return the students whose submissions are to be graded again, and no others.

    Parameters
    ----------
    course : Course
    assignment : str
    source : nbformat.NotebookNode
        The assignment with its hidden tests.
    students : sequence of str, optional
    part : str, optional
        A test's grade_id, or the name of a function. It chooses who lost points in its tests, or
        was graded by others than those of the source.

    Returns
    -------
    set of str or None
        None where nothing is chosen: grade what is new or has changed.

    Raises
    ------
    CourseError
        If there is no such student, or no such part.
    """
    if students is None and part is None:
        return None
    handed_in = course.submitted(assignment)
    chosen = set(handed_in)
    if students is not None:
        chosen = {_known(s, handed_in, "a student who has handed in") for s in students}
    if part is not None:
        marks = test_marks(source)
        names = _tests_of_part(source, part)
        lost = lost_points(course, assignment)
        for student in list(chosen):
            record = read_record(course.record(assignment, "graded", student)) or {}
            by = record.get("tests", {})
            of_student = lost.get(student, {})
            if all(
                by.get(name) == marks[name] and name in of_student and not of_student[name]
                for name in names
            ):
                chosen.remove(student)
    return chosen


def test_marks(source: nbformat.NotebookNode) -> dict[str, str]:
    """Return the mark of each test of an assignment, by its grade_id.

    Parameters
    ----------
    source : nbformat.NotebookNode

    Returns
    -------
    dict
        Another test, or other points for it, have another mark.
    """
    return {
        name: digest(repr((cell.source, cell.metadata["nbgrader"]["points"])).encode())
        for name, cell in _tests(source).items()
    }


def _tests(source: nbformat.NotebookNode) -> dict[str, nbformat.NotebookNode]:
    return {
        str(grade_id(cell)): cell
        for cell in source.cells
        if cell.metadata.get("nbgrader", {}).get("grade") and not is_solution(cell)
    }


def _tests_of_part(source: nbformat.NotebookNode, part: str) -> set[str]:
    """Return the tests that are meant: one by its grade_id, or all that name a function."""
    tests = _tests(source)
    if part in tests:
        return {part}
    functions = {
        name
        for cell in source.cells
        if is_solution(cell) and cell.cell_type == "code"
        for name in defined_names(cell.source)
    }
    tested = {f: {n for n, c in tests.items() if f in names_in(c.source)} for f in functions}
    parts = [*tests, *sorted(f for f in functions if tested[f])]
    return tested[_known(part, parts, "a test or a tested function")]


def _known(name: str, known: Sequence[str], what: str) -> str:
    if name in known:
        return name
    near = difflib.get_close_matches(name, known, n=4, cutoff=0.5)
    told = f"near it: {', '.join(near)}" if near else f"such as {', '.join(known[:4])}"
    raise CourseError(f"{one_line(name, 60)!r} is not {what} ({told})")
