"""In which of a student's functions the code stopped, and whether that function is written."""

import ast
import functools


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
    except (SyntaxError, ValueError, RecursionError, MemoryError):
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
