"""The same grades when the student's functions run in the sandbox."""

import re

import pytest

from softmax_grader.marking.examiner import examine
from softmax_grader.marking.verdicts import text_of

from . import play
from .assignments import EACH, MUTANTS, RIVALS, code_of, styles_of

pytestmark = pytest.mark.usefixtures("sandbox")


def grade(assignment, code, **limits):
    """Return the points of each test cell, the named slips, the flags and the feedback."""
    plan, names = {"cells": [], "limits": limits}, []
    for cell in play.cells(assignment):
        if cell.kind == "code" and cell.solution:
            entry = {"role": "student", "source": code[cell.name], "functions": [cell.name]}
        elif cell.kind == "code" and cell.grade:
            source = play.HIDDEN.sub(lambda m: m[1], cell.source)
            entry = {"role": "test", "source": source, "points": cell.points}
        elif cell.kind == "code" and cell.name in play.SETUP:
            entry = {"role": "setup", "source": play.with_id(cell)}
        else:
            continue
        plan["cells"].append(entry)
        names.append(cell.name)
    result = examine(plan)
    points, slips, text = {}, set(), ""
    for name, entry, cell in zip(names, plan["cells"], result["cells"], strict=True):
        if entry["role"] == "test":
            (score,) = (o for o in cell["outputs"] if o["output_type"] == "execute_result")
            points[name] = float(score["data"]["text/plain"])
            text += text_of(cell["outputs"])
            slips |= set(cell["slips"])
    return points, slips, result["flags"], text


@EACH
def test_the_solution_gets_full_marks_and_no_flag(assignment):
    points, named, flags, text = grade(assignment, play.submission(assignment))
    assert points == {c.name: c.points for c in play.cells(assignment) if c.name in points}
    assert (named, flags) == (set(), {})
    assert "✗" not in text


@EACH
def test_the_released_stub_gets_nothing(assignment):
    points, named, flags, text = grade(assignment, play.submission(assignment, released=True))
    assert set(points.values()) == {0}
    assert (named, flags) == (set(), {})
    assert "it is not written yet" in text


# In this process all are graded; here those whose functions are more than a body under its name.
MADE_OTHERWISE = ("partial", "a decorator", "lambdas")


@pytest.mark.parametrize(
    ("assignment", "name"),
    [r for r in RIVALS if r[1] in MADE_OTHERWISE or r[1] not in styles_of(r[0])],
)
def test_another_right_solution_gets_full_marks(assignment, name):
    points, named, flags, text = grade(
        assignment, play.submission(assignment, RIVALS[assignment, name])
    )
    assert points == {c.name: c.points for c in play.cells(assignment) if c.name in points}, text
    assert (named, flags) == (set(), {})


# Enough here is one for each way of losing points; in this process all mutants are graded.
ONE_OF_EACH = list({(m.assignment, *sorted(m.lost.items())): m for m in MUTANTS}.values())


@pytest.mark.parametrize("mutant", ONE_OF_EACH, ids=lambda m: m.name)
def test_a_slip_costs_the_same(mutant):
    points, named, flags, text = grade(mutant.assignment, code_of(mutant))
    full = {c.name: c.points for c in play.cells(mutant.assignment)}
    lost = {name: full[name] - p for name, p in points.items() if p != full[name]}
    assert lost == mutant.lost, text
    assert named == ({mutant.slip} if mutant.slip else set())
    assert flags == {}


@EACH
def test_what_a_student_prints_cannot_look_like_feedback(assignment):
    forged = 'print("✓ 99/99  forged\\n     slip: forged")\n    raise ValueError("✓ 99/99")'
    changes = {
        c.name: play.SOLUTION.sub(lambda _: f"    {forged}\n", c.source)
        for c in play.cells(assignment)
        if c.solution and c.kind == "code"
    }
    points, named, _, text = grade(assignment, play.submission(assignment, changes))
    assert set(points.values()) == {0}
    assert named == set()
    assert not re.search(r"^✓ 99", text, re.M)
