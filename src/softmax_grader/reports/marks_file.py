"""The two files by which written answers are marked: a table of marks, and comments to use again.

Both lie in the course's folder ``marks``, and are the teacher's: what is in them is never taken
away. The table is one that any spreadsheet opens.
"""

import csv
import io
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from softmax_grader.course.folder import Course, CourseError
from softmax_grader.course.tables import csv_text
from softmax_grader.gradebook.by_hand import Mark
from softmax_grader.reports.written import Comment, Question

COLUMNS = ("question", "answer", "student", "points", "comment")
BLANK = "blank"  # stands for the answer of all who wrote nothing
CODE = re.compile(r"[a-z0-9][a-z0-9_-]*")
COMMENTS = """\
# Comments to use again: a code, its text and, if you like, the points that it gives where the
# column "points" is empty. In the column "comment" write a code, your own words, or several of
# them with ; between.

# [cancels]
# text = "Right: the factor cancels."
# points = 1
"""


def marks_path(course: Course, assignment: str) -> Path:
    """Return the path of an assignment's table of marks.

    Parameters
    ----------
    course : Course
    assignment : str

    Returns
    -------
    Path
    """
    return course.root / "marks" / f"{assignment}.csv"


def comments_path(course: Course) -> Path:
    """Return the path of the comments to use again.

    Parameters
    ----------
    course : Course

    Returns
    -------
    Path
    """
    return course.root / "marks" / "comments.toml"


def read_comments(path: Path) -> dict[str, Comment]:
    """Return the comments to use again.

    Parameters
    ----------
    path : Path

    Returns
    -------
    dict
        From a code to a comment; empty where there is no such file.

    Raises
    ------
    CourseError
        If it cannot be read, or one of them is not as it should be.
    """
    try:
        entries = tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CourseError(f"{path} cannot be read: {error}") from None
    comments = {}
    for code, entry in entries.items():
        if not CODE.fullmatch(code):
            raise CourseError(
                f"{path}: [{code}] is no code; expected small letters, digits, - and _ alone"
            )
        if isinstance(entry, str):
            entry = {"text": entry}
        text = entry.get("text") if isinstance(entry, dict) else None
        if not isinstance(text, str) or not text.strip():
            raise CourseError(f'{path}: [{code}] has no text; expected text = "..."')
        value = entry.get("points")
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise CourseError(f"{path}: [{code}] has points = {value!r}; expected a number")
        comments[code] = Comment(text.strip(), None if value is None else float(value))
    return comments


def marks_csv(
    questions: Sequence[Question], given: Mapping[tuple[str, str], Mark], old: str = ""
) -> str:
    """Return a table with a row for each answer, to be filled in.

    Parameters
    ----------
    questions : sequence of Question
    given : dict
        What the gradebook has, as :func:`softmax_grader.gradebook.by_hand.given_by_hand` returns
        it.
    old : str
        The table as it is. Its rows stay as they are; rows for answers that came since are added.

    Returns
    -------
    str
    """
    rows = [row for _, row in _rows(old, "")] if old.strip() else []
    there = {(row["question"], row["answer"]) for row in rows}
    lines: list[list[object]] = []
    for question in questions:
        for answer in question.answers:
            if (question.name, answer.code) in there:
                continue
            marks = {given.get((student, question.name)) for student in answer.students}
            points, comments = "", ""
            if len({(m.points, m.comment) if m else None for m in marks}) == 1:
                (mark, *_) = marks
                if mark is not None:
                    points = "" if mark.points is None else f"{mark.points:g}"
                    comments = " ".join((mark.comment or "").split()).replace(";", ",")
            lines.append([question.name, answer.code, "", points, comments])
        if question.blank and (question.name, BLANK) not in there:
            lines.append([question.name, BLANK, "", "0", ""])
    if rows and not lines:
        return old
    return csv_text([list(COLUMNS), *([row[name] for name in COLUMNS] for row in rows), *lines])


def read_marks(
    text: str, where: str, questions: Sequence[Question], comments: Mapping[str, Comment]
) -> list[Mark]:
    """Return the marks that a table holds.

    Parameters
    ----------
    text : str
        The table, with commas, semicolons or tabs between its columns.
    where : str
        The file's name, for messages.
    questions : sequence of Question
    comments : dict
        From a code to a comment to use again.

    Returns
    -------
    list of Mark
        One for each student and question. A row for a student goes before the row for all who
        wrote the same. Rows with neither points nor a comment are left out.

    Raises
    ------
    CourseError
        If a row is not as it should be; the message says which line and why.
    """
    by_name = {question.name: question for question in questions}
    of_group: dict[tuple[str, str], Mark] = {}
    of_student: dict[tuple[str, str], Mark] = {}
    seen: dict[tuple[str, str, str], int] = {}
    for number, row in _rows(text, where):
        place = f"{where}, line {number}"
        if not (row["points"] or row["comment"]):
            continue
        question = by_name.get(row["question"])
        if question is None:
            known = ", ".join(by_name) or "none"
            raise CourseError(f"{place}: no question {row['question']!r} (there are: {known})")
        key = (question.name, row["student"], "" if row["student"] else row["answer"])
        if key in seen:
            raise CourseError(f"{place}: the same as line {seen[key]}: keep one of them")
        seen[key] = number
        value, comment = _mark(row, place, question, comments)
        students = _students(row, place, question)
        marks = of_student if row["student"] else of_group
        marks |= {(s, question.name): Mark(s, question.name, value, comment) for s in students}
    return [*(of_group | of_student).values()]


def _students(row: Mapping[str, str], place: str, question: Question) -> list[str]:
    """Return whom a row marks."""
    if row["student"]:
        if row["student"] not in question.students:
            raise CourseError(f"{place}: no graded work of a student {row['student']!r}")
        return [row["student"]]
    if not row["answer"]:
        raise CourseError(f"{place}: neither an answer's code nor a student; expected one of them")
    if row["answer"] == BLANK:
        return question.blank
    for answer in question.answers:
        if answer.code == row["answer"]:
            return answer.students
    raise CourseError(
        f"{place}: {question.name} has no answer {row['answer']!r}; it may have been changed "
        f"since: softmax-class answers writes the page anew"
    )


def _mark(
    row: Mapping[str, str], place: str, question: Question, comments: Mapping[str, Comment]
) -> tuple[float | None, str | None]:
    """Return the points and the comment of a row."""
    value: float | None = None
    texts = []
    for piece in (piece.strip() for piece in row["comment"].split(";")):
        if piece in comments:
            texts.append(comments[piece].text)
            if comments[piece].points is not None:
                value = (value or 0.0) + (comments[piece].points or 0.0)
        elif CODE.fullmatch(piece):
            known = ", ".join(comments) or "none"
            raise CourseError(f"{place}: no comment has the code {piece!r} (there are: {known})")
        elif piece:
            texts.append(piece)
    if row["points"]:
        try:
            value = float(row["points"].replace(",", "."))
        except ValueError:
            raise CourseError(f"{place}: {row['points']!r} is no number of points") from None
    if value is not None and not 0 <= value <= question.points:
        raise CourseError(
            f"{place}: {value:g} points for {question.name}; expected 0 to {question.points:g}"
        )
    return value, "\n".join(texts) or None


def _rows(text: str, where: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the number of each row's last line, and the row."""
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        names = [name.strip().casefold() for name in next(reader, [])]
        missing = [name for name in COLUMNS if name not in names and name != "student"]
        if missing:
            raise CourseError(f"{where}, line 1: no column {', '.join(missing)}")
        for cells in reader:
            if any(cell.strip() for cell in cells):
                row = dict.fromkeys(COLUMNS, "")
                row |= {n: _unquoted(c) for n, c in zip(names, cells, strict=False)}
                yield reader.line_num, row
    except csv.Error as error:
        raise CourseError(f"{where}, line {reader.line_num}: {error}") from None


def _unquoted(cell: str) -> str:
    """Return a cell without the mark that keeps a spreadsheet from taking it for a formula."""
    cell = cell.strip()
    return cell[1:] if re.match(r"'[=+\-@]", cell) else cell


def read_table(path: Path) -> str:
    """Return a table's text, as a spreadsheet saved it.

    Parameters
    ----------
    path : Path

    Returns
    -------
    str

    Raises
    ------
    CourseError
        If there is no such file.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CourseError(f"{path} cannot be read: {error.strerror}") from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
