"""What a teacher takes away: files of grades for other programs, and a page on the class."""

import csv
import io
import statistics
import unicodedata
from collections import Counter
from itertools import pairwise

import nbformat
from nbgrader.api import Gradebook

from softmax_grader.course.folder import read_record, write_atomically
from softmax_grader.gradebook.grade import grades
from softmax_grader.intake.collect import lms_of
from softmax_grader.intake.flags import one_line
from softmax_grader.intake.rebuild import grade_id, is_solution
from softmax_grader.marking import SLIPS
from softmax_grader.reports.page import (
    assignment_title,
    escape,
    link_to_book,
    part_titles,
    points,
    table,
    whole_page,
)
from softmax_grader.reports.similarity import similar_pairs

NBGRADER_COLUMNS = [
    *("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email"),
    *("raw_score", "late_submission_penalty", "score", "max_score"),
]


def report(course, assignment):
    """Write the CSV files and the teacher's page; return their paths and what the page holds.

    Returns
    -------
    dict
        ``files``, ``students``, ``mean``, ``of``, ``flagged``, ``similar``, ``slips``.
    """
    found = grades(course, assignment)
    source = nbformat.read(course.notebook("source", assignment), as_version=4)
    people = _people(course, assignment)
    folder = course.root / "reports" / assignment
    files = {
        "grades.csv": nbgrader_csv(assignment, found, people),
        "canvas.csv": canvas_csv(assignment, found, people),
        "moodle.csv": moodle_csv(assignment, found, people),
    }
    about = gather(course, assignment, source, found)
    files["report.html"] = report_page(course, assignment, source, found, about)
    for name, text in files.items():
        write_atomically(folder / name, text)
    scores = [_final(grade) for grade in found.values()]
    return {
        "files": [folder / name for name in files],
        "students": len(found),
        "mean": statistics.mean(scores) if scores else 0.0,
        "of": max((grade["max_score"] for grade in found.values()), default=0.0),
        "flagged": {s: flags for s, flags in about["flags"].items() if flags},
        "similar": about["similar"],
        "slips": about["slips"],
    }


def _final(grade):
    return max(0.0, grade["score"] - grade["late_penalty"])


def _people(course, assignment):
    with Gradebook(course.db_url, course.id) as gradebook:
        duedate = gradebook.find_assignment(assignment).duedate
        most = gradebook.find_assignment(assignment).max_score
        return {
            "duedate": str(duedate or ""),
            "max_score": most,
            "lms": {
                s.id: lms_of(read_record(course.record(assignment, "collected", s.id)) or {})
                for s in gradebook.students
            },
            "students": {
                s.id: (s.last_name or "", s.first_name or "", s.email or "")
                for s in gradebook.students
            },
        }


# --- files ---


def _plain(value):
    """Return a cell that a spreadsheet takes as text, not as a formula."""
    text = str(value)
    first = unicodedata.normalize("NFKC", text[:1])  # a wide = begins a formula too
    return f"'{text}" if first in ("=", "+", "-", "@", "\t", "\r", "\n") else text


def _csv(rows):
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    for row in rows:
        writer.writerow([_plain(cell) if isinstance(cell, str) else cell for cell in row])
    return text.getvalue()


def nbgrader_csv(assignment, found, people):
    """Return the columns of ``nbgrader export``; who handed nothing in has 0."""
    rows = [NBGRADER_COLUMNS]
    for student, (last, first, email) in sorted(people["students"].items()):
        grade = found.get(student)
        row = [assignment, people["duedate"], "", student, last, first, email]
        if grade is None:
            rows.append([*row, 0.0, 0.0, 0.0, people["max_score"]])
            continue
        row[2] = grade["timestamp"]
        scores = [grade["score"], grade["late_penalty"], _final(grade)]
        rows.append([*row, *scores, people["max_score"]])
    return _csv(rows)


def canvas_csv(assignment, found, people):
    """Return a file for Canvas's gradebook: Grades, Import.

    Where Canvas named the file that was collected, the id is Canvas's own; any other may be the
    one of the student information system, or the login.
    """
    rows = [["Student", "ID", "SIS User ID", "SIS Login ID", "Section", assignment]]
    rows.append(["    Points Possible", "", "", "", "", people["max_score"]])
    for student, (last, first, _) in sorted(people["students"].items()):
        name = ", ".join(part for part in (last, first) if part) or student
        score = round(_final(found[student]), 2) if student in found else ""
        own = people["lms"].get(student) == "Canvas"
        ids = [student, "", ""] if own else ["", student, student]
        rows.append([name, *ids, "", score])
    return _csv(rows)


def moodle_csv(assignment, found, people):
    """Return a file for Moodle, for both ways that it has.

    Where Moodle named the file that was collected, its number is the one of the grading
    worksheet: in the assignment, Upload grading worksheet. Any other id may be an ID number or a
    username: Grades, Import, CSV file.
    """
    rows = [
        [
            *("Identifier", "ID number", "Username", "Email address"),
            *("Grade", "Last modified (grade)", "Feedback comments"),
        ]
    ]
    for student, (_, _, email) in sorted(people["students"].items()):
        score, remark = "", "Nothing was handed in."
        if student in found:
            score = round(_final(found[student]), 2)
            waits = found[student]["needs_manual_grade"]
            remark = "Before points are given by hand." if waits else ""
        own = people["lms"].get(student) == "Moodle"
        ids = [f"Participant {student}", "", ""] if own else ["", student, student]
        rows.append([*ids, email, score, "", remark])
    return _csv(rows)


# --- the page ---


def gather(course, assignment, source, found):
    """Return what the records tell of each student: flags, mendings, slips, look-alikes."""
    flags, mended, slips, written = {}, {}, Counter(), {}
    places = {}
    for student in found:
        collected = read_record(course.record(assignment, "collected", student)) or {}
        run = read_record(course.record(assignment, "run", student)) or {}
        both = [*collected.get("flags", ()), *run.get("flags", ())]
        flags[student] = list(dict.fromkeys(one_line(text) for text in both))
        mended[student] = [one_line(text) for text in collected.get("mended", ())]
        own = {name for cell in run.get("cells", ()) for name in cell.get("slips", ())}
        slips.update(own)
        for cell in run.get("cells", ()):
            for output in cell.get("outputs", ()):
                places |= _places(output.get("text", ""))
        written[student] = _written(course, assignment, student)
    stub = _cells(nbformat.read(course.notebook("release", assignment), as_version=4))
    similar = similar_pairs({s: cells for s, cells in written.items() if cells}, stub)
    return {
        "flags": flags,
        "mended": mended,
        "slips": slips,
        "places": places,
        "similar": similar,
    }


def _places(text):
    """Return where the book treats each slip that a test named in `text`."""
    lines, found = text.splitlines(), {}
    for one, two in pairwise(lines):
        if one.startswith("     slip: ") and two.startswith("     read: "):
            found[one[11:].strip()] = two[11:].strip()
    return found


def _cells(notebook):
    return [
        (cell.cell_type, cell.source)
        for cell in notebook.cells
        if is_solution(cell) or grade_id(cell) is None
    ]


def _written(course, assignment, student):
    path = course.notebook("submitted", assignment, student)
    return _cells(nbformat.read(path, as_version=4)) if path.is_file() else []


def report_page(course, assignment, source, found, about):
    """Return the teacher's page as HTML."""
    title = assignment_title(source, assignment)
    scores = sorted(_final(grade) for grade in found.values())
    parts = [f"<h1>{escape(title)}: the class</h1>"]
    if not scores:
        return whole_page(title, "\n".join([*parts, "<p>Nothing is graded yet.</p>"]))
    most = max(grade["max_score"] for grade in found.values())
    waiting = sum(grade["needs_manual_grade"] for grade in found.values())
    parts.append(
        f"<p>{len(scores)} submissions. Mean {points(statistics.mean(scores))}, median "
        f"{points(statistics.median(scores))}, of {points(most)} points. "
        f"{waiting} wait for points by hand.</p>"
    )
    parts.append(_histogram(scores, most))
    parts.append("<h2>Part by part</h2>")
    parts.append(_parts_table(source, found))
    parts.append("<h2>Most common slips</h2>")
    if about["slips"]:
        rows = [
            [_title(name), str(n), link_to_book(about["places"].get(name, ""), course.book_url)]
            for name, n in about["slips"].most_common()
        ]
        parts.append(table(["slip", "students", "where the book treats it"], rows, numbers=(1,)))
    else:
        parts.append("<p>None was named.</p>")
    parts.append("<h2>To look at</h2>")
    flagged = {s: flags for s, flags in about["flags"].items() if flags}
    if flagged:
        parts.append(
            '<p class="muted">A flag is no verdict, and takes no points: it says what a '
            "submission did that no exercise needs.</p>"
        )
        rows = [
            [escape(s), points(_final(found[s])), "<br>".join(escape(f) for f in flags[:12])]
            for s, flags in flagged.items()
        ]
        parts.append(table(["student", "points", "what"], rows, numbers=(1,)))
    else:
        parts.append("<p>Nothing.</p>")
    parts.append("<h2>Nearly the same</h2>")
    if about["similar"]:
        parts.append(
            '<p class="muted">Pairs that share what hardly anybody else wrote. Read both before '
            "you ask.</p>"
        )
        rows = [
            [escape(one), escape(other), f"{100 * share:.0f} %"]
            for share, one, other in about["similar"][:50]
        ]
        parts.append(table(["student", "student", "of what is rare"], rows, numbers=(2,)))
    else:
        parts.append("<p>No two.</p>")
    mended = Counter(text for texts in about["mended"].values() for text in texts)
    if mended:
        parts.append("<h2>Mended when collected</h2>")
        rows = [[escape(text), str(n)] for text, n in mended.most_common(30)]
        parts.append(table(["what", "students"], rows, numbers=(1,)))
    return whole_page(f"{title}: the class", "\n".join(parts))


def _title(slip):
    known = SLIPS.get(slip)
    return (
        f'{escape(known.title)} <span class="muted">{escape(slip)}</span>'
        if known
        else escape(slip)
    )


def _histogram(scores, most, bins=10):
    counts = [0] * bins
    for score in scores:
        counts[min(bins - 1, int(score / most * bins)) if most else 0] += 1
    width, height, left, base = 560, 150, 10, 120
    step = (width - 2 * left) / bins
    bars, words = [], []
    for k, count in enumerate(counts):
        tall = 100 * count / max(counts)
        x = left + k * step
        bars.append(
            f'<rect x="{x + 2:.0f}" y="{base - tall:.0f}" width="{step - 4:.0f}" '
            f'height="{tall:.0f}"/>'
        )
        if count:
            words.append(
                f'<text x="{x + step / 2:.0f}" y="{base - tall - 4:.0f}" '
                f'text-anchor="middle">{count}</text>'
            )
        words.append(
            f'<text x="{x + step / 2:.0f}" y="{base + 16}" text-anchor="middle">'
            f"{points(most * k / bins)}–{points(most * (k + 1) / bins)}</text>"
        )
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" width="100%" '
        f'aria-label="How many submissions have how many points">{"".join(bars + words)}</svg>'
    )


def _parts_table(source, found):
    titles, rows = part_titles(source), []
    for name, title in titles.items():
        parts = [grade["cells"][name] for grade in found.values() if name in grade["cells"]]
        done = [(score, most) for score, most, waits in parts if not waits]
        if not parts:
            continue
        most = parts[0][1]
        if len(done) < len(parts):  # those that wait are not the worst, only not read yet
            rows.append([escape(title), points(most), f"{len(parts) - len(done)} wait", "–", "–"])
            continue
        n = len(done)
        rows.append(
            [
                escape(title),
                points(most),
                points(statistics.mean(score for score, _ in done)),
                f"{100 * sum(score >= most for score, _ in done) / n:.0f} %",
                f"{100 * sum(score == 0 for score, _ in done) / n:.0f} %",
            ]
        )
    return table(["part", "points", "mean", "all points", "no points"], rows, numbers=(1, 2, 3, 4))
