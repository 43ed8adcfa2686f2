"""The assignments as a student meets them, and as they are graded, without sandbox."""

import pickle
import re
import subprocess
import sys

import numpy as np
import pytest

from . import junk, play
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
                parts.append(code.get(cell.name, play.HIDDEN.sub("", cell.source)))
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


MISSING = [(a, name) for a in ASSIGNMENTS for name in play.names(a)]
ABSENT = {  # how a function can be missing: as it was released, and stopping otherwise
    "as released": "raise NotImplementedError()",
    "stops": "raise ValueError('no')",
    "gives nothing": "return None",
}


@pytest.mark.parametrize(("assignment", "name"), MISSING)
def test_a_missing_function_costs_its_own_points_alone(assignment, name):
    """What is built on it is right once it is, and says so."""
    points = {c.name: points_of_function(assignment, c.name, name) for c in play.cells(assignment)}
    for body in ABSENT.values():
        (cell,) = (c for c in play.cells(assignment) if c.name == name)
        changes = {name: play.SOLUTION.sub(f"    {body}\n", cell.source)}
        graded = play.grade(assignment, play.submission(assignment, changes))
        full = {c.name: c.points for c in play.cells(assignment)}
        lost = {test: full[test] - p for test, p in graded.points.items() if p != full[test]}
        assert lost == {test: p for test, p in points.items() if p}, graded.feedback
        told = "\n".join(graded.feedback.values())
        assert ("right once" in told) == (name in BUILT_ON[assignment])
        assert told.count("right once") == told.count(
            f"(right once {name} is right; {name} is charged above)"
        )


def points_of_function(assignment, test, name):
    """Return what the parts of a test are worth that begin with a function's name."""
    (cell,) = (c for c in play.cells(assignment) if c.name == test)
    if not cell.grade or cell.kind != "code":
        return 0
    graded = play.grade(assignment, play.submission(assignment))
    lines = graded.feedback[test].splitlines()
    of_it = [line for line in lines if re.match(rf"✓ \d/\d  {name}:", line)]
    return sum(int(line.partition("/")[2][0]) for line in of_it)


BUILT_ON = {
    "a1_forward": {"scores", "log_softmax", "cross_entropy", "penalty"},
    "a2_gradient": {"gradient"},
    "a3_two_layers": {"forward", "descend"},
}


def test_nothing_is_handed_to_what_should_have_found_it(monkeypatch):
    """A softmax made of a log-softmax that is not there is no softmax; nor the other way."""
    changes = {
        "log_softmax": "def log_softmax(F, temperature):\n    raise NotImplementedError()",
        "softmax": "def softmax(F, temperature):\n    return np.exp(log_softmax(F, temperature))",
    }
    graded = play.grade("a1_forward", play.submission("a1_forward", changes))
    assert graded.points["test_softmax"] == graded.points["test_log_softmax"] == 0
    changes = {
        "softmax": "def softmax(F, temperature):\n    raise NotImplementedError()",
        "log_softmax": "def log_softmax(F, temperature):\n"
        "    return np.log(softmax(F, temperature))",
    }
    graded = play.grade("a1_forward", play.submission("a1_forward", changes))
    assert graded.points["test_softmax"] == graded.points["test_log_softmax"] == 0
    changes = {
        "gradient": "def gradient(X, y, W, b, class_weights, strength):\n"
        "    return gradient_by_sample(X, y, W, b, class_weights, strength)",
        "gradient_by_sample": "def gradient_by_sample(X, y, W, b, class_weights, strength):\n"
        "    return gradient(X, y, W, b, class_weights, strength)",
    }
    graded = play.grade("a2_gradient", play.submission("a2_gradient", changes))
    assert graded.points["test_gradient"] == graded.points["test_gradient_by_sample"] == 0


def test_the_function_that_is_wrong_itself_is_the_one_that_is_named():
    """Of a chain only the first is at fault: log_softmax is right once shift_scores is."""
    changes = {
        "shift_scores": "def shift_scores(F, temperature):\n    raise NotImplementedError()",
        "log_softmax": "def log_softmax(F, temperature):\n"
        "    S = shift_scores(F, temperature)\n"
        "    return S - np.log(np.exp(S).sum(axis=1, keepdims=True))",
    }
    graded = play.grade("a1_forward", play.submission("a1_forward", changes))
    assert graded.points["test_log_softmax"] == 4
    assert graded.points["test_loss"] == 4
    for test in ("test_log_softmax", "test_loss"):
        assert "right once shift_scores is right; shift_scores" in graded.feedback[test]
    changes |= {"penalty": "def penalty(W, strength):\n    return 1 / 0"}
    graded = play.grade("a1_forward", play.submission("a1_forward", changes))
    assert "right once shift_scores and penalty are right;" in graded.feedback["test_loss"]


def test_a_slip_of_its_own_is_named_on_the_run_with_the_references():
    changes = {
        "scores": "def scores(X, W):\n    raise NotImplementedError()",
        "loss": "def loss(X, y, W, temperature, smoothing, strength):\n"
        "    L = cross_entropy(log_softmax(scores(X, W), temperature), y, smoothing)\n"
        "    return np.sum(L) + penalty(W, strength)",
    }
    graded = play.grade("a1_forward", play.submission("a1_forward", changes))
    assert graded.points["test_loss"] == 1  # for scores far from 0, which a sum can do too
    assert graded.slips == {"test_loss": ["sum-for-mean"]}


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


@EACH
def test_what_has_no_derivation_and_no_softmax_earns_next_to_nothing(assignment):
    """Constants, what came in, its shape filled with something, a formula's shell."""
    submissions = list(junk.population(assignment))
    assert len(submissions) >= 40
    for code in submissions:
        graded = play.grade(assignment, code)
        assert graded.total <= 2, "\n".join([*code.values(), *graded.feedback.values()])


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
    passed = {
        re.sub(r" \((right once|counted with|but for) .*", "", line[7:]): int(line[2])
        for line in lines
        if line.startswith("✓")
    }
    assert passed == ANSWERS[assignment].WARM_UPS
    assert graded.total == sum(passed.values()) <= 0.4 * points_said(assignment)[0]


def test_the_teachers_page_says_what_a_copy_earns():
    """The page has a pair of numbers for each assignment, in their order."""
    page = " ".join(
        (play.ASSIGNMENTS.parent / "book" / "running_a_class.md").read_text("utf-8").split()
    )
    (sentence,) = re.findall(r"copies all of the book's functions gets (.*?)\. ", page)
    pairs = re.findall(r"(\d+) of (?:the )?(\d+)(?: points that tests give)? in the \w+", sentence)
    assert [(int(earned), int(points)) for earned, points in pairs] == [
        (sum(ANSWERS[a].WARM_UPS.values()), points_said(a)[0]) for a in ASSIGNMENTS
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
        "12 of 16 numbers are NaN or infinite",
        "     You subtract the largest score of the whole matrix. A sample far below it is left "
        "with exponentials that are all 0: give each sample its own maximum.",
        "     slip: whole-matrix-guard",
        "     read: Chapter 2, Each row its own guard — "
        "book/02_overflow_guard.html#each-row-its-own-guard",
        "✗ 0/1  softmax: low temperatures: wrong for T = 0.01, 4 classes: "
        "12 of 16 numbers are NaN or infinite",
        "     slip: whole-matrix-guard",
        "     read: Chapter 2, Each row its own guard — "
        "book/02_overflow_guard.html#each-row-its-own-guard",
    ]
