"""Run inside the sandbox: the cells of a notebook, one statement after the other.

What counts is what the notebook shows at its end: of each name the newest function. What this
machine lacks is excused: a module, a file, a keyboard. What a student's code gets wrong is not.
Like ``inside.py``, beside which it lies there, it imports nothing of this package.
"""

import __future__

import ast
import linecache
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

MAX_NOTES = 40  # of one cell
IMPORTS = (ast.Import, ast.ImportFrom)
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
STANDS_IN = "__stands_in__"  # the name by which changed code finds what makes a NotThere
MAKES_FUNCTIONS = ("partial", "vectorize", "lru_cache", "cache", "wraps", "jit", "njit")


class NotThereError(ModuleNotFoundError):
    """Something is used that is not there when work is graded."""


NotThereError.__name__ = "ModuleNotFoundError"  # what a student reads


class NotThere:
    """What stands for a module that is not there, or for what a cell was to make with one.

    Parameters
    ----------
    what : str
        The module's name, or the file's.
    why : str, optional
        In the place of the usual words, if it is there but cannot be imported.
    """

    def __init__(self, what: str, why: str = "") -> None:
        vars(self)["what"] = what
        vars(self)["why"] = why

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        raise self.error()

    def __repr__(self) -> str:
        return f"<{self.what}, which is not there when your work is graded>"

    def error(self) -> NotThereError:
        """Return the error that its use raises.

        Returns
        -------
        NotThereError
        """
        why = self.why or (
            f"'{self.what.partition('.')[0]}' is not there when your work is graded; "
            f"NumPy and Python's own modules are"
        )
        error = NotThereError(why, name=self.what)
        error.stands_in = self  # type: ignore[attr-defined]
        return error


def _use(self: NotThere, *args: Any, **named: Any) -> Any:
    raise self.error()


for _name in (
    *("call", "getitem", "setitem", "delitem", "setattr", "iter", "next", "len", "contains"),
    *("bool", "enter", "exit", "float", "int", "index", "array", "neg", "pos", "abs", "invert"),
    *("add", "radd", "sub", "rsub", "mul", "rmul", "truediv", "rtruediv", "matmul", "rmatmul"),
    *("pow", "rpow", "mod", "rmod", "floordiv", "rfloordiv", "and", "or", "xor", "lt", "le"),
    *("gt", "ge", "mro_entries"),
):
    setattr(NotThere, f"__{_name}__", _use)


class Captured:
    """What ``%%capture`` leaves: nothing was captured."""

    stdout = stderr = ""

    def __init__(self) -> None:
        self.outputs: list = []

    def show(self) -> None:
        """Show what was captured, which is nothing."""

    __call__ = show


class Lines(list):
    """What ``!command`` gives: no lines, since there is no shell."""

    n = s = p = ""

    @property
    def l(self) -> list:  # noqa: E743  IPython's name
        """The lines.

        Returns
        -------
        list
        """
        return self


class Shell:
    """What ``get_ipython()`` gives: a shell of IPython's that does nothing of what it is told.

    Parameters
    ----------
    namespace : dict
        The notebook's.
    """

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.user_ns = namespace

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return lambda *args, **named: None

    def captured(self) -> Captured:
        """Return what ``%%capture`` leaves.

        Returns
        -------
        Captured
        """
        return Captured()

    def getoutput(self, *args: Any, **named: Any) -> Lines:
        """Run no command.

        Parameters
        ----------
        *args, **named
            As IPython has them.

        Returns
        -------
        Lines
            No lines.
        """
        return Lines()

    def run_line_magic(self, name: str, line: str = "", *args: Any, **named: Any) -> Any:
        """Do a magic of one line; only few leave something.

        Parameters
        ----------
        name, line : str
        *args, **named
            As IPython has them.

        Returns
        -------
        object
            None, an empty list for a command, the folder for ``%pwd``.
        """
        if name == "pwd":
            return str(Path.cwd())
        if name in ("sx", "system"):
            return Lines()
        if name == "pylab":
            exec("import numpy\nfrom numpy import *\nnp = numpy", self.user_ns)
        return None

    magic = run_line_magic

    def run_cell_magic(self, name: str, line: str, cell: str) -> None:
        """Do a magic of a whole cell; only a file that it writes stays.

        Parameters
        ----------
        name, line, cell : str
        """
        file = line.split()[-1] if line.split() else ""
        if name in ("writefile", "file") and Path(file).name == file:
            with Path(file).open("a" if "-a" in line.split() else "w", encoding="utf-8") as stream:
                stream.write(cell)
            if str(Path.cwd()) not in sys.path:
                sys.path.insert(0, str(Path.cwd()))


# --- what can be read in a statement ---


def stored_names(statement: ast.stmt) -> list[str]:
    """Return the names that a statement binds where it stands.

    Parameters
    ----------
    statement : ast.stmt

    Returns
    -------
    list of str
    """
    names, todo = [], [statement]
    while todo:
        node: ast.AST = todo.pop()
        if isinstance(node, DEFINITIONS):
            names.append(node.name)
        elif isinstance(node, IMPORTS):
            names += [alias.asname or alias.name.partition(".")[0] for alias in node.names]
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.append(node.id)
        elif not isinstance(node, ast.Lambda | ast.expr_context):
            todo += ast.iter_child_nodes(node)  # type: ignore[arg-type]
    return names


def is_placeholder(statement: ast.stmt) -> bool:
    """Return whether a statement defines a function in which nothing is written yet.

    Parameters
    ----------
    statement : ast.stmt

    Returns
    -------
    bool
    """
    if not isinstance(statement, ast.FunctionDef):
        return False
    body = [
        node
        for node in statement.body
        if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        and not isinstance(node, ast.Pass)
    ]
    if not body:
        return True
    raised = body[0].exc if isinstance(body[0], ast.Raise) else None
    kind = raised.func if isinstance(raised, ast.Call) else raised
    return isinstance(kind, ast.Name) and kind.id == "NotImplementedError"


def is_definition(statement: ast.stmt) -> bool:
    """Return whether a statement only defines something, and cannot take long.

    Parameters
    ----------
    statement : ast.stmt

    Returns
    -------
    bool
    """
    if isinstance(statement, (*DEFINITIONS, *IMPORTS)):
        return True
    if not isinstance(statement, ast.Assign | ast.AnnAssign):
        return False
    todo: list[ast.AST] = [statement]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Call):
            function = node.func
            name = getattr(function, "attr", getattr(function, "id", ""))
            if name not in MAKES_FUNCTIONS:
                return False
        if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.NamedExpr):
            return False
        if not isinstance(node, ast.Lambda):
            todo += ast.iter_child_nodes(node)
    return True


def names_in_functions(tree: ast.Module) -> tuple[set[str], set[str]]:
    """Return which names the functions of a cell call, and which they read otherwise.

    Parameters
    ----------
    tree : ast.Module

    Returns
    -------
    called, read : set of str
    """
    called: set[str] = set()
    read: set[str] = set()
    for statement in tree.body:
        if isinstance(statement, DEFINITIONS):
            nodes = list(ast.walk(statement))
            callees = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
            for node in nodes:
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                    (called if id(node) in callees else read).add(node.id)
    return called, read


def _blocks(statement: ast.AST) -> Iterator[list[ast.stmt]]:
    """Yield the lists of statements within one, but for what an ``except`` may catch from."""
    caught = isinstance(statement, ast.Try) and bool(statement.handlers)
    if isinstance(statement, ast.With):
        caught = any("suppress" in ast.dump(item.context_expr) for item in statement.items)
    for name in ("body", "orelse", "finalbody"):
        block = getattr(statement, name, None)
        if isinstance(block, list) and not (name == "body" and caught):
            yield block
    for name in ("handlers", "cases"):
        for part in getattr(statement, name, ()):
            yield part.body


def excuse_imports(block: list[ast.stmt]) -> None:
    """Let no import of a block stop what comes after it; change the block.

    An import within a ``try`` that has an ``except``, or within ``suppress``, stays as it is: who
    wrote that minds.

    Parameters
    ----------
    block : list of ast.stmt
    """
    for k, statement in enumerate(block):
        if not isinstance(statement, IMPORTS):
            for inner in _blocks(statement):
                excuse_imports(inner)
            continue
        module = getattr(statement, "module", None) or statement.names[0].name
        if module == "__future__":
            continue
        names = [n for n in stored_names(statement) if n != "*"]
        text = "try: pass\nexcept Exception as __error__:\n"
        for name in names:
            text += f"    {name} = {STANDS_IN}(__error__, {module!r}, {name!r})\n"
        guarded = ast.parse(
            text if names else f"{text}    {STANDS_IN}(__error__, {module!r})"
        ).body[0]
        assert isinstance(guarded, ast.Try)
        guarded.body = [statement]
        for node in ast.walk(guarded):
            if hasattr(node, "lineno") and node is not statement:
                ast.copy_location(node, statement)
        block[k] = guarded


# --- the notebook ---


class Notebook:
    """A notebook that is run, cell by cell.

    Attributes
    ----------
    namespace : dict
    functions : dict
        Of each name that is asked for, the newest function; of each other one that a cell
        defines, too.
    """

    def __init__(self) -> None:
        self.namespace: dict[str, Any] = {"__name__": "__main__", "__builtins__": __builtins__}
        shell = Shell(self.namespace)
        self.namespace |= {"display": print, "get_ipython": lambda: shell}
        self.namespace[STANDS_IN] = self.stands_in
        self.functions: dict[str, Any] = {}
        self.placeholders: dict[str, Any] = {}
        self.called: set[str] = set()
        self.read: set[str] = set()
        self.cells, self.flags = 0, 0
        self.notes: dict[str, list[str]] = {}

    def note(self, kind: str, text: object) -> None:
        """Keep what the other side should know of a cell.

        Parameters
        ----------
        kind : str
        text : object
        """
        notes = self.notes.setdefault(kind, [])
        if str(text) not in notes and len(notes) < MAX_NOTES:
            notes.append(str(text)[:100])

    def take_notes(self) -> dict[str, list[str]]:
        """Return what is to be known since the last time.

        Returns
        -------
        dict
            ``defined`` and ``rebound``, names; ``missing``, modules; ``lacking``, files.
        """
        notes, self.notes = self.notes, {}
        return notes

    def stands_in(self, error: Exception, module: str, bound: str = "") -> Any:
        """Return what stands for a module that could not be imported.

        Parameters
        ----------
        error : Exception
        module : str
        bound : str
            The name that the import was to bind.

        Returns
        -------
        object
            A NotThere, or the package itself if only a module within it is not there.
        """
        if module.startswith(f"{bound}.") and bound in sys.modules:
            self.note("missing", module)
            return sys.modules[bound]
        why = str(error)
        if isinstance(error, ModuleNotFoundError):
            missing, why = error.name or module, ""
            if missing.partition(".")[0] != module.partition(".")[0]:
                module = missing  # what a module that is there needs
        elif isinstance(error, ImportError) and bound:
            module = f"{module}.{bound}"  # the module is there, and has no such name
        self.note("missing", module)
        return NotThere(module, why)

    def run(
        self,
        source: str,
        code: str | None = None,
        *,
        wanted: Iterable[str] = (),
        number: int | None = None,
        only_definitions: bool = False,
        show: Callable[[str], None] = print,
    ) -> None:
        """Run a cell, as far as it goes.

        Parameters
        ----------
        source : str
            As the student wrote it.
        code : str, optional
            The same as Python, line by line, if it is none.
        wanted : iterable of str
            The names of the functions that are asked for.
        number : int, optional
            The cell's; without it, the next.
        only_definitions : bool
            Whether to leave out what could take long.
        show : callable
            Takes the text of the last line's value.
        """
        self.cells += 1
        name = f"<cell {self.cells if number is None else number}>"
        tree = ast.parse(source if code is None else code, name)
        linecache.cache[name] = (len(source), None, source.splitlines(True), name)
        called, read = names_in_functions(tree)
        self.called |= called
        self.read |= read
        flags, last = 0, len(tree.body) - 1
        for k, statement in enumerate(tree.body):
            if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
                for alias in statement.names:
                    feature = getattr(__future__, alias.name, None)
                    flags |= getattr(feature, "compiler_flag", 0)
            if only_definitions and not is_definition(statement):
                continue
            try:
                if k == last and isinstance(statement, ast.Expr):
                    expression = ast.Expression(statement.value)
                    value = eval(compile(expression, name, "eval", flags, True), self.namespace)
                    if value is not None:
                        show(repr(value))
                else:
                    block = [statement]
                    excuse_imports(block)
                    module = ast.Module(block, [])
                    exec(compile(module, name, "exec", flags, True), self.namespace)
            except (NotThereError, OSError, EOFError) as error:
                self.go_without(statement, error)
            finally:
                self.keep(statement, wanted)

    def go_without(self, statement: ast.stmt, error: Exception) -> None:
        """Go on after a statement that needs what this machine lacks.

        Parameters
        ----------
        statement : ast.stmt
        error : Exception
        """
        stand_in = getattr(error, "stands_in", None)
        if stand_in is None:
            words = [word for word in str(error).split() if "." in word.strip(".")]
            what = getattr(error, "filename", None) or (words or ["a file"])[0]
            what = "input" if isinstance(error, EOFError) else str(what)
            stand_in = NotThere(what, f"'{what}' is not there when your work is graded")
            self.note("lacking", stand_in.what)
        simple = isinstance(statement, (ast.Assign, ast.AnnAssign, ast.AugAssign, *DEFINITIONS))
        for name in stored_names(statement):
            if simple or name not in self.namespace:
                self.namespace[name] = stand_in

    def keep(self, statement: ast.stmt, wanted: Iterable[str]) -> None:
        """Keep the functions that a statement has left.

        A function in which nothing is written yet does not take the place of one that is.

        Parameters
        ----------
        statement : ast.stmt
        wanted : iterable of str
        """
        stored = stored_names(statement)
        for name in dict.fromkeys([*wanted, *stored]):
            value = self.namespace.get(name)
            if value is self.functions.get(name) or value is self.placeholders.get(name):
                continue
            if not callable(value) or type(value) is NotThere:
                continue
            if name in wanted and is_placeholder(statement) and name in stored:
                if name in self.functions:
                    self.namespace[name] = self.functions[name]
                else:
                    self.placeholders[name] = value
                continue
            self.functions[name] = value
            if name in wanted:
                self.note("defined", name)

    def settle(self, wanted: Iterable[str]) -> None:
        """Bring the names of functions back that are something else at the end.

        ``loss = loss(X, y)`` makes a number of the function. The other functions would find the
        number in its place.

        Parameters
        ----------
        wanted : iterable of str
        """
        for name, function in self.functions.items():
            value = self.namespace.get(name)
            only_called = name in self.called and name not in self.read
            if value is function or not (name in wanted or only_called):
                continue
            if not callable(value) or type(value) is NotThere:
                self.namespace[name] = function
                self.note("rebound", name)

    def function(self, name: str) -> Any:
        """Return the function that counts for a name.

        Parameters
        ----------
        name : str

        Returns
        -------
        object
            None where there is none.
        """
        known = self.functions.get(name, self.placeholders.get(name))
        return self.namespace.get(name) if known is None else known
