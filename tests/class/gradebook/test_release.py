"""What students get: no solution, no hidden test, and nothing that cannot be graded."""

import inspect
import re
import subprocess
import sys

import nbformat
import pytest

from softmax_grader.cells import grade_id, is_solution
from softmax_grader.course.folder import CourseError
from softmax_grader.gradebook.release import release, student_version
from softmax_grader.variants.rule import draw

from ..courses import MINI, RIGHT, SMALL, release_changed, released_notebook, snapshot


def test_the_release_holds_no_solution_and_no_hidden_test(released):
    text = released.notebook("release", MINI).read_text("utf-8")
    for secret in ("SECRET_OF_THE_GUARD", "x**3", "MARK SCHEME", "1e-5", "BEGIN"):
        assert secret not in text
    assert "raise NotImplementedError()" in text
    assert "F (N, C)" in text


def test_the_release_runs_where_this_package_is_not(released, tmp_path):
    notebook = released_notebook(released)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    program = "\n".join(
        RIGHT[re.search(r"def (\w+)", cell.source)[1]] if is_solution(cell) else cell.source
        for cell in code
    )
    script = tmp_path / "release.py"
    script.write_text(program)
    run = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    assert "softmax" not in program


def source_with(tmp_path, old, new):
    content = (SMALL / "mini.md").read_text("utf-8")
    assert old in content
    path = tmp_path / "other.md"
    path.write_text(content.replace(old, new), "utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("return F - F.max(axis=1, keepdims=True)", "return F", "does not get all points"),
        ("grade_id: slope,", "grade_id: guard,", "there twice"),
        ("### END HIDDEN TESTS\n```", "```", "hidden tests"),
        ("locked: true, points: 3, ", "locked: true, ", "no points"),
        ("    ### END SOLUTION\n", "", "solution"),
    ],
)
def test_a_faulty_source_is_one_sentence_and_changes_nothing(course, tmp_path, old, new, word):
    text = (SMALL / "mini.md").read_text("utf-8")
    assert old in text
    changed = tmp_path / "mini.md"
    changed.write_text(text.replace(old, new), "utf-8")
    before = snapshot(course.root)
    with pytest.raises(CourseError, match=word) as caught:
        release(course, str(changed))
    assert "\n" not in str(caught.value)
    assert snapshot(course.root) == before


def test_files_beside_the_source_are_released_too(course, tmp_path):
    picture = course.root / "source" / MINI / "pictures" / "guard.png"
    picture.parent.mkdir()
    picture.write_bytes(b"png")
    release_changed(course, tmp_path)
    assert (course.root / "release" / MINI / "pictures" / "guard.png").read_bytes() == b"png"


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("grade_id: slope,", "grade_id: guard,", "there twice"),
        ("    ### END SOLUTION\n", "", "nbgrader did not make other"),
    ],
)
def test_a_faulty_source_has_no_version_for_students(tmp_path, old, new, word):
    with pytest.raises(CourseError, match=word) as caught:
        student_version(source_with(tmp_path, old, new))
    assert "\n" not in str(caught.value)


CELL = (
    "```{{code-cell}} ipython3\n---\nnbgrader: {{grade: false, grade_id: {}, locked: {}, "
    "schema_version: 3, solution: false, task: false}}\n---\n{}\n```\n\n"
)
DRAWN = f"""import hashlib

SERIES = "mini"
CHOICES = {{"step": [3, 5]}}


{inspect.getsource(draw)}

CONVENTIONS = {{"step": CHOICES["step"][draw(STUDENT, "mini step", 2)]}}"""
VARIANTS = CELL.format("student", "false", 'STUDENT = ""') + CELL.format(
    "own_conventions", "true", DRAWN
)


def test_a_solution_that_is_wrong_for_one_variant_is_not_released(course, tmp_path):
    first = "```{code-cell} ipython3\n---\nnbgrader: {grade: false, grade_id: guard,"
    old = "return F - F.max(axis=1, keepdims=True)"
    right = (first, VARIANTS + first)
    wrong = (old, f'{old} if CONVENTIONS["step"] == 3 else F')
    before = snapshot(course.root)
    with pytest.raises(CourseError, match=r"not get all points in guard_visible.*\(step 5\)"):
        release_changed(course, tmp_path, right, wrong, check=True)
    assert snapshot(course.root) == before
    assert release_changed(course, tmp_path, right, check=True)["solution"]["guard_hidden"] == 4
    notebook = nbformat.read(course.notebook("release", MINI), as_version=4)
    (cell,) = (c for c in notebook.cells if grade_id(c) == "student")
    assert cell.source == 'STUDENT = ""'
    assert cell.metadata.get("editable", True)
