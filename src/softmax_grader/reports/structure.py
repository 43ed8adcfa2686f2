"""The structure of code, by which copies are known whose names, comments and layout were changed.

Code becomes a list of words in which every name of the student's own is the same word, every
number the same number, ``np.sum(a)`` is ``a.sum()``, ``a += b`` is ``a = a + b``, what commutes is
in one order, and a value that is used once stands where it is used. What prints and checks is left
out. Two pieces of code share what runs of these words they share.
"""

import ast
import builtins
import warnings
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

RUN = 8  # words
MOST = 20_000  # characters of a cell that are read
BUILTINS = frozenset(dir(builtins))
COMMUTE = (ast.Add, ast.Mult, ast.BitAnd, ast.BitOr, ast.BitXor)
TURNED = {ast.Gt: ast.Lt, ast.GtE: ast.LtE}
SILENT = {"print", "display"}

Word = tuple[str, int]  # and the number of its line, from 1
Run = tuple[str, ...]


@dataclass
class Structure:
    """The runs of words in some code.

    Parameters
    ----------
    functions : dict
        From a function's name to its runs; what stands outside of functions is under ``""``.
    lines : dict
        From a run to the numbers of the lines that it touches, from 0.
    """

    functions: dict[str, set[Run]] = field(default_factory=dict)
    lines: dict[Run, set[int]] = field(default_factory=dict)

    @property
    def runs(self) -> set[Run]:
        """All runs."""
        return set(self.lines)


def structure_of(source: str, names: Collection[str] = ()) -> Structure:
    r"""Return the structure of code.

    Parameters
    ----------
    source : str
        A student's too; what is no Python has no structure.
    names : collection of str
        Those that everybody was given, such as the functions to write: they are told apart.

    Returns
    -------
    Structure

    Examples
    --------
    >>> one = structure_of("def f(x):\n    e = np.exp(x)\n    return e / np.sum(e, axis=1)")
    >>> two = structure_of("def f(q):\n  big = numpy.exp(q)  # !\n  return big / big.sum(axis=0)")
    >>> one.runs == two.runs
    True
    """
    found = Structure()
    try:
        with warnings.catch_warnings():  # of a backslash in a student's text
            warnings.simplefilter("ignore")
            tree = ast.parse(source[:MOST])
        outside: list[ast.stmt] = []
        for statement in tree.body:
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
                words = [*_Words(names, statement.body).of_body(statement.body)]
                _add(found, statement.name, words)
            else:
                outside.append(statement)
        _add(found, "", [*_Words(names, outside).of_body(outside)])
    except (SyntaxError, ValueError, RecursionError, MemoryError, SystemError):
        return Structure()
    return found


def _add(found: Structure, name: str, words: list[Word]) -> None:
    runs = found.functions.setdefault(name, set())
    for k in range(len(words) - RUN + 1):
        piece = words[k : k + RUN]
        run = tuple(word for word, _ in piece)
        runs.add(run)
        found.lines.setdefault(run, set()).update(line - 1 for _, line in piece)


class _Words:
    """Code as words, each with its line."""

    def __init__(self, names: Collection[str], body: Iterable[ast.stmt]) -> None:
        self.names = names
        self.once = _used_once(body)
        self.line = 1

    def of_body(self, body: Iterable[ast.stmt]) -> Iterator[Word]:
        """Yield the words of statements."""
        for statement in _inlined([s for s in body if not _says_nothing(s)], self.once):
            yield from self.of(statement)

    def of(self, node: ast.AST) -> Iterator[Word]:
        """Yield the words of a node, the outermost first."""
        self.line = line = getattr(node, "lineno", self.line)  # an operator has none of its own
        if isinstance(node, ast.Name):
            is_known = node.id in BUILTINS or node.id in self.names
            yield (node.id if is_known else "v", line)
        elif isinstance(node, ast.Constant):
            value = node.value
            is_number = isinstance(value, int | float | complex) and not isinstance(value, bool)
            yield ("0" if is_number else "s" if isinstance(value, str) else repr(value), line)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield ("def", line)
            yield from self.of_body(node.body)
        elif isinstance(node, ast.Call):
            yield from self.of_call(node, line)
        elif isinstance(node, ast.Attribute):
            if isinstance(node.value, ast.Name) and node.value.id in ("np", "numpy", "xp"):
                yield (node.attr, line)
            else:
                yield (f".{node.attr}", line)
                yield from self.of(node.value)
        elif isinstance(node, ast.AugAssign):
            yield ("=", line)
            yield from self.of(node.target)
            target = ast.copy_location(_loaded(node.target), node)
            yield from self.of_operation(node.op, [target, node.value], line)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            yield ("=", line)
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                yield from self.of(target)
            if node.value is not None:
                yield from self.of(node.value)
        elif isinstance(node, ast.BinOp):
            yield from self.of_operation(node.op, [node.left, node.right], line)
        elif isinstance(node, ast.Compare) and len(node.ops) == 1:
            kind, sides = type(node.ops[0]), [node.left, *node.comparators]
            turned = kind in TURNED
            yield from self.of_operation(
                TURNED.get(kind, kind)(), sides[::-1] if turned else sides, line
            )
        else:
            yield (type(node).__name__, line)
            for _, value in ast.iter_fields(node):
                parts = value if isinstance(value, list) else [value]
                if parts and isinstance(parts[0], ast.stmt):
                    yield from self.of_body(parts)
                else:
                    for part in parts:
                        if isinstance(part, ast.AST) and not isinstance(part, ast.expr_context):
                            yield from self.of(part)

    def of_call(self, node: ast.Call, line: int) -> Iterator[Word]:
        """Yield the words of a call; a method's is that of the function of the same name."""
        inside = [*node.args]
        if isinstance(node.func, ast.Attribute):
            yield (f"{node.func.attr}(", line)
            owner: ast.expr = node.func.value
            while isinstance(owner, ast.Attribute):
                owner = owner.value
            if not (isinstance(owner, ast.Name) and owner.id in ("np", "numpy", "xp")):
                inside = [node.func.value, *inside]
        else:
            yield ("call(", line)
            yield from self.of(node.func)
        for part in inside:
            yield from self.of(part)
        for keyword in sorted(node.keywords, key=lambda k: k.arg or ""):
            yield (f"{keyword.arg}=", line)
            yield from self.of(keyword.value)

    def of_operation(self, op: ast.AST, sides: Iterable[ast.expr], line: int) -> Iterator[Word]:
        """Yield the words of an operation, the sides of one that commutes in a fixed order."""
        yield (type(op).__name__, line)
        parts = [[*self.of(side)] for side in sides]
        if isinstance(op, COMMUTE):
            parts.sort(key=lambda words: [word for word, _ in words])
        for words in parts:
            yield from words


def _says_nothing(statement: ast.stmt) -> bool:
    """Return whether a statement is a docstring, a print, a check or nothing at all."""
    if isinstance(statement, ast.Pass | ast.Assert | ast.Import | ast.ImportFrom):
        return True
    if not isinstance(statement, ast.Expr):
        return False
    value = statement.value
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        return value.func.id in SILENT
    return isinstance(value, ast.Constant)


def _loaded(target: ast.expr) -> ast.expr:
    """Return a target as a value."""
    if isinstance(target, ast.Name):
        return ast.Name(target.id, ast.Load())
    return target


def _used_once(body: Iterable[ast.stmt]) -> set[str]:
    """Return the names that are given a value once, and used once."""
    uses: Counter[str] = Counter()
    assigned: Counter[str] = Counter()
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name):
                (uses if isinstance(node.ctx, ast.Load) else assigned)[node.id] += 1
                continue
            if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
                uses[node.target.id] += 1
    return {name for name, number in assigned.items() if number == uses[name] == 1}


def _inlined(body: Sequence[ast.stmt], once: Collection[str]) -> list[ast.stmt]:
    """Return statements with each value of a name in `once` where it is used, if that is later."""
    used_in: dict[str, int] = {}
    for k, statement in enumerate(body):
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in once:
                used_in[node.id] = k
    kept: list[ast.stmt] = []
    values: dict[str, ast.expr] = {}
    for k, statement in enumerate(body):
        statement = _PutIn(values).visit(statement) if values else statement
        target = statement.targets[0] if isinstance(statement, ast.Assign) else None
        if (
            isinstance(statement, ast.Assign)
            and isinstance(target, ast.Name)
            and len(statement.targets) == 1
            and used_in.get(target.id, -1) > k
        ):
            values[target.id] = statement.value
        else:
            kept.append(statement)
    return kept


class _PutIn(ast.NodeTransformer):
    """Puts values in the place of their names."""

    def __init__(self, values: dict[str, ast.expr]) -> None:
        self.values = values

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.values.get(node.id, node) if isinstance(node.ctx, ast.Load) else node
