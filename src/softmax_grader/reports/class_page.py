"""The teacher's page: the class in one view, then student by student, part by part, what to read.

It needs no script; with one, a click on a table's head sorts it.
"""

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from urllib.parse import quote

import nbformat

from softmax_grader.gradebook.by_hand import Mark
from softmax_grader.gradebook.points import final_score
from softmax_grader.marking.known_slips import KNOWN_SLIPS, KnownSlip
from softmax_grader.reports.page import (
    assignment_title,
    escape,
    link_to_book,
    part_titles,
    points,
    table,
    whole_page,
)
from softmax_grader.text import one_line

SHOWN = 12  # of a list that can be long; the rest opens
STYLE = """
h1 .over { display: block; font-size: 1rem; color: var(--muted); }
nav.contents ul { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; padding: 0; list-style: none; }
.scroll { max-width: 100%; } .histogram { max-width: 30rem; display: block; }
.histogram text { font-size: 12px; } .histogram .axis { fill: var(--muted); }
.histogram line { stroke: var(--ink); } .histogram circle { fill: var(--paper);
  stroke: var(--ink); stroke-width: 2; }
table.wide th, table.wide td { white-space: nowrap; padding-right: 1.4rem; }
td.number + td:not(.number), th.number + th:not(.number) { padding-left: .6rem; }
table.wide thead th { vertical-align: baseline; }
table.wide tbody th { font-weight: 600; position: sticky; left: 0; background: var(--paper); }
th button { font: inherit; font-weight: 600; color: inherit; background: none; border: 0;
  padding: .3rem 0; cursor: pointer; }
th button::after { content: "\\2195\\FE0E"; color: var(--muted); padding-left: .3em; }
th[aria-sort=ascending] button::after { content: "\\2191"; }
th[aria-sort=descending] button::after { content: "\\2193"; }
summary { cursor: pointer; } details { margin: .2rem 0; } details ul { margin: .2rem 0; }
dl.who dt { font-weight: 600; margin-top: .8rem; } dl.who dd { margin: .1rem 0 0 1.2rem; }
ul.flags { margin: 0; padding-left: 1.1rem; }
:target { scroll-margin-top: 1rem; } tr:target { background: var(--soft); }
.both { display: grid; grid-template-columns: 1fr 1fr; gap: 0 1rem; }
.both > * { min-width: 0; }
.both h3 { margin: .6rem 0 .2rem; font-size: 1rem; } .both pre { margin: .2rem 0; }
.both mark { background: none; color: inherit; font-weight: 600; display: block;
  border-left: 3px solid var(--bar); padding-left: .4rem; margin-left: -.6rem; }
@media (max-width: 40rem) { .both { grid-template-columns: 1fr; } }
@media print { body { max-width: none; } .scroll { overflow: visible; } tr { break-inside: avoid; }
  table.wide th, table.wide td { white-space: normal; } h2 { break-after: avoid; }
  th button::after { content: none; } nav.contents { display: none; } }
"""


@dataclass
class Student:
    """What the teacher's page says of one student.

    Parameters
    ----------
    id, name : str
        The name is empty where none is shown.
    section : str
        Empty where none is known.
    grade : dict or None
        As :func:`softmax_grader.gradebook.points.grades` returns it; None where nothing is
        graded.
    late : str
        In words; empty for who was in time.
    flags, mended : list of str
    slips : list of str
        Ids of slips, of those that were named in the feedback.
    feedback, submission : str
        Where the pages are, seen from the report; empty where there is none.
    """

    id: str
    name: str = ""
    section: str = ""
    grade: Mapping | None = None
    late: str = ""
    flags: list[str] = field(default_factory=list)
    mended: list[str] = field(default_factory=list)
    slips: list[str] = field(default_factory=list)
    feedback: str = ""
    submission: str = ""

    @property
    def shown(self) -> str:
        """The name, or else the id, as HTML."""
        return escape(self.name or self.id)

    @property
    def link(self) -> str:
        """The name with a link to the student's row, as HTML."""
        return f'<a href="#{anchor(self.id)}">{self.shown}</a>'


@dataclass
class Passage:
    """A stretch of code or text in which two submissions are alike.

    Parameters
    ----------
    one, other : str
        The whole texts.
    in_one, in_other : set of int
        The numbers of the lines that they share, from 0.
    """

    one: str
    other: str
    in_one: set[int]
    in_other: set[int]


@dataclass
class Likeness:
    """Two submissions, or a submission and what is public, that are nearly the same.

    Parameters
    ----------
    one, other : str
        Students' ids; `other` says in words what is public, where it is that.
    share : float
        From 0 to 1: of what is rare in them.
    how : str
        In words: by which measure.
    passages : list of Passage
    """

    one: str
    other: str
    share: float
    how: str
    passages: list[Passage] = field(default_factory=list)


def class_page(
    source: nbformat.NotebookNode,
    assignment: str,
    students: Sequence[Student],
    *,
    book_url: str = "",
    known_slips: Mapping[str, KnownSlip] | None = None,
    by_hand: Mapping[tuple[str, str], Mark] | None = None,
    alike: Sequence[Likeness] = (),
) -> str:
    """Return the teacher's page as HTML.

    Parameters
    ----------
    source : nbformat.NotebookNode
        The assignment's.
    assignment : str
    students : sequence of Student
        Those who handed nothing in as well.
    book_url : str
        Where the book is on the web; empty where that is not known.
    known_slips : dict, optional
        From a slip's id to the slip, for all that the students have.
    by_hand : dict, optional
        As :func:`softmax_grader.gradebook.by_hand.given_by_hand` returns it.
    alike : sequence of Likeness

    Returns
    -------
    str
    """
    title = assignment_title(source, assignment)
    graded = [student for student in students if student.grade is not None]
    absent = [student for student in students if student.grade is None]
    parts = [f'<h1><span class="over">The class</span> {escape(title)}</h1>']
    if not graded:
        return whole_page(title, "\n".join([*parts, "<p>Nothing is graded yet.</p>"]))
    sections = {
        "students": ("Student by student", _students(graded)),
        "sections": ("Section by section", _sections(students)),
        "parts": ("Part by part", _parts(source, graded)),
        "slips": ("Who made which slip", _slips(graded, known_slips or {}, book_url)),
        "look": ("To look at", _flags(graded)),
        "alike": ("Nearly the same", _alike(alike, graded)),
        "by-hand": ("By hand", _by_hand(source, graded, by_hand or {})),
        "absent": ("Handed nothing in", _absent(absent)),
        "mended": ("Mended when collected", _mended(graded)),
    }
    there = {name: (head, body) for name, (head, body) in sections.items() if body}
    links = "".join(f'<li><a href="#{n}">{head}</a></li>' for n, (head, _) in there.items())
    parts += [_in_short(graded, absent), f'<nav class="contents"><ul>{links}</ul></nav>']
    parts += [f'<h2 id="{name}">{head}</h2>\n{body}' for name, (head, body) in there.items()]
    script = files("softmax_grader.reports").joinpath("sorting.js").read_text("utf-8")
    return whole_page(f"{title}: the class", "\n".join(parts), style=STYLE, script=script)


def anchor(student: str) -> str:
    """Return the anchor of a student's row.

    Parameters
    ----------
    student : str

    Returns
    -------
    str
    """
    return f"student-{quote(student)}"


def quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    """Return the lower quartile, the median and the upper quartile.

    Parameters
    ----------
    values : sequence of float
        At least one.

    Returns
    -------
    tuple of float

    Examples
    --------
    >>> quartiles([1, 2, 3, 4, 5])
    (2.0, 3.0, 4.0)
    >>> quartiles([7])
    (7, 7, 7)
    """
    if len(values) == 1:
        return values[0], values[0], values[0]
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, middle, high


def _most(students: Iterable[Student]) -> float:
    return max((s.grade["max_score"] for s in students if s.grade), default=0.0)


def _score(student: Student) -> float:
    return final_score(student.grade) if student.grade else 0.0


def _waits(student: Student) -> int:
    """Return how many parts of a student's wait for points by hand."""
    return sum(waits for _, _, waits in student.grade["cells"].values()) if student.grade else 0


def _in_short(graded: Sequence[Student], absent: Sequence[Student]) -> str:
    scores = sorted(_score(student) for student in graded)
    low, middle, high = quartiles(scores)
    waiting = sum(_waits(student) > 0 for student in graded)
    rest = [f"{waiting} wait for points by hand." if waiting else "None waits for points by hand."]
    if absent:
        rest.append(f"{len(absent)} handed nothing in.")
    number = f"{len(graded)} submission{'' if len(graded) == 1 else 's'}"
    return (
        f"<p>{number}. Median {points(middle)} of {points(_most(graded))} points; half of the "
        f"class has {points(low)} to {points(high)}. Mean {points(statistics.mean(scores))}. "
        f"{' '.join(rest)}</p>\n{_histogram(scores, _most(graded))}"
    )


def _histogram(scores: Sequence[float], most: float, bins: int = 10) -> str:
    """Return how many have how many points, and below it the quartiles, as SVG."""
    counts = [0] * bins
    for score in scores:
        counts[min(bins - 1, int(score / most * bins)) if most else 0] += 1
    left, width, base, tallest = 12, 336, 118, 96
    step = width / bins

    def at(score: float) -> float:
        return left + (score / most if most else 0.0) * width

    drawn = []
    for k, count in enumerate(counts):
        tall, x = tallest * count / max(counts), left + k * step
        if count:
            drawn.append(
                f'<rect x="{x + 1.5:.1f}" y="{base - tall:.1f}" width="{step - 3:.1f}" '
                f'height="{tall:.1f}"/><text x="{x + step / 2:.1f}" y="{base - tall - 5:.1f}" '
                f'text-anchor="middle">{count}</text>'
            )
    drawn.append(f'<line x1="{left}" y1="{base}" x2="{left + width}" y2="{base}"/>')
    drawn += [
        f'<text class="axis" x="{left + k * step:.1f}" y="{base + 36}" text-anchor="middle">'
        f"{points(most * k / bins)}</text>"
        for k in range(0, bins + 1, 2)
    ]
    low, middle, high = quartiles(scores)
    y = base + 12
    drawn.append(f'<line x1="{at(scores[0]):.1f}" y1="{y}" x2="{at(scores[-1]):.1f}" y2="{y}"/>')
    drawn.append(
        f'<line x1="{at(low):.1f}" y1="{y}" x2="{at(high):.1f}" y2="{y}" stroke-width="5"/>'
        f'<circle cx="{at(middle):.1f}" cy="{y}" r="4.5"/>'
    )
    told = ", ".join(
        f"{points(most * k / bins)} to {points(most * (k + 1) / bins)}: {count}"
        for k, count in enumerate(counts)
        if count
    )
    return (
        f'<svg class="histogram" viewBox="0 0 360 160" role="img" width="100%" '
        f'aria-label="How many submissions have how many points. {told}.">{"".join(drawn)}</svg>\n'
        '<p class="muted">Points and how many submissions have them. Below: the whole range, the '
        "middle half (thick) and the median (ring).</p>"
    )


def _students(graded: Sequence[Student]) -> str:
    with_section = any(student.section for student in graded)
    with_name = any(student.name for student in graded)
    rows = []
    for student in graded:
        flags = len(student.flags)
        waits = _waits(student)
        score = _score(student)
        links = []
        if student.feedback:
            links.append(f'<a href="{escape(student.feedback)}">page</a>')
        if student.submission:
            links.append(f'<a href="{escape(student.submission)}">notebook</a>')
        cells = [
            f'<th scope="row" data-key="{escape((student.name or student.id).casefold())}">'
            f"{student.shown}</th>",
            *([f"<td>{escape(student.id)}</td>"] if with_name else []),
            *([f"<td>{escape(student.section)}</td>"] if with_section else []),
            f'<td class="number" data-key="{score}">{points(score)}</td>',
            f'<td class="number" data-key="{waits}">{waits or ""}</td>',
            f"<td>{escape(student.late)}</td>",
            f'<td class="number" data-key="{flags}">'
            + (f'<a href="#flags-{quote(student.id)}">{flags}</a>' if flags else "")
            + "</td>",
            f'<td class="number" data-key="{len(student.slips)}">{len(student.slips) or ""}</td>',
            f"<td>{' · '.join(links)}</td>",
        ]
        rows.append(f'<tr id="{anchor(student.id)}">{"".join(cells)}</tr>')
    heads = [
        "<th>student</th>",
        *(["<th>id</th>"] if with_name else []),
        *(["<th>section</th>"] if with_section else []),
        f'<th class="number">of {points(_most(graded))}</th>',
        '<th class="number">waits</th>',
        "<th>late</th>",
        '<th class="number">flags</th>',
        '<th class="number">slips</th>',
        "<th data-unsorted>open</th>",
    ]
    body = "\n".join(rows)
    return (
        '<p class="muted">waits: parts that want points by hand; slips: mistakes that the '
        "feedback names.</p>\n"
        '<div class="scroll" tabindex="0" role="region" aria-label="Student by student">'
        f'<table class="wide sortable">\n<thead><tr>{"".join(heads)}</tr></thead>\n'
        f"<tbody>\n{body}\n</tbody></table></div>"
    )


def _sections(students: Sequence[Student]) -> str:
    names = sorted({student.section for student in students if student.section})
    if not names:
        return ""
    if any(not student.section for student in students):
        names.append("")
    rows = []
    for name in names:
        there = [s for s in students if s.section == name]
        scores = [_score(s) for s in there if s.grade is not None]
        figures = ["–"] * 3
        if scores:
            low, middle, high = quartiles(sorted(scores))
            figures = [points(middle), f"{points(low)}–{points(high)}"]
            figures.append(points(statistics.mean(scores)))
        rows.append([escape(name) or "none", str(len(scores)), str(len(there) - len(scores))])
        rows[-1] += figures
    heads = ["section", "handed in", "not", "median", "middle half", "mean"]
    return table(heads, rows, numbers=(1, 2, 3, 4, 5), label="Section by section")


def _parts(source: nbformat.NotebookNode, graded: Sequence[Student]) -> str:
    rows = []
    for name, title in part_titles(source).items():
        cells = [s.grade["cells"][name] for s in graded if s.grade and name in s.grade["cells"]]
        if not cells:
            continue
        most, n = cells[0][1], len(cells)
        waiting = sum(waits for _, _, waits in cells)
        if waiting:  # those that wait are not the worst, only not read yet
            rows.append([escape(title), points(most), *["–"] * 5, str(waiting)])
            continue
        scores = sorted(score for score, _, _ in cells)
        low, middle, high = quartiles(scores)
        rows.append(
            [
                escape(title),
                points(most),
                points(middle),
                f"{points(low)}–{points(high)}",
                points(statistics.mean(scores)),
                f"{100 * sum(score >= most for score in scores) / n:.0f}\N{NO-BREAK SPACE}%",
                f"{100 * sum(score == 0 for score in scores) / n:.0f}\N{NO-BREAK SPACE}%",
                "",
            ]
        )
    heads = ["part", "points", "median", "middle half", "mean", "all", "none", "wait"]
    return (
        '<p class="muted">middle half: from the lower to the upper quartile; all, none: the share '
        "of submissions with all points, with no points.</p>\n"
        + table(heads, rows, numbers=range(1, 8), label="Part by part")
    )


def _slips(graded: Sequence[Student], known: Mapping[str, KnownSlip], book_url: str) -> str:
    counts = Counter(slip for student in graded for slip in student.slips)
    if not counts:
        return "<p>No slip was named.</p>"
    entries = []
    for slip_id, count in counts.most_common():
        slip = known.get(slip_id)
        named = KNOWN_SLIPS.get(slip_id, slip)
        title = named.title if named else slip_id
        place = link_to_book(one_line(slip.place), slip.link, book_url) if slip else ""
        who = [student.link for student in graded if slip_id in student.slips]
        entries.append(
            f'<dt>{escape(title)} <span class="muted">{count}</span></dt>'
            f"<dd>{_list_in_line(who)}</dd>"
            + (f'<dd class="muted">In the book: {place}</dd>' if place else "")
        )
    return f'<dl class="who">{"".join(entries)}</dl>'


def _list_in_line(items: Sequence[str]) -> str:
    text = ", ".join(items[:SHOWN])
    if len(items) > SHOWN:
        more = ", ".join(items[SHOWN:])
        text += f" <details><summary>and {len(items) - SHOWN} more</summary>{more}</details>"
    return text


def _flags(graded: Sequence[Student]) -> str:
    flagged = [student for student in graded if student.flags]
    if not flagged:
        return "<p>Nothing.</p>"
    rows = []
    for student in flagged:
        items = [f"<li>{escape(flag)}</li>" for flag in student.flags]
        text = f'<ul class="flags">{"".join(items[:SHOWN])}</ul>'
        if len(items) > SHOWN:
            text += (
                f"<details><summary>and {len(items) - SHOWN} more</summary>"
                f'<ul class="flags">{"".join(items[SHOWN:])}</ul></details>'
            )
        name = f'<span id="flags-{quote(student.id)}">{student.link}</span>'
        rows.append([name, points(_score(student)), text])
    return (
        '<p class="muted">A flag is no verdict, and takes no points: it says what a submission '
        "did that no exercise needs.</p>\n"
        + table(["student", "points", "what"], rows, numbers=(1,), label="To look at")
    )


def _alike(alike: Sequence[Likeness], graded: Sequence[Student]) -> str:
    if not alike:
        return "<p>No two, and none is nearly what is public.</p>"
    by_id = {student.id: student for student in graded}
    entries = []
    for likeness in alike:
        one = by_id[likeness.one].shown
        is_student = likeness.other in by_id
        other = by_id[likeness.other].shown if is_student else escape(likeness.other)
        summary = f"<strong>{one}</strong> and <strong>{other}</strong>"
        summary += (
            f' <span class="muted">{100 * likeness.share:.0f} % {escape(likeness.how)}</span>'
        )
        shown = "".join(
            f'<div class="both"><div><h3>{one}</h3>{_marked(p.one, p.in_one)}</div>'
            f"<div><h3>{other}</h3>{_marked(p.other, p.in_other)}</div></div>"
            for p in likeness.passages
        )
        entries.append(f"<details><summary>{summary}</summary>{shown}</details>")
    return (
        '<p class="muted">They share what hardly anybody else wrote. It is no verdict: read both '
        "before you ask. Open a line to see both; what is shared has a bar beside it.</p>\n"
        + "\n".join(entries)
    )


def _marked(text: str, lines: set[int]) -> str:
    shown = []
    for number, line in enumerate(text.splitlines()):
        inside = escape(line) or " "
        shown.append(f"<mark>{inside}</mark>" if number in lines else f"{inside}\n")
    return f"<pre>{''.join(shown)}</pre>"


def _by_hand(
    source: nbformat.NotebookNode,
    graded: Sequence[Student],
    by_hand: Mapping[tuple[str, str], Mark],
) -> str:
    rows = []
    for name, title in part_titles(source).items():
        given = [
            f'{student.link} <span class="muted">{points(by_hand[student.id, name].points)}</span>'
            for student in graded
            if (student.id, name) in by_hand and by_hand[student.id, name].points is not None
        ]
        waiting = [
            s.link for s in graded if s.grade and s.grade["cells"].get(name, "  0")[2] is True
        ]
        if given or waiting:
            rows.append([escape(title), _list_in_line(given) or "–", _list_in_line(waiting) or "–"])
    if not rows:
        return "<p>Nothing.</p>"
    return table(["part", "given by hand", "waits"], rows, label="By hand")


def _absent(absent: Sequence[Student]) -> str:
    items = "".join(
        f"<li>{s.shown}"
        + (f' <span class="muted">{escape(s.id)}</span>' if s.name else "")
        + "</li>"
        for s in absent
    )
    return f"<ul>{items}</ul>" if items else ""


def _mended(graded: Sequence[Student]) -> str:
    who: dict[str, list[str]] = {}
    for student in graded:
        for text in student.mended:
            who.setdefault(text, []).append(student.link)
    rows = [[escape(text), _list_in_line(links)] for text, links in who.items()]
    if not rows:
        return ""
    return (
        '<p class="muted">What had changed on the way from the release and back, and was put '
        "right. It took no points.</p>\n"
        + table(["what", "students"], rows, label="Mended when collected")
    )
