"""What a teacher should look at: a submission's code read, never run, for what no exercise needs.

A flag is a sentence, not a verdict, and costs no points. It is found by reading the text here, on
the trusted side, and by what the sandbox noticed while the code ran.
"""

import ast
import re

MODULES = {
    "the operating system": "os sys posix pathlib shutil glob tempfile platform pwd resource fcntl",
    "other processes": "subprocess multiprocessing threading _thread signal pty concurrent asyncio",
    "the network": "socket ssl urllib http requests ftplib smtplib telnetlib xmlrpc aiohttp httpx",
    "the interpreter": "gc inspect importlib imp builtins __main__ types code codeop ctypes cffi "
    "atexit faulthandler pkgutil runpy site traceback linecache tracemalloc dis weakref mmap",
    "pickles": "pickle cPickle dill cloudpickle joblib shelve marshal copyreg",
    "another library": "scipy sklearn torch tensorflow jax autograd cupy theano keras numba pandas "
    "sympy",
    "the grading": "nbgrader softmax_steps softmax_grader softmax_book messages inside IPython "
    "ipykernel sqlite3",
}
PURPOSE = {name: purpose for purpose, names in MODULES.items() for name in names.split()}
CALLS = {
    *("eval", "exec", "compile", "open", "__import__", "globals", "locals", "vars", "input"),
    *("breakpoint", "exit", "quit", "setattr", "delattr", "getattr", "memoryview", "help"),
    "get_ipython",
}
NUMPY_CALLS = {"load", "save", "savez", "fromfile", "tofile", "memmap", "loadtxt", "savetxt"}
FRAMES = {
    *("f_back", "f_locals", "f_globals", "f_builtins", "f_code", "f_trace", "f_trace_lines"),
    *("gi_frame", "gi_code", "cr_frame", "ag_frame", "tb_frame", "tb_next", "func_globals"),
}
HARMLESS_METHODS = {"__init__", "__repr__", "__str__", "__call__", "__len__", "__post_init__"}
HARMLESS_NAMES = {"__name__", "__doc__", "__main__"}
LIVE = re.compile(
    r"<\s*(?:/\s*)?(script|iframe|object|embed|svg|img|style|link|meta|form|base)\b", re.I
)


def look_at(source: str) -> list[str]:
    """Return sentences on what is written in a code cell and no exercise needs.

    Parameters
    ----------
    source : str

    Returns
    -------
    list of str
    """
    flags = ["contains HTML that could act in a browser"] if LIVE.search(source) else []
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        lines = [line.strip() for line in source.split("\n")]
        if any(
            line.startswith(("!", "%%bash", "%%sh", "%%script", "%system", "%sx")) for line in lines
        ):
            flags.append("runs shell commands")
        for module in re.findall(r"^[ \t]*(?:import|from)[ \t]+(\w+)", source, re.MULTILINE):
            if module in PURPOSE:
                flags.append(f"imports {module} ({PURPOSE[module]})")
        return list(dict.fromkeys(flags))
    try:
        flags += _Look().read(tree)
    except RecursionError:
        flags.append("is nested too deeply to be read")
    return list(dict.fromkeys(flags))


class _Look(ast.NodeVisitor):
    def read(self, tree: ast.AST) -> list[str]:
        self.flags: list[str] = []
        self.modules = {"np", "numpy"}
        self.visit(tree)
        return self.flags

    def import_of(self, name: str) -> None:
        top = name.partition(".")[0]
        if top in PURPOSE:
            self.flags.append(f"imports {top} ({PURPOSE[top]})")

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self.import_of(alias.name)
            self.modules.add((alias.asname or alias.name).partition(".")[0])

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        self.import_of(node.module or "")

    def visit_Call(self, node: ast.Call) -> None:
        name = getattr(node.func, "id", None)
        if name in CALLS:
            self.flags.append(f"calls {name}()")
        if isinstance(node.func, ast.Attribute) and node.func.attr in NUMPY_CALLS:
            self.flags.append(f"reads or writes files by {node.func.attr}()")
        if name == "type" and len(node.args) == 3:
            self.flags.append("makes a class without a name")
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if node.attr.startswith("__") and node.attr.endswith("__"):
            self.flags.append(f"uses {node.attr}")
        if node.attr in FRAMES:
            self.flags.append(f"looks into the interpreter by {node.attr}")
        if not isinstance(node.ctx, ast.Load):
            base: ast.AST = node.value
            while isinstance(base, ast.Attribute):
                base = base.value
            if isinstance(base, ast.Name) and base.id in self.modules:
                self.flags.append(f"changes {ast.unparse(node)[:60]}")
        self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        if node.id.startswith("__") and node.id not in HARMLESS_NAMES:
            self.flags.append(f"uses {node.id}")

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        name = node.name
        if name.startswith("__") and name.endswith("__") and name not in HARMLESS_METHODS:
            self.flags.append(f"defines {name}")
        self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        if node.keywords:
            self.flags.append(f"makes the class {node.name} in a way of its own")
        for base in node.bases:
            text = ast.unparse(base)
            if text in ("float", "int", "str", "tuple", "list", "dict") or "ndarray" in text:
                self.flags.append(f"makes a kind of {text} of its own")
        self.generic_visit(node)
