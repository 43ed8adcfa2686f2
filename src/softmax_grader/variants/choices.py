"""What an assignment lets be drawn for each student, as its source says it.

Two code cells of a source make variants. The cell ``student`` holds ``STUDENT = ""``, where a
student writes the id. The cell ``own_conventions`` holds two literals and the rule::

    SERIES = "a4 2026"
    CHOICES = {"temperature": [2, 3, 4], "penalty": {"half": "λ/2 ‖W‖²", "whole": "λ ‖W‖²"}}

Another series draws anew. Options are numbers or texts; with a dict each has its meaning in words.
"""

import ast
import copy
import inspect
import itertools
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import nbformat

from softmax_grader.cells import STUDENT_CELL, grade_id
from softmax_grader.course.folder import CourseError
from softmax_grader.text import one_line
from softmax_grader.variants import rule

CHOICES_CELL = "own_conventions"
MOST_VARIANTS = 5000


@dataclass(frozen=True)
class Choices:
    """What is drawn for each student of an assignment.

    Parameters
    ----------
    series : str
        Draws of another series are others.
    options : dict
        From a choice's name to its options, each with its meaning in words.
    """

    series: str
    options: Mapping[str, Mapping[Hashable, str]]

    def own(self, student: str) -> dict[str, Any]:
        """Return what is drawn for an id.

        Parameters
        ----------
        student : str

        Returns
        -------
        dict
            From a choice's name to the option.
        """
        return {
            name: list(options)[rule.draw(student, f"{self.series} {name}", len(options))]
            for name, options in self.options.items()
        }

    def in_words(self, values: Mapping[str, Any]) -> str:
        """Return values in one line.

        Parameters
        ----------
        values : dict
            From names of choices to options.

        Returns
        -------
        str
        """
        return "; ".join(f"{name} {self.words(name, value)}" for name, value in values.items())

    def words(self, name: str, value: Any) -> str:
        """Return an option, with its meaning in brackets where it does not speak for itself.

        Parameters
        ----------
        name : str
        value : object

        Returns
        -------
        str
        """
        meaning = self.options[name][value]
        return meaning if meaning == str(value) else f"{value} ({meaning})"

    def every(self) -> Iterator[dict[str, Any]]:
        """Yield every variant that there is.

        Yields
        ------
        dict
            From a choice's name to the option.
        """
        for values in itertools.product(*self.options.values()):
            yield dict(zip(self.options, values, strict=True))

    def covering_ids(self) -> list[str]:
        """Return ids with which each option is drawn at least once.

        Returns
        -------
        list of str
        """
        left = {(name, option) for name, options in self.options.items() for option in options}
        ids: list[str] = []
        for number in itertools.count():
            if not left:
                return ids
            drawn = set(self.own(f"variant-{number}").items())
            if drawn & left:
                ids.append(f"variant-{number}")
                left -= drawn
        raise AssertionError("counting never ends")


def read_choices(notebook: nbformat.NotebookNode, where: str) -> Choices | None:
    """Return what is drawn for each student, checked.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        An assignment's source or release.
    where : str
        What it is called in an error.

    Returns
    -------
    Choices or None
        None where all students have the same.

    Raises
    ------
    CourseError
        If a cell is missing, a choice has less than two options, or the notebook draws by
        another rule.
    """
    cells = {grade_id(cell): cell for cell in notebook.cells if cell.cell_type == "code"}
    if CHOICES_CELL not in cells:
        if STUDENT_CELL in cells:
            raise CourseError(f"{where}: it has a cell {STUDENT_CELL}, but none {CHOICES_CELL}")
        return None
    where = f"{where}, cell {CHOICES_CELL}"
    if STUDENT_CELL not in cells:
        raise CourseError(
            f'{where}: the cell {STUDENT_CELL} before it is missing, with STUDENT = "" in it'
        )
    if id_in(cells[STUDENT_CELL].source) is None:
        raise CourseError(f'{where}: the cell {STUDENT_CELL} should hold a line STUDENT = ""')
    try:
        tree = ast.parse(cells[CHOICES_CELL].source)
    except SyntaxError as error:
        raise CourseError(f"{where}: line {error.lineno}: {error.msg}") from None
    _check_rule(tree, where)
    series = _literal(tree, "SERIES", where)
    if not isinstance(series, str) or not series:
        raise CourseError(f'{where}: SERIES is {series!r}; expected text, such as "a4 2026"')
    options = _literal(tree, "CHOICES", where)
    if not isinstance(options, dict) or not options:
        raise CourseError(f"{where}: CHOICES is empty; expected a dict from names to options")
    choices = Choices(series, {n: _options(n, given, where) for n, given in options.items()})
    number = 1
    for there in choices.options.values():
        number *= len(there)
    if number > MOST_VARIANTS:
        raise CourseError(f"{where}: {number} variants; expected {MOST_VARIANTS} at most")
    return choices


def _options(name: object, given: object, where: str) -> dict[Hashable, str]:
    """Return a choice's options with their meanings."""
    if not isinstance(name, str) or not name.isidentifier():
        raise CourseError(f"{where}: {name!r} is no name for a choice; expected letters and _")
    if not isinstance(given, list | tuple | dict):
        raise CourseError(
            f"{where}: the options of {name} are {given!r}; expected a list or a dict"
        )
    for option in given:
        if isinstance(option, bool) or not isinstance(option, int | float | str):
            raise CourseError(f"{where}: {name} has {option!r}; expected numbers or texts")
    options = dict(given) if isinstance(given, dict) else {o: str(o) for o in given}
    if len(options) < len(given) or len({str(option) for option in options}) < len(options):
        raise CourseError(f"{where}: {name} has an option twice: {list(given)!r}")
    if len(options) < 2:
        raise CourseError(
            f"{where}: {name} has {len(options)} options, so nothing is drawn; expected at least 2"
        )
    for option, meaning in options.items():
        if not isinstance(meaning, str) or not meaning.strip():
            raise CourseError(f"{where}: {name}, {option!r}: expected its meaning as text")
    return options


def _literal(tree: ast.Module, name: str, where: str) -> Any:
    """Return the value that a cell gives to a name."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and [ast.unparse(t) for t in node.targets] == [name]:
            try:
                return ast.literal_eval(node.value)
            except (ValueError, TypeError, SyntaxError):
                raise CourseError(
                    f"{where}: {name} is {ast.unparse(node.value)[:60]}; expected it written out"
                ) from None
    raise CourseError(f"{where}: {name} is missing")


def _check_rule(tree: ast.Module, where: str) -> None:
    """Make sure that a notebook draws as this package does."""
    functions = {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef)}
    ours = ast.parse(inspect.getsource(rule.draw)).body[0]
    if "draw" not in functions or _steps(functions["draw"]) != _steps(ours):
        raise CourseError(
            f"{where}: its function draw is not the grader's, so students would see other values. "
            f"Copy it from softmax_grader/variants/rule.py"
        )


def _steps(function: ast.stmt) -> str:
    """Return what a function does, without its docstring and its type hints."""
    function = copy.deepcopy(function)
    if not isinstance(function, ast.FunctionDef):
        return ""
    if ast.get_docstring(function) is not None:
        function.body.pop(0)
    function.returns = None
    for argument in function.args.args:
        argument.annotation = None
    return ast.unparse(function)


def id_in(source: str) -> str | None:
    r"""Return the id that the cell of a student's id holds.

    Parameters
    ----------
    source : str
        A student's code; it is read, not run.

    Returns
    -------
    str or None
        None where there is none to be read.

    Examples
    --------
    >>> id_in('STUDENT = "s005"  # me')
    's005'
    >>> id_in("STUDENT = 17")
    '17'
    """
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError, SystemError):
        return None
    for node in reversed(body):
        if (
            isinstance(node, ast.Assign)
            and any(isinstance(t, ast.Name) and t.id == "STUDENT" for t in node.targets)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str | int)
        ):
            return one_line(node.value.value, 120)
    return None


def id_written(notebook: nbformat.NotebookNode) -> str:
    """Return the id that a student wrote into a notebook.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        A submission, rebuilt on the release.

    Returns
    -------
    str
        Empty where there is none.
    """
    written = ""
    for cell in notebook.cells:
        if cell.cell_type == "code" and grade_id(cell) in (STUDENT_CELL, None):
            written = id_in(cell.source) or written
    return written


def with_id(source: nbformat.NotebookNode, student: str) -> nbformat.NotebookNode:
    """Return an assignment's source in which a student's id stands, whatever the student wrote.

    Parameters
    ----------
    source : nbformat.NotebookNode
    student : str
        The id to draw by.

    Returns
    -------
    nbformat.NotebookNode
        The source itself, where nothing is drawn.
    """
    if not any(grade_id(cell) == STUDENT_CELL for cell in source.cells):
        return source
    source = copy.deepcopy(source)
    for cell in source.cells:
        if grade_id(cell) == STUDENT_CELL:
            cell.source = f"STUDENT = {student!r}"
    return source
