"""What the tests of the class share: a small course, and submissions for it."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat

from softmax_grader.cells import grade_id
from softmax_grader.course.folder import Course, init_course
from softmax_grader.gradebook.grade import grade
from softmax_grader.gradebook.points import grades

SMALL = Path(__file__).parent / "small"
MINI = "mini"
RIGHT = {
    "guard": "def guard(F):\n    return F - F.max(axis=1, keepdims=True)\n",
    "slope": "def slope(f, x):\n    return (f(x + 1e-5) - f(x - 1e-5)) / 2e-5\n",
    "why": "The factor is in the numerator and in the denominator, so it cancels.",
}
WRONG = {**RIGHT, "guard": "def guard(F):\n    return F - F.max()\n"}
AUTOMATIC = 8.0  # points that the tests of the small assignment give


def make_course(folder, released):
    """Return a course of its own, a copy of one with the small assignment released."""
    shutil.copytree(released.root, folder)
    return Course(folder)


def release_small(folder, **limits):
    """Return a course with the small assignment released, and short limits."""
    from softmax_grader.gradebook.release import release

    course = init_course(folder, assignments=SMALL)
    settings = folder / "course.toml"
    text = settings.read_text("utf-8").replace("call_seconds = 10 ", "call_seconds = 2 ")
    text = text.replace("total_seconds = 60 ", "total_seconds = 24 ")
    text = re.sub(r"(?m)^assignments = .*$", f'assignments = "{SMALL.as_posix()}"', text)
    settings.write_text(text, "utf-8")
    course = Course(folder)
    release(course, MINI)
    return course


def released_notebook(course):
    return nbformat.read(course.notebook("release", MINI), as_version=4)


def solve(course, extra=(), **answers):
    """Return a submission: the release with `answers` in its cells, and `extra` code cells."""
    notebook = released_notebook(course)
    for cell in notebook.cells:
        if grade_id(cell) in answers:
            cell.source = answers[grade_id(cell)]
    notebook.cells += [nbformat.v4.new_code_cell(source) for source in extra]
    return notebook


def submit(course, student, notebook):
    """Put a notebook where `collect` would put it."""
    path = course.notebook("submitted", MINI, student)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(nbformat.writes(notebook), "utf-8")
    return path


def scores(course):
    return {student: grade["score"] for student, grade in grades(course, MINI).items()}


def grade_all(course, **options):
    return grade(course, MINI, **options)


def snapshot(folder):
    """Return what each file below `folder` holds."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def run_in_course(course, *words, **options):
    """Run a module, such as nbgrader, in the course's folder."""
    return subprocess.run(
        [sys.executable, "-m", *words],
        cwd=course.root,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
        **options,
    )


def with_dates(course, due="2026-12-01T23:59:00", **late):
    """Return the course with a due date, in Berlin, and these rules on lateness."""
    rules = "".join(f"{name} = {value!r}\n" for name, value in late.items())
    path = course.root / "course.toml"
    own = path.read_text("utf-8").partition("\n[due]")[0]
    zone = "" if own.startswith("zone") else 'zone = "Europe/Berlin"\n'
    path.write_text(f"{zone}{own}\n[due]\n{MINI} = {due}\n[late]\n{rules}", "utf-8")
    return Course(course.root)


def mark(course, student, cell, points, comment=None):
    """Give points by hand, and a comment, as formgrader does."""
    from nbgrader.api import Gradebook

    with Gradebook(course.db_url, course.id) as gradebook:
        given = gradebook.find_grade(cell, MINI, MINI, student)
        given.manual_score, given.needs_manual_grade = points, False
        if comment:
            gradebook.find_comment(cell, MINI, MINI, student).manual_comment = comment
        gradebook.db.commit()


def release_changed(course, folder, *changes, **options):
    """Release the small assignment with pieces of its source changed: pairs (old, new)."""
    from softmax_grader.gradebook.release import release

    text = (SMALL / "mini.md").read_text("utf-8")
    for old, new in changes:
        assert text.count(old) == 1, (text.count(old), old)
        text = text.replace(old, new)
    changed = folder / "mini.md"
    changed.write_text(text, "utf-8")
    return release(course, str(changed), **{"check": False, **options})
