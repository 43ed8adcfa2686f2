"""Feedback: one page for each student, with points, what is wrong, and where to read about it.

No hidden test is in it: of a graded cell it shows what the tests chose to say, never their
source.
"""

import re

import nbformat

from softmax_grader.course.folder import EXCHANGE_FILES, read_record, write_atomically
from softmax_grader.gradebook.grade import grades
from softmax_grader.intake.flags import clean_text, one_line
from softmax_grader.intake.rebuild import grade_id
from softmax_grader.reports.page import (
    assignment_title,
    escape,
    link_to_book,
    part_titles,
    points,
    table,
    whole_page,
)

STUB = "YOUR ANSWER HERE"


def feedback(course, assignment):
    """Write the feedback of every graded submission.

    Returns
    -------
    dict
        ``written`` and ``unchanged``: students.
    """
    source = nbformat.read(course.notebook("source", assignment), as_version=4)
    release = nbformat.read(course.notebook("release", assignment), as_version=4)
    result = {"written": [], "unchanged": []}
    for student, grade in grades(course, assignment).items():
        path = course.notebook("autograded", assignment, student)
        if not path.is_file():
            continue
        notebook = nbformat.read(path, as_version=4)
        collected = read_record(course.record(assignment, "collected", student)) or {}
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


def feedback_page(course, assignment, student, grade, source, release, notebook, collected):
    """Return one student's feedback as HTML."""
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
    mended = collected.get("mended") or []
    if mended:
        items = "".join(f"<li>{escape(text)}</li>" for text in mended)
        parts.append(f"<p>Put right when your work was collected:</p><ul>{items}</ul>")
    own = {grade_id(cell): cell for cell in release.cells if grade_id(cell)}
    waiting = []  # what stands before a graded cell in the notebook belongs under its heading
    for cell in notebook.cells:
        name = grade_id(cell)
        ours = own[name].metadata["nbgrader"] if name in own else {}
        shown = _cell(course, cell, ours, grade)
        if ours.get("grade") or ours.get("task"):
            parts += [_heading(name, titles, grade), *waiting]
            waiting = []
            if cell.cell_type == "code" and shown and not ours.get("solution"):
                parts.append('<p class="muted">The tests that give the points</p>')
            parts += shown
        elif cell.cell_type == "code" and shown and name in own and not ours.get("solution"):
            waiting += ['<p class="muted">The test in your notebook</p>', *shown]
        else:
            waiting += shown
    parts += waiting
    return whole_page(f"{title}: {student}", "\n".join(parts))


def _heading(name, titles, grade):
    score, most, waits = grade["cells"].get(name, (None, None, False))
    text = "waits for your teacher" if waits else f"{points(score)} of {points(most)} points"
    return (
        f'<h2 id="{escape(name)}">{escape(titles.get(name, name))} '
        f'<span class="muted">{escape(text)}</span></h2>'
    )


def _cell(course, cell, ours, grade):
    """Return the HTML of one cell; `ours` is what the release says of it."""
    name, parts = grade_id(cell), []
    if ours.get("solution") or not ours:
        if not cell.source.strip() or (name is None and cell.cell_type == "markdown"):
            return parts
        source = re.sub(r"\n{4,}", "\n\n\n", clean_text(cell.source, 20_000).strip("\n"))
        parts.append(f"<pre>{escape(source)}</pre>")
        parts += [_error(output) for output in cell.get("outputs", ()) if _is_error(output)]
    elif cell.cell_type == "code":
        for output in cell.get("outputs", ()):
            if output.output_type == "stream":
                parts.append(_lines(output.text, course.book_url))
            elif _is_error(output):
                # What a hidden test raises by itself could tell what it says.
                told = output.ename in ("AssertionError", "StudentError")
                parts.append(_error(output, told=told))
    comment = grade["comments"].get(name)
    if comment:
        parts.append(f"<p><strong>Your teacher:</strong> {escape(clean_text(comment))}</p>")
    return parts


def _is_error(output):
    return output.output_type == "error"


def _error(output, *, told=True):
    if not told:
        return '<p class="bad">A test stopped here. Ask your teacher about it.</p>'
    text = clean_text(output.evalue, 1500) or output.ename
    where = [line for line in output.traceback[:-1] if re.match(r"cell \d+, line \d+: ", line)]
    shown = "\n".join([*where[-1:], text]) if output.ename == "StudentError" else text
    return f'<pre class="bad">{escape(shown)}</pre>'


def _lines(text, book_url):
    """Return what a test printed: its lines coloured by their marks, its places linked."""
    lines = []
    for line in clean_text(text, 20_000).splitlines():
        if match := re.match(r"^ {5}read: (.+)$", line):
            place = link_to_book(match[1], book_url)
            lines.append(f'<div class="slip">Read: {place}</div>')
        elif match := re.match(r"^ {5}slip: (.+)$", line):
            lines.append(f'<div class="slip muted">Known as: {escape(one_line(match[1]))}</div>')
        elif line.startswith(" " * 5):
            lines.append(f'<div class="slip">{escape(line.strip())}</div>')
        else:
            kind = {"✓": ' class="good"', "✗": ' class="bad"'}.get(line[:1], "")
            lines.append(f"<div{kind}>{escape(line)}</div>")
    return "\n".join(lines)
