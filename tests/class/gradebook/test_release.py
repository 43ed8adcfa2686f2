"""What students get: no solution, no hidden test, and nothing that cannot be graded."""

import re
import subprocess
import sys

import pytest

from softmax_grader.cells import is_solution
from softmax_grader.course.folder import CourseError
from softmax_grader.gradebook.release import release, student_version

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
