"""Feedback: one page for each student, with points, what is wrong, and where to read about it.

No hidden test is in it: of a graded cell it shows what the tests chose to say, never their
source. What a slip is and where the book treats it is said once on a page; where it shows again,
the page points back.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import repeat
from typing import Any

import nbformat

from softmax_grader.cells import grade_id
from softmax_grader.course.folder import EXCHANGE_FILES, Course
from softmax_grader.course.lateness import Calendar, late_line
from softmax_grader.course.records import read_record, write_atomically
from softmax_grader.course.roster import shown_names
from softmax_grader.gradebook.lateness import put_lateness
from softmax_grader.gradebook.points import grades
from softmax_grader.marking.known_slips import KnownSlip
from softmax_grader.marking.verdicts import Verdict, verdicts_of
from softmax_grader.reports.arrival import remarks, what_came, why_not_graded
from softmax_grader.reports.page import (
    assignment_title,
    escape,
    link_to_book,
    part_titles,
    points,
    table,
    whole_page,
)
from softmax_grader.reports.students_text import text_as_html
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
    put_lateness(course, assignment)
    calendar = Calendar(course)
    names = shown_names(course)
    for student, grade in grades(course, assignment).items():
        path = course.notebook("autograded", assignment, student)
        if not path.is_file():
            continue
        notebook = nbformat.read(path, as_version=4)
        collected = read_record(course.record(assignment, "collected", student)) or {}
        run = read_record(course.record(assignment, "run", student)) or {}
        collected["remarks"] = run.get("remarks", [])
        late = late_line(course, assignment, student, calendar)
        work = Work(source, release, notebook, collected, names.get(student, ""), late)
        page = feedback_page(course, assignment, student, grade, work)
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


@dataclass(frozen=True)
class Work:
    """What a page is made of.

    Parameters
    ----------
    source, release, notebook : nbformat.NotebookNode
        The assignment, as students got it, and the student's as it was graded.
    collected : dict
        The record of what was collected, with the ``remarks`` of the run; it may be empty.
    name : str
        The student's, where it may be shown.
    late : str
        How late it was and what that cost, in a line.
    """

    source: nbformat.NotebookNode
    release: nbformat.NotebookNode
    notebook: nbformat.NotebookNode
    collected: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    late: str = ""


def feedback_page(
    course: Course, assignment: str, student: str, grade: Mapping[str, Any], work: Work
) -> str:
    """Return one student's feedback as HTML.

    Parameters
    ----------
    course : Course
    assignment, student : str
    grade : dict
        What the gradebook holds, as :func:`softmax_grader.gradebook.points.grades` returns it.
    work : Work

    Returns
    -------
    str
    """
    title = assignment_title(work.source, assignment)
    parts = _Parts(course.book_url, part_titles(work.source), grade)
    below = parts.of(work) if work.collected.get("readable", True) else []
    order = {grade_id(cell): k for k, cell in enumerate(work.source.cells)}
    cells = dict(sorted(grade["cells"].items(), key=lambda pair: order.get(pair[0], len(order))))
    who = f"{escape(work.name)} · {escape(student)}" if work.name else escape(student)
    lines = [
        f'<main class="feedback">\n<h1>{escape(title)}</h1>',
        f'<p class="muted">{who}</p>',
        *_score(grade, work.late),
        *_arrival(work.collected),
        *parts.in_short(),
        _table(cells, parts),
        *below,
        "</main>",
    ]
    return whole_page(f"{title}: {work.name or student}", "\n".join(lines))


def _score(grade: Mapping[str, Any], late: str) -> list[str]:
    waits = any(part[2] for part in grade["cells"].values())
    total = max(0, grade["score"] - grade["late_penalty"])
    lines = [
        f'<p class="score"><strong>{points(total)}</strong> of {points(grade["max_score"])} points'
        + (", before points are given by hand" if waits else "")
        + "</p>"
    ]
    if grade["late_penalty"] and not late:  # by nbgrader's own rules
        late = f"{points(grade['late_penalty'])} points were taken for lateness."
    if late:
        lines.append(f"<p>{escape(late)}</p>")
    return lines


def _arrival(collected: Mapping[str, Any]) -> list[str]:
    lines = []
    if came := what_came(collected):
        lines.append(f'<p class="muted">{escape(came)}</p>')
    if why := why_not_graded(collected):
        lines.append(f'<p class="bad">{escape(why)}</p>')
    elif told := remarks(collected):
        items = "".join(f"<li>{escape(text)}</li>" for text in told)
        lines.append(f'<ul class="remarks muted">{items}</ul>')
    return lines


def _table(cells: Mapping[str, tuple[float, float, bool]], parts: "_Parts") -> str:
    """Return the points of all parts, each with a bar and a link down the page."""
    rows = []
    for name, (score, most, by_hand) in cells.items():
        share = 0 if by_hand or not most or score is None else max(0, min(1, score / most))
        bar = f'<span class="share"><span style="width:{100 * share:.0f}%"></span></span>'
        if by_hand:
            rows.append([parts.link(name), WAITS, "", points(most)])
        else:
            rows.append([parts.link(name), bar, points(score), points(most)])
    return table(
        ["part", '<span class="unseen">share</span>', "points", "of"], rows, numbers=(2, 3)
    )


class _Parts:
    """The parts of a page, and which slips have been told on the way down."""

    def __init__(self, book_url: str, titles: Mapping[str, str], grade: Mapping[str, Any]) -> None:
        self.book_url, self.titles, self.grade = book_url, titles, grade
        self.told: dict[str, tuple[str, KnownSlip]] = {}  # by id: the part, and the slip

    def link(self, name: str) -> str:
        """Return a link to a part of the page."""
        return f'<a href="#{escape(name)}">{escape(self.titles.get(name, name))}</a>'

    def in_short(self) -> list[str]:
        """Return the slips that the page tells of, to be called after :meth:`of`."""
        if not self.told:
            return []
        items = "".join(
            f"<li>{escape(slip.title[:1].upper() + slip.title[1:])}, in {self.link(name)}</li>"
            for name, slip in self.told.values()
        )
        return [f'<h2 class="short">What to look at</h2>\n<ul>{items}</ul>']

    def of(self, work: Work) -> list[str]:
        """Return the HTML of all parts, in the order of the notebook."""
        known = {grade_id(cell): cell for cell in work.release.cells if grade_id(cell)}
        lines: list[str] = []
        waiting: list[str] = []  # what comes before a graded cell belongs under its heading
        for cell in work.notebook.cells:
            name = grade_id(cell)
            if name and name not in known:
                continue  # a cell of an earlier release: maybe a test, and hidden
            given = known.get(name) if name else None
            marks = given.metadata["nbgrader"] if given is not None else {}
            if not (marks.get("grade") or marks.get("task")):
                waiting += self._before(cell, given, marks)
                continue
            lines += ["<section>", self._heading(str(name)), *waiting]
            lines += [*self._graded(str(name), cell, given, marks), "</section>"]
            waiting = []
        return lines + waiting

    def _heading(self, name: str) -> str:
        score, most, waits = self.grade["cells"].get(name, (None, None, False))
        text = "waits for your teacher" if waits else f"{points(score)} of {points(most)} points"
        return (
            f'<h2 id="{escape(name)}">{escape(self.titles.get(name, name))} '
            f'<span class="muted">{escape(text)}</span></h2>'
        )

    def _before(
        self,
        cell: nbformat.NotebookNode,
        given: nbformat.NotebookNode | None,
        marks: Mapping[str, Any],
    ) -> list[str]:
        """Return a cell that gives no points: the student's, or a visible test."""
        if given is None or marks.get("solution"):
            return [*_students(cell, given), *self._comment(grade_id(cell))]
        outputs = cell.get("outputs", ()) if cell.cell_type == "code" else ()
        shown = [line for output in outputs for line in _visible(output)]
        return ["<h3>The test in your notebook</h3>", *shown] if shown else []

    def _graded(
        self,
        name: str,
        cell: nbformat.NotebookNode,
        given: nbformat.NotebookNode | None,
        marks: Mapping[str, Any],
    ) -> list[str]:
        """Return a cell that gives points: a test's outcome, or a written answer."""
        if marks.get("solution") or marks.get("task"):
            return [*_students(cell, given), *self._comment(name)]
        shown: list[str] = []
        for output in cell.get("outputs", ()) if cell.cell_type == "code" else ():
            if verdicts := verdicts_of(output):
                items = "\n".join(map(self._verdict, _each_stop_once(verdicts), repeat(name)))
                shown.append(f'<ul class="verdicts">\n{items}\n</ul>')
            elif output.output_type == "error" and output.ename not in SHOWN:
                # What a hidden test raises by itself could tell what it says.
                shown.append('<p class="bad">A test stopped here. Ask your teacher about it.</p>')
            else:
                shown += _visible(output)
        title = ["<h3>What gives the points</h3>"] if shown else []
        return [*title, *shown, *self._comment(name)]

    def _comment(self, name: str | None) -> list[str]:
        comment = self.grade["comments"].get(name)
        if not comment:
            return []
        return [
            f'<p class="teacher"><strong>Your teacher:</strong> {escape(clean_text(comment))}</p>'
        ]

    def _verdict(self, verdict: Verdict, name: str) -> str:
        """Return what one part of a test came to, its place in the book linked."""
        kind, mark = ("good", "✓") if verdict.passed else ("bad", "✗")
        remark = one_line(clean_text(verdict.remark, 1000), 1000).removeprefix(": ")
        lines = [
            f'<li class="{kind}"><span class="mark">{mark}</span> '
            f'<span class="part">{escape(one_line(verdict.part))}</span> '
            f'<span class="got">{verdict.earned:g} of {verdict.points:g}</span>'
        ]
        if remark:
            lines.append(f'<div class="remark">{escape(remark)}</div>')
        lines += self._slip(verdict.slip, name) if verdict.slip is not None else []
        return "\n".join([*lines, "</li>"])

    def _slip(self, slip: KnownSlip, name: str) -> list[str]:
        """Return what a slip is and where to read of it; the second time, where that was said."""
        if slip.id in self.told:
            where, _ = self.told[slip.id]
            again = "above" if where == name else f"in {self.link(where)}"
            return [f'<div class="slip">The same slip as {again}: {escape(slip.title)}.</div>']
        self.told[slip.id] = name, slip
        place = link_to_book(one_line(slip.place), slip.link, self.book_url)
        sentence = escape(clean_text(slip.sentence, 1000))
        return [
            f'<div class="slip">{sentence}</div>',
            f'<div class="slip read">Read: {place}</div>',
        ]


SHOWN = ("AssertionError", "StudentError")  # what may be told of a graded cell
WAITS = '<span class="muted">waits for your teacher</span>'
STOPPED = "your function stopped: "


def _each_stop_once(verdicts: Sequence[Verdict]) -> Iterator[Verdict]:
    """Yield verdicts; of a function that stops again in the same way, that is all that is said."""
    before: set[str] = set()
    for verdict in verdicts:
        case, stopped, why = verdict.remark.partition(STOPPED)
        if stopped and why in before:
            yield replace(verdict, remark=f"{case}your function stopped as above")
        else:
            yield verdict
            before.add(why)


def _students(cell: nbformat.NotebookNode, given: nbformat.NotebookNode | None) -> list[str]:
    """Return a cell that the student wrote, and what Python said of it."""
    source = cell.source.strip()
    if given is not None and source == given.source.strip():
        return ['<p class="muted">You left this cell as you got it.</p>']
    if not source:
        return []
    if cell.cell_type != "code":
        title = "Your answer" if given is not None else "A text cell of yours"
        return [f"<h3>{title}</h3>", f'<div class="own">{text_as_html(cell.source)}</div>']
    title = "Your code" if given is not None else "A cell of yours"
    code = re.sub(r"\n{4,}", "\n\n\n", clean_text(cell.source, 20_000).strip("\n"))
    errors = [_error(output) for output in cell.get("outputs", ()) if output.output_type == "error"]
    return [f"<h3>{title}</h3>", f"<pre>{escape(code)}</pre>", *errors]


def _visible(output: nbformat.NotebookNode) -> list[str]:
    """Return what a test printed, or the error with which it ended."""
    if output.output_type == "stream":
        return [_lines(output.text)]
    return [_error(output)] if output.output_type == "error" else []


def _error(output: nbformat.NotebookNode) -> str:
    """Return an error's text, and the line of the student's code that led to it."""
    text = clean_text(output.evalue, 1500) or output.ename
    where = [line for line in output.traceback[:-1] if re.match(r"cell \d+, line \d+: ", line)]
    told = [*where[-1:], text] if output.ename == "StudentError" else [text]
    return f'<pre class="bad">{escape(_in_words(chr(10).join(told)))}</pre>'


def _in_words(text: str) -> str:
    """Return a visible test's text; where a function has no answer, no exception is to be named."""
    return re.sub(r"StudentError:? ", "", re.sub(r"stops with StudentError:? ", "stops: ", text))


def _lines(text: str) -> str:
    """Return what a test printed, its lines coloured by their marks."""
    return "\n".join(_line(line) for line in _in_words(clean_text(text, 20_000)).splitlines())


def _line(line: str) -> str:
    kind = {"✓": ' class="good"', "✗": ' class="bad"'}.get(line[:1], "")
    return f"<div{kind}>{escape(line)}</div>"
