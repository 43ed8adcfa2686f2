"""The house's import rules: maths knows nothing of pictures, pictures nothing of the site.

The table below is the rule book. To let a room know of another one, change the table, and say
why in the commit.
"""

import ast
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[1] / "src"

# Of the maths modules, each may import the ones before it: the order of the steps.
MATHS = [
    f"softmax_steps.{name}"
    for name in (
        "slips",
        "checks",
        "score",
        "overflow_guard",
        "softmax",
        "cross_entropy",
        "regularization",
        "gradient",
        "gradient_check",
        "regularization_path",
        "svm",
        "neighbours",
        "two_layer",
    )
]
NUMPY = ["numpy"]
PICTURES = ["numpy", "matplotlib"]
ANYTHING = ["*"]

# Which room a module is in; the first pattern that fits counts. `inside` are the modules of this
# repository it may import, `outside` the packages beside Python's own.
# `softmax_steps.mistakes` stands in no `inside`: it is there for the chapters and the tests.
RULES = [
    # room                        inside                                      outside
    ("softmax_steps.mistakes", MATHS, NUMPY),
    ("softmax_steps.tiny_example", MATHS, NUMPY),
    ("softmax_steps.download", ["softmax_steps.checks"], ["pooch", "requests", "urllib3", "tqdm"]),
    ("softmax_steps.data", ["softmax_steps.checks", "softmax_steps.download"], ["numpy", "pooch"]),
    ("softmax_steps.training", [*MATHS, "softmax_steps.data"], ["numpy", "tqdm"]),
    ("softmax_steps.notebook", [], ["matplotlib"]),
    ("softmax_steps.plots", ["softmax_steps.plots.*"], PICTURES),
    ("softmax_steps.plots.*", ["softmax_steps.plots.*"], PICTURES),
    (
        "softmax_steps.widgets*",
        [
            *MATHS,
            "softmax_steps",
            "softmax_steps.data",
            "softmax_steps.training",
            "softmax_steps.tiny_example",
            "softmax_steps.notebook",
            "softmax_steps.plots*",
            "softmax_steps.widgets*",
        ],
        [*PICTURES, "anywidget", "ipywidgets", "traitlets"],
    ),
    (
        "softmax_steps",
        [
            *MATHS,
            "softmax_steps.data",
            "softmax_steps.training",
            "softmax_steps.tiny_example",
        ],
        [],
    ),
    # The site knows what all widgets share, and no widget of its own; nothing of the class.
    (
        "softmax_book*",
        ["softmax_book*", "softmax_steps", "softmax_steps.data", "softmax_steps.widgets.base"],
        ANYTHING,
    ),
    ("softmax_grader*", ["softmax_grader*", "softmax_steps", "softmax_steps.data"], ANYTHING),
]
OURS = ("softmax_steps", "softmax_book", "softmax_grader")


def what_may(module):
    """Return the patterns (inside, outside) that `module` may import; None in no room."""
    if module in MATHS:
        return MATHS[: MATHS.index(module)], NUMPY
    for room, inside, outside in RULES:
        if fnmatch(module, room):
            return inside, outside
    return None


def imports_of(source, module, modules):
    """Yield (line, what) for each import of `source`, inside functions too.

    ``from package import module`` counts as that module. From ``softmax_steps`` itself it counts as
    the package too: its ``softmax`` is a module or a function, according to what ran before.
    """
    package = module if module in modules["packages"] else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")
            base = ".".join(parts[: len(parts) - node.level + 1]) if node.level else ""
            origin = ".".join(filter(None, [base, node.module]))
            for alias in node.names:
                deeper = f"{origin}.{alias.name}"
                if origin == "softmax_steps" or deeper not in modules["all"]:
                    yield node.lineno, origin
                if deeper in modules["all"]:
                    yield node.lineno, deeper


def modules_of(sources):
    """Return (module → path, what :func:`imports_of` has to know of the modules)."""
    named = {
        path.removesuffix(".py").removesuffix("/__init__").replace("/", "."): path
        for path in sources
    }
    packages = {name for name, path in named.items() if path.endswith("/__init__.py")}
    return named, {"all": set(named), "packages": packages}


def circles(sources):
    """Return the modules that import themselves, by way of others."""
    named, modules = modules_of(sources)
    imported = {
        module: {what for _, what in imports_of(sources[path], module, modules) if what in named}
        for module, path in named.items()
    }

    def reached(module):
        found, waiting = set(), [module]
        while waiting:
            new = imported[waiting.pop()] - found
            found |= new
            waiting += new
        return found

    return sorted(module for module in named if module in reached(module))


def violations(sources):
    """Return one sentence for each import that the table does not allow.

    Parameters
    ----------
    sources : dict
        From a path below ``src/``, such as ``softmax_steps/score.py``, to its text.
    """
    named, modules = modules_of(sources)
    found = []
    for module, path in sorted(named.items()):
        allowed = what_may(module)
        if allowed is None:
            found.append(f"{path} has no room in the table of tests/test_import_rules.py")
            continue
        for line, what in imports_of(sources[path], module, modules):
            top = what.partition(".")[0]
            if top in sys.stdlib_module_names:
                continue
            patterns = allowed[0] if top in OURS else allowed[1]
            asked = what if top in OURS else top
            if not any(fnmatch(asked, pattern) for pattern in patterns):
                may = ", ".join([*allowed[0], *allowed[1]]) or "nothing"
                found.append(f"{path}:{line} imports {what}; it may import {may}")
    return found


@pytest.fixture(scope="module")
def sources():
    found = {
        path.relative_to(SRC).as_posix(): path.read_text("utf-8")
        for name in OURS
        for path in (SRC / name).rglob("*.py")
    }
    assert len(found) > 10
    return found


def test_the_sources_keep_the_rules(sources):
    assert violations(sources) == []


def test_imports_go_one_way(sources):
    """Inside functions too: a circle that is put off is a circle."""
    assert circles(sources) == []


def test_a_circle_is_found():
    sources = {
        "softmax_book/a.py": "def lazy():\n    from softmax_book.b import x",
        "softmax_book/b.py": "from . import c",
        "softmax_book/c.py": "import softmax_book.a",
        "softmax_book/d.py": "import softmax_book.a",
        "softmax_book/__init__.py": "",
    }
    assert circles(sources) == [f"softmax_book.{name}" for name in "abc"]


@pytest.mark.parametrize(
    ("path", "line"),
    [
        # Maths imports NumPy, Python's own and the steps before it.
        ("score.py", "import matplotlib.pyplot as plt"),
        ("score.py", "from scipy.special import softmax"),
        ("score.py", "from softmax_steps.softmax import softmax"),
        ("softmax.py", "from .gradient import loss_and_gradient"),
        ("softmax.py", "from . import gradient"),
        ("gradient.py", "from softmax_steps import softmax"),
        ("gradient.py", "def lazy():\n    import tqdm"),
        ("gradient.py", "from softmax_steps.training import train"),
        ("gradient.py", "import softmax_steps.data"),
        # The wrong-on-purpose functions serve the chapters and the tests alone.
        ("gradient.py", "from softmax_steps.mistakes import log_of_softmax"),
        ("widgets/lambda_explorer.py", "from softmax_steps.mistakes import log_of_softmax"),
        ("__init__.py", "from softmax_steps.mistakes import log_of_softmax"),
        # Pictures take arrays; what helps a notebook knows no maths.
        ("plots/softmax.py", "from softmax_steps.softmax import softmax"),
        ("plots/softmax.py", "from softmax_steps import softmax"),
        ("plots/softmax.py", "from ..softmax import softmax"),
        ("plots/common.py", "import scipy"),
        ("widgets/lambda_explorer.py", "from softmax_steps import mistakes"),
        ("notebook.py", "from softmax_steps.score import scores"),
        # The package can be imported with NumPy alone.
        ("__init__.py", "from softmax_steps.plots import softmax"),
        ("__init__.py", "import softmax_book"),
        # The site and the class know no widget's inside, and not each other.
        ("../softmax_book/build.py", "from softmax_steps.widgets import lambda_explorer"),
        ("../softmax_book/build.py", "from softmax_steps.widgets.lambda_explorer import X"),
        ("../softmax_book/build.py", "import softmax_grader.release"),
        ("../softmax_grader/release.py", "from softmax_book import build"),
        # A module that nobody has put in the table.
        ("new_step.py", "import numpy"),
    ],
)
def test_a_breach_is_found(path, line):
    path = path.removeprefix("../") if path.startswith("../") else f"softmax_steps/{path}"
    names = (
        *("__init__", "score", "softmax", "gradient", "data", "training", "mistakes", "notebook"),
        *("plots/__init__", "plots/common", "widgets/__init__", "widgets/lambda_explorer"),
    )
    sources = {f"softmax_steps/{name}.py": "" for name in names}
    assert violations(sources) == []
    found = violations({**sources, path: line})
    assert found
    assert all(path in sentence for sentence in found)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("gradient.py", "import math\nimport numpy as np\nfrom numpy.linalg import norm"),
        ("gradient.py", "from softmax_steps.softmax import softmax\nfrom .score import scores"),
        ("training.py", "from tqdm.auto import tqdm\nfrom .gradient import loss_and_gradient"),
        ("plots/softmax.py", "from softmax_steps.plots.common import BLUE\nimport matplotlib"),
        ("plots/softmax.py", "from . import common"),
        ("widgets/lambda_explorer.py", "from softmax_steps import gradient\nimport ipywidgets"),
        ("mistakes.py", "from softmax_steps.softmax import softmax"),
        ("../softmax_book/build.py", "import sphinx\nimport softmax_steps"),
    ],
)
def test_what_is_allowed_passes(path, line):
    path = path.removeprefix("../") if path.startswith("../") else f"softmax_steps/{path}"
    names = ("__init__", "score", "softmax", "gradient", "plots/__init__", "plots/common")
    sources = {f"softmax_steps/{name}.py": "" for name in names}
    assert violations({**sources, path: line}) == []


def test_the_package_imports_with_numpy_alone():
    """`pip install softmax-steps` brings NumPy and nothing else; the import must not need more."""
    program = """
import sys
sys.path.insert(0, sys.argv[1])
allowed = sys.stdlib_module_names | {"numpy", "softmax_steps"}
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in allowed:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Refuse())
import softmax_steps
print(len(softmax_steps.__all__))
"""
    run = subprocess.run(
        [sys.executable, "-c", program, str(SRC)], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert int(run.stdout) > 10
