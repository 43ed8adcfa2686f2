"""Grade: student cells in the sandbox, tests on the trusted side, points into nbgrader's gradebook.

Several submissions run at once; one process, this one, writes the gradebook. Each submission has
a record of what was graded, by a key of all that its points depend on. So a run that was killed
goes on where it was, and only what changed is graded again.
"""

import contextlib
import logging
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor, as_completed

import nbformat
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException

from softmax_grader.course.folder import read_record, write_record
from softmax_grader.gradebook.nbgrader_parts import course_directory, make_config
from softmax_grader.intake.flags import look_at, one_line
from softmax_grader.intake.rebuild import rebuild
from softmax_grader.marking.examiner import Examiner, ExaminerError
from softmax_grader.marking.plan import make_plan, plan_key

LOG = "softmax_grader.nbgrader"


def grade(course, assignment, *, jobs=None, unsafe=False, force=False, tell=None):
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
    tell : callable, optional
        ``tell(done, all, student, score, flags)`` after each submission.

    Returns
    -------
    dict
        ``graded``, ``unchanged`` and ``failed``, each a list of students, and ``seconds``.
    """
    begin = time.monotonic()
    source = nbformat.read(course.notebook("source", assignment), as_version=4)
    release = nbformat.read(course.notebook("release", assignment), as_version=4)
    students = course.submitted(assignment)
    in_gradebook = graded_students(course, assignment)
    todo, result = [], {"graded": [], "unchanged": [], "failed": []}
    for student in students:
        data = course.notebook("submitted", assignment, student).read_bytes()
        plan = make_plan(course, source, rebuild(release, data).notebook, unsafe=unsafe)
        key = plan_key(plan)
        record = read_record(course.record(assignment, "graded", student)) or {}
        done = course.notebook("autograded", assignment, student).is_file()
        if done and student in in_gradebook and record.get("key") == key and not force:
            result["unchanged"].append(student)
        else:
            todo.append((student, plan, key))
    with _Examiners(jobs or os.cpu_count() or 1) as examiners:
        waiting = {
            examiners.submit(_examine, examiners, course, assignment, *work, force): work[0]
            for work in todo
        }
        for number, future in enumerate(as_completed(waiting), 1):
            student = waiting[future]
            run = future.result()
            try:
                try:
                    _write_grades(course, assignment, student)
                except NbGraderException:  # formgrader may have held the gradebook
                    _write_grades(course, assignment, student)
            except NbGraderException as error:
                run["failed"] = f"nbgrader: {error}"
            if run.get("failed"):
                result["failed"].append(student)
            else:
                write_record(course.record(assignment, "graded", student), {"key": run["key"]})
            result["graded"].append(student)
            if tell:
                tell(number, len(todo), student, run)
    result["seconds"] = time.monotonic() - begin
    return result


class _Examiners:
    """Threads, each with a warm examiner of its own."""

    def __init__(self, jobs):
        self.pool = ThreadPoolExecutor(jobs)
        self.own, self.all = threading.local(), []

    def submit(self, *work):
        return self.pool.submit(*work)

    def examine(self, plan):
        if not hasattr(self.own, "examiner"):
            self.own.examiner = Examiner()
            self.all.append(self.own.examiner)
        return self.own.examiner.examine(plan)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self.pool.shutdown(wait=False, cancel_futures=True)
        if kind is not None:  # interrupted: do not wait for what is running
            for examiner in self.all:
                examiner._kill()
        self.pool.shutdown(wait=True)
        for examiner in self.all:
            examiner.stop()


def _examine(examiners, course, assignment, student, plan, key, force):
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
    seen = [
        sentence
        for cell in plan["cells"]
        if cell["role"] == "student"
        for sentence in look_at(cell["source"])
    ]
    run["flags"] = list(dict.fromkeys([*seen, *run["flags"]]))
    write_record(path, run)
    return run


def _failed_run(plan, why):
    cells = []
    for cell in plan["cells"]:
        error = {"output_type": "error", "ename": "NotGraded", "evalue": why, "traceback": [why]}
        cells.append({"outputs": [error] if cell["role"] == "test" else [], "slips": []})
    return {"cells": cells, "flags": [f"could not be graded: {why}"], "failed": why}


def _write_grades(course, assignment, student):
    """Let nbgrader take the run into its gradebook and its autograded notebooks."""
    config = make_config(course.root, course.id)
    config.CourseDirectory.assignment_id = assignment
    config.CourseDirectory.student_id = student
    with nbgraders_words() as (log, said):
        converter = Autograde(coursedir=course_directory(config), config=config, log=log)
        converter.force = True
        try:
            converter.start()
        except NbGraderException as error:
            raise NbGraderException(last_reason(said) or str(error)) from None


@contextlib.contextmanager
def nbgraders_words():
    """Give a log for nbgrader's converters, and the list that what they say is added to."""
    said = []
    handler = logging.Handler()
    handler.emit = lambda record: said.append(record.getMessage())
    log = logging.getLogger(LOG)
    log.propagate = False
    log.addHandler(handler)
    try:
        yield log, said
    finally:
        log.removeHandler(handler)


def last_reason(said):
    """Return the last line of the first traceback among what nbgrader said."""
    text = next((text for text in said if text.startswith("Traceback")), "")
    lines = text.strip().splitlines()
    return one_line(lines[-1].removeprefix("RuntimeError: ")) if lines else ""


# --- what the gradebook holds ---


def graded_students(course, assignment):
    """Return the set of students whose submission the gradebook knows."""
    with Gradebook(course.db_url, course.id) as gradebook:
        try:
            return {s.student_id for s in gradebook.assignment_submissions(assignment)}
        except MissingEntry:
            return set()


def grades(course, assignment):
    """Return what the gradebook holds, by student.

    Returns
    -------
    dict
        From a student to a dict with ``score``, ``max_score``, ``needs_manual_grade``, ``cells``
        (from grade_id to (score, max score, needs manual grade)), ``comments`` (from grade_id
        to text), ``timestamp`` and ``late_penalty``.
    """
    found = {}
    with Gradebook(course.db_url, course.id) as gradebook:
        try:
            submissions = gradebook.assignment_submissions(assignment)
        except MissingEntry:
            return {}
        for submission in submissions:
            cells, comments = {}, {}
            for notebook in submission.notebooks:
                for part in notebook.grades:
                    waits = bool(part.needs_manual_grade)
                    cells[part.name] = (part.score, part.max_score, waits)
                for comment in notebook.comments:
                    if comment.comment:
                        comments[comment.name] = comment.comment
            found[submission.student_id] = {
                "score": submission.score,
                "max_score": submission.max_score,
                "needs_manual_grade": bool(submission.needs_manual_grade),
                "cells": cells,
                "comments": comments,
                "timestamp": str(submission.timestamp or ""),
                "late_penalty": submission.late_submission_penalty or 0.0,
            }
    return dict(sorted(found.items()))
