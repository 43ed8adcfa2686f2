"""What can be read from a notebook's cell: nbgrader's marks, and the names in its code."""

import ast
import functools
import re
from collections.abc import Iterable

import nbformat

OWN_CHECK, OWN_CHECK_TEXT = "own_check", "about_own_check"  # grade_ids of the student's own check
DEFINED = re.compile(r"^(?:async\s+)?(?:def|class)\s+(\w+)", re.MULTILINE)


def grade_id(cell: nbformat.NotebookNode) -> str | None:
    """Return nbgrader's id of a cell.

    Parameters
    ----------
    cell : nbformat.NotebookNode

    Returns
    -------
    str or None
        None where it has none.
    """
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def is_solution(cell: nbformat.NotebookNode) -> bool:
    """Return whether students write into a cell.

    Parameters
    ----------
    cell : nbformat.NotebookNode

    Returns
    -------
    bool
    """
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def points_of_cells(notebook: nbformat.NotebookNode) -> list[tuple[str | None, float, bool]]:
    """Return what each graded cell is worth.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        An assignment's source or release.

    Returns
    -------
    list of (grade_id, points, is marked by hand)
    """
    graded = []
    for cell in notebook.cells:
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("grade"):
            graded.append((grade_id(cell), float(marks["points"]), bool(marks.get("solution"))))
        elif marks.get("task"):
            graded.append((grade_id(cell), float(marks["points"]), True))
    return graded


@functools.lru_cache(maxsize=400)
def defined_names(source: str) -> list[str]:
    r"""Return the names of the functions and classes at the top level of code.

    Parameters
    ----------
    source : str
        Code, a student's too: what cannot be parsed is searched for lines that begin a definition.

    Returns
    -------
    list of str

    Examples
    --------
    >>> defined_names("def softmax(F):\n    return F")
    ['softmax']
    """
    try:
        return [
            node.name
            for node in ast.parse(source).body
            if isinstance(node, ast.FunctionDef | ast.ClassDef)
        ]
    except (SyntaxError, ValueError, RecursionError, MemoryError, SystemError):
        return DEFINED.findall(source)


def names_in(source: str) -> set[str]:
    """Return all names that an assignment's own code mentions.

    Parameters
    ----------
    source : str

    Returns
    -------
    set of str

    Raises
    ------
    SyntaxError
        If it is no Python.
    """
    return {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}


def assigned_names(source: str) -> list[str]:
    r"""Return the names that an assignment's own code assigns at its top level.

    Parameters
    ----------
    source : str

    Returns
    -------
    list of str

    Raises
    ------
    SyntaxError
        If it is no Python.

    Examples
    --------
    >>> assigned_names("a, b = 1, 2\nc = 3")
    ['a', 'b', 'c']
    """
    names = []
    for node in ast.parse(source).body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            parts = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
            names += [part.id for part in parts if isinstance(part, ast.Name)]
    return names


def without_names(source: str, names: Iterable[str]) -> str:
    r"""Return what an assignment's own code defines and assigns without the help of some names.

    Parameters
    ----------
    source : str
    names : iterable of str
        Those of the functions that students write.

    Returns
    -------
    str
        The imports, definitions and assignments at the top level in which none of the names
        stands, nor one that is made with them.

    Raises
    ------
    SyntaxError
        If it is no Python.

    Examples
    --------
    >>> print(without_names("F = DATA.copy()\nP = softmax(F)\nQ = P / 2", {"softmax"}))
    F = DATA.copy()
    """
    unknown, kept = set(names), []
    kinds = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.Assign, ast.AnnAssign)
    for node in ast.parse(source).body:
        used = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
        if isinstance(node, kinds) and not used & unknown:
            kept.append(ast.unparse(node))
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            unknown |= set(assigned_names(ast.unparse(node)))
        elif isinstance(node, ast.FunctionDef):
            unknown.add(node.name)
    return "\n".join(kept)
