"""In which of a student's functions the code stopped, and whether that function is written."""

import ast
import functools
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from softmax_grader.isolation.shown_errors import MOST_FUNCTIONS, kind_shown


@functools.lru_cache(maxsize=400)
def functions_of(source: str) -> tuple[ast.FunctionDef, ...]:
    """Return the functions at the top level of a cell.

    Parameters
    ----------
    source : str

    Returns
    -------
    tuple of ast.FunctionDef
        Empty where the cell is no plain Python.
    """
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError, SystemError):
        return ()
    return tuple(node for node in body if isinstance(node, ast.FunctionDef))


def function_at(source: str, line: int) -> str | None:
    """Return the name of the function in which a line of a cell stands.

    Parameters
    ----------
    source : str
        The cell.
    line : int
        From 1.

    Returns
    -------
    str or None
    """
    for node in functions_of(source):
        if node.lineno <= line <= (node.end_lineno or 0):
            return node.name
    return None


def is_written(source: str, name: str) -> bool:
    r"""Return whether a function holds more than a docstring and a ``raise``.

    Parameters
    ----------
    source : str
        The cell that defines it.
    name : str

    Returns
    -------
    bool

    Examples
    --------
    >>> is_written("def f():\n    raise NotImplementedError()", "f")
    False
    >>> is_written("def f():\n    x = 1\n    raise NotImplementedError()", "f")
    True
    """
    for node in functions_of(source):
        if node.name == name:
            return any(not _is_of_the_stub(statement) for statement in node.body)
    return False


def _is_of_the_stub(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Raise | ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


def note_where(error: Any, called: str, cells: Sequence[str], asked: Sequence[str]) -> None:
    """Note on a student's error in which function the code stopped.

    Parameters
    ----------
    error : StudentError
        It is changed.
    called : str
        The function that was called.
    cells : sequence of str
        All cells, in order.
    asked : sequence of str
        The names of the functions that the assignment asks for.
    """
    error.stopped_in = called
    line = error.where[-1] if error.where else ""
    found = re.match(r"cell (\d{1,4}), line (\d{1,6}): ", line)
    if found is None or not 0 < int(found[1]) <= len(cells):
        return
    source = cells[int(found[1]) - 1]
    name = function_at(source, int(found[2]))
    if name is not None and name in asked[:MOST_FUNCTIONS]:
        error.stopped_in, error.within = name, name if name != called else None
        error.is_written = is_written(source, name)


def why_missing(
    called: str, error: Any, failed: Mapping[str, Any], in_full: Callable[[str], bool]
) -> str:
    """Return why a function is missing: the cell that defines it failed.

    Parameters
    ----------
    called : str
        The function that was called; the missing one may be another that it needs.
    error : StudentError
        What the call raised.
    failed : dict
        From a function's name to the error of its cell.
    in_full : callable
        Whether the error of a function's cell may be told in full. Where it may not, its text
        stands under the cell, from a process that has seen no hidden test.

    Returns
    -------
    str
        Empty where that is not the reason.
    """
    found = re.match(r"name '(\w+)' is not defined", error.text)
    if not isinstance(error, NameError) or found is None or found[1] not in failed:
        return ""
    missing, of_cell = found[1], failed[found[1]]
    told = of_cell.summary
    if of_cell.kind is not None and not in_full(missing):
        told = f"{kind_shown(of_cell.kind, ())}; what Python says stands under it"
    if missing == called:
        return f"its cell did not run: {told}"
    return f"it needs {missing}, and the cell of {missing} did not run: {told}"
