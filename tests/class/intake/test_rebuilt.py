"""A submission is rebuilt once, and everything that comes after reads what was kept."""

import nbformat
import pytest

from softmax_grader.gradebook.release import release
from softmax_grader.intake import rebuilt
from softmax_grader.intake.collect import collect
from softmax_grader.intake.rebuild import rebuild
from softmax_grader.intake.rebuilt import rebuilt_notebook

from ..courses import (
    AUTOMATIC,
    MINI,
    RIGHT,
    grade_all,
    released_notebook,
    run_in_course,
    scores,
    solve,
    submit,
)
from ..handing_in import put


@pytest.fixture
def rebuilds(monkeypatch):
    """The number of rebuilds since, as the length of a list."""
    calls = []

    def counted(release, data):
        calls.append(data)
        return rebuild(release, data)

    monkeypatch.setattr(rebuilt, "rebuild", counted)
    return calls


def test_what_was_collected_is_not_rebuilt_again(course, inbox, right, rebuilds):
    put(inbox, "s001/mini.ipynb", right)
    collect(course, MINI, [inbox])
    grade_all(course)
    assert rebuilds == []
    assert scores(course) == {"s001": AUTOMATIC}


def test_what_was_not_collected_is_rebuilt_once_and_kept(course, rebuilds):
    submit(course, "s001", solve(course, **RIGHT))
    grade_all(course)
    assert len(rebuilds) == 1
    grade_all(course, force=True)
    assert len(rebuilds) == 1
    run = run_in_course(course, "nbgrader", "autograde", MINI, "--force")
    assert run.returncode == 0, run.stderr
    assert scores(course) == {"s001": AUTOMATIC}


def test_another_file_or_another_release_is_rebuilt_anew(course, inbox, right, rebuilds, tmp_path):
    put(inbox, "s001/mini.ipynb", right)
    collect(course, MINI, [inbox])
    submit(course, "s001", solve(course))
    assert "NotImplementedError" in str(rebuilt_notebook(course, MINI, "s001"))
    assert len(rebuilds) == 1
    text = (course.sources / "mini.md").read_text("utf-8")
    changed = tmp_path / "mini.md"
    changed.write_text(text.replace("by two calls of f", "by two calls of g"), "utf-8")
    release(course, str(changed), check=False)
    assert "by two calls of g" in str(released_notebook(course))
    rebuilt_notebook(course, MINI, "s001")
    assert len(rebuilds) == 2
    rebuilt_notebook(course, MINI, "s001")
    assert len(rebuilds) == 2


def test_a_record_that_was_cut_short_is_made_again(course, rebuilds):
    submit(course, "s001", solve(course, **RIGHT))
    whole = rebuilt_notebook(course, MINI, "s001")
    course.record(MINI, "rebuilt", "s001").write_text('{"key": ')
    assert rebuilt_notebook(course, MINI, "s001") == whole
    assert len(rebuilds) == 2


def bare(notebook):
    for cell in notebook.cells:
        cell.metadata = {}
    return notebook


@pytest.mark.parametrize(
    "make",
    [
        lambda course: solve(course, **RIGHT),
        lambda course: solve(course, ["x = 1", "print(x)"], **RIGHT),
        lambda course: solve(course, **{**RIGHT, "why": "<b>a</b> [x](javascript:y) $\\def\\a{}$"}),
        lambda course: bare(solve(course, **RIGHT)),
    ],
    ids=["right", "more cells", "text that acts", "bare"],
)
def test_rebuilding_what_is_rebuilt_changes_nothing(course, make):
    released = released_notebook(course)
    once = rebuild(released, nbformat.writes(make(course)).encode()).notebook
    twice = rebuild(released, nbformat.writes(once).encode()).notebook
    assert twice == once
