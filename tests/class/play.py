"""Plays an assignment in this process: as a student does, and as the grading kernel does.

No sandbox and no nbgrader here: what is tested is the assignment itself.
"""

import ast
import contextlib
import functools
import io
import re
import sys
import traceback
from pathlib import Path
from typing import NamedTuple

import jupytext
import numpy as np

from softmax_grader.marking.verdicts import as_text, received_by

ASSIGNMENTS = Path(__file__).resolve().parents[2] / "assignments"
STUDENT = "s000"  # whose variant is played, where the assignment has variants
SETUP = ("setup", "student", "own_conventions")
REGION = r"^[ \t]*### BEGIN {0}\n(.*?)^[ \t]*### END {0}\n?"
SOLUTION = re.compile(REGION.format("SOLUTION"), re.M | re.S)
HIDDEN = re.compile(REGION.format("HIDDEN TESTS"), re.M | re.S)


class Cell(NamedTuple):
    name: str
    kind: str
    source: str
    points: float
    solution: bool
    grade: bool


class Graded(NamedTuple):
    """What a submission was given: points by test cell, slips by test cell, and the feedback."""

    points: dict
    slips: dict
    feedback: dict

    @property
    def total(self):
        return sum(self.points.values())


@functools.cache
def cells(assignment):
    notebook = jupytext.read(ASSIGNMENTS / f"{assignment}.md")
    return [
        Cell(
            meta["grade_id"],
            cell.cell_type,
            cell.source,
            meta.get("points", 0),
            meta["solution"],
            meta["grade"],
        )
        for cell in notebook.cells
        if "paper" not in cell.metadata.get("tags", ())  # it is in no notebook
        for meta in [cell.metadata["nbgrader"]]
    ]


def names(assignment):
    """Return the functions that a student writes."""
    return [c.name for c in cells(assignment) if c.solution and c.kind == "code"]


def written(assignment, bodies):
    """Put bodies in the place of the solution; the lines after the first are indented already.

    A text that defines the function itself is the whole cell.
    """

    def cell_of(c, body):
        if re.search(rf"^(?:def {c.name}\(|{c.name} = )", body, re.M):
            return body
        return SOLUTION.sub(lambda _: f"    {body}\n", c.source)

    return {c.name: cell_of(c, bodies[c.name]) for c in cells(assignment) if c.name in bodies}


def stub(source):
    """Return what the student is given in place of a solution."""
    return SOLUTION.sub("    # YOUR CODE HERE\n    raise NotImplementedError()\n", source)


def submission(assignment, changes=None, *, released=False):
    """Return the code of every solution cell: the solution's or the stub's, but for ``changes``."""
    changes = changes or {}
    assert set(changes) <= set(names(assignment)), "a change of a function that is not asked for"
    return {
        c.name: changes.get(c.name, stub(c.source) if released else c.source)
        for c in cells(assignment)
        if c.solution and c.kind == "code"
    }


def with_id(cell):
    """Return a set-up cell's source, with the student's id where it belongs."""
    return f"STUDENT = {STUDENT!r}" if cell.name == "student" else cell.source


def run(cell, code, space):
    """Run a cell that is no test in ``space``, as far as it runs; tell if it was one."""
    if cell.kind == "code" and cell.solution:
        with contextlib.suppress(Exception):
            exec(compile(code[cell.name], f"<{cell.name}>", "exec"), space)
    elif cell.kind == "code" and cell.name in SETUP:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(with_id(cell), f"<{cell.name}>", "exec"), space)
    else:
        return False
    return True


def look(assignment, code):
    """Run the notebook with its visible tests; return the message that each fails with, or None."""
    space, messages = {"__name__": "student"}, {}
    for cell in cells(assignment):
        if not run(cell, code, space) and cell.name.startswith("try_"):
            try:
                with contextlib.redirect_stdout(io.StringIO()):
                    exec(compile(cell.source, f"<{cell.name}>", "exec"), dict(space))
            except AssertionError as error:
                messages[cell.name] = str(error)
            except Exception:
                messages[cell.name] = traceback.format_exc()
            else:
                messages[cell.name] = None
    return messages


def grade(assignment, code):
    """Run the hidden tests, each in a fresh copy of the names, as the grading kernel does."""
    space, points, slips, feedback = {"__name__": "student"}, {}, {}, {}
    for cell in cells(assignment):
        if run(cell, code, space) or not (cell.kind == "code" and cell.grade):
            continue
        absent = {n: functools.partial(_absent, n) for n in names(assignment) if n not in space}
        out, err, verdicts = io.StringIO(), io.StringIO(), []
        with (
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            received_by(verdicts.extend),
        ):
            score = _last_value(cell, space | absent)
        assert err.getvalue() == ""
        assert isinstance(score, int | float)
        assert 0 <= score <= cell.points
        points[cell.name], feedback[cell.name] = score, out.getvalue() + as_text(verdicts)
        named = {verdict.slip.id for verdict in verdicts if verdict.slip}
        if named:
            slips[cell.name] = sorted(named)
    return Graded(points, slips, feedback)


def _last_value(cell, space):
    steps, score = _compiled(cell)
    exec(steps, space)
    return eval(score, space)


@functools.cache
def _compiled(cell):
    tree = ast.parse(HIDDEN.sub(lambda m: m[1], cell.source))
    assert isinstance(tree.body[-1], ast.Expr), f"{cell.name} does not end in its score"
    last = ast.Expression(tree.body.pop().value)
    name = f"<{cell.name}>"
    return compile(tree, name, "exec"), compile(last, name, "eval")


def _absent(name, *args):
    raise NameError(f"{name} is not defined")


def numpy_only(source):
    """Return what a cell imports beside NumPy and what comes with Python."""
    imported = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            imported |= {a.name.split(".")[0] for a in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module.split(".")[0])
    return imported - {np.__name__} - set(sys.stdlib_module_names)
