"""What a teacher should look at: a submission's code read, never run, for what no exercise needs.

A flag is a sentence, not a verdict, and costs no points. It is found by reading the text here, on
the trusted side, and by what the sandbox noticed while the code ran.
"""

import ast
import re
import unicodedata

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
    r"<\s*/?\s*(script|iframe|object|embed|svg|img|style|link|meta|form|base)\b", re.I
)
ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-_])")


def clean_text(text, limit=None):
    """Return `text` with nothing in it but what can be read.

    Terminal codes, control characters, marks that turn the reading direction, and halves of
    characters are removed; what is beyond `limit` characters is cut off and said to be.
    """
    text = ANSI.sub("", str(text)).replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(
        c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co")
    )
    if limit is not None and len(text) > limit:
        text = text[:limit] + " …"
    return text


def one_line(text, limit=200):
    """Return `text` cleaned and on one line."""
    return clean_text(" ".join(clean_text(text, 4 * limit).split()), limit)


def look_at(source):
    """Return sentences on what stands in the code cell `source` and no exercise needs."""
    found = ["contains HTML that could act in a browser"] if LIVE.search(source) else []
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        lines = [line.strip() for line in source.split("\n")]
        if any(
            line.startswith(("!", "%%bash", "%%sh", "%%script", "%system", "%sx")) for line in lines
        ):
            found.append("runs shell commands")
        for module in re.findall(r"^\s*(?:import|from)\s+(\w+)", source, re.MULTILINE):
            if module in PURPOSE:
                found.append(f"imports {module} ({PURPOSE[module]})")
        return list(dict.fromkeys(found))
    try:
        found += _Look().read(tree)
    except RecursionError:
        found.append("is nested too deeply to be read")
    return list(dict.fromkeys(found))


class _Look(ast.NodeVisitor):
    def read(self, tree):
        self.found, self.modules = [], {"np", "numpy"}
        self.visit(tree)
        return self.found

    def import_of(self, name):
        top = name.partition(".")[0]
        if top in PURPOSE:
            self.found.append(f"imports {top} ({PURPOSE[top]})")

    def visit_Import(self, node):
        for alias in node.names:
            self.import_of(alias.name)
            self.modules.add((alias.asname or alias.name).partition(".")[0])

    def visit_ImportFrom(self, node):
        self.import_of(node.module or "")

    def visit_Call(self, node):
        name = getattr(node.func, "id", None)
        if name in CALLS:
            self.found.append(f"calls {name}()")
        if isinstance(node.func, ast.Attribute) and node.func.attr in NUMPY_CALLS:
            self.found.append(f"reads or writes files by {node.func.attr}()")
        if name == "type" and len(node.args) == 3:
            self.found.append("makes a class without a name")
        self.generic_visit(node)

    def visit_Attribute(self, node):
        if node.attr.startswith("__") and node.attr.endswith("__"):
            self.found.append(f"uses {node.attr}")
        if node.attr in FRAMES:
            self.found.append(f"looks into the interpreter by {node.attr}")
        if not isinstance(node.ctx, ast.Load):
            base = node.value
            while isinstance(base, ast.Attribute):
                base = base.value
            if isinstance(base, ast.Name) and base.id in self.modules:
                self.found.append(f"changes {ast.unparse(node)[:60]}")
        self.generic_visit(node)

    def visit_Name(self, node):
        if node.id.startswith("__") and node.id not in HARMLESS_NAMES:
            self.found.append(f"uses {node.id}")

    def visit_FunctionDef(self, node):
        name = node.name
        if name.startswith("__") and name.endswith("__") and name not in HARMLESS_METHODS:
            self.found.append(f"defines {name}")
        self.generic_visit(node)

    def visit_ClassDef(self, node):
        if node.keywords:
            self.found.append(f"makes the class {node.name} in a way of its own")
        for base in node.bases:
            text = ast.unparse(base)
            if text in ("float", "int", "str", "tuple", "list", "dict") or "ndarray" in text:
                self.found.append(f"makes a kind of {text} of its own")
        self.generic_visit(node)
