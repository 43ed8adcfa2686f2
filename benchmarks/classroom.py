"""Time the grading of a made-up class, end to end, beside stock nbgrader on the honest part of it.

``make bench-class`` writes ``build/bench/class.json``. Peak memory is the sum over all processes at
work, each page that several of them share counted once for each (so it is an upper bound).
"""

import json
import logging
import os
import platform
import shutil
import sys
import threading
import time
import warnings
from pathlib import Path

import nbformat
import nbgrader
import psutil
from nbgrader.converters import Autograde
from traitlets.config import Config

from softmax_grader.course.folder import init_course
from softmax_grader.demonstration.students import hand_in, make_class
from softmax_grader.gradebook.grade import grade
from softmax_grader.gradebook.nbgrader_parts import course_directory
from softmax_grader.gradebook.points import grades
from softmax_grader.gradebook.release import release
from softmax_grader.intake.collect import collect
from softmax_grader.reports.feedback import feedback
from softmax_grader.reports.report import report

ROOT = Path(__file__).resolve().parents[1]
PLACE = ROOT / "build" / "bench"


class PeakMemory:
    """Watches this process and all below it; ``peak`` is in bytes."""

    def __enter__(self):
        self.peak, self.done = 0, threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)
        self.thread.start()
        return self

    def _watch(self):
        own = psutil.Process()
        while not self.done.wait(0.05):
            total = 0
            for process in [own, *own.children(recursive=True)]:
                try:
                    total += process.memory_info().rss
                except psutil.Error:
                    continue
            self.peak = max(self.peak, total)

    def __exit__(self, *_):
        self.done.set()
        self.thread.join()


def stock_nbgrader(course, assignment, students, folder):
    """Grade copies of `students` by nbgrader as it comes; return seconds for each."""
    shutil.copytree(course.root, folder, ignore=shutil.ignore_patterns("autograded", ".softmax*"))
    seconds = []
    for student in students:
        config = Config()
        config.CourseDirectory.root = str(folder)
        config.CourseDirectory.course_id = course.id
        config.CourseDirectory.assignment_id = assignment
        config.CourseDirectory.student_id = student
        config.Execute.timeout = 120
        log = logging.getLogger("stock")
        log.propagate = False
        log.addHandler(logging.NullHandler())
        converter = Autograde(coursedir=course_directory(config), config=config, log=log)
        converter.force = True
        begin = time.monotonic()
        converter.start()
        seconds.append(time.monotonic() - begin)
    return seconds


def main(number=200, assignment="a1_forward", stock=40):
    """Run the benchmark and write its figures."""
    warnings.simplefilter("ignore")
    shutil.rmtree(PLACE / "class", ignore_errors=True)
    course = init_course(PLACE / "class" / "course", assignments=ROOT / "assignments")
    release(course, assignment)
    source = nbformat.read(course.notebook("source", assignment), as_version=4)
    released = nbformat.read(course.notebook("release", assignment), as_version=4)
    made = make_class(source, released, number, hostile=0.05, seed=7)
    handed_in = hand_in(PLACE / "class" / "handed_in", made, assignment)
    steps, begin = {}, time.monotonic()

    def complain(number, of, student, run):
        if run["failed"]:
            print(f"{student}: {run['failed']}", flush=True)

    def clock(name, work):
        start = time.monotonic()
        result = work()
        steps[name] = round(time.monotonic() - start, 2)
        print(f"{name}: {steps[name]} s", flush=True)
        return result

    with PeakMemory() as memory:
        clock("collect", lambda: collect(course, assignment, [handed_in]))
        result = clock("grade", lambda: grade(course, assignment, tell=complain))
        clock("feedback", lambda: feedback(course, assignment))
        clock("report", lambda: report(course, assignment))
    whole = time.monotonic() - begin
    assert len(result["graded"]) == number, f"{len(result['graded'])} graded, not {number}"
    assert not result["failed"], result["failed"]
    clock("grade again, nothing changed", lambda: grade(course, assignment))
    found = grades(course, assignment)

    # The honest ones again, one at a time, by this program and by nbgrader as it comes.
    honest = {student.lstrip("s") for student, _, good in made if good}
    sample = [student for student in found if student.lstrip("s") in honest][:stock]
    twin = init_course(PLACE / "class" / "one_by_one", assignments=ROOT / "assignments")
    for name in ("source", "release"):
        shutil.copytree(course.root / name, twin.root / name, dirs_exist_ok=True)
    shutil.copy(course.root / "gradebook.db", twin.root / "gradebook.db")
    for student in sample:
        shutil.copytree(course.root / "submitted" / student, twin.root / "submitted" / student)
    start = time.monotonic()
    grade(twin, assignment, jobs=1, force=True)
    ours = (time.monotonic() - start) / len(sample)
    theirs = stock_nbgrader(twin, assignment, sample, PLACE / "class" / "stock")
    stock_each = sum(theirs) / len(theirs)
    figures = {
        "assignment": assignment,
        "submissions": number,
        "hostile": sum(not good for _, _, good in made),
        "jobs": os.cpu_count(),
        "seconds_end_to_end": round(whole, 1),
        "seconds_by_step": steps,
        "peak_memory_mb": round(memory.peak / 1e6),
        "seconds_each_one_job": round(ours, 3),
        "seconds_each_stock_nbgrader": round(stock_each, 3),
        "times_stock_one_job": round(ours / stock_each, 2),
        "times_stock_all_cores": round(steps["grade"] / number / stock_each, 2),
        "compared_on": len(sample),
        "nbgrader": nbgrader.__version__,
        "python": platform.python_version(),
        "machine": platform.platform(),
    }
    path = PLACE / "class.json"
    path.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    shutil.rmtree(PLACE / "class")
    print(json.dumps(figures, indent=1))
    print(f"In {path.relative_to(ROOT)}.")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
