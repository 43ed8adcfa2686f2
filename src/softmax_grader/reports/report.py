"""What a teacher takes away: files of grades for other programs, and a page on the class."""

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import nbformat

from softmax_grader.cells import grade_id, is_solution
from softmax_grader.course.folder import Course
from softmax_grader.course.records import read_record, write_atomically
from softmax_grader.gradebook.lateness import put_lateness
from softmax_grader.gradebook.people import put_people
from softmax_grader.gradebook.points import final_score, grades
from softmax_grader.marking.known_slips import KNOWN_SLIPS, KnownSlip
from softmax_grader.marking.verdicts import verdicts_of
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
from softmax_grader.reports.spreadsheets import grade_files
from softmax_grader.text import one_line


def report(course: Course, assignment: str) -> dict[str, Any]:
    """Write the CSV files and the teacher's page.

    Parameters
    ----------
    course : Course
    assignment : str

    Returns
    -------
    dict
        ``files``, their paths; ``students``, how many; ``mean`` and ``of``, points; ``flagged``,
        from a student to sentences; ``similar``, pairs with their share; ``slips``, how many
        students made each.
    """
    put_people(course)
    put_lateness(course, assignment)
    by_student = grades(course, assignment)
    source = nbformat.read(course.notebook("source", assignment), as_version=4)
    folder = course.root / "reports" / assignment
    files = grade_files(course, assignment, by_student)
    about = gather(course, assignment, by_student)
    files["report.html"] = report_page(course, assignment, source, by_student, about)
    for name, text in files.items():
        write_atomically(folder / name, text)
    scores = [final_score(grade) for grade in by_student.values()]
    return {
        "files": [folder / name for name in files],
        "students": len(by_student),
        "mean": statistics.mean(scores) if scores else 0.0,
        "of": max((grade["max_score"] for grade in by_student.values()), default=0.0),
        "flagged": {s: flags for s, flags in about["flags"].items() if flags},
        "similar": about["similar"],
        "slips": about["slips"],
    }


def gather(course: Course, assignment: str, students: Iterable[str]) -> dict[str, Any]:
    """Return what the records say of the students.

    Parameters
    ----------
    course : Course
    assignment : str
    students : iterable of str

    Returns
    -------
    dict
        ``flags`` and ``mended``, from a student to sentences; ``slips``, how many students made
        each, by its id; ``known``, the slips themselves, by their ids; ``similar``, pairs of
        students with the share that they have in common.
    """
    flags: dict[str, list[str]] = {}
    mended: dict[str, list[str]] = {}
    slips: Counter[str] = Counter()
    known: dict[str, KnownSlip] = {}
    written: dict[str, list[tuple[str, str]]] = {}
    for student in students:
        collected = read_record(course.record(assignment, "collected", student)) or {}
        run = read_record(course.record(assignment, "run", student)) or {}
        both = [*collected.get("flags", ()), *run.get("flags", ())]
        flags[student] = list(dict.fromkeys(one_line(text) for text in both))
        mended[student] = [one_line(text) for text in collected.get("mended", ())]
        of_student = _slips_of(run)
        slips.update(of_student.keys())
        known |= of_student
        written[student] = _written(course, assignment, student)
    stub = _cells(nbformat.read(course.notebook("release", assignment), as_version=4))
    similar = similar_pairs({s: cells for s, cells in written.items() if cells}, stub)
    return {"flags": flags, "mended": mended, "slips": slips, "known": known, "similar": similar}


def _slips_of(run: Mapping[str, Any]) -> dict[str, KnownSlip]:
    """Return the slips that the tests of one run named, by their ids."""
    return {
        verdict.slip.id: verdict.slip
        for cell in run.get("cells", ())
        for output in cell.get("outputs", ())
        for verdict in verdicts_of(output)
        if verdict.slip is not None
    }


def _cells(notebook: nbformat.NotebookNode) -> list[tuple[str, str]]:
    return [
        (cell.cell_type, cell.source)
        for cell in notebook.cells
        if is_solution(cell) or grade_id(cell) is None
    ]


def _written(course: Course, assignment: str, student: str) -> list[tuple[str, str]]:
    path = course.notebook("submitted", assignment, student)
    return _cells(nbformat.read(path, as_version=4)) if path.is_file() else []


def report_page(
    course: Course,
    assignment: str,
    source: nbformat.NotebookNode,
    by_student: Mapping[str, dict],
    about: Mapping[str, Any],
) -> str:
    """Return the teacher's page as HTML.

    Parameters
    ----------
    course : Course
    assignment : str
    source : nbformat.NotebookNode
        The assignment's.
    by_student : dict
        What the gradebook holds, as :func:`softmax_grader.gradebook.points.grades` returns it.
    about : dict
        What :func:`gather` returns.

    Returns
    -------
    str
    """
    title = assignment_title(source, assignment)
    scores = sorted(final_score(grade) for grade in by_student.values())
    parts = [f"<h1>{escape(title)}: the class</h1>"]
    if not scores:
        return whole_page(title, "\n".join([*parts, "<p>Nothing is graded yet.</p>"]))
    most = max(grade["max_score"] for grade in by_student.values())
    waiting = sum(grade["needs_manual_grade"] for grade in by_student.values())
    parts.append(
        f"<p>{len(scores)} submissions. Mean {points(statistics.mean(scores))}, median "
        f"{points(statistics.median(scores))}, of {points(most)} points. "
        f"{waiting} wait for points by hand.</p>"
    )
    parts.append(_histogram(scores, most))
    parts.append("<h2>Part by part</h2>")
    parts.append(_parts_table(source, by_student))
    parts.append("<h2>Most common slips</h2>")
    if about["slips"]:
        rows = []
        for slip_id, count in about["slips"].most_common():
            slip = about["known"][slip_id]
            place = link_to_book(one_line(slip.place), slip.link, course.book_url)
            rows.append([_title(slip_id), str(count), place])
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
            [
                escape(s),
                points(final_score(by_student[s])),
                "<br>".join(escape(f) for f in flags[:12]),
            ]
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


def _title(slip: str) -> str:
    known = KNOWN_SLIPS.get(slip)
    return (
        f'{escape(known.title)} <span class="muted">{escape(slip)}</span>'
        if known
        else escape(slip)
    )


def _histogram(scores: Sequence[float], most: float, bins: int = 10) -> str:
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


def _parts_table(source: nbformat.NotebookNode, by_student: Mapping[str, dict]) -> str:
    titles, rows = part_titles(source), []
    for name, title in titles.items():
        parts = [grade["cells"][name] for grade in by_student.values() if name in grade["cells"]]
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
