"""What is read from a cell."""

import nbformat
import pytest

from softmax_grader.cells import defined_names, points_of_cells


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("def f(x):\n    def g():\n        pass\n", ["f"]),
        ("class A:\n    pass\nasync def f():\n    pass", ["A"]),
        ("def f(:\nclass B", ["f", "B"]),
        ("x = 1", []),
    ],
)
def test_the_names_that_a_cell_defines(source, names):
    assert defined_names(source) == names


def test_what_is_marked_by_hand_is_told_apart():
    marks = [
        {"grade_id": "a", "grade": True, "points": 2},
        {"grade_id": "b", "grade": True, "points": 1, "solution": True},
        {"grade_id": "c", "task": True, "points": 3},
        {"grade_id": "d", "solution": True},
    ]
    cells = [nbformat.v4.new_code_cell(metadata={"nbgrader": mark}) for mark in marks]
    graded = points_of_cells(nbformat.v4.new_notebook(cells=cells))
    assert graded == [("a", 2.0, False), ("b", 1.0, True), ("c", 3.0, True)]
