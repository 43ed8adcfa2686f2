"""Loops that stand in a student's source, read and never run.

Lines are counted where the student's code runs, and code can hide from the count: by a branch that
only a small call takes, or by means of the interpreter. What stands in the source cannot hide so.
It is a sign for the teacher, and no verdict: what a loop goes over is not known from its text.
"""

import ast
from collections.abc import Collection, Iterable, Iterator

LOOPING_CALLS = {
    *("vectorize", "frompyfunc", "apply_along_axis", "apply_over_axes", "fromfunction", "fromiter"),
    *("nditer", "ndenumerate", "ndindex"),
}
OF_PYTHON = {"map", "filter", "reduce", "accumulate", "starmap"}  # NumPy has a reduce of its own
SPREADING = {"range", "zip", "enumerate", "reversed", "sorted", "list", "tuple", "items"}
MOST = 5


def loops_of(sources: Iterable[str], name: str) -> list[str]:
    """Return the loops of a function and of those that it calls.

    Loops over what is written out, such as ``for sign in (1, -1)`` or ``range(2)``, are left out.

    Parameters
    ----------
    sources : iterable of str
        The notebook's cells, in order. Of functions with the same name the last one counts.
    name : str

    Returns
    -------
    list of str
        In words, such as ``a for in line 3 of softmax``.
    """
    functions: dict[str, ast.AST] = {}
    for source in sources:
        functions |= _functions_in(source)
    found: list[str] = []
    seen, waiting = {name}, [name]
    while waiting:
        current = waiting.pop(0)
        node = functions.get(current)
        if node is None:
            continue
        found += [f"{what} in {current}" for what in dict.fromkeys(_loops_in(node, current))]
        for called in _names_in(node):
            if called in functions and called not in seen:
                seen.add(called)
                waiting.append(called)
    return found[:MOST]


def _functions_in(source: str) -> dict[str, ast.AST]:
    """Return the functions, classes and lambdas that a cell gives a name to, at any depth."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError, SystemError):
        return {}
    found: dict[str, ast.AST] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found[node.name] = node
        elif isinstance(node, ast.Assign):  # a lambda, or a partial of one
            for target in node.targets:
                if isinstance(target, ast.Name) and node in tree.body:
                    found[target.id] = node
    return found


def _names_in(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            yield part.id
        elif isinstance(part, ast.Attribute):
            yield part.attr


def _loops_in(node: ast.AST, name: str) -> Iterator[str]:
    rest = {  # of arguments, as in *args: how many there are is written where it is called
        argument.arg
        for part in ast.walk(node)
        if isinstance(part, ast.arguments)
        for argument in (part.vararg, part.kwarg)
        if argument is not None
    }
    for part in ast.walk(node):
        if isinstance(part, ast.While):
            yield "while"
        elif isinstance(part, ast.For | ast.AsyncFor):
            if not _is_written_out(part.iter, rest):
                yield "for"
        elif isinstance(part, ast.comprehension):
            if not _is_written_out(part.iter, rest):
                yield "for in brackets"
        elif isinstance(part, ast.Call):
            called = getattr(part.func, "id", None) or getattr(part.func, "attr", None)
            if called == name and isinstance(node, ast.FunctionDef):
                yield "a call of itself"
            elif called in LOOPING_CALLS or (called in OF_PYTHON and _is_of_python(part.func)):
                yield str(called)


def _is_of_python(function: ast.AST) -> bool:
    return isinstance(function, ast.Name) or (
        isinstance(function, ast.Attribute)
        and getattr(function.value, "id", "") in ("functools", "itertools")
    )


def _is_written_out(node: ast.AST, rest: Collection[str]) -> bool:
    """Return whether as many turns as the text shows are made, whatever comes in."""
    if isinstance(node, ast.Name):
        return node.id in rest
    if isinstance(node, ast.Tuple | ast.List | ast.Set | ast.Dict | ast.Constant):
        return True
    if isinstance(node, ast.Call):
        called = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
        if called == "range":
            return all(isinstance(a, ast.Constant | ast.UnaryOp) for a in node.args)
        if called in SPREADING:
            return any(_is_written_out(argument, rest) for argument in node.args)
    return False
