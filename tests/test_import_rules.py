"""The contracts of pyproject.toml hold, and each of them can fail.

The rules themselves stand in ``[tool.importlinter]``; ``make lint`` runs them with lint-imports.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SRC = ROOT / "src"
ANSI = re.compile(r"\x1b\[[0-9;]*m")

# Each breach: a file below src/, made where it is missing; the line that is added to it; and what
# lint-imports must say. They are all put into one copy of the source, since each run reads all.
BREACHES = {
    "maths imports a picture's package": (
        "softmax_steps/score.py",
        "import matplotlib.pyplot as plt",
        "softmax_steps.score is not allowed to import matplotlib",
    ),
    "maths imports another package inside a function": (
        "softmax_steps/cross_entropy.py",
        "def lazy():\n    import scipy.special",
        "softmax_steps.cross_entropy is not allowed to import scipy",
    ),
    "a step imports a later step": (
        "softmax_steps/softmax.py",
        "from .gradient import loss_and_gradient",
        "softmax_steps.softmax is not allowed to import softmax_steps.gradient",
    ),
    "a step imports a picture": (
        "softmax_steps/regularization.py",
        "from softmax_steps.plots import common",
        "softmax_steps.regularization is not allowed to import softmax_steps.plots",
    ),
    "a picture imports maths": (
        "softmax_steps/plots/score.py",
        "from ..score import scores",
        "softmax_steps.plots is not allowed to import softmax_steps.score",
    ),
    "what helps a notebook imports maths": (
        "softmax_steps/notebook.py",
        "from softmax_steps.softmax import softmax",
        "softmax_steps.notebook is not allowed to import softmax_steps.softmax",
    ),
    "a module imports the façade": (
        "softmax_steps/training.py",
        "from softmax_steps import loss_and_gradient",
        "softmax_steps.training -> softmax_steps",
    ),
    "a widget imports what is wrong on purpose": (
        "softmax_steps/widgets/softmax.py",
        "from softmax_steps import mistakes",
        "softmax_steps.widgets.softmax -> softmax_steps.mistakes",
    ),
    "a step stands in no layer": (
        "softmax_steps/new_step.py",
        "import numpy",
        "- softmax_steps.new_step",
    ),
    "the site imports a widget": (
        "softmax_book/building/breach.py",
        "from softmax_steps.widgets.softmax import X",
        "softmax_book is not allowed to import softmax_steps.widgets",
    ),
    "the site imports the class": (
        "softmax_book/building/breach.py",
        "import softmax_grader",
        "softmax_book is not allowed to import softmax_grader",
    ),
    "the class imports the site": (
        "softmax_grader/breach.py",
        "from softmax_book import building",
        "softmax_grader is not allowed to import softmax_book",
    ),
    "the class imports a step": (
        "softmax_grader/breach.py",
        "from softmax_steps.score import scores",
        "softmax_grader is not allowed to import softmax_steps.score",
    ),
    "a room imports one above it": (
        "softmax_book/building/breach.py",
        "from softmax_book import live",
        "softmax_book.building is not allowed to import softmax_book.live",
    ),
    "a room of the site stands in no layer": (
        "softmax_book/new_room/__init__.py",
        "",
        "- softmax_book.new_room",
    ),
    "a room of the class imports one beside it": (
        "softmax_grader/intake/breach.py",
        "from softmax_grader.marking import plan",
        "softmax_grader.intake is not allowed to import softmax_grader.marking",
    ),
    "a room of the class stands in no layer": (
        "softmax_grader/breach.py",
        "",
        "- softmax_grader.breach",
    ),
    "modules of the class import each other": (
        "softmax_grader/breach.py",
        "from softmax_grader import other_breach",
        "No cycles are allowed in softmax_grader",
    ),
}


def copy_of_the_source(folder):
    """Copy all that lint-imports reads."""
    for path in SRC.rglob("*.py"):
        target = folder / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    (folder / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "import_contract.py", folder / "scripts")
    shutil.copy(ROOT / "pyproject.toml", folder)


def lint_imports(folder):
    """Run lint-imports in a folder, on the packages below its ``src``."""
    program = "import sys; from importlinter.cli import lint_imports_command; sys.exit("
    run = subprocess.run(
        [sys.executable, "-c", f"{program}lint_imports_command())", "--no-cache"],
        cwd=folder,
        # The copied packages go before the installed ones; no line is wrapped.
        env={**os.environ, "PYTHONPATH": str(folder / "src"), "COLUMNS": "300"},
        capture_output=True,
        text=True,
        check=False,
    )
    return run.returncode, ANSI.sub("", run.stdout + run.stderr)


def test_the_source_keeps_the_contracts():
    code, output = lint_imports(ROOT)
    assert code == 0, output
    assert " 0 broken" in output


@pytest.fixture(scope="module")
def complaints(tmp_path_factory):
    """What lint-imports says of a source with every breach in it."""
    folder = tmp_path_factory.mktemp("breaches")
    copy_of_the_source(folder)
    for name, line, _ in BREACHES.values():
        path = folder / "src" / name
        path.parent.mkdir(exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(f"\n{line}\n")
    other = folder / "src" / "softmax_grader" / "other_breach.py"
    other.write_text("def lazy():\n    import softmax_grader.breach\n", "utf-8")
    settings = folder / "pyproject.toml"
    text = settings.read_text("utf-8")
    entry = '"softmax_steps.** -> numpy",'
    assert text.count(entry) == 1
    settings.write_text(text.replace(entry, f'{entry} "softmax_steps.checks -> sympy",'), "utf-8")
    code, output = lint_imports(folder)
    assert code == 1, output
    return output


@pytest.mark.parametrize("breach", BREACHES)
def test_a_breach_is_found(complaints, breach):
    *_, sentence = BREACHES[breach]
    assert re.search(rf"^\W*{re.escape(sentence)}\b", complaints, re.MULTILINE), complaints


def test_every_contract_can_be_broken(complaints):
    assert " 0 kept" in complaints, complaints


def test_a_package_that_is_allowed_and_not_needed_is_found(complaints):
    assert "'softmax_steps.checks -> sympy' is allowed, and nothing needs it." in complaints


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
