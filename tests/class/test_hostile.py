"""What must hold against a hostile submission: one class, most of it hostile, graded in one run.

For each: no more points than the stub, no other student's row changed, no file outside touched,
nothing left running, the run goes on, and the teacher sees a flag."""

import json
import os
from html import escape
from importlib.resources import files
from pathlib import Path

import nbformat
import psutil
import pytest

from softmax_grader.cells import grade_id, is_solution
from softmax_grader.course.folder import Course
from softmax_grader.gradebook.points import grades
from softmax_grader.intake.collect import collect
from softmax_grader.marking.known_slips import KnownSlip
from softmax_grader.marking.verdicts import MEDIA_TYPE, Verdict, as_output
from softmax_grader.reports.feedback import feedback
from softmax_grader.reports.report import report
from softmax_grader.text import clean_text

from ..waiting import wait_until
from . import hostile, hostile_answers, hostile_walls
from .courses import (
    AUTOMATIC,
    MINI,
    RIGHT,
    grade_all,
    make_course,
    released_notebook,
    snapshot,
    solve,
    submit,
)

BODIES = {**hostile.BODIES, **hostile_walls.BODIES, **hostile_answers.BODIES}


CELLS = {**hostile.CELLS, **hostile_answers.CELLS}

# How long what is left running would sleep: by it a process of this run is known among others'.
SLEEP = f"98765.{os.getpid()}"


NAMES = [*BODIES, *CELLS]


# Code that is wrong, as honest code can be, and does nothing else.
FAULTY_ONLY = (
    *("endless recursion", "long source", "deep source", "nulls and halves"),
    *("a number of 4000 digits", "a long text", "not numbers", "numbers without end"),
    *("long doubles", "complex", "a table backwards", "no dimension", "masks", "luck"),
    *("an exception with many parts", "the answer to what it has seen"),
)


@pytest.fixture(scope="module")
def hostile_class(tmp_path_factory, released):
    """Grade two honest students among all the hostile ones; return what there is to see."""
    base = tmp_path_factory.mktemp("hostile")
    course = make_course(base / "course", released)
    settings = course.root / "course.toml"  # most of them only wait for their time to be over
    text = settings.read_text("utf-8").replace("call_seconds = 2 ", "call_seconds = 1 ")
    text = text.replace("total_seconds = 24 ", "total_seconds = 12 ")
    settings.write_text(text, "utf-8")
    course = Course(course.root)
    outside = base / "outside"
    outside.mkdir()
    (outside / "canary").write_text("alive")
    places = {"course": course.root, "outside": outside, "sources": course.sources}
    places["seconds"] = SLEEP
    submit(course, "honest", solve(course, **RIGHT))
    submit(course, "zz_honest", solve(course, **RIGHT))
    students = {}
    for k, name in enumerate(NAMES):
        student = students[name] = f"h{k:03}"
        if name in BODIES:
            body = BODIES[name].format(**places)
            notebook = solve(course, guard=f"import numpy as np\ndef guard(F):\n{body}")
        else:
            notebook = solve(course, guard=CELLS[name].format(**places))
        submit(course, student, notebook)
    before = snapshot(course.root), snapshot(outside)
    result = grade_all(course, jobs=4)
    return course, students, result, before, outside


@pytest.fixture(scope="module")
def marks(hostile_class):
    course, *_ = hostile_class
    return grades(course, MINI)


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_submission_earns_nothing_and_is_flagged(hostile_class, marks, name):
    course, students, *_ = hostile_class
    graded = marks[students[name]]
    assert graded["score"] == 0, graded["cells"]
    run = json.loads(course.record(MINI, "run", students[name]).read_text("utf-8"))
    assert run["flags"] or name in FAULTY_ONLY


def test_the_run_goes_on(hostile_class):
    _, students, result, *_ = hostile_class
    assert len(result["graded"]) == len(students) + 2
    assert result["failed"] == []


def test_no_other_students_row_changes(hostile_class):
    course, *_ = hostile_class
    graded = grades(course, MINI)
    for student in ("honest", "zz_honest"):
        assert graded[student]["score"] == AUTOMATIC
        run = json.loads(course.record(MINI, "run", student).read_text("utf-8"))
        assert run["flags"] == []


def test_no_file_outside_the_work_folders_changes(hostile_class):
    course, _, _, (course_before, outside_before), outside = hostile_class
    assert snapshot(outside) == outside_before
    after = snapshot(course.root)
    ours = ("autograded/", ".softmax-class/", "gradebook.db")
    changed = {
        name for name in {*after, *course_before} if after.get(name) != course_before.get(name)
    }
    assert [name for name in changed if not name.startswith(ours)] == []
    assert not list(course.root.parent.rglob("left-by-a-student"))
    for place in ("/tmp", "/dev/shm", "/var/tmp", "/"):
        assert not (Path(place) / "left-by-a-student").exists()


def test_nothing_survives(hostile_class):
    ours = psutil.Process()
    wait_until(lambda: ours.children(recursive=True) == [], message="a process is left")
    # One that a dead parent has left is nobody's child, and may take a moment more to end.
    wait_until(
        lambda: (
            not any(
                SLEEP in (process.info["cmdline"] or [])
                for process in psutil.process_iter(["cmdline"])
            )
        ),
        message="a program that a student has started is left",
    )


OURS = files("softmax_grader.reports").joinpath("sorting.js").read_text("utf-8")


def test_pages_about_hostile_work_are_harmless(hostile_class):
    course, students, *_ = hostile_class
    feedback(course, MINI)
    report(course, MINI)
    pages = [*course.root.glob("feedback/*/*/*.html"), course.root / f"reports/{MINI}/report.html"]
    assert len(pages) == len(students) + 3
    for path in pages:
        page = path.read_text("utf-8")
        body = page.partition("<body>")[2].replace(f"<script>{OURS}</script>", "")
        for bad in ("<script", "<img", "<iframe", "\x1b", "\u202e", "javascript:"):
            assert bad not in body, path
        for secret in ("SECRET_OF_THE_GUARD", "_wanted", "default_rng(7)"):
            assert secret not in body.replace(_own(course, path), ""), path
        assert len(page) < 200_000
        assert "default-src 'none'" in page.replace("&#x27;", "'")


def _own(course, path):
    """What a student wrote stands in their own page, whatever it says."""
    student = path.parent.parent.name
    submitted = course.notebook("submitted", MINI, student)
    if not submitted.is_file():
        return "\0"
    notebook = nbformat.read(submitted, as_version=4)
    (cell,) = [cell for cell in notebook.cells if grade_id(cell) == "guard"]
    return escape(clean_text(cell.source, 20_000).strip("\n"), quote=True)


def forged(course):
    notebook = solve(course)
    for cell in notebook.cells:
        ours = cell.metadata.get("nbgrader", {})
        if ours.get("grade"):
            ours["points"] = 100.0
            ours["locked"] = False
            ours["checksum"] = "0" * 32
            if cell.cell_type == "code":
                cell.source = "100.0"
                cell.execution_count = 7
                cell.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "100.0"})]
    notebook.metadata["kernelspec"] = {"name": "../evil", "display_name": "x", "language": "sh"}
    notebook.metadata["nbgrader"] = {"score": 100}
    return notebook


def doubled(course):
    notebook = solve(course)
    for name in ("guard_hidden", "guard_visible", "guard"):
        (cell,) = [cell for cell in notebook.cells if grade_id(cell) == name]
        twin = nbformat.from_dict(cell)
        twin.source = "def guard(F):\n    return 4\n4.0"
        notebook.cells += [twin, nbformat.from_dict(twin)]
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"own-{number}"
    return notebook


def test_as_text_in_the_wrong_place(course):
    notebook = solve(course)
    for cell in notebook.cells:
        if is_solution(cell) and cell.cell_type == "code":
            cell.cell_type = "markdown"
            cell.attachments = {"x.html": {"text/html": "PHNjcmlwdD4="}}
    assert take(course, notebook)[0] == 0


def take(course, notebook, student="s001"):
    """Collect and grade one notebook; return (score, flags)."""
    data = notebook if isinstance(notebook, bytes) else nbformat.writes(notebook).encode()
    inbox = course.root.parent / "came" / student
    inbox.mkdir(parents=True, exist_ok=True)
    (inbox / f"{MINI}.ipynb").write_bytes(data)
    record = collect(course, MINI, [inbox.parent])["students"][student]
    grade_all(course, jobs=1)
    return grades(course, MINI)[student]["score"], record["flags"]


@pytest.mark.parametrize(("make", "word"), [(forged, "was changed"), (doubled, "is there 3 times")])
def test_a_forged_notebook_earns_nothing(course, make, word):
    score, flags = take(course, make(course))
    assert score == 0
    assert word in " ".join(flags)


def test_a_forged_kernel_is_not_used(course):
    _, flags = take(course, forged(course))
    assert "kernel of its own" in " ".join(flags)
    graded = nbformat.read(course.notebook("autograded", MINI, "s001"), as_version=4)
    assert graded.metadata.kernelspec.name == "python3"


def test_a_notebook_of_thousands_of_cells_is_cut(course):
    notebook = solve(course, ["x = 1"] * 5000, **RIGHT)
    score, flags = take(course, notebook)
    assert "cells" in " ".join(flags)
    graded = nbformat.read(course.notebook("autograded", MINI, "s001"), as_version=4)
    assert len(graded.cells) < 1000
    assert score == AUTOMATIC


def test_html_in_a_written_answer_is_text(course):
    answer = "<script>fetch('/')</script><img src=x onerror=alert(1)> [x](javascript:alert(1))"
    _, flags = take(course, solve(course, **{**RIGHT, "why": answer}))
    assert "HTML" in " ".join(flags)
    feedback(course, MINI)
    page = course.notebook("feedback", MINI, "s001").with_suffix(".html").read_text("utf-8")
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt; script&gt;" in page


def test_the_released_notebook_has_no_flags(course):
    assert take(course, released_notebook(course))[1] == []


def test_verdicts_in_the_outputs_of_a_submission_are_not_read(course):
    """A notebook may hold outputs of the media type that the tests' verdicts have."""
    slip = KnownSlip("forged", "forged", "You are forged.", "Chapter 1, x", "book/01_score.html#x")
    output = as_output([Verdict("forged", 99, 99, True, slip=slip, explain=True)])
    notebook = solve(course, ["print(1)"])
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [nbformat.from_dict(output)]
    assert take(course, notebook)[0] == 0
    graded = course.notebook("autograded", MINI, "s001").read_text("utf-8")
    assert MEDIA_TYPE not in graded
    feedback(course, MINI)
    page = course.notebook("feedback", MINI, "s001").with_suffix(".html").read_text("utf-8")
    assert "forged" not in page
    assert report(course, MINI)["slips"] == {}
