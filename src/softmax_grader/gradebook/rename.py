"""Give a student another id: all that a course has of the student's work goes along.

Every step of it leaves what is moved already where it belongs, so the same command finishes a
renaming that was stopped.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from softmax_grader.course.drawn_ids import DrawnId, read_drawn_ids, write_drawn_ids
from softmax_grader.course.enrolling import give_worksheet_to
from softmax_grader.course.extensions import read_extensions, write_extensions
from softmax_grader.course.folder import RECORDS, Course, CourseError, safe_id
from softmax_grader.course.records import read_record, write_record
from softmax_grader.course.renamed import keep_renamed, renamed_ids
from softmax_grader.course.roster import ROSTER, read_roster, write_roster
from softmax_grader.gradebook.drawn import Draws, same_id
from softmax_grader.intake.rebuilt import rebuilt_notebook
from softmax_grader.intake.remove import MARKS
from softmax_grader.variants.choices import id_written

BY_STUDENT = ("submitted", "autograded", "feedback")  # STUDENT/ASSIGNMENT
BY_ASSIGNMENT = ("originals", "removed")  # ASSIGNMENT/STUDENT


@dataclass
class Renamed:
    """What became of a student's work.

    Parameters
    ----------
    assignments : list of str
        Those for which there was work.
    by_hand : int
        How many points and comments by hand went along.
    drawn : list of str
        Assignments in which the values stay those of the former id.
    in_roster : bool
        Whether the roster had the former id.
    is_new : bool
        False where all was as wanted already.
    """

    assignments: list[str] = field(default_factory=list)
    by_hand: int = 0
    drawn: list[str] = field(default_factory=list)
    in_roster: bool = False
    is_new: bool = True


def rename(course: Course, old: str, new: str) -> Renamed:
    """Give a student another id, in all assignments.

    Parameters
    ----------
    course : Course
    old, new : str

    Returns
    -------
    Renamed

    Raises
    ------
    CourseError
        If nobody has the old id, the new one cannot be one, or both have work for the same
        assignment or a row in the roster. Then nothing has changed.
    """
    if safe_id(old)[1]:
        raise CourseError(
            f"{old!r} is no id that a course gives: softmax-class report lists who has handed in"
        )
    if safe_id(new)[1] or new.lower().endswith(".ipynb"):
        raise CourseError(f"{new!r} cannot be a student's id; expected one such as s001")
    if old == new:
        raise CourseError(f"{old} is the same id twice: give the former id, then the new one")
    people = read_roster(course)
    moves = _moves(course, old, new)
    held = _held(course, old)
    extensions, drawn = read_extensions(course), read_drawn_ids(course)
    granted = any(student == old for _, student in (*extensions, *drawn))
    if not moves and held is None and old not in people and not granted:
        if renamed_ids(course).get(old) == new:
            return Renamed(is_new=False)
        raise CourseError(
            f"nobody has the id {old}, in the roster or in what came: "
            f"softmax-class report lists who has handed in"
        )
    if old in people and new in people:
        raise CourseError(
            f"{old} and {new} are two students of {ROSTER}, and nothing was changed. If they are "
            f"one, take the row of one out. If a file came under the other's id: softmax-class "
            f"collect ASSIGNMENT FILE --student {new}, then softmax-class remove ASSIGNMENT {old}"
        )
    _need_room(course, moves, held or {}, old, new)
    assignments = sorted({*_assignments(course, old), *(held or {})})
    result = Renamed(assignments, in_roster=old in people)
    stays = _drawn_by_the_former_id(course, old, new)
    result.drawn = sorted({one.assignment for one in stays})
    _rename_in_tables(course, old, new, stays)
    _rename_in_records(course, old, new)
    keep_renamed(course, old, new, assignments)
    for path, target in moves:
        target.parent.mkdir(parents=True, exist_ok=True)
        path.rename(target)
    _merge_marks_of_removed(course, old, new)
    for name in BY_STUDENT:
        _remove_if_empty(course.root / name / old)
    for folder in (course.root / "removed").glob(f"*/{old}"):
        _remove_if_empty(folder)
    if held is not None:
        result.by_hand = _rename_in_gradebook(course, old, new)
    return result


def _moves(course: Course, old: str, new: str) -> list[tuple[Path, Path]]:
    """Return each path of a student's, and where it belongs under the new id."""
    moves = []
    for name in BY_STUDENT:
        folder = course.root / name / old
        if folder.is_symlink():
            raise CourseError(f"{folder} is a link; a student's folder must be a folder")
        moves += [(path, folder.with_name(new) / path.name) for path in _inside(folder)]
    for assignment in _inside(course.root / "originals"):
        for path in (assignment / f"{old}.ipynb", assignment / old):
            moves.append((path, path.with_name(f"{new}{path.name[len(old) :]}")))
    for assignment in _inside(course.root / "removed"):
        folder = assignment / old
        moves += [(path, folder.with_name(new) / path.name) for path in _inside(folder)]
    for assignment in _inside(course.root / RECORDS):
        for kind in _inside(assignment):
            if kind.name != MARKS:
                moves.append((kind / f"{old}.json", kind / f"{new}.json"))
    return [(path, target) for path, target in moves if path.exists() or path.is_symlink()]


def _inside(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _assignments(course: Course, student: str) -> list[str]:
    """Return the assignments for which a student has handed something in."""
    folders = [*(course.root / "submitted" / student).glob("*"), *_records(course, student)]
    return sorted({path.name for path in folders})


def _records(course: Course, student: str) -> list[Path]:
    return [
        a for a in _inside(course.root / RECORDS) if (a / "collected" / f"{student}.json").exists()
    ]


def _need_room(
    course: Course,
    moves: list[tuple[Path, Path]],
    held: dict[str, int],
    old: str,
    new: str,
) -> None:
    """Require that nothing lies where something is to go."""
    both = {name for name in _assignments(course, old) if name in _assignments(course, new)}
    both |= held.keys() & (_held(course, new) or {}).keys()
    if both:
        names = ", ".join(sorted(both))
        raise CourseError(
            f"{old} and {new} have both handed in {names}, and nothing was changed. Take out the "
            f"one that is not to count: softmax-class remove {sorted(both)[0]} {old} (or {new})"
        )
    taken = [target for _, target in moves if target.exists() or target.is_symlink()]
    if taken:
        raise CourseError(
            f"{taken[0]} is there already, and nothing was changed: move it away if nothing in it "
            f"is needed"
        )


def _drawn_by_the_former_id(course: Course, old: str, new: str) -> list[DrawnId]:
    """Return what is to be granted, so that work keeps the values with which it was done."""
    granted = []
    for assignment in course.released():
        draws = Draws(course, assignment)
        if draws.choices is None:
            continue
        for student in course.submitted(assignment):
            key = draws.key(student)
            if student not in draws.granted and same_id(key, old):
                written = id_written(rebuilt_notebook(course, assignment, student))
                if same_id(written, key):
                    reason = f"{new} had the id {old}"
                    name = new if student == old else student
                    granted.append(DrawnId(assignment, name, key, reason))
    return granted


def _rename_in_tables(course: Course, old: str, new: str, stays: list[DrawnId]) -> None:
    people = read_roster(course)
    if old in people:
        write_roster(
            course,
            [replace(one, id=new) if one.id == old else one for one in people.values()],
        )
    extensions = read_extensions(course)
    if any(student == old for _, student in extensions):
        kept = [one for one in extensions.values() if one.student != old]
        own = [replace(e, student=new) for e in extensions.values() if e.student == old]
        write_extensions(course, [*kept, *own])
    drawn = read_drawn_ids(course)
    if stays or any(student == old for _, student in drawn):
        every = [replace(d, student=new) if d.student == old else d for d in drawn.values()]
        write_drawn_ids(course, [*every, *stays])


def _rename_in_records(course: Course, old: str, new: str) -> None:
    """Rename the student in records that are another one's, or all students'."""
    for assignment in _inside(course.root / RECORDS):
        aside = assignment / "set_aside.json"
        given = read_record(aside) or {}
        if any(old in students for students in given.values()):
            write_record(
                aside,
                {
                    cell: {new if name == old else name: words for name, words in students.items()}
                    for cell, students in given.items()
                },
            )
        for path in _inside(assignment / "collected"):
            record = read_record(path)
            if record is not None and record.get("shared_from") == old:
                write_record(path, {**record, "shared_from": new})
        give_worksheet_to(course, assignment.name, old, new)


def _merge_marks_of_removed(course: Course, old: str, new: str) -> None:
    """Let what was taken out of a student's work stay out under the new id."""
    for assignment in _inside(course.root / RECORDS):
        path = assignment / MARKS / f"{old}.json"
        record: dict[str, Any] | None = read_record(path)
        if record is not None:
            target = path.with_name(f"{new}.json")
            known = (read_record(target) or {}).get("digests", [])
            write_record(target, {"digests": sorted({*known, *record.get("digests", [])})})
            path.unlink()


def _remove_if_empty(folder: Path) -> None:
    if folder.is_dir() and not _inside(folder):
        folder.rmdir()


def _held(course: Course, student: str) -> dict[str, int] | None:
    """Return how many points and comments by hand the gradebook has, by assignment."""
    if not (course.root / "gradebook.db").is_file():
        return None
    from nbgrader.api import Gradebook, MissingEntry

    with Gradebook(course.db_url, course.id) as gradebook:
        try:
            known = gradebook.find_student(student)
        except MissingEntry:
            return None
        return {
            submission.assignment.name: sum(
                sum(g.manual_score is not None for g in notebook.grades)
                + sum(bool(g.extra_credit) for g in notebook.grades)
                + sum(bool(c.manual_comment) for c in notebook.comments)
                for notebook in submission.notebooks
            )
            for submission in known.submissions
        }


def _rename_in_gradebook(course: Course, old: str, new: str) -> int:
    """Give a student's submissions to the new id, in one transaction; return what was by hand."""
    from nbgrader.api import Gradebook, MissingEntry, Student, SubmittedAssignment

    by_hand = sum((_held(course, old) or {}).values())
    with Gradebook(course.db_url, course.id) as gradebook:
        before = gradebook.find_student(old)
        names = ("first_name", "last_name", "email", "lms_user_id")
        try:
            after = gradebook.find_student(new)
        except MissingEntry:
            after = Student(id=new)
            gradebook.db.add(after)
        for name in names:
            if getattr(before, name) and not getattr(after, name):
                setattr(after, name, getattr(before, name))
        gradebook.db.flush()
        gradebook.db.query(SubmittedAssignment).filter(
            SubmittedAssignment.student_id == old
        ).update({"student_id": new}, synchronize_session=False)
        gradebook.db.expire_all()
        gradebook.db.delete(gradebook.find_student(old))
        gradebook.db.commit()
    return by_hand
