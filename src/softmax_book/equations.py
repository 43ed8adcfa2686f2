r"""The register of equations: what the chapters claim, and the test that stands behind each claim.

A claim is a displayed equation with a label, written ``$$ ... $$ (eq-name)`` or as a ``{math}``
block with ``:label: eq-name``. A test says which claim it checks by ``@pytest.mark.equation`` and
repeats the claim's LaTeX in its docstring, so that neither can change behind the other's back.
"""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

PREFIX = "eq-"
# Fences: of code, whose text is no mathematics, and of directives, which may hold equations.
FENCE = re.compile(r"^[ \t>]*(?P<fence>`{3,}|~{3,}|:{3,})[ \t]*(?P<info>.*?)[ \t]*$")
CODE_DIRECTIVES = re.compile(r"\{(code-cell|code|code-block|literalinclude|eval-rst)\}")
DOLLARS = re.compile(r"\$\$(?P<latex>.+?)\$\$(?:[ \t]*\((?P<label>[^()\s]+)\))?", re.DOTALL)
MATH_BLOCK = re.compile(
    r"^[ \t]*(?P<fence>`{3,}|:{3,})\{math\}[ \t]*\n(?P<body>.*?)^[ \t]*(?P=fence)[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
LABEL_OPTION = re.compile(r"^[ \t]*:label:[ \t]*(\S+)[ \t]*$", re.MULTILINE)
INLINE_CODE = re.compile(r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)


@dataclass(frozen=True)
class Equation:
    """A labelled equation of the book."""

    label: str
    chapter: str  #: the file's name without its ending, as ``03_softmax``
    latex: str
    line: int


@dataclass(frozen=True)
class EquationTest:
    """A test function that checks one equation of the book, or several."""

    name: str
    labels: tuple[str, ...]
    latex: str  #: the docstring
    source: str
    file: str  #: the file's name, as ``test_03_softmax.py``
    line: int


def split_code(text):
    """Tell code blocks from the rest of a MyST text.

    Parameters
    ----------
    text : str

    Returns
    -------
    list of (bool, str)
        Pieces that make up the text again; True for those that are cells or code blocks, their
        fences included.
    """
    pieces, open_fences, in_code = [], [], False
    for line in text.splitlines(keepends=True):
        found = FENCE.match(line.rstrip("\n"))
        fence, info = (found["fence"], found["info"]) if found else ("", "")
        closes = (
            bool(open_fences and found)
            and not info
            and fence[0] == open_fences[-1][0]
            and len(fence) >= len(open_fences[-1])
        )
        is_code = in_code
        if closes:
            open_fences.pop()
            in_code = False
        elif found and not in_code and (info or fence[0] != ":"):
            open_fences.append(fence)
            directive = info.startswith("{") and not CODE_DIRECTIVES.match(info)
            in_code = is_code = not directive
        if pieces and pieces[-1][0] == is_code:
            pieces[-1] = (is_code, pieces[-1][1] + line)
        else:
            pieces.append((is_code, line))
    return pieces


def _blank(match):
    return re.sub(r"[^\n]", " ", match if isinstance(match, str) else match[0])


def find_equations(text, chapter):
    """Find the labelled equations of one chapter.

    Parameters
    ----------
    text : str
        The chapter's source.
    chapter : str
        Its file's name without its ending.

    Returns
    -------
    list of Equation
        In the order in which they stand.
    """
    text = "".join(_blank(piece) if is_code else piece for is_code, piece in split_code(text))
    found = []
    for block in MATH_BLOCK.finditer(text):
        label = LABEL_OPTION.search(block["body"])
        if label:
            body = re.sub(r"^[ \t]*:\w+:.*$", "", block["body"], flags=re.MULTILINE)
            found.append((block.start(), label[1], body))
    without_code = INLINE_CODE.sub(_blank, MATH_BLOCK.sub(_blank, text))
    for match in DOLLARS.finditer(without_code):
        if match["label"]:
            latex = re.sub(r"^[ \t]*>[ \t]?", "", match["latex"], flags=re.MULTILINE)
            found.append((match.start(), match["label"], latex))
    return [
        Equation(label, chapter, latex.strip(), text.count("\n", 0, start) + 1)
        for start, label, latex in sorted(found)
    ]


def find_tests(source, file):
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
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            first = min([node.lineno, *(mark.lineno for mark in node.decorator_list)])
            lines = source.splitlines()[first - 1 : node.end_lineno]
            found.append(
                EquationTest(
                    name=node.name,
                    labels=tuple(label for mark in node.decorator_list for label in _marked(mark)),
                    latex=ast.get_docstring(node) or "",
                    source="\n".join(lines),
                    file=file,
                    line=node.lineno,
                )
            )
    return sorted(found, key=lambda test: test.line)


def _marked(decorator):
    """Return the labels in ``@pytest.mark.equation("eq-a")``, none for another decorator."""
    if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.equation":
        return [arg.value for arg in decorator.args if isinstance(arg, ast.Constant)]
    return []


def read_equations(book_dir):
    """Find the labelled equations of the book.

    Parameters
    ----------
    book_dir : pathlib.Path
        The folder of the chapters.

    Returns
    -------
    list of Equation
        Chapter by chapter, in the order in which they stand.
    """
    paths = sorted(Path(book_dir).glob("*.md"))
    return [found for path in paths for found in find_equations(path.read_text("utf-8"), path.stem)]


def read_equation_tests(tests_dir):
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
    return [found for path in paths for found in find_tests(path.read_text("utf-8"), path.name)]


def same_latex(docstring, latex):
    """Say whether a docstring holds an equation's LaTeX.

    Spaces and line ends do not count, nor does the full stop or comma at the equation's end.

    Parameters
    ----------
    docstring, latex : str

    Returns
    -------
    bool
    """
    return _bare(latex) in _bare(docstring)


def _bare(latex):
    return re.sub(r"(\\[,;:!]|[.,;])+$", "", re.sub(r"\s+", "", latex))


def register_faults(equations, tests):
    """Hold the equations of the book against their tests.

    Parameters
    ----------
    equations : list of Equation
    tests : list of EquationTest

    Returns
    -------
    list of str
        One line for each fault, with its mend. Empty if the register is in order.
    """
    faults, by_label = [], {}
    for equation in equations:
        place = f"book/{equation.chapter}.md line {equation.line}: {equation.label}"
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
                f"book/{equation.chapter}.md line {equation.line}: {label} has no test. Write one "
                f"in tests/book/equations/test_{equation.chapter}.py that would fail if it were "
                f'wrong, marked @pytest.mark.equation("{label}").'
            )

    for test in tests:
        place = f"tests/book/equations/{test.file} line {test.line}: {test.name}"
        if not test.labels:
            faults.append(
                f'{place} names no equation. Mark it @pytest.mark.equation("eq-..."), or move it '
                f"to the tests of its module."
            )
        for label in test.labels:
            if label not in by_label:
                faults.append(
                    f"{place} names {label}, which no chapter has. Is the label misspelt, or was "
                    f"the equation renamed?"
                )
                continue
            equation = by_label[label]
            if test.file != f"test_{equation.chapter}.py":
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
