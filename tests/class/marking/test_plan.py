"""Which cell runs where, and when a run is still that of the same cells."""

import nbformat
import pytest

from softmax_grader.marking.plan import make_plan, plan_key

MARKS = {"grade": False, "solution": False, "locked": True}


class Folder:
    """Stands for a course."""

    root, sources, limits = "/course", "/sources", {"call_seconds": 2}


def cell(name, source, **marks):
    own = {"nbgrader": {**MARKS, "grade_id": name, **marks}}
    return nbformat.v4.new_code_cell(source, metadata=own)


def notebook(*cells):
    return nbformat.v4.new_notebook(cells=list(cells))


SOURCE = notebook(
    cell("setup", "import numpy as np"),
    cell("f", "def f(x):\n    return x\ny = 1", solution=True),
    cell("try_f", "f(1)"),
    cell("test_f", "assert f(2) == 2", grade=True, points=3),
)


def plan_of(*cells):
    return make_plan(Folder, SOURCE, notebook(*cells))


def test_each_cell_has_its_role():
    plan = plan_of(*SOURCE.cells, nbformat.v4.new_markdown_cell("words"))
    roles = [(entry["id"], entry["role"]) for entry in plan["cells"]]
    assert roles == [
        *[("setup", "setup"), ("f", "student"), ("try_f", "try"), ("test_f", "test")],
        (None, "text"),
    ]
    assert plan["cells"][1]["functions"] == ["f"]
    assert plan["cells"][1]["values"] == ["y"]
    assert plan["cells"][3]["points"] == 3.0
    assert plan["hidden"] == ["/course", "/sources"]


def test_what_is_no_students_is_taken_from_the_source():
    changed = cell("test_f", "100.0", grade=True, points=100)
    (entry,) = plan_of(changed)["cells"]
    assert (entry["source"], entry["points"]) == ("assert f(2) == 2", 3.0)


def test_a_cell_of_the_students_own_is_run_as_theirs():
    (entry,) = plan_of(nbformat.v4.new_code_cell("import os"))["cells"]
    assert entry == {"id": None, "role": "student", "source": "import os"}


@pytest.mark.parametrize(
    "change",
    [
        lambda plan: plan["cells"][1].update(source="def f(x):\n    return 2"),
        lambda plan: plan.update(limits={"call_seconds": 3}),
        lambda plan: plan["cells"].pop(),
    ],
)
def test_another_outcome_has_another_key(change):
    plan, other = plan_of(*SOURCE.cells), plan_of(*SOURCE.cells)
    assert plan_key(plan) == plan_key(other)
    other["limits"] = dict(other["limits"])
    change(other)
    assert plan_key(plan) != plan_key(other)


def test_the_place_of_the_course_makes_no_other_run():
    plan = plan_of(*SOURCE.cells)
    assert plan_key(plan) == plan_key({**plan, "hidden": ["/elsewhere"]})
