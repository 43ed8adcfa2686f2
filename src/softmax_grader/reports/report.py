"""What a teacher takes away: files of grades for other programs, and a page on the class."""

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import nbformat

import softmax_steps
from softmax_grader.cells import grade_id, is_solution
from softmax_grader.course.folder import Course
from softmax_grader.course.lateness import Calendar, late_words
from softmax_grader.course.records import read_record, write_atomically
from softmax_grader.course.roster import sections, shown_names
from softmax_grader.gradebook.by_hand import given_by_hand
from softmax_grader.gradebook.drawn import Draws, worked_with
from softmax_grader.gradebook.lateness import put_lateness
from softmax_grader.gradebook.people import put_people
from softmax_grader.gradebook.points import final_score, grades, people_of
from softmax_grader.intake.groups import group_mates
from softmax_grader.marking.known_slips import KnownSlip
from softmax_grader.marking.others import without_values
from softmax_grader.marking.verdicts import verdicts_of
from softmax_grader.reports.class_page import Likeness, Student, class_page
from softmax_grader.reports.copies import functions_in, likenesses
from softmax_grader.reports.spreadsheets import grade_files
from softmax_grader.text import one_line


def report(course: Course, assignment: str) -> dict[str, Any]:
    """Write the CSV files and the teacher's page.

    Parameters
    ----------
    course : Course
    assignment : str

    Returns
    -------
    dict
        ``files``, their paths; ``students``, how many; ``mean`` and ``of``, points; ``flagged``,
        from a student to sentences; ``similar``, a list of
        :class:`~softmax_grader.reports.class_page.Likeness`; ``slips``, how many students made
        each.
    """
    put_people(course)
    put_lateness(course, assignment)
    by_student = grades(course, assignment)
    source = nbformat.read(course.notebook("source", assignment), as_version=4)
    folder = course.root / "reports" / assignment
    people = people_of(course, assignment)
    files = grade_files(course, assignment, by_student)
    students, known = gather(course, assignment, by_student, people["students"])
    alike = find_alike(course, assignment, source, by_student)
    files["report.html"] = class_page(
        source,
        assignment,
        students,
        book_url=course.book_url,
        known_slips=known,
        by_hand=given_by_hand(course, assignment),
        alike=_of_strangers(course, assignment, alike),
    )
    for name, text in files.items():
        write_atomically(folder / name, text)
    scores = [final_score(grade) for grade in by_student.values()]
    return {
        "files": [folder / name for name in files],
        "students": len(by_student),
        "mean": statistics.mean(scores) if scores else 0.0,
        "of": max((grade["max_score"] for grade in by_student.values()), default=0.0),
        "flagged": {s.id: s.flags for s in students if s.flags},
        "similar": _of_strangers(course, assignment, alike),
        "slips": Counter(slip for student in students for slip in student.slips),
    }


def gather(
    course: Course, assignment: str, by_student: Mapping[str, dict], known: Iterable[str] = ()
) -> tuple[list[Student], dict[str, KnownSlip]]:
    """Return what gradebook and records say of each student.

    Parameters
    ----------
    course : Course
    assignment : str
    by_student : dict
        What the gradebook holds, as :func:`softmax_grader.gradebook.points.grades` returns it.
    known : iterable of str
        Students of the course, of whom some may have handed nothing in.

    Returns
    -------
    students : list of Student
        Sorted by id.
    slips : dict
        The slips that they made, by their ids.
    """
    students: list[Student] = []
    slips: dict[str, KnownSlip] = {}
    draws = Draws(course, assignment)
    names, of_section, calendar = shown_names(course), sections(course), Calendar(course)
    for name in sorted({*by_student, *known}):
        student = Student(name, names.get(name, ""), of_section.get(name, ""), by_student.get(name))
        students.append(student)
        if student.grade is None:
            continue
        collected = read_record(course.record(assignment, "collected", name)) or {}
        run = read_record(course.record(assignment, "run", name)) or {}
        both = [*collected.get("flags", ()), *run.get("flags", ())]
        both += worked_with(draws, name).flags
        student.flags = list(dict.fromkeys(one_line(text) for text in both))
        student.mended = [one_line(text) for text in collected.get("mended", ())]
        of_student = _slips_of(run)
        student.slips = list(of_student)
        slips |= of_student
        student.late = late_words(calendar, assignment, name)
        if not student.late and student.grade["late_penalty"]:  # nbgrader's own
            student.late = "late"
        page = course.notebook("feedback", assignment, name).with_suffix(".html")
        student.feedback = _link(course, page)
        student.submission = _link(course, course.notebook("submitted", assignment, name))
    return students, slips


def _of_strangers(course: Course, assignment: str, alike: Sequence[Likeness]) -> list[Likeness]:
    """Return the pairs that did not hand in together."""
    mates = group_mates(course, assignment)
    return [pair for pair in alike if mates.get(pair.one, 1) != mates.get(pair.other, 2)]


def _link(course: Course, path: Path) -> str:
    """Return the address of a file, seen from the report's page; empty where it is not there."""
    return quote(f"../../{path.relative_to(course.root).as_posix()}") if path.is_file() else ""


def find_alike(
    course: Course, assignment: str, source: nbformat.NotebookNode, students: Iterable[str]
) -> list[Likeness]:
    """Return who shares what hardly anybody else wrote, or what is public.

    Parameters
    ----------
    course : Course
    assignment : str
    source : nbformat.NotebookNode
        The assignment's.
    students : iterable of str

    Returns
    -------
    list of Likeness
        The most similar first.
    """
    release = nbformat.read(course.notebook("release", assignment), as_version=4)
    given = [(cell.cell_type, cell.source) for cell in release.cells]
    written = {student: _written(course, assignment, student) for student in students}
    solution = [
        cell.source for cell in source.cells if is_solution(cell) and cell.cell_type == "code"
    ]
    public = {
        "the assignment's own solution": solution,
        "the book's own functions": functions_in(Path(softmax_steps.__file__).parent),
    }
    return likenesses({s: cells for s, cells in written.items() if cells}, given, public)


def _slips_of(run: Mapping[str, Any]) -> dict[str, KnownSlip]:
    """Return the slips that the tests of one run named, by their ids; values do not count."""
    return {
        without_values(verdict.slip.id): verdict.slip
        for cell in run.get("cells", ())
        for output in cell.get("outputs", ())
        for verdict in verdicts_of(output)
        if verdict.slip is not None
    }


def _cells(notebook: nbformat.NotebookNode) -> list[tuple[str, str]]:
    return [
        (cell.cell_type, cell.source)
        for cell in notebook.cells
        if is_solution(cell) or grade_id(cell) is None
    ]


def _written(course: Course, assignment: str, student: str) -> list[tuple[str, str]]:
    path = course.notebook("submitted", assignment, student)
    return _cells(nbformat.read(path, as_version=4)) if path.is_file() else []
