"""Written answers of all students on one page, question by question, with the mark scheme beside.

Whose an answer is does not stand on the page, unless it is asked for: each answer has a code, made
from its text. The same answers have the same code and are marked once.
"""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import nbformat
from nbconvert.filters import markdown2html

from softmax_grader.cells import grade_id, is_solution
from softmax_grader.course.folder import Course
from softmax_grader.gradebook.by_hand import Mark, given_by_hand
from softmax_grader.reports.page import assignment_title, escape, part_titles, points, whole_page
from softmax_grader.staleness import digest
from softmax_grader.text import clean_text

SCHEME = re.compile(r"=== BEGIN MARK SCHEME ===\n?(.*?)\n?=== END MARK SCHEME ===", re.DOTALL)
FORMULA = re.compile(r"\$([A-Za-z])(?:_(\d))?( *[<>=] *-?\d+)?\$")
POWER = re.compile(r"\b([A-Za-z])\^(?:\{([^{}<>\n]{1,20})\}|([A-Za-z\d]))(?!\w)")
# A code has letters alone, no vowels: no spreadsheet takes it for a number, nobody for a word.
LETTERS = str.maketrans("0123456789abcdef", "bcdfghjklmnpqrst")
STYLE = """
h1 .over { display: block; font-size: 1rem; color: var(--muted); }
p.how, .question > .text { max-width: 44rem; } sup, sub { line-height: 0; }
body { max-width: 76rem; } .question { display: grid; gap: 0 2.4rem; align-items: start;
  grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); }
.question h2, .question > .text { grid-column: 1 / -1; }
.beside { position: sticky; top: 0; max-height: 100vh; overflow-y: auto; font-size: .92rem; }
.beside h3, .answers h3 { font-size: 1rem; margin: 1rem 0 .3rem; }
.answer { border-top: 1px solid var(--line); padding: .8rem 0; break-inside: avoid; }
.answer header { display: flex; flex-wrap: wrap; gap: 0 1.2rem; align-items: baseline; }
.answer header code { font-size: 1rem; font-weight: 600; }
.answer .said { white-space: pre-wrap; margin: .4rem 0; max-width: 40rem; }
.beside dt { margin-top: .5rem; } .beside dd { margin: 0 0 0 1.2rem; }
@media (max-width: 50rem) { .question { grid-template-columns: minmax(0, 1fr); }
  .beside { position: static; max-height: none; grid-row: 3; } }
@media print { .question { display: block; } .beside { position: static; max-height: none; } }
"""


@dataclass(frozen=True)
class Comment:
    """A comment to use again.

    Parameters
    ----------
    text : str
    points : float or None
        What it gives, where the points are not said; None where it gives none.
    """

    text: str
    points: float | None = None


@dataclass
class Answer:
    """One answer, by all who wrote it.

    Parameters
    ----------
    code : str
        A few letters that stand for its text.
    text : str
    students : list of str
        Ids, sorted.
    """

    code: str
    text: str
    students: list[str] = field(default_factory=list)


@dataclass
class Question:
    """A question that is marked by hand.

    Parameters
    ----------
    name : str
        The grade_id of its cell.
    title, text, scheme : str
        Its heading, what it asks, and how it is marked; the latter two are Markdown.
    points : float
    answers : list of Answer
        The longest first.
    blank : list of str
        The students who wrote nothing.
    """

    name: str
    title: str
    text: str
    scheme: str
    points: float
    answers: list[Answer] = field(default_factory=list)
    blank: list[str] = field(default_factory=list)

    @property
    def students(self) -> set[str]:
        """Everybody whose work was graded."""
        return {*self.blank, *(s for answer in self.answers for s in answer.students)}


def questions_of(course: Course, assignment: str) -> list[Question]:
    """Return the questions of an assignment that are marked by hand, with all answers.

    Parameters
    ----------
    course : Course
    assignment : str

    Returns
    -------
    list of Question
        In the assignment's order. An answer is that of the notebook that was graded.
    """
    source = nbformat.read(course.notebook("source", assignment), as_version=4)
    release = nbformat.read(course.notebook("release", assignment), as_version=4)
    stubs = {grade_id(cell): cell.source for cell in release.cells}
    titles, questions = part_titles(source), []
    asked = ""
    for cell in source.cells:
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("grade") and is_solution(cell):
            name = str(grade_id(cell))
            scheme = SCHEME.search(cell.source)
            questions.append(
                Question(
                    name,
                    titles.get(name, name),
                    re.sub(r"^#+ .*\n*", "", asked),
                    scheme[1] if scheme else "",
                    float(marks["points"]),
                )
            )
        asked = cell.source if cell.cell_type == "markdown" else ""
    said: dict[str, dict[str, str]] = {question.name: {} for question in questions}
    for student in course.submitted(assignment):
        path = course.notebook("autograded", assignment, student)
        if path.is_file():
            for cell in nbformat.read(path, as_version=4).cells:
                if (name := str(grade_id(cell))) in said:
                    said[name][student] = clean_text(cell.source).strip()
    for question in questions:
        question.answers, question.blank = _grouped(said[question.name], stubs[question.name])
    return questions


def _grouped(said: Mapping[str, str], stub: str) -> tuple[list[Answer], list[str]]:
    """Return the answers, the same ones as one, and who wrote nothing."""
    groups: dict[str, Answer] = {}
    blank = []
    for student, text in sorted(said.items()):
        plain = " ".join(text.casefold().split())
        if not plain or text == stub.strip():
            blank.append(student)
        else:
            groups.setdefault(plain, Answer("", text)).students.append(student)
    marks = {plain: digest(plain.encode()).translate(LETTERS) for plain in groups}
    length = 5
    while max(Counter(mark[:length] for mark in marks.values()).values(), default=1) > 1:
        length += 1
    for plain, answer in groups.items():
        answer.code = marks[plain][:length]
    return sorted(groups.values(), key=lambda answer: (-len(answer.text), answer.code)), blank


def answers_page(
    course: Course,
    assignment: str,
    questions: Sequence[Question],
    comments: Mapping[str, Comment],
    *,
    names: Mapping[str, str] | None = None,
) -> str:
    """Return the page of written answers as HTML.

    Parameters
    ----------
    course : Course
    assignment : str
    questions : sequence of Question
    comments : dict
        From a code to a comment to use again.
    names : dict, optional
        From a student to the name that is shown; without it, nobody is named.

    Returns
    -------
    str
    """
    source = nbformat.read(course.notebook("source", assignment), as_version=4)
    title = f"{assignment_title(source, assignment)}: written answers"
    marks = given_by_hand(course, assignment)
    heading = escape(assignment_title(source, assignment))
    parts = [f'<h1><span class="over">Written answers</span> {heading}</h1>']
    if questions:
        parts.append(_how(assignment, named=names is not None))
    for question in questions:
        parts.append(
            f'<section class="question"><h2 id="{escape(question.name)}">{escape(question.title)} '
            f'<span class="muted">{points(question.points)} points</span></h2>'
            f'<div class="text">{as_html(question.text)}</div>'
            f'<div class="answers"><h3>{_count(question)}</h3>'
            + "\n".join(_answer(question, answer, marks, names) for answer in question.answers)
            + f'{_blank(question.blank, names)}</div><aside class="beside">'
            f"<h3>Mark scheme</h3>{as_html(question.scheme) or '–'}"
            f"{_comments(comments)}</aside></section>"
        )
    if not questions:
        parts.append("<p>This assignment has no question that is marked by hand.</p>")
    return whole_page(title, "\n".join(parts), style=STYLE)


def _how(assignment: str, *, named: bool) -> str:
    """Return how the page is used, for who opens it without the book beside."""
    table = f"marks/{assignment}.csv"
    nobody = "" if named else " Nobody is named here."
    return (
        f'<p class="how muted">The letters above an answer are its code. In the table '
        f"<code>{escape(table)}</code> the row with that code takes points and a comment; "
        f"<code>softmax-class answers {escape(assignment)} --take {escape(table)}</code> then puts "
        f"them into the gradebook. The same answer by several students stands here once.{nobody}"
        "</p>"
    )


def as_html(markdown: str) -> str:
    """Return the teacher's Markdown as HTML; of formulas, what a line of text can hold is set.

    Parameters
    ----------
    markdown : str

    Returns
    -------
    str
    """
    text = FORMULA.sub(_in_a_line, markdown)
    text = POWER.sub(lambda power: f"{power[1]}<sup>{power[2] or power[3]}</sup>", text)
    return markdown2html(text).strip() if markdown else ""


def _in_a_line(formula: re.Match[str]) -> str:
    """Return a formula of one letter, its number, and what it is compared with."""
    letter, number, rest = formula.groups(default="")
    lower = f"<sub>{number}</sub>" if number else ""
    return f"*{letter}*{lower}{escape(rest)}"


def _count(question: Question) -> str:
    n, different = sum(len(a.students) for a in question.answers), len(question.answers)
    text = f"{n} answer{'' if n == 1 else 's'}"
    return text if n == different else f"{text}, {different} different"


def _who(students: Collection[str], names: Mapping[str, str] | None) -> str:
    if names is None:
        return "" if len(students) == 1 else f"<span>{len(students)} students</span>"
    return f"<span>{escape(', '.join(names.get(s) or s for s in students))}</span>"


def _answer(
    question: Question,
    answer: Answer,
    marks: Mapping[tuple[str, str], Mark],
    names: Mapping[str, str] | None,
) -> str:
    given = [marks.get((student, question.name)) for student in answer.students]
    scores = sorted({mark.points for mark in given if mark and mark.points is not None})
    waits = sum(mark is None or mark.points is None for mark in given)
    said = f"{' or '.join(points(score) for score in scores)} of {points(question.points)}"
    state = "not marked" if not scores else said + (f", {waits} not marked" if waits else "")
    remarks = dict.fromkeys(mark.comment for mark in given if mark and mark.comment)
    return (
        f'<article class="answer" id="{escape(question.name)}-{answer.code}"><header>'
        f"<code>{answer.code}</code>{_who(answer.students, names)}"
        f'<span class="muted">{escape(state)}</span></header>'
        f'<div class="said">{escape(clean_text(answer.text, 20_000))}</div>'
        + "".join(f'<p class="muted">You: {escape(remark)}</p>' for remark in remarks)
        + "</article>"
    )


def _blank(blank: Collection[str], names: Mapping[str, str] | None) -> str:
    if not blank:
        return ""
    who = "" if names is None else f": {escape(', '.join(names.get(s) or s for s in blank))}"
    return f'<p class="answer muted">{len(blank)} wrote nothing{who}.</p>'


def _comments(comments: Mapping[str, Comment]) -> str:
    if not comments:
        return ""
    entries = "".join(
        f"<dt><code>{escape(code)}</code>"
        + (f" {points(comment.points)}" if comment.points is not None else "")
        + f"</dt><dd>{escape(comment.text)}</dd>"
        for code, comment in comments.items()
    )
    return f"<h3>Comments to use again</h3><dl>{entries}</dl>"
