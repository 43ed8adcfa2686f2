"""The students' pages, packed in the form in which each LMS takes them back."""

import io
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from softmax_grader.course.folder import Course, CourseError
from softmax_grader.course.lms_places import LmsPlace, lms_place
from softmax_grader.course.own_folder import empty_own_folder
from softmax_grader.course.records import read_record, write_atomically
from softmax_grader.course.roster import known_people
from softmax_grader.course.tables import csv_text
from softmax_grader.gradebook.points import final_score, grades
from softmax_grader.reports.feedback import feedback
from softmax_grader.reports.spreadsheets import form_of

ARCHIVES = {"moodle": "moodle_feedback.zip", "canvas": "canvas_feedback.zip"}
WAITS = "waits for points by hand"


def give_back(
    course: Course, assignment: str, *, everyone: bool = False, as_pages: bool = False
) -> dict[str, Any]:
    """Pack the pages: an archive for Moodle, one for Canvas, and single files for all others.

    The pages are written anew first, so they say what the gradebook says. Every run empties the
    folder ``return/ASSIGNMENT`` and fills it anew; the same pages make the same archive, byte by
    byte.

    Parameters
    ----------
    course : Course
    assignment : str
    everyone : bool
        Also those whose written answers nobody has read yet.
    as_pages : bool
        Single files for all, whatever LMS their work came from.

    Returns
    -------
    dict
        ``files``, paths; ``returned``, from *moodle*, *canvas* and *pages* to students;
        ``left_out``, from a student to the reason.

    Raises
    ------
    CourseError
        If nothing is graded, or the folder is not this command's own.
    """
    feedback(course, assignment)
    by_student = grades(course, assignment)
    if not by_student:
        raise CourseError(f"nothing is graded: softmax-class grade {assignment}")
    pages: dict[str, bytes] = {}
    left_out: dict[str, str] = {}
    for student in sorted({*by_student, *course.submitted(assignment)}):
        reason = _reason(course, assignment, student, by_student, everyone)
        if reason:
            left_out[student] = reason
        else:
            path = course.notebook("feedback", assignment, student).with_suffix(".html")
            pages[student] = path.read_bytes()
    places = {} if as_pages else _places(course, assignment, pages, left_out)
    folder = course.root / "return" / assignment
    empty_own_folder(folder)
    returned: dict[str, list[str]] = {}
    files: list[Path] = []
    for lms, name in ARCHIVES.items():
        of_lms = {s: place for s, place in places.items() if place.lms == lms}
        if of_lms:
            members = {_member(place, assignment): pages[s] for s, place in of_lms.items()}
            write_atomically(folder / name, _zip(members))
            files.append(folder / name)
            returned[lms] = sorted(of_lms)
    others = [student for student in pages if student not in places and student not in left_out]
    if others:
        for student in others:
            write_atomically(folder / "pages" / f"{student}.html", pages[student])
        text = _mail_merge(course, others, by_student)
        write_atomically(folder / "mail_merge.csv", text)
        files += [folder / "pages", folder / "mail_merge.csv"]
        returned["pages"] = others
    return {"files": files, "returned": returned, "left_out": dict(sorted(left_out.items()))}


def _reason(
    course: Course,
    assignment: str,
    student: str,
    by_student: Mapping[str, dict],
    everyone: bool,
) -> str:
    """Return why a student's page is not given back; '' where it is."""
    again = f"softmax-class grade {assignment}"
    if student not in by_student:
        return f"is not graded yet: {again}"
    graded = course.notebook("autograded", assignment, student)
    submitted = course.notebook("submitted", assignment, student)
    page = course.notebook("feedback", assignment, student).with_suffix(".html")
    if not graded.is_file() or not page.is_file() or not submitted.is_file():
        return "has nothing graded"
    if (read_record(course.record(assignment, "run", student)) or {}).get("failed"):
        return f"could not be graded: {again}"
    if submitted.stat().st_mtime > graded.stat().st_mtime:
        return f"was collected again since it was graded: {again}"
    if by_student[student]["needs_manual_grade"] and not everyone:
        return WAITS
    return ""


def _places(
    course: Course, assignment: str, students: Iterable[str], left_out: dict[str, str]
) -> dict[str, LmsPlace]:
    """Return each student's place; a place that two would have is nobody's."""
    found = {student: lms_place(course, assignment, student) for student in students}
    places = {student: place for student, place in found.items() if place is not None}
    times = Counter(_member(place, assignment) for place in places.values())
    numbers = Counter((place.lms, place.number or place.name) for place in places.values())
    for student, place in list(places.items()):
        if (
            times[_member(place, assignment)] > 1
            or numbers[place.lms, place.number or place.name] > 1
        ):
            left_out[student] = f"its place in the archive, {place.name}, is another one's too"
            del places[student]
    return places


def _member(place: LmsPlace, assignment: str) -> str:
    """Return the page's name in an archive.

    Moodle takes what lies in the folder that it made for the student, or begins as its file did;
    Canvas finds the student and the file by the two numbers in the file's name.
    """
    name = place.name
    if place.lms == "moodle" and not place.is_file:
        return f"{name}/{assignment}.html"
    suffix = PurePosixPath(name).suffix
    stem = name[: -len(suffix)] if 1 < len(suffix) <= 8 and suffix[1:].isalnum() else name
    return f"{stem}.html"


def _zip(members: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in sorted(members.items()):
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.create_system, info.external_attr = 3, 0o644 << 16
            archive.writestr(info, data, zipfile.ZIP_DEFLATED, 9)
    return packed.getvalue()


def _mail_merge(course: Course, students: Iterable[str], by_student: Mapping[str, dict]) -> str:
    people, form = known_people(course), form_of(course)
    rows: list[list] = [["id", "name", "email", "points", "of", "page"]]
    for student in students:
        person, grade = people.get(student), by_student[student]
        about = [person.shown, person.email] if person else ["", ""]
        numbers = [round(final_score(grade), 2), grade["max_score"]]
        rows.append([student, *about, *numbers, f"pages/{student}.html"])
    return csv_text(rows, separator=form.separator, decimal=form.decimal)
