r"""The register of equations: what the chapters claim, and the test that stands behind each claim.

A claim is a displayed equation with a label, written ``$$ ... $$ (eq-name)`` or as a ``{math}``
block with ``:label: eq-name``. A test says which claim it checks by ``@pytest.mark.equation`` and
repeats the claim's LaTeX in its docstring, so that neither can change behind the other's back.
"""

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from softmax_book.edition import PAGES
from softmax_book.sources import Equation, read_book

PREFIX = "eq-"


@dataclass(frozen=True)
class EquationTest:
    """A test function that checks one equation of the book, or several."""

    name: str
    labels: tuple[str, ...]
    latex: str  #: the docstring
    source: str
    file: str  #: the file's name, as ``test_03_softmax.py``
    line: int


def find_tests(source: str, file: str) -> list[EquationTest]:
    """Find the test functions in one file of ``tests/book/equations``.

    Parameters
    ----------
    source : str
        The file's text.
    file : str
        The file's name.

    Returns
    -------
    list of EquationTest
        All functions called ``test_...``, also those that name no equation.
    """
    tests = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            first = min([node.lineno, *(mark.lineno for mark in node.decorator_list)])
            lines = source.splitlines()[first - 1 : node.end_lineno]
            tests.append(
                EquationTest(
                    name=node.name,
                    labels=tuple(
                        label for mark in node.decorator_list for label in _labels_of(mark)
                    ),
                    latex=ast.get_docstring(node) or "",
                    source="\n".join(lines),
                    file=file,
                    line=node.lineno,
                )
            )
    return sorted(tests, key=lambda test: test.line)


def _labels_of(decorator: ast.expr) -> list[str]:
    """Return the labels in ``@pytest.mark.equation("eq-a")``, none for another decorator."""
    if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.equation":
        return [str(arg.value) for arg in decorator.args if isinstance(arg, ast.Constant)]
    return []


def read_equations(root: Path) -> list[Equation]:
    """Find the labelled equations of the book.

    Parameters
    ----------
    root : pathlib.Path
        The folder that holds ``_toc.yml``.

    Returns
    -------
    list of Equation
        Page by page as ``_toc.yml`` lists them, in the order in which they stand.
    """
    return [equation for page in read_book(root).values() for equation in page.equations]


def read_equation_tests(tests_dir: Path) -> list[EquationTest]:
    """Find the test functions of all equations.

    Parameters
    ----------
    tests_dir : pathlib.Path
        The folder ``tests/book/equations``.

    Returns
    -------
    list of EquationTest
    """
    paths = sorted(Path(tests_dir).glob("test_*.py"))
    return [test for path in paths for test in find_tests(path.read_text("utf-8"), path.name)]


def same_latex(docstring: str, latex: str) -> bool:
    """Return whether a docstring holds an equation's LaTeX.

    Spaces and line ends do not count, nor does the full stop or comma at the equation's end.

    Parameters
    ----------
    docstring, latex : str

    Returns
    -------
    bool
    """
    return _bare(latex) in _bare(docstring)


def _bare(latex: str) -> str:
    return re.sub(r"(\\[,;:!]|[.,;])+$", "", re.sub(r"\s+", "", latex))


def register_faults(equations: Sequence[Equation], tests: Sequence[EquationTest]) -> list[str]:
    """Compare the equations of the book with their tests.

    Parameters
    ----------
    equations : list of Equation
    tests : list of EquationTest

    Returns
    -------
    list of str
        One line for each fault, with its mend. Empty if the register is in order.
    """
    faults: list[str] = []
    by_label: dict[str, Equation] = {}
    for equation in equations:
        place = f"{PAGES}/{equation.chapter}.md line {equation.line}: {equation.label}"
        if not equation.label.startswith(PREFIX):
            faults.append(f"{place}: the label should begin with '{PREFIX}'.")
        if equation.label in by_label:
            other = by_label[equation.label]
            faults.append(
                f"{place}: book/{other.chapter}.md line {other.line} has this label, too. "
                f"Rename one of the two."
            )
        by_label.setdefault(equation.label, equation)

    tested = {label for test in tests for label in test.labels}
    for label, equation in by_label.items():
        if label not in tested:
            faults.append(
                f"{PAGES}/{equation.chapter}.md line {equation.line}: {label} has no test. Write "
                f"one in tests/book/equations/test_{equation.chapter}.py that would fail if it "
                f'were wrong, marked @pytest.mark.equation("{label}").'
            )

    for test in tests:
        place = f"tests/book/equations/{test.file} line {test.line}: {test.name}"
        if not test.labels:
            faults.append(
                f'{place} names no equation. Mark it @pytest.mark.equation("eq-..."), or move it '
                f"to the tests of its module."
            )
        pages = {by_label[label].chapter for label in test.labels if label in by_label}
        for label in test.labels:
            if label not in by_label:
                faults.append(
                    f"{place} names {label}, which no chapter has. Is the label misspelt, or was "
                    f"the equation renamed?"
                )
                continue
            equation = by_label[label]
            # Two pages may say the same in two equations: one test for both stands with either.
            if test.file not in {f"test_{page}.py" for page in pages}:
                faults.append(
                    f"{place} tests {label} of book/{equation.chapter}.md. "
                    f"Move it to tests/book/equations/test_{equation.chapter}.py."
                )
            if not same_latex(test.latex, equation.latex):
                faults.append(
                    f"{place}: its docstring does not hold {label} as the chapter writes it. "
                    f"Copy this LaTeX there, and see that the test still checks what it says:\n"
                    f"    {' '.join(equation.latex.split())}"
                )
    return faults
