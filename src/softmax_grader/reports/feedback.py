"""Feedback: one page for each student, with points, what is wrong, and where to read about it.

No hidden test is in it: of a graded cell it shows what the tests chose to say, never their
source.
"""

import re
from collections.abc import Mapping
from typing import Any

import nbformat

from softmax_grader.cells import grade_id
from softmax_grader.course.folder import EXCHANGE_FILES, Course
from softmax_grader.course.records import read_record, write_atomically
from softmax_grader.gradebook.points import grades
from softmax_grader.marking.verdicts import Verdict, verdicts_of
from softmax_grader.reports.page import (
    assignment_title,
    escape,
    link_to_book,
    part_titles,
    points,
    table,
    whole_page,
)
from softmax_grader.text import clean_text, one_line


def feedback(course: Course, assignment: str) -> dict[str, list[str]]:
    """Write the feedback of every graded submission.

    Parameters
    ----------
    course : Course
    assignment : str

    Returns
    -------
    dict
        ``written`` and ``unchanged``: students.
    """
    source = nbformat.read(course.notebook("source", assignment), as_version=4)
    release = nbformat.read(course.notebook("release", assignment), as_version=4)
    result: dict[str, list[str]] = {"written": [], "unchanged": []}
    for student, grade in grades(course, assignment).items():
        path = course.notebook("autograded", assignment, student)
        if not path.is_file():
            continue
        notebook = nbformat.read(path, as_version=4)
        collected = read_record(course.record(assignment, "collected", student)) or {}
        run = read_record(course.record(assignment, "run", student)) or {}
        collected["remarks"] = run.get("remarks", [])
        page = feedback_page(
            course, assignment, student, grade, source, release, notebook, collected
        )
        target = course.notebook("feedback", assignment, student).with_suffix(".html")
        for name in EXCHANGE_FILES:  # with these nbgrader hands the page back by its exchange
            if (path.parent / name).is_file():
                write_atomically(target.parent / name, (path.parent / name).read_bytes())
        if target.is_file() and target.read_text("utf-8") == page:
            result["unchanged"].append(student)
        else:
            write_atomically(target, page)
            result["written"].append(student)
    return result


def feedback_page(
    course: Course,
    assignment: str,
    student: str,
    grade: Mapping[str, Any],
    source: nbformat.NotebookNode,
    release: nbformat.NotebookNode,
    notebook: nbformat.NotebookNode,
    collected: Mapping[str, Any],
) -> str:
    """Return one student's feedback as HTML.

    Parameters
    ----------
    course : Course
    assignment, student : str
    grade : dict
        What the gradebook holds, as :func:`softmax_grader.gradebook.points.grades` returns it.
    source, release, notebook : nbformat.NotebookNode
        The assignment, as students got it, and the student's as it was graded.
    collected : dict
        The record of what was collected, with the ``remarks`` of the run; it may be empty.

    Returns
    -------
    str
    """
    titles = part_titles(source)
    title = assignment_title(source, assignment)
    waits = [name for name, part in grade["cells"].items() if part[2]]
    total = grade["score"] - grade["late_penalty"]
    parts = [f"<h1>{escape(title)}</h1>", f'<p class="muted">{escape(student)}</p>']
    parts.append(
        f'<p class="score"><strong>{points(max(0, total))}</strong> of '
        f"{points(grade['max_score'])} points"
        + (", before points are given by hand" if waits else "")
        + "</p>"
    )
    if grade["late_penalty"]:
        parts.append(f"<p>{points(grade['late_penalty'])} points were taken for lateness.</p>")
    rows = []
    for name, (score, most, by_hand) in grade["cells"].items():
        text = "waits for your teacher" if by_hand else points(score)
        link = f'<a href="#{escape(name)}">{escape(titles.get(name, name))}</a>'
        rows.append([link, text, points(most)])
    order = [grade_id(cell) for cell in source.cells]
    rows_by_name = dict(zip(grade["cells"], rows, strict=True))
    rows = [rows_by_name[name] for name in order if name in rows_by_name]
    parts.append(table(["part", "points", "of"], rows, numbers=(1, 2)))
    if not collected.get("readable", True):
        why = collected["flags"][-1] if collected.get("flags") else "it could not be read"
        parts.append(f'<p class="bad">Your file could not be graded: {escape(why)}.</p>')
    for name, words in (
        ("mended", "Put right when your work was collected:"),
        ("remarks", "How your notebook was run:"),
    ):
        if told := collected.get(name):
            items = "".join(f"<li>{escape(text)}</li>" for text in told)
            parts.append(f"<p>{words}</p><ul>{items}</ul>")
    known = {grade_id(cell): cell for cell in release.cells if grade_id(cell)}
    # What comes before a graded cell in the notebook belongs under its heading.
    waiting: list[str] = []
    for cell in notebook.cells:
        name = grade_id(cell)
        marks = known[name].metadata["nbgrader"] if name in known else {}
        shown = _cell(course, cell, marks, grade)
        if marks.get("grade") or marks.get("task"):
            parts += [_heading(str(name), titles, grade), *waiting]
            waiting = []
            if cell.cell_type == "code" and shown and not marks.get("solution"):
                parts.append('<p class="muted">The tests that give the points</p>')
            parts += shown
        elif cell.cell_type == "code" and shown and name in known and not marks.get("solution"):
            waiting += ['<p class="muted">The test in your notebook</p>', *shown]
        else:
            waiting += shown
    parts += waiting
    return whole_page(f"{title}: {student}", "\n".join(parts))


def _heading(name: str, titles: Mapping[str, str], grade: Mapping[str, Any]) -> str:
    score, most, waits = grade["cells"].get(name, (None, None, False))
    text = "waits for your teacher" if waits else f"{points(score)} of {points(most)} points"
    return (
        f'<h2 id="{escape(name)}">{escape(titles.get(name, name))} '
        f'<span class="muted">{escape(text)}</span></h2>'
    )


def _cell(
    course: Course,
    cell: nbformat.NotebookNode,
    marks: Mapping[str, Any],
    grade: Mapping[str, Any],
) -> list[str]:
    """Return the HTML of one cell; `marks` is what the release says of it."""
    name = grade_id(cell)
    parts: list[str] = []
    if marks.get("solution") or not marks:
        if not cell.source.strip() or (name is None and cell.cell_type == "markdown"):
            return parts
        source = re.sub(r"\n{4,}", "\n\n\n", clean_text(cell.source, 20_000).strip("\n"))
        parts.append(f"<pre>{escape(source)}</pre>")
        parts += [_error(output) for output in cell.get("outputs", ()) if _is_error(output)]
    elif cell.cell_type == "code":
        for output in cell.get("outputs", ()):
            if output.output_type == "stream":
                parts.append(_lines(output.text))
            elif verdicts := verdicts_of(output):
                parts += [_verdict(verdict, course.book_url) for verdict in verdicts]
            elif _is_error(output):
                # What a hidden test raises by itself could tell what it says.
                shown = output.ename in ("AssertionError", "StudentError")
                parts.append(_error(output, shown=shown))
    comment = grade["comments"].get(name)
    if comment:
        parts.append(f"<p><strong>Your teacher:</strong> {escape(clean_text(comment))}</p>")
    return parts


def _is_error(output: nbformat.NotebookNode) -> bool:
    return output.output_type == "error"


def _error(output: nbformat.NotebookNode, *, shown: bool = True) -> str:
    if not shown:
        return '<p class="bad">A test stopped here. Ask your teacher about it.</p>'
    text = clean_text(output.evalue, 1500) or output.ename
    where = [line for line in output.traceback[:-1] if re.match(r"cell \d+, line \d+: ", line)]
    lines = [*where[-1:], text] if output.ename == "StudentError" else [text]
    message = "\n".join(lines)
    return f'<pre class="bad">{escape(message)}</pre>'


def _lines(text: str) -> str:
    """Return what a test printed, its lines coloured by their marks."""
    return "\n".join(_line(line) for line in clean_text(text, 20_000).splitlines())


def _line(line: str) -> str:
    kind = {"✓": ' class="good"', "✗": ' class="bad"'}.get(line[:1], "")
    return f"<div{kind}>{escape(line)}</div>"


def _verdict(verdict: Verdict, book_url: str) -> str:
    """Return what one part of a test came to, its place in the book linked."""
    lines = [_line(clean_text(verdict.line, 1000))]
    slip = verdict.slip
    if slip is not None:
        if verdict.explain:
            lines.append(f'<div class="slip">{escape(clean_text(slip.sentence, 1000))}</div>')
        lines.append(f'<div class="slip muted">Known as: {escape(one_line(slip.id))}</div>')
        place = link_to_book(one_line(slip.place), slip.link, book_url)
        lines.append(f'<div class="slip">Read: {place}</div>')
    return "\n".join(lines)
