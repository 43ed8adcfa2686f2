"""The assignments as a student meets them, and as they are graded, without sandbox."""

import pickle
import re
import subprocess
import sys

import numpy as np
import pytest

from . import play
from .assignments import (
    ANSWERS,
    ASSIGNMENTS,
    EACH,
    MUTANTS,
    RIVALS,
    TOLD,
    code_of,
    known_answers,
    mutant_named,
    points_said,
)

# --- the source ---


@EACH
def test_every_cell_says_what_it_is(assignment):
    cells = play.cells(assignment)
    names = [c.name for c in cells]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in names)
    for cell in cells:
        has_solution = "### BEGIN SOLUTION" in cell.source or "MARK SCHEME" in cell.source
        assert has_solution == cell.solution
        assert ("### BEGIN HIDDEN TESTS" in cell.source) == (cell.grade and cell.kind == "code")
        assert (cell.points > 0) == cell.grade


@EACH
def test_points_add_up_to_what_the_table_says(assignment):
    cells = play.cells(assignment)
    automatic = sum(c.points for c in cells if c.kind == "code")
    written = sum(c.points for c in cells if c.kind == "markdown")
    assert (automatic, written) == points_said(assignment)
    welcome = cells[0].source
    rows = [int(n) for n in re.findall(r"^\| \d \|.*\| (\d) \|$", welcome, re.M)]
    assert sum(rows) == automatic + written
    headings = [
        int(n) for c in cells for n in re.findall(r"^## \d · .*\((\d) points\)$", c.source, re.M)
    ]
    assert headings == rows
    for cell in cells:
        if cell.grade and cell.kind == "code":  # "# Points: values 3, whole numbers 1."
            visible = play.HIDDEN.sub("", cell.source)
            assert "# Points:" in visible
            # Groups in brackets repeat what stands before them.
            flat = re.sub(r"\([^)]*\)", "", visible)
            assert sum(map(int, re.findall(r" (\d)(?=\s*[,.])", flat))) == cell.points


@EACH
def test_a_mark_scheme_gives_its_points(assignment):
    (answer,) = (c for c in play.cells(assignment) if c.kind == "markdown" and c.grade)
    assert answer.source.startswith("=== BEGIN MARK SCHEME ===\n")
    assert answer.source.endswith("\n=== END MARK SCHEME ===")
    assert sum(int(n) for n in re.findall(r"^\*\*(\d) points?:", answer.source, re.M)) == (
        answer.points
    )


@EACH
def test_what_a_student_gets_needs_numpy_alone(assignment):
    for cell in play.cells(assignment):
        if cell.kind == "code":
            assert play.numpy_only(play.HIDDEN.sub("", cell.source)) <= set(), cell.name


@EACH
def test_nothing_of_the_solution_or_the_hidden_tests_is_released(assignment):
    for cell in play.cells(assignment):
        released = play.stub(play.HIDDEN.sub("", cell.source))
        assert "softmax_grader" not in released
        assert "softmax_steps" not in released
        assert "BEGIN" not in released or cell.kind == "markdown"
        if cell.solution and cell.kind == "code":
            assert "raise NotImplementedError()" in released
            assert re.search(r"returns ", released) or "as for gradient_by_sample" in released


def test_all_notebooks_check_with_the_same_helper():
    helpers = {
        re.search(r"def check\(.*?(?=\n\n\n# Two samples)", play.cells(a)[2].source, re.S)[0]
        for a in ASSIGNMENTS
    }
    assert len(helpers) == 1


# --- as a student sees it ---


@EACH
def test_the_visible_tests_say_what_is_not_written_yet(assignment):
    messages = play.look(assignment, play.submission(assignment, released=True))
    assert messages
    for message in messages.values():
        assert re.fullmatch(
            r"[^\n]+: \w+ is not written yet\. Put your code where it says NotImplementedError\.",
            message,
        )


@EACH
def test_the_visible_tests_pass_the_solution(assignment):
    messages = play.look(assignment, play.submission(assignment))
    assert set(messages.values()) == {None}


@EACH
def test_a_forgotten_return_is_told(assignment):
    messages = play.look(assignment, play.submission(assignment, forgetful(assignment)))
    assert all(m and ("return" in m or "results" in m or "stops with" in m)
               for m in messages.values())  # fmt: skip
    assert any("Does your function end with a return?" in m for m in messages.values())


@EACH
def test_the_notebook_runs_from_top_to_bottom_without_our_packages(assignment, tmp_path):
    """With the solution all cells run in a Python that has NumPy and nothing of ours."""
    for code, wanted in (
        (play.submission(assignment), 0),
        (play.submission(assignment, released=True), 1),
    ):
        parts = [
            "import sys",
            "sys.modules['softmax_steps'] = sys.modules['softmax_grader'] = None",
        ]
        for cell in play.cells(assignment):
            if cell.kind == "code":
                parts.append(code.get(cell.name, play.HIDDEN.sub("", play.with_id(cell))))
        script = tmp_path / "notebook.py"
        script.write_text("\n\n".join(parts), encoding="utf-8")
        run = subprocess.run(
            [sys.executable, "-X", "utf8", "-W", "error", script],
            capture_output=True, text=True, encoding="utf-8", timeout=600, check=False,
        )  # fmt: skip
        assert run.returncode == wanted, run.stderr
        if wanted:
            assert "is not written yet" in run.stderr
        else:
            assert run.stderr == ""


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda m: m.name)
def test_the_visible_tests_see_the_slips_that_they_can(mutant):
    messages = play.look(mutant.assignment, code_of(mutant))
    failing = {name: m for name, m in messages.items() if m}
    assert bool(failing) == mutant.seen
    for message in failing.values():
        assert "Traceback" not in message


@pytest.mark.parametrize("name", TOLD)
def test_a_visible_test_explains(name):
    mutant = mutant_named(name)
    messages = play.look(mutant.assignment, code_of(mutant))
    text = " ".join(m for m in messages.values() if m)
    assert TOLD[name] in text


# --- grades ---


@EACH
def test_the_solution_gets_full_marks_each_time(assignment):
    code = play.submission(assignment)
    for _ in range(10):
        graded = play.grade(assignment, code)
        assert graded.total == points_said(assignment)[0]
        assert graded.slips == {}
        assert not any("✗" in text for text in graded.feedback.values())


@pytest.mark.parametrize(("assignment", "name"), RIVALS)
def test_another_right_solution_gets_full_marks(assignment, name):
    graded = play.grade(assignment, play.submission(assignment, RIVALS[assignment, name]))
    assert graded.slips == {}
    assert graded.total == points_said(assignment)[0], "\n".join(graded.feedback.values())
    seen = play.look(assignment, play.submission(assignment, RIVALS[assignment, name]))
    assert set(seen.values()) == {None}


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda m: m.name)
def test_a_slip_costs_what_it_must_and_is_named(mutant):
    graded = play.grade(mutant.assignment, code_of(mutant))
    full = {c.name: c.points for c in play.cells(mutant.assignment)}
    lost = {name: full[name] - p for name, p in graded.points.items() if p != full[name]}
    assert lost == mutant.lost, "\n".join(graded.feedback.values())
    named = {slip for slips in graded.slips.values() for slip in slips}
    assert named == ({mutant.slip} if mutant.slip else set())


def forgetful(assignment):
    return {
        c.name: re.sub(r"\breturn\b", "_ =", play.SOLUTION.sub(r"\1", c.source))
        for c in play.cells(assignment)
        if c.solution and c.kind == "code"
    }


def constants(assignment, body):
    return {
        c.name: play.SOLUTION.sub(f"    {body}\n", c.source)
        for c in play.cells(assignment)
        if c.solution and c.kind == "code"
    }


CONSTANTS = [
    "raise NotImplementedError()",
    "return None",
    "return 0.0",
    "return np.zeros(3)",
    "return np.zeros((4, 3))",
    "return (np.zeros((3, 4)), np.zeros(3))",
    "return [np.arange(10)]",
    "return 'full marks'",
    "return float('nan')",
    "return object()",
    "return {}",
]


@EACH
@pytest.mark.parametrize("body", CONSTANTS)
def test_a_constant_earns_nothing(assignment, body):
    graded = play.grade(assignment, play.submission(assignment, constants(assignment, body)))
    assert graded.total == 0, "\n".join(graded.feedback.values())
    released = play.grade(assignment, play.submission(assignment, released=True))
    assert released.total == 0
    assert released.slips == {}


@EACH
@pytest.mark.parametrize(
    "body",
    [
        "0 * np.asarray({0}, dtype=float)",
        "{0}",
        "np.ones(np.shape({0}))",
        "(W, b) if 'W' in locals() else {0}",
        "(2 * W, b + 1) if 'W' in locals() else {0}",
    ],
)
def test_giving_back_an_argument_earns_nothing(assignment, body):
    """Zeros, ones or the input itself, in the shape of the first or of the third argument."""
    for place in (0, 2):
        changes = {}
        for cell in play.cells(assignment):
            if cell.solution and cell.kind == "code":
                arguments = re.search(r"def \w+\(([^)]*)\)", cell.source)[1].split(", ")
                argument = arguments[min(place, len(arguments) - 1)]
                answer = "return " + body.format(argument)
                changes[cell.name] = play.SOLUTION.sub(f"    {answer}\n", cell.source)
        graded = play.grade(assignment, play.submission(assignment, changes))
        assert graded.total == 0, "\n".join(graded.feedback.values())


MEMO = """
import pickle
def {0}(*given):
    return pickle.loads({1!r})[repr(given)]
"""


@EACH
def test_the_answers_to_the_visible_tests_learnt_by_heart_earn_nothing(assignment):
    """What the solution gives in the visible tests, and nothing for any other input."""
    space, answers = {"__name__": "student"}, {name: {} for name in play.names(assignment)}

    def remembering(name, function):
        def call(*args):
            key, answer = repr(args), function(*args)
            answers[name][key] = answer
            return answer

        return call

    code = play.submission(assignment)
    for cell in play.cells(assignment):
        if play.run(cell, code, space) and cell.name in answers:
            space[cell.name] = remembering(cell.name, space[cell.name])
        elif cell.kind == "code" and not cell.grade and cell.name != "setup":
            exec(compile(cell.source, f"<{cell.name}>", "exec"), dict(space))
    assert all(answers.values())
    memo = {name: MEMO.format(name, pickle.dumps(known)) for name, known in answers.items()}
    if ANSWERS[assignment].BY_HEART:
        assert set(play.look(assignment, play.submission(assignment, memo)).values()) == {None}
    graded = play.grade(assignment, play.submission(assignment, memo))
    assert graded.total == 0, "\n".join(graded.feedback.values())


@EACH
def test_the_books_own_functions_earn_little(assignment):
    """Copied as they stand, with the arguments that they do not know left unused."""
    graded = play.grade(
        assignment,
        play.submission(assignment, play.written(assignment, ANSWERS[assignment].BOOK_BODIES)),
    )
    lines = [line for text in graded.feedback.values() for line in text.splitlines()]
    passed = [line.removeprefix("✓ 1/1  ") for line in lines if line.startswith("✓")]
    assert passed == ANSWERS[assignment].WARM_UPS
    assert graded.total == len(passed) <= 0.15 * points_said(assignment)[0]


def test_the_teachers_page_says_what_a_copy_earns():
    """The page has a pair of numbers for each assignment, in their order."""
    page = " ".join(
        (play.ASSIGNMENTS.parent / "book" / "running_a_class.md").read_text("utf-8").split()
    )
    (sentence,) = re.findall(r"copies all of the book's functions gets (.*?)\. ", page)
    pairs = re.findall(r"(\d+) of (?:the )?(\d+)(?: points that tests give)? in the \w+", sentence)
    assert [(int(earned), int(points)) for earned, points in pairs] == [
        (len(ANSWERS[a].WARM_UPS), points_said(a)[0]) for a in ASSIGNMENTS
    ]


@EACH
def test_one_convention_overlooked_leaves_most_points(assignment):
    """The book's convention in one respect, and everything else as asked."""
    answers = ANSWERS[assignment]
    for names, points in answers.CONVENTIONS:
        bodies = {name: answers.BOOK_BODIES[name] for name in names}
        changes = play.written(assignment, bodies)
        graded = play.grade(assignment, play.submission(assignment, changes))
        assert graded.total == points, names
        assert points >= 0.6 * points_said(assignment)[0]


def test_an_assignment_of_which_nothing_is_known_is_an_error():
    with pytest.raises(LookupError, match=r"assignments/a9_nothing\.md has no tests/class/known"):
        known_answers("a9_nothing")


@EACH
def test_an_assignment_with_no_mutants_is_an_error(assignment, monkeypatch):
    monkeypatch.setattr(ANSWERS[assignment], "MUTANTS", [])
    with pytest.raises(LookupError, match=rf"{assignment}\.py lacks MUTANTS"):
        known_answers(assignment)


# --- the tests themselves ---


@EACH
def test_no_test_needs_another_one(assignment, monkeypatch):
    """In the other order, and each alone in fresh names, the tests give the same points."""
    some = [m for m in MUTANTS if m.assignment == assignment][::6]
    for mutant in some:
        code = code_of(mutant)
        forwards = play.grade(assignment, code)
        cells = play.cells(assignment)
        graded = [c for c in cells if c.grade]
        turned = [c for c in cells if not c.grade] + graded[::-1]
        with monkeypatch.context() as patch:
            patch.setattr(play, "cells", lambda _, turned=turned: turned)
            backwards = play.grade(assignment, code)
        assert backwards.points == forwards.points
        assert backwards.slips == forwards.slips


@EACH
def test_tests_leave_numpys_own_randomness_alone(assignment):
    np.random.seed(5)  # noqa: NPY002
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    play.grade(assignment, play.submission(assignment))
    assert np.array_equal(before, np.random.get_state()[1])  # noqa: NPY002


@EACH
def test_feedback_shows_no_hidden_number(assignment):
    """What a student reads holds names and sizes of errors, never an array of a hidden test."""
    changes = constants(assignment, "return np.full((2, 2), 7.125)")
    text = "\n".join(play.grade(assignment, play.submission(assignment, changes)).feedback.values())
    assert "rng" not in text
    assert "[[" not in text
    assert "array(" not in text


def test_the_student_is_sent_to_the_book():
    mutant = mutant_named("softmax behind a whole-matrix guard")
    text = play.grade(mutant.assignment, code_of(mutant)).feedback["test_softmax"]
    assert text.splitlines() == [
        "✓ 2/2  softmax: values",
        "✗ 0/1  softmax: scores far from 0: wrong for rows 1000 apart, T = 1: "
        "15 of 20 numbers are NaN or infinite",
        "     You subtract the largest score of the whole matrix. A sample far below it is left "
        "with exponentials that are all 0: give each sample its own maximum.",
        "     slip: whole-matrix-guard",
        "     read: Chapter 2, Each row its own guard — "
        "book/02_overflow_guard.html#each-row-its-own-guard",
        "✗ 0/1  softmax: low temperatures: wrong for T = 0.01, 4 samples, 5 classes: "
        "15 of 20 numbers are NaN or infinite",
        "     slip: whole-matrix-guard",
        "     read: Chapter 2, Each row its own guard — "
        "book/02_overflow_guard.html#each-row-its-own-guard",
    ]
