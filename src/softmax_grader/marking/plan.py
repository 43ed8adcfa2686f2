"""The plan of a submission: which of its cells run where, and a key by which its run is known."""

import re
from collections.abc import Mapping
from typing import Any

import nbformat
import numpy as np

from softmax_grader.cells import (
    assigned_names,
    defined_names,
    grade_id,
    is_solution,
    names_in,
    without_names,
)
from softmax_grader.course.folder import Course
from softmax_grader.staleness import key_of


def make_plan(
    course: Course,
    source: nbformat.NotebookNode,
    notebook: nbformat.NotebookNode,
    *,
    unsafe: bool = False,
) -> dict[str, Any]:
    """Return what the examiner is to do with a notebook.

    What is a test, and what it says, is taken from the assignment's source alone.

    Parameters
    ----------
    course : Course
    source : nbformat.NotebookNode
        The assignment with its solution and hidden tests.
    notebook : nbformat.NotebookNode
        A submission, rebuilt on the release.
    unsafe : bool
        Without the sandbox.

    Returns
    -------
    dict
        As :func:`softmax_grader.marking.examiner.examine` takes it.
    """
    known = {grade_id(cell): cell for cell in source.cells if grade_id(cell)}
    to_write = {
        name
        for c in known.values()
        if is_solution(c) and c.cell_type == "code"
        for name in defined_names(c.source)
    }
    cells = []
    for cell in notebook.cells:
        name = grade_id(cell)
        of_source = known.get(name)
        entry: dict[str, Any] = {"id": name, "role": "text", "source": ""}
        if cell.cell_type == "code" and of_source is not None and not is_solution(of_source):
            marks = of_source.metadata["nbgrader"]
            role = "try" if to_write & names_in(of_source.source) else "setup"
            entry |= {"role": "test" if marks["grade"] else role, "source": of_source.source}
            if entry["role"] == "try":
                entry["shared"] = without_names(of_source.source, to_write)
            if marks["grade"]:
                entry["points"] = float(marks["points"])
        elif cell.cell_type == "code":
            entry |= {"role": "student", "source": cell.source}
            if of_source is not None:
                entry["functions"] = defined_names(of_source.source)
                entry["values"] = assigned_names(of_source.source)
        cells.append(entry)
    hidden = [str(course.root), str(course.sources)]
    return {
        "cells": cells,
        "chapter": chapter_reached(source),
        "limits": course.limits,
        "hidden": hidden,
        "unsafe": unsafe,
    }


def chapter_reached(source: nbformat.NotebookNode) -> int | None:
    """Return the last chapter of the book that an assignment asks for.

    Parameters
    ----------
    source : nbformat.NotebookNode
        The assignment; its text says "You need Chapters 1 to 5 of", or the like.

    Returns
    -------
    int or None
        None where the text names none.
    """
    for cell in source.cells:
        needs = re.search(r"\*\*You need\*\* Chapters? ([\d, toand]+) of ", cell.source)
        if cell.cell_type == "markdown" and needs:
            return max(int(number) for number in re.findall(r"\d+", needs[1]))
    return None


def plan_key(plan: Mapping[str, Any]) -> str:
    """Return the mark of all that the outcome of a plan depends on.

    Parameters
    ----------
    plan : dict

    Returns
    -------
    str
    """
    return key_of(plan["cells"], plan.get("chapter"), plan["limits"], np.__version__)
