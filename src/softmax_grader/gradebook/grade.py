"""Grade: student cells in the sandbox, tests on the trusted side, points into nbgrader's gradebook.

Several submissions run at once; one process, this one, writes the gradebook. Each submission has
a record of what was graded, by a key of all that its points depend on. So a run that was killed
goes on where it was, and only what changed is graded again.
"""

import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from typing import Any

import nbformat
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException

from softmax_grader.cells import grade_id, is_solution, points_of_cells
from softmax_grader.course.folder import Course
from softmax_grader.course.records import read_record, write_record
from softmax_grader.course.releases import grading_basis
from softmax_grader.course.storage import storage_trouble
from softmax_grader.gradebook.drawn import Draws
from softmax_grader.gradebook.hand_marks import marks_again, remember_judged
from softmax_grader.gradebook.nbgrader_parts import make_config, run_converter
from softmax_grader.gradebook.points import graded_students
from softmax_grader.gradebook.selection import chosen_students, test_marks
from softmax_grader.intake.flags import look_at
from softmax_grader.intake.rebuilt import rebuilt_notebook
from softmax_grader.marking.examiner import Examiner, ExaminerError
from softmax_grader.marking.plan import make_plan, plan_key
from softmax_grader.staleness import key_of


def grade(
    course: Course,
    assignment: str,
    *,
    jobs: int | None = None,
    unsafe: bool = False,
    force: bool = False,
    students: Sequence[str] | None = None,
    part: str | None = None,
    tell: Callable[[int, int, str, dict], None] | None = None,
) -> dict[str, Any]:
    """Grade what was submitted and is not graded yet, or has changed since.

    Parameters
    ----------
    course : Course
    assignment : str
    jobs : int, optional
        How many submissions run at once; without it, one for each core.
    unsafe : bool
        Without the sandbox.
    force : bool
        Grade everything again.
    students : sequence of str, optional
        Grade these again, and no others.
    part : str, optional
        A test's grade_id, or the name of a function. Grade again who lost points in its tests, or
        was graded by others than the release now has, and nobody else. The whole submission runs
        again: what one test sees may depend on what ran before it.
    tell : callable, optional
        ``tell(done, of, student, run)`` after each submission; `run` is the record of its run,
        with ``seconds`` and ``flags``, a list of sentences.

    Returns
    -------
    dict
        ``graded``, ``unchanged`` and ``failed``, each a list of students; ``again``, from a student
        to the points that were given by hand and wait for the teacher once more, by cell; and
        ``seconds``, the time that it took.

    Raises
    ------
    CourseError
        If there is no such student, or no such part.
    """
    begin = time.monotonic()
    source = nbformat.read(course.notebook("source", assignment), as_version=4)
    chosen = chosen_students(course, assignment, source, students=students, part=part)
    draws = Draws(course, assignment, source)
    in_gradebook = graded_students(course, assignment)
    points = {str(name): worth for name, worth, _ in points_of_cells(source)}
    by = {"tests": test_marks(source), "points": points}
    again = force or chosen is not None
    todo = []
    records = {}
    result: dict[str, Any] = {"graded": [], "unchanged": [], "failed": [], "again": {}}
    for student in course.submitted(assignment):
        if chosen is not None and student not in chosen:
            continue
        notebook = rebuilt_notebook(course, assignment, student)
        plan = make_plan(course, draws.source_for(student), notebook, unsafe=unsafe)
        key = plan_key(plan)
        record = read_record(course.record(assignment, "graded", student)) or {}
        done = course.notebook("autograded", assignment, student).is_file()
        texts = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
        written = [cell.source for cell in texts if is_solution(cell) or not grade_id(cell)]
        now = {"key": key, "texts": key_of(written), **by}
        now |= grading_basis(course, assignment, student)
        counts = ("key", "texts", "points")  # a test's points alone change what a part is worth
        same = all(record.get(name) == now[name] for name in counts)
        if done and student in in_gradebook and same and not again:
            result["unchanged"].append(student)
            if now != record:  # another file, but all that counts is as it was
                write_record(course.record(assignment, "graded", student), now)
        else:
            todo.append((student, plan, key))
            records[student] = now
    with _Examiners(jobs or os.cpu_count() or 1) as examiners:
        waiting = {
            examiners.submit(_examine, examiners, course, assignment, *work, again): work[0]
            for work in todo
        }
        for number, future in enumerate(as_completed(waiting), 1):
            student = waiting[future]
            run = future.result()
            try:
                _write_grades(course, assignment, student)
            except NbGraderException as error:
                run["failed"] = f"nbgrader: {error}"
            if run.get("failed"):
                result["failed"].append(student)
            else:
                write_record(course.record(assignment, "graded", student), records[student])
            if waiting_again := marks_again(course, assignment, student):
                result["again"][student] = waiting_again
            result["graded"].append(student)
            if tell:
                tell(number, len(todo), student, run)
    result["seconds"] = time.monotonic() - begin
    return result


class _Examiners:
    """Threads, each with a warm examiner of its own."""

    def __init__(self, jobs: int) -> None:
        self.pool = ThreadPoolExecutor(jobs)
        self.of_thread = threading.local()
        self.all: list[Examiner] = []

    def submit(self, *work: Any) -> Future:
        return self.pool.submit(*work)

    def examine(self, plan: dict) -> dict:
        if not hasattr(self.of_thread, "examiner"):
            self.of_thread.examiner = Examiner()
            self.all.append(self.of_thread.examiner)
        return self.of_thread.examiner.examine(plan)

    def __enter__(self) -> "_Examiners":
        return self

    def __exit__(self, kind: type | None, *_: object) -> None:
        self.pool.shutdown(wait=False, cancel_futures=True)
        if kind is not None:  # interrupted: do not wait for what is running
            for examiner in self.all:
                examiner.kill()
        self.pool.shutdown(wait=True)
        for examiner in self.all:
            examiner.stop()


def _examine(
    examiners: _Examiners,
    course: Course,
    assignment: str,
    student: str,
    plan: dict,
    key: str,
    force: bool,
) -> dict[str, Any]:
    """Run a submission and keep the record of it; in a thread."""
    path = course.record(assignment, "run", student)
    run = read_record(path)
    if run is not None and run.get("key") == key and not run.get("failed") and not force:
        return run  # a kill came between the run and the gradebook
    begin = time.monotonic()
    try:
        try:
            run = examiners.examine(plan)
        except ExaminerError:
            run = examiners.examine(plan)
        run["failed"] = ""
    except ExaminerError as error:
        run = _failed_run(plan, str(error))
    run |= {"key": key, "seconds": round(time.monotonic() - begin, 2)}
    of_source = [
        sentence
        for cell in plan["cells"]
        if cell["role"] == "student"
        for sentence in look_at(cell["source"])
    ]
    run["flags"] = list(dict.fromkeys([*of_source, *run["flags"]]))
    write_record(path, run)
    return run


def _failed_run(plan: dict, why: str) -> dict[str, Any]:
    cells: list[dict] = []
    for cell in plan["cells"]:
        error = {"output_type": "error", "ename": "NotGraded", "evalue": why, "traceback": [why]}
        cells.append({"outputs": [error] if cell["role"] == "test" else [], "slips": []})
    return {"cells": cells, "flags": [f"could not be graded: {why}"], "failed": why}


def _write_grades(course: Course, assignment: str, student: str) -> None:
    """Let nbgrader take the run into its gradebook and its autograded notebooks."""
    config = make_config(course.root, course.id)
    config.CourseDirectory.assignment_id = assignment
    config.CourseDirectory.student_id = student
    try:
        remember_judged(course, assignment, student)
        run_converter(Autograde, config)
    except Exception as error:
        if not isinstance(error, NbGraderException) and storage_trouble(error) is None:
            raise
        run_converter(Autograde, config)  # formgrader may have held the gradebook
