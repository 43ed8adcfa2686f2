"""The last cell of a released notebook, which a student presses before handing in.

It runs all visible tests at once, with nothing but the notebook itself. It is no part of the
assignment: the gradebook does not know it, and what was handed in is rebuilt without it.
"""

import inspect
import re
from typing import Any

import nbformat

from softmax_grader.cells import (
    OWN_CHECK,
    OWN_CHECK_TEXT,
    STUDENT_CELL,
    defined_names,
    grade_id,
    is_solution,
    names_in,
)
from softmax_grader.gradebook.own_check_cell import visible_tests

TRY = "try_"  # how the grade_id of a visible test begins
HEADING = re.compile(r"^#+ (.+?)(?: \(\d+ points?\))?$", re.MULTILINE)
TEXT = """## Check before you hand in

Run the folded cell below. It runs all visible tests of this notebook once more, one line for each \
part, and says what is still to be written. It changes nothing of yours and gives no points. Save \
the notebook first, so that it can see your written answer."""


def add_own_check(released: nbformat.NotebookNode) -> None:
    """Put the check at the end of a notebook as students get it.

    Parameters
    ----------
    released : nbformat.NotebookNode
        Changed in place; left as it is where it has neither a function to write nor a question.
    """
    parts = parts_of(released)
    if not parts:
        return
    code = nbformat.v4.new_code_cell(_code(set_up_of(released), parts))
    code.metadata["jupyter"] = {"source_hidden": True}
    code.metadata["cellView"] = "form"  # the same in Colab
    for cell, name in ((nbformat.v4.new_markdown_cell(TEXT), OWN_CHECK_TEXT), (code, OWN_CHECK)):
        cell["id"] = name.replace("_", "-")
        cell.metadata |= {"deletable": False, "editable": False}
        cell.metadata["nbgrader"] = {
            **{"grade": False, "grade_id": name, "locked": True},
            **{"schema_version": 3, "solution": False, "task": False},
        }
        released.cells.append(cell)


def parts_of(released: nbformat.NotebookNode) -> list[dict[str, Any]]:
    """Return the parts of an assignment: what is to be written, and the tests that a student sees.

    Parameters
    ----------
    released : nbformat.NotebookNode

    Returns
    -------
    list of dict
        ``title``, the heading before it; and either ``functions`` and ``tests``, lists of names
        and of sources, or ``answer`` and ``untouched``, the id and the text of a written answer.
    """
    parts: list[dict[str, Any]] = []
    title = ""
    for cell in released.cells:
        headings = HEADING.findall(cell.source) if cell.cell_type == "markdown" else []
        title = headings[-1] if headings and not is_solution(cell) else title
        if is_solution(cell) and cell.cell_type == "markdown":
            parts.append(
                {"title": title, "answer": grade_id(cell), "untouched": cell.source.strip()}
            )
        elif is_solution(cell):
            if not (parts and title and parts[-1]["title"] == title and "tests" in parts[-1]):
                parts.append({"title": title, "functions": [], "tests": []})
            parts[-1]["functions"] += defined_names(cell.source)
        elif is_visible_test(cell):
            before = [part for part in parts if "tests" in part]
            if before:
                before[-1]["tests"].append(cell.source)
    for part in parts:
        part["title"] = part["title"] or part.get("answer") or ", ".join(part["functions"])
    return parts


def is_visible_test(cell: nbformat.NotebookNode) -> bool:
    """Return whether a cell is a test that students see.

    Parameters
    ----------
    cell : nbformat.NotebookNode
        Of a release, where hidden tests are taken out.

    Returns
    -------
    bool
        True for one whose grade_id begins with ``try_``, and for a graded one that asserts.
    """
    if cell.cell_type != "code" or is_solution(cell):
        return False
    graded = bool(cell.metadata.get("nbgrader", {}).get("grade"))
    return str(grade_id(cell)).startswith(TRY) or (graded and "assert " in cell.source)


def set_up_of(released: nbformat.NotebookNode) -> list[str]:
    """Return the sources of the cells that the visible tests lean on.

    Parameters
    ----------
    released : nbformat.NotebookNode

    Returns
    -------
    list of str
        Of the locked code cells that are no tests and use none of the functions to be written.
    """
    to_write = {n for c in released.cells if is_solution(c) for n in defined_names(c.source)}
    return [
        cell.source
        for cell in released.cells
        if cell.cell_type == "code"
        and grade_id(cell) not in (None, STUDENT_CELL)  # the student has written the id into it
        and not is_solution(cell)
        and not cell.metadata["nbgrader"].get("grade")
        and not is_visible_test(cell)
        and not to_write & names_in(cell.source)
    ]


def _code(set_up: list[str], parts: list[dict[str, Any]]) -> str:
    source = inspect.getsource(visible_tests)
    listed = ",\n        ".join(
        "{" + ", ".join(f"{key!r}: {_literal(value)}" for key, value in part.items()) + "}"
        for part in parts
    )
    return (
        f'# @title Check before you hand in {{ display-mode: "form" }}\n{source}\n\n'
        f"def check_before_you_hand_in():\n"
        f'    """Say which parts pass the visible tests, and what is still to be written."""\n'
        f"    set_up = {_literal(set_up)}\n"
        f"    parts = [\n        {listed},\n    ]\n"
        f"    visible_tests(globals(), set_up, parts)\n\n\n"
        f"check_before_you_hand_in()"
    )


def _literal(value: str | list[str]) -> str:
    """Return a value as Python; code as it is read, where that says the same."""
    if isinstance(value, list):
        return "[" + ", ".join(map(_literal, value)) + "]"
    if "\n" not in value or "'''" in value or value.endswith(("\\", "'")):
        return repr(value)
    return f"r'''\n{value}\n'''"
