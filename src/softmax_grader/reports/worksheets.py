"""Worksheets on paper: each student's or each version's own numbers, and the key apart.

A source may end with a code cell of the tag ``paper``. It defines ``paper(own, whole)``, which
returns the numbers that are given and the tasks, pairs of a question and its answer. It may call
the assignment's own solution, so a key says what the tests say.
"""

import string
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import nbformat
import numpy as np

from softmax_grader.cells import STUDENT_CELL, grade_id, is_solution
from softmax_grader.course.folder import CourseError
from softmax_grader.reports.page import escape, whole_page
from softmax_grader.variants.choices import CHOICES_CELL, Choices
from softmax_grader.variants.rule import draw

MOST_VERSIONS = len(string.ascii_uppercase)
DIGITS = 4  # after the point, in the key
ROUNDED = "Four digits after the point are enough."
STYLE = """
.sheet { break-after: page; break-inside: avoid; margin-bottom: 3rem; }
.sheet:last-child { break-after: auto; }
.sheet h2 { display: flex; justify-content: space-between; gap: 1rem; flex-wrap: wrap; }
.line { border-bottom: 1px solid var(--ink); display: inline-block; min-width: 14rem; }
.given { display: flex; flex-wrap: wrap; gap: .8rem 2rem; align-items: center; margin: 1rem 0; }
.given > div { display: flex; align-items: center; gap: .4rem; }
table.matrix { display: inline-table; border-left: 2px solid; border-right: 2px solid;
  border-radius: 6px; margin: .2rem .3rem; vertical-align: middle; }
table.matrix td { border: 0; padding: .05rem .5rem; text-align: right;
  font-variant-numeric: tabular-nums; }
ol.tasks > li { margin: .9rem 0; } .room { height: 4.2rem; }
@media print { body { max-width: none; padding: 0; } .sheet { margin: 0; } }
"""


@dataclass(frozen=True)
class Sheet:
    """One worksheet.

    Parameters
    ----------
    label : str
        Whose it is, or which version.
    conventions : dict
        From a choice's name to its meaning in words.
    given : dict
        From a name to numbers.
    tasks : list of (str, answer)
        An answer is a number, an array, or a tuple of them.
    to_name : bool
        Whether there is a line for a name.
    """

    label: str
    conventions: Mapping[str, str]
    given: Mapping[str, Any]
    tasks: Sequence[tuple[str, Any]]
    to_name: bool = False


def versions(choices: Choices, number: int) -> dict[str, str]:
    """Return texts to draw by, for versions A, B, C, … of which no two are the same.

    Parameters
    ----------
    choices : Choices
    number : int

    Returns
    -------
    dict
        From a version's letter to the text.

    Raises
    ------
    CourseError
        If there are not so many variants, or letters.
    """
    most = min(MOST_VERSIONS, sum(1 for _ in choices.every()))
    if not 1 <= number <= most:
        raise CourseError(f"{number} versions; expected 1 to {most}")
    found: dict[str, str] = {}
    seen: list[dict[str, Any]] = []
    k = 0
    while len(found) < number:
        own = choices.own(f"version {k}")
        if own not in seen:
            seen.append(own)
            found[string.ascii_uppercase[len(found)]] = f"version {k}"
        k += 1
    return found


def make_sheets(
    source: nbformat.NotebookNode,
    code: str,
    choices: Choices,
    keys: Mapping[str, str],
    *,
    where: str,
    to_name: bool = False,
) -> list[Sheet]:
    """Return worksheets with their answers.

    Parameters
    ----------
    source : nbformat.NotebookNode
        The assignment's, with its solution.
    code : str
        That of the cell ``paper``.
    choices : Choices
    keys : dict
        From each sheet's label to the text that it is drawn by.
    where : str
        What the source is called in an error.
    to_name : bool
        Whether the sheets have a line for a name.

    Returns
    -------
    list of Sheet

    Raises
    ------
    CourseError
        If the source has no such cell, or it stops.
    """
    if not code:
        raise CourseError(
            f"{where} has no worksheet: a code cell of the tag paper, with paper(own, whole)"
        )
    return [_sheet(source, code, choices, *pair, where, to_name) for pair in keys.items()]


def _sheet(
    source: nbformat.NotebookNode,
    code: str,
    choices: Choices,
    label: str,
    key: str,
    where: str,
    to_name: bool,
) -> Sheet:
    own = choices.own(key)

    def whole(name: str, low: int, high: int) -> int:
        return low + draw(key, f"{choices.series} paper {name}", high - low + 1)

    try:
        given, tasks = _names(source, code, key)["paper"](own, whole)
        tasks = [(str(question), answer) for question, answer in tasks]
        for _, answer in tasks:
            _as_html(answer)
    except Exception as error:
        raise CourseError(
            f"{where}: the worksheet of {label} stops with {type(error).__name__}: {error}"
        ) from None
    words = {name: choices.words(name, value) for name, value in own.items()}
    return Sheet(label, words, given, tasks, to_name)


def _names(source: nbformat.NotebookNode, code: str, key: str) -> dict[str, Any]:
    """Return what the assignment's own code defines for an id; the teacher's code, run here."""
    names: dict[str, Any] = {"__name__": "paper", "print": _silent}
    for cell in source.cells:
        marks = cell.metadata.get("nbgrader", {})
        if cell.cell_type != "code" or marks.get("grade"):
            continue
        if grade_id(cell) == STUDENT_CELL:
            names["STUDENT"] = key
        elif is_solution(cell) or grade_id(cell) in ("setup", CHOICES_CELL):
            exec(compile(cell.source, f"<{grade_id(cell)}>", "exec"), names)
    exec(compile(code, "<paper>", "exec"), names)
    return names


def _silent(*_: object, **__: object) -> None:
    """Print nothing."""


def worksheet_pages(title: str, sheets: Iterable[Sheet]) -> dict[str, str]:
    """Return the sheets to hand out, and the key, each as one page to print.

    Parameters
    ----------
    title : str
    sheets : iterable of Sheet

    Returns
    -------
    dict
        ``worksheets.html`` and ``worksheets_key.html``.
    """
    sheets = list(sheets)
    return {
        "worksheets.html": _page(title, "worksheet", sheets, _task),
        "worksheets_key.html": _page(title, "key", sheets, _answer),
    }


def _page(title: str, kind: str, sheets: Iterable[Sheet], task: Callable[[str, Any], str]) -> str:
    parts = [f'<h1 class="unseen">{escape(title)}: {kind}</h1>']
    for sheet in sheets:
        name = 'Name: <span class="line"></span>' if sheet.to_name and task is _task else ""
        own = "".join(f"<li>{escape(n)}: {escape(text)}</li>" for n, text in
                      sheet.conventions.items())  # fmt: skip
        given = "".join(
            f"<div>{escape(n)} = {_as_html(value)}</div>" for n, value in sheet.given.items()
        )
        tasks = "".join(f"<li>{task(*pair)}</li>" for pair in sheet.tasks)
        parts.append(
            f'<section class="sheet"><h2><span>{escape(f"{title} · {kind} {sheet.label}")}</span>'
            f"<span>{name}</span></h2>\n<ul>{own}</ul>\n"
            f'<div class="given">{given}</div>\n<p class="muted">{ROUNDED}</p>\n'
            f'<ol class="tasks">{tasks}</ol></section>'
        )
    return whole_page(f"{title}: {kind}", "\n".join(parts), style=STYLE)


def _task(question: str, _answer: object) -> str:
    return f'{escape(question)}<div class="room"></div>'


def _answer(question: str, answer: object) -> str:
    return f"{escape(question)}<div>{_as_html(answer)}</div>"


def _as_html(value: object) -> str:
    """Return numbers as people write them: arrays in brackets, whole numbers without a point."""
    if isinstance(value, tuple):
        return " and ".join(_as_html(one) for one in value)
    array = np.asarray(value, dtype=float)
    if array.ndim > 2 or not np.isfinite(array).all():
        raise ValueError(f"an answer is {value!r}; expected finite numbers, in a table at most")
    if array.ndim == 0:
        return _number(float(array))
    rows = "".join(
        f"<tr>{''.join(f'<td>{_number(float(x))}</td>' for x in row)}</tr>"
        for row in np.atleast_2d(array)
    )
    return f'<table class="matrix"><tbody>{rows}</tbody></table>'


def _number(value: float) -> str:
    text = f"{value:.{DIGITS}f}"
    text = text.rstrip("0").rstrip(".") if float(text) == round(value, 12) else text
    return "0" if text in ("-0", "0") else text.replace("-", "−")
