"""The last cell of a released notebook: it says what is missing, and grading never sees it."""

import builtins
import copy
import io
import json
import re
import socket
import sys
from contextlib import redirect_stdout

import nbformat
import numpy as np
import pytest

from softmax_grader.cells import OWN_CHECK, OWN_CHECK_TEXT, grade_id, points_of_cells
from softmax_grader.gradebook.grade import grade
from softmax_grader.gradebook.points import grades
from softmax_grader.gradebook.release import student_version
from softmax_grader.intake.rebuild import rebuild

from .. import play
from ..assignments import ASSIGNMENTS, EACH, MUTANTS, code_of
from ..courses import MINI, RIGHT, make_course, released_notebook, solve, submit

RELEASED = {name: student_version(play.ASSIGNMENTS / f"{name}.md") for name in ASSIGNMENTS}
SEEN = [mutant for mutant in MUTANTS if mutant.seen][::8]


def notebook_space(assignment, code, *, set_up=True):
    """Return the names of a notebook in which the student has run these cells."""
    space = {"__name__": "__main__"}
    for cell in play.cells(assignment):
        if cell.name == "setup" and not set_up:
            space["np"] = np
        else:
            play.run(cell, code, space)
    return space


def pressed(notebook, space):
    """Return the lines that the cell prints."""
    assert grade_id(notebook.cells[-1]) == OWN_CHECK
    out = io.StringIO()
    with redirect_stdout(out):
        exec(compile(notebook.cells[-1].source, "<own check>", "exec"), space)
    return out.getvalue().splitlines()


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)


@pytest.fixture
def alone(monkeypatch):
    """Without the network, and without our packages."""

    def refused(*args, **options):
        raise AssertionError("a connection was tried")

    real = builtins.__import__

    def no_package_of_ours(name, *args):
        assert not name.startswith("softmax_"), name
        return real(name, *args)

    monkeypatch.setattr(socket, "socket", refused)
    monkeypatch.setattr(builtins, "__import__", no_package_of_ours)


@EACH
def test_a_finished_notebook_passes_line_by_line(assignment, alone):
    titles = [
        title
        for cell in play.cells(assignment)
        for title in re.findall(r"^## (\d · .*) \(\d points\)$", cell.source, re.M)
    ]
    code = play.submission(assignment)
    lines = pressed(RELEASED[assignment], notebook_space(assignment, code))
    n = len(titles) - 1
    assert lines[:n] == [f"✓ {title}" for title in titles[:-1]]
    assert lines[n] == (
        f"? {titles[-1]}: this Python cannot see your text. Look whether it is there."
    )
    assert lines[-2:] == [
        f"{n} of {n} parts pass the visible tests; 0 still to be written.",
        "Further tests run when your work is graded. This check gives no points.",
    ]


@EACH
def test_what_is_untouched_is_said(assignment, alone):
    code = play.submission(assignment, released=True)
    lines = pressed(RELEASED[assignment], notebook_space(assignment, code))
    first = play.names(assignment)[0]
    assert lines[0].startswith("– 1 · ")
    assert lines[0].endswith(f": {first} is not written yet.")
    assert not any(line.startswith(("✓", "✗")) for line in lines)
    nothing_run = pressed(RELEASED[assignment], {"__name__": "__main__"})
    assert nothing_run[0].endswith(
        f"there is no function {first} yet. Run the cell that defines it."
    )


@pytest.mark.parametrize("mutant", SEEN, ids=lambda m: m.name)
def test_what_is_wrong_is_said_in_the_sentence_of_the_visible_test(mutant):
    messages = play.look(mutant.assignment, code_of(mutant))
    wanted = {message.split("\n")[0] for message in messages.values() if message}
    lines = pressed(RELEASED[mutant.assignment], notebook_space(mutant.assignment, code_of(mutant)))
    wrong = [line.split(": ", 1)[1] for line in lines if line.startswith(("✗", "–"))]
    more = " The test below the function shows the numbers."
    assert {line.removesuffix(more) for line in wrong} <= wanted
    assert wrong


def test_cells_run_out_of_order_and_names_overwritten_do_no_harm():
    """The set-up never run, its helper overwritten, the tests' arrays changed: the same lines."""
    code = play.submission("a1_forward")
    usual = pressed(RELEASED["a1_forward"], notebook_space("a1_forward", code))
    space = notebook_space("a1_forward", code, set_up=False)
    space |= {"check": None, "X_tiny": np.zeros(3), "F_tiny": "mine"}
    assert pressed(RELEASED["a1_forward"], space) == usual
    del space["np"]
    lines = pressed(RELEASED["a1_forward"], space)
    assert any(
        "NameError: name 'np' is not defined. Run the cells from the top" in x for x in lines
    )


def test_nothing_of_the_students_is_changed():
    space = notebook_space("a3_two_layers", play.submission("a3_two_layers"))
    before = {name: copy.deepcopy(v) for name, v in space.items() if isinstance(v, np.ndarray)}
    names = set(space)
    pressed(RELEASED["a3_two_layers"], space)
    assert set(space) - names == {"visible_tests", "check_before_you_hand_in"}
    assert all(np.array_equal(space[name], value) for name, value in before.items())


def written_line(notebook, text, after=()):
    saved = copy.deepcopy(notebook)
    for place, cell in enumerate(saved.cells):
        if cell.cell_type == "markdown" and cell.metadata["nbgrader"]["solution"]:
            cell.source = text if text is not None else cell.source
            saved.cells[place + 1 : place + 1] = map(nbformat.v4.new_markdown_cell, after)
            break
    nbformat.write(saved, "mine.ipynb")
    (line,) = (x for x in pressed(notebook, {"__name__": "__main__"}) if " A written question" in x)
    return line


def test_a_written_answer_is_looked_for_in_the_saved_notebook():
    notebook = RELEASED["a1_forward"]
    for untouched in (None, "", "  \n"):
        line = written_line(notebook, untouched)
        assert re.fullmatch(
            r"– 8 · A written question: nothing is written yet \(as saved at \d\d:\d\d\)\.", line
        )
    assert written_line(notebook, "It cancels.").startswith("✓ 8 · A written question: something")
    assert written_line(notebook, None, after=["In a cell of my own."]).startswith("✓ 8 · ")


def test_in_colab_the_notebook_is_asked_for(monkeypatch):
    notebook = copy.deepcopy(RELEASED["a1_forward"])

    class Message:
        @staticmethod
        def blocking_request(what, timeout_sec):
            assert what == "get_ipynb"
            return {"ipynb": json.loads(nbformat.writes(notebook))}

    class Colab:
        _message = Message

    monkeypatch.setitem(sys.modules, "google.colab", Colab)
    lines = pressed(notebook, {"__name__": "__main__"})
    assert "– 8 · A written question: nothing is written yet (now)." in lines


def test_a_file_that_is_no_notebook_does_not_stop_it(tmp_path):
    (tmp_path / "broken.ipynb").write_text("{", "utf-8")
    (tmp_path / "list.ipynb").write_text("[]", "utf-8")
    lines = pressed(RELEASED["a1_forward"], {"__name__": "__main__"})
    assert any(line.startswith("? 8 · ") for line in lines)


# --- grading never sees it ---


@EACH
def test_it_is_no_graded_cell_and_is_folded(assignment):
    text, code = RELEASED[assignment].cells[-2:]
    assert [grade_id(text), grade_id(code)] == [OWN_CHECK_TEXT, OWN_CHECK]
    for cell in (text, code):
        marks = cell.metadata["nbgrader"]
        assert (marks["grade"], marks["solution"], marks["locked"]) == (False, False, True)
    assert code.metadata["jupyter"] == {"source_hidden": True}
    assert code.source.startswith("# @title Check before you hand in")
    assert "softmax_" not in code.source
    assert "HIDDEN" not in code.source
    assert sum(points for _, points, _ in points_of_cells(RELEASED[assignment])) == sum(
        cell.points for cell in play.cells(assignment)
    )


def changed(notebook, how):
    check = notebook.cells[-1]
    if how == "pressed":
        check.outputs = [nbformat.v4.new_output("stream", text="✓ all")]
        check.execution_count = 3
    elif how == "changed":
        check.source = "def guard(F):\n    return 0\n" + check.source
    elif how == "deleted":
        del notebook.cells[-2:]
    elif how == "twice and in front":
        notebook.cells = [copy.deepcopy(check), *notebook.cells]
        notebook.cells[0]["id"] = "in-front"
    elif how == "without metadata":
        for cell in notebook.cells[-2:]:
            cell.metadata = {}
    return notebook


@pytest.mark.parametrize(
    "how", ["as it is", "pressed", "changed", "deleted", "twice and in front", "without metadata"]
)
def test_it_is_left_out_of_what_was_handed_in(released, tmp_path, how):
    release = released_notebook(released)
    handed_in = changed(solve(released, **RIGHT), how)
    rebuilt = rebuild(release, nbformat.writes(handed_in).encode())
    assert (rebuilt.mended, rebuilt.flags) == ([], [])
    names = [grade_id(cell) for cell in rebuilt.notebook.cells]
    assert names == [grade_id(cell) for cell in release.cells[:-2]]
    assert "check_before_you_hand_in" not in nbformat.writes(rebuilt.notebook)


def test_the_grade_is_the_same_with_and_without_it(released, tmp_path):
    course = make_course(tmp_path / "course", released)
    submit(course, "ann", changed(solve(course, **RIGHT), "changed"))
    submit(course, "ben", changed(solve(course, **RIGHT), "deleted"))
    grade(course, MINI)
    found = grades(course, MINI)
    assert found["ann"]["score"] == found["ben"]["score"] > 0
