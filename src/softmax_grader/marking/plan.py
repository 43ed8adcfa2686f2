"""The plan of a submission: which of its cells run where, and a key by which its run is known."""

import functools
import hashlib
import json
from pathlib import Path

import numpy as np

from softmax_grader.intake.rebuild import (
    assigned_names,
    defined_names,
    grade_id,
    is_solution,
    names_in,
)


def points_of_cells(notebook):
    """Return (grade_id, points, is marked by hand) of each graded cell."""
    found = []
    for cell in notebook.cells:
        ours = cell.metadata.get("nbgrader", {})
        if ours.get("grade"):
            found.append((grade_id(cell), float(ours["points"]), bool(ours.get("solution"))))
        elif ours.get("task"):
            found.append((grade_id(cell), float(ours["points"]), True))
    return found


def make_plan(course, source, notebook, *, unsafe=False):
    """Return what the examiner shall do with `notebook`.

    What is a test, and what it says, is taken from the assignment's `source` alone.
    """
    known = {grade_id(cell): cell for cell in source.cells if grade_id(cell)}
    asked = {
        name
        for c in known.values()
        if is_solution(c) and c.cell_type == "code"
        for name in defined_names(c.source)
    }
    cells = []
    for cell in notebook.cells:
        name = grade_id(cell)
        own = known.get(name)
        entry = {"id": name, "role": "text", "source": ""}
        if cell.cell_type == "code" and own is not None and not is_solution(own):
            ours = own.metadata["nbgrader"]
            role = "try" if asked & names_in(own.source) else "setup"
            entry |= {"role": "test" if ours["grade"] else role, "source": own.source}
            if ours["grade"]:
                entry["points"] = float(ours["points"])
        elif cell.cell_type == "code":
            entry |= {"role": "student", "source": cell.source}
            if own is not None:
                entry["functions"] = defined_names(own.source)
                entry["values"] = assigned_names(own.source)
        cells.append(entry)
    hidden = [str(course.root), str(course.sources)]
    return {"cells": cells, "limits": course.limits, "hidden": hidden, "unsafe": unsafe}


def plan_key(plan):
    """Return a mark of all that the outcome of `plan` depends on."""
    parts = json.dumps([plan["cells"], plan["limits"], own_code(), np.__version__], sort_keys=True)
    return hashlib.sha256(parts.encode()).hexdigest()


@functools.cache
def own_code():
    """Return a mark of this package's own code: with another grader, grades may differ."""
    mark = hashlib.sha256()
    for path in sorted(Path(__file__).parents[1].rglob("*.py")):
        mark.update(path.read_bytes())
    return mark.hexdigest()
