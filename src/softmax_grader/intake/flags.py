"""What a teacher should look at: a submission's code read, never run, for what no exercise needs.

A flag is a sentence, not a verdict, and costs no points. It is found by reading the text here, on
the trusted side, and by what the sandbox noticed while the code ran.
"""

import ast
import re

from softmax_grader.ipython_syntax import as_python
from softmax_grader.text import quoted

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
    *("breakpoint", "exit", "quit", "setattr", "delattr", "getattr", "memoryview"),
}
NUMPY_CALLS = {"load", "save", "savez", "fromfile", "tofile", "memmap", "loadtxt", "savetxt"}
FRAMES = {
    *("f_back", "f_locals", "f_globals", "f_builtins", "f_code", "f_trace", "f_trace_lines"),
    *("gi_frame", "gi_code", "cr_frame", "ag_frame", "tb_frame", "tb_next", "func_globals"),
}
HARMLESS_METHODS = {
    *("__init__", "__repr__", "__str__", "__call__", "__len__", "__post_init__", "__iter__"),
    *("__next__", "__getitem__", "__enter__", "__exit__", "__hash__"),
}
HARMLESS_NAMES = {"__name__", "__doc__", "__main__"}
HARMLESS_ATTRIBUTES = {
    *("__name__", "__qualname__", "__doc__", "__version__", "__class__", "__init__", "__call__"),
    *("__len__", "__str__", "__repr__"),
}
# What honest code uses of modules that can do more: an import of them tells nothing by itself.
HARMLESS_USES = {
    "sys": "maxsize version version_info float_info stdout stderr path executable byteorder",
    "os": "getcwd path environ linesep sep",
    "traceback": "print_exc format_exc",
    "gc": "collect",
    "platform": "python_version system machine",
    "types": "SimpleNamespace",
    "inspect": "signature",
    "IPython": "display get_ipython __version__",
}
USED = {name: uses for name, uses in HARMLESS_USES.items() if name != "types"}  # also a variable
MAGICS = ("run_line_magic", "run_cell_magic", "magic")
SHELL_MAGICS = {"bash", "sh", "script", "system", "sx", "perl", "ruby", "cmd", "!"}
HARMLESS_COMMANDS = {
    *("pip", "pip3", "conda", "mamba", "python", "python3", "ls", "pwd", "cd", "cat", "head"),
    *("tail", "wc", "echo", "date", "which", "nvidia-smi", "lscpu", "free", "df", "du", "uname"),
    *("tree", "mkdir", "jupyter", "nproc", "clear"),
}
LIVE = re.compile(r"</?(script|iframe|object|embed|svg|img|style|link|meta|form|base)\b", re.I)

MAX_FLAGS = 30  # of one cell


def look_at(source: str) -> list[str]:
    """Return sentences on what is written in a code cell and no exercise needs.

    What they quote of the student's is in quotation marks, and cut.

    Parameters
    ----------
    source : str

    Returns
    -------
    list of str
    """
    flags = ["contains HTML that could act in a browser"] if LIVE.search(source) else []
    try:
        tree = ast.parse(as_python(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError, SystemError):
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
    flags = list(dict.fromkeys(flags))
    if len(flags) > MAX_FLAGS:
        flags[MAX_FLAGS:] = [f"and {len(flags) - MAX_FLAGS} more such things in one cell"]
    return flags


def _is_harmless(command: str) -> bool:
    """Return whether a shell's command only looks, or installs."""
    words = command.split()
    ends = set("|&;<>`$(").intersection(command)
    return not words or (words[0] in HARMLESS_COMMANDS and not ends)


class _Look(ast.NodeVisitor):
    def read(self, tree: ast.AST) -> list[str]:
        self.flags: list[str] = []
        self.modules = {"np", "numpy"}
        self.harmless: set[int] = set()  # nodes that name one in a harmless use
        self.visit(tree)
        return self.flags

    def import_of(self, name: str) -> None:
        top = name.partition(".")[0]
        if top in PURPOSE:
            self.flags.append(f"imports {top} ({PURPOSE[top]})")

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            bound = (alias.asname or alias.name).partition(".")[0]
            # Of one that keeps its name each use is looked at, in other cells too.
            if alias.name != "IPython.display" and not (alias.name in USED and bound == alias.name):
                self.import_of(alias.name)
            self.modules.add(bound)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        module = node.module or ""
        uses = HARMLESS_USES.get(module, "").split()
        if module != "IPython.display" and not all(alias.name in uses for alias in node.names):
            self.import_of(module)

    def visit_Compare(self, node: ast.Compare) -> None:
        for other in node.comparators:  # 'google.colab' in sys.modules
            if isinstance(other, ast.Attribute) and other.attr == "modules":
                self.harmless.add(id(other.value))
        self.generic_visit(node)

    def look_at_shell(self, node: ast.Call) -> None:
        """Look at a call of get_ipython(), as IPython's own syntax becomes one."""
        assert isinstance(node.func, ast.Attribute)
        texts = [str(getattr(argument, "value", "")) for argument in node.args] or [""]
        attribute, first = node.func.attr, texts[0]
        command = ""
        if attribute in ("system", "getoutput"):
            command = first
        elif attribute in MAGICS and first.lstrip("%").partition(" ")[0] in SHELL_MAGICS:
            command = " ".join(texts[1:])
        if not _is_harmless(command):
            self.flags.append("runs shell commands")

    def visit_Call(self, node: ast.Call) -> None:
        name = getattr(node.func, "id", None)
        if name in CALLS:
            self.flags.append(f"calls {name}()")
        base = node.func.value if isinstance(node.func, ast.Attribute) else None
        if isinstance(base, ast.Call) and getattr(base.func, "id", None) == "get_ipython":
            self.look_at_shell(node)
        if isinstance(node.func, ast.Attribute) and node.func.attr in NUMPY_CALLS:
            self.flags.append(f"reads or writes files by {node.func.attr}()")
        if name == "type" and len(node.args) == 3:
            self.flags.append("makes a class without a name")
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        loads = isinstance(node.ctx, ast.Load)
        if node.attr.startswith("__") and node.attr.endswith("__"):
            self.flags += (
                [] if loads and node.attr in HARMLESS_ATTRIBUTES else [f"uses {quoted(node.attr)}"]
            )
        if loads and node.attr in USED.get(getattr(node.value, "id", ""), "").split():
            self.harmless.add(id(node.value))
        of_shell = getattr(getattr(node.value, "func", None), "id", "") == "get_ipython"
        if of_shell and node.attr not in (*MAGICS, "system", "getoutput", "captured"):
            self.flags.append("calls get_ipython()")
        if node.attr in FRAMES:
            self.flags.append(f"looks into the interpreter by {node.attr}")
        if not isinstance(node.ctx, ast.Load):
            base: ast.AST = node.value
            while isinstance(base, ast.Attribute):
                base = base.value
            if isinstance(base, ast.Name) and base.id in self.modules:
                self.flags.append(f"changes {quoted(ast.unparse(node))}")
        self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        if node.id.startswith("__") and node.id not in HARMLESS_NAMES:
            self.flags.append(f"uses {quoted(node.id)}")
        if node.id in USED and id(node) not in self.harmless:
            self.import_of(node.id)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        name = node.name
        if name.startswith("__") and name.endswith("__") and name not in HARMLESS_METHODS:
            self.flags.append(f"defines {quoted(name)}")
        self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        if any(not ast.unparse(word.value).endswith("ABCMeta") for word in node.keywords):
            self.flags.append(f"makes the class {quoted(node.name)} in a way of its own")
        for base in node.bases:
            text = ast.unparse(base)
            if text in ("float", "int", "str", "tuple", "list", "dict") or "ndarray" in text:
                self.flags.append(f"makes a kind of {quoted(text)} of its own")
        self.generic_visit(node)
