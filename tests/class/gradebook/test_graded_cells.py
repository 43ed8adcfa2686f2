"""A release with other cells, when students have handed in: nothing is refused, nothing is lost."""

import sqlite3

import nbformat
import pytest
from nbgrader.converters import GenerateAssignment

from softmax_grader.cells import grade_id
from softmax_grader.gradebook.nbgrader_parts import make_config, run_converter
from softmax_grader.gradebook.points import grades
from softmax_grader.gradebook.release import release
from softmax_grader.reports.feedback import feedback

from ..courses import (
    MINI,
    RIGHT,
    SMALL,
    WRONG,
    grade_all,
    make_course,
    mark,
    release_changed,
    scores,
    solve,
    submit,
)

NEW_TEST = """
```{code-cell} ipython3
---
nbgrader: {grade: true, grade_id: guard_more, locked: true, points: 5, solution: false}
---
### BEGIN HIDDEN TESTS
SECRET_OF_THE_NEW_TEST = 1
assert np.allclose(guard(DATA).max(axis=1), 0)
### END HIDDEN TESTS
```

```{code-cell} ipython3
---
nbgrader: {grade: false, grade_id: slope,"""
OLD_SLOPE = """
```{code-cell} ipython3
---
nbgrader: {grade: false, grade_id: slope,"""
HIDDEN = "grade_id: guard_hidden"


@pytest.fixture(scope="module")
def graded_once(tmp_path_factory, released):
    """A course with two students graded, and points and a comment by hand; copy it."""
    course = make_course(tmp_path_factory.mktemp("marked") / "course", released)
    submit(course, "s001", solve(course, **RIGHT))
    submit(course, "s002", solve(course, **WRONG))
    grade_all(course)
    mark(course, "s001", "why", 2, "Well put.")
    return course


@pytest.fixture
def marked(tmp_path, graded_once):
    """A course of its own, with two students graded and one marked by hand."""
    return make_course(tmp_path / "course", graded_once)


def cells_of(course):
    with sqlite3.connect(course.root / "gradebook.db") as db:
        base = db.execute(
            "select b.name, b.type, g.max_score, g.cell_type from base_cell b "
            "left join grade_cells g on g.id = b.id order by b.name, b.type"
        )
        source = db.execute("select name, cell_type, locked, source, checksum from source_cell")
        return list(base), list(source)


def part_of(text, begin, end=None):
    start = text.index(begin)
    return text[start : text.index(end, start) if end else None]


def test_the_gradebook_holds_what_nbgrader_puts_there(course):
    released = nbformat.read(course.notebook("release", MINI), as_version=4)
    assert [grade_id(cell) for cell in released.cells[-2:]] == ["about_own_check", "own_check"]
    del released.cells[-2:]  # the student's own check is no part of the assignment
    ours = cells_of(course), released
    config = make_config(course.root, course.id)
    config.CourseDirectory.assignment_id = MINI
    run_converter(GenerateAssignment, config)  # without submissions it makes all cells anew
    theirs = cells_of(course), nbformat.read(course.notebook("release", MINI), as_version=4)
    assert ours == theirs


def test_a_test_is_added_and_others_get_new_names_after_grading(marked, tmp_path):
    mark(marked, "s002", "guard_hidden", 3)
    result = release_changed(
        marked,
        tmp_path,
        (OLD_SLOPE, NEW_TEST),
        ("grade_id: guard_hidden", "grade_id: guard_secret"),
        ('"grade_id": "why"', '"grade_id": "reason"'),
    )
    changes = result["changes"]
    assert changes["added"] == ["guard_more"]
    assert changes["renamed"] == ["guard_hidden to guard_secret", "why to reason"]
    assert changes["removed"] == changes["set_aside"] == changes["back"] == []
    result = grade_all(marked)
    assert (sorted(result["graded"]), result["again"]) == (["s001", "s002"], {})
    first, second = grades(marked, MINI).values()
    assert first["cells"] == {
        "guard_visible": (1, 1, False),
        "guard_secret": (4, 4, False),
        "guard_more": (5, 5, False),
        "slope_hidden": (3, 3, False),
        "reason": (2, 2, False),
    }
    assert first["comments"] == {"reason": "Well put."}
    assert second["cells"]["guard_secret"] == (3, 4, False)  # the teacher's, not the test's 1
    assert second["cells"]["guard_more"] == (0, 5, False)
    assert (first["max_score"], second["max_score"]) == (15, 15)
    config = make_config(marked.root, marked.id)
    config.CourseDirectory.assignment_id = MINI
    run_converter(GenerateAssignment, config)  # formgrader's button has nothing to refuse


def test_a_cell_is_removed_after_grading_and_comes_back_with_its_points_by_hand(marked, tmp_path):
    text = (SMALL / "mini.md").read_text("utf-8")
    hidden = part_of(
        text, "```{code-cell} ipython3\n---\nnbgrader: {grade: true, " + HIDDEN, OLD_SLOPE
    )
    why = part_of(text, '+++ {"nbgrader": {"grade": true, "grade_id": "why"')
    how = why.replace('"why"', '"how"').replace("the common factor", "a reason")
    changes = release_changed(marked, tmp_path, (hidden, ""), (why, how))["changes"]
    assert changes["removed"] == ["guard_hidden", "why"]
    assert (changes["added"], changes["set_aside"]) == (["how"], ["why"])
    feedback(marked, MINI)  # before `grade` has run again
    page = marked.notebook("feedback", MINI, "s001").with_suffix(".html").read_text("utf-8")
    assert "SECRET_OF_THE_GUARD" not in page
    grade_all(marked)
    assert scores(marked) == {"s001": 4, "s002": 3}
    changes = release(marked, MINI, check=False)["changes"]
    assert (changes["added"], changes["back"]) == (["guard_hidden", "why"], ["why"])
    assert grade_all(marked)["again"] == {"s001": {"why": 2.0}}  # the teacher looks once more
    of_student = grades(marked, MINI)["s001"]
    assert of_student["cells"]["why"] == (2, 2, True)
    assert of_student["comments"] == {"why": "Well put."}
