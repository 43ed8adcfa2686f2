"""Collect what students handed in: one rebuilt notebook for each student, and a record of it.

Whatever comes, each student ends with one notebook, rebuilt on the release, and a record of what
was mended and what a teacher should look at. What was handed in is kept beside it, unchanged.
"""

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import nbformat

from softmax_grader.course.folder import EXCHANGE_FILES, Course, CourseError, safe_id
from softmax_grader.course.records import read_record, write_atomically, write_record
from softmax_grader.intake.archives import Arrival, arrivals
from softmax_grader.intake.groups import share_in_groups
from softmax_grader.intake.names import is_handed_in, skeleton, student_of
from softmax_grader.intake.rebuild import Rebuilt, UnreadableError, blank, parse, rebuild
from softmax_grader.intake.rebuilt import keep_rebuilt
from softmax_grader.intake.roster_ids import roster_ids
from softmax_grader.staleness import digest
from softmax_grader.text import one_line

MAX_NOTEBOOKS = 30  # of one student, that are looked into


def collect(
    course: Course,
    assignment: str,
    paths: Iterable[str | Path] = (),
    *,
    tell: Callable[[str, dict], None] | None = None,
) -> dict[str, Any]:
    """Bring what came into ``submitted``, one rebuilt notebook for each student.

    Parameters
    ----------
    course : Course
    assignment : str
    paths : iterable of path, optional
        What to collect. Without it, ``incoming/ASSIGNMENT`` if it is there, and what nbgrader's
        exchange has brought into ``submitted``.
    tell : callable, optional
        ``tell(student, record)`` for each submission.

    Returns
    -------
    dict
        ``students`` (from id to record), ``unchanged`` (ids), ``remarks`` on files that are
        nobody's.

    Raises
    ------
    CourseError
        If there is nothing to collect.
    """
    release = nbformat.read(course.notebook("release", assignment), as_version=4)
    paths = [Path(path) for path in paths]
    exchanged = {} if paths else _exchanged(course, assignment)
    if not paths:
        incoming = course.root / "incoming" / assignment
        paths = [incoming] if incoming.is_dir() else []
        if not paths and not exchanged and not course.submitted(assignment):
            raise CourseError(
                f"there is nothing to collect: give a folder or a zip file, or put the files "
                f"into {incoming}"
            )
    files: list[Arrival] = []
    remarks: list[str] = []
    for path in paths:
        files_of_path, remarks_on_path = arrivals(path)
        files += files_of_path
        remarks += remarks_on_path
    by_student, odd = _by_student(course, assignment, files)
    ids = roster_ids(course, assignment, by_student)
    by_student = {ids.get(student, student): came for student, came in by_student.items()}
    odd = {ids.get(student, student): flags for student, flags in odd.items()}
    for student, files in exchanged.items():
        by_student.setdefault(student, []).extend(files)
    result: dict[str, Any] = {"students": {}, "unchanged": []}
    result["remarks"] = list(dict.fromkeys(remarks))
    for student, files in sorted(by_student.items()):
        record = _choose(release, assignment, files)
        record["flags"] = [*odd.get(student, []), *record["flags"]]
        if student in exchanged:
            record["exchange"] = True
        if _write(course, assignment, student, record):
            result["students"][student] = record
            if tell:
                tell(student, record)
        else:
            result["unchanged"].append(student)
    result["remarks"] += share_in_groups(course, assignment)
    return result


def _by_student(
    course: Course, assignment: str, files: Iterable[Arrival]
) -> tuple[dict[str, list[Arrival]], dict[str, list[str]]]:
    """Return each student's files, and flags on students' ids."""
    by_student: dict[str, list[Arrival]] = {}
    odd: dict[str, list[str]] = {}
    for arrival in files:
        name = student_of(arrival.path, assignment, pattern=course.id_pattern)
        if name is None:
            mark = digest(f"{arrival.path.as_posix()}{arrival.digest}".encode())
            name = f"unknown-{mark[:8]}"
            odd[name] = [f"nothing tells whose {one_line(arrival.path, 80)} is"]
        student, changed = safe_id(name)
        if changed:
            odd.setdefault(student, []).append(
                f"the id {one_line(name, 60)!r} is no file name and became {student}"
            )
        by_student.setdefault(student, []).append(arrival)
    _look_for_borrowed_names(by_student, assignment, course.id_pattern)
    _look_for_look_alikes(by_student, odd, course.submitted(assignment))
    # A file beside the students' without a student's name is not handed in.
    for student in list(by_student):
        if not any(
            a.is_notebook or is_handed_in(a.path, pattern=course.id_pattern)
            for a in by_student[student]
        ):
            del by_student[student]
    return by_student, odd


def _look_for_borrowed_names(
    by_student: dict[str, list[Arrival]], assignment: str, pattern: re.Pattern[str] | None
) -> None:
    """Mark files with one student's name that lie in what another student handed in.

    ``s001.zip`` may hold a file ``s002_a1.ipynb``. It does not take the place of what s002 handed
    in, now or before.
    """
    for student, files in by_student.items():
        for arrival in files:
            for part in arrival.path.parts[:-1]:
                name = student_of(PurePosixPath(part, "x.ipynb"), assignment, pattern=pattern)
                owner = safe_id(name)[0] if name else student
                others = [a for a in by_student.get(owner, ()) if a is not arrival]
                if owner != student and others:
                    arrival.borrowed = True
                    arrival.flags.append(f"it lay in what {owner} handed in")
                    break


def _look_for_look_alikes(
    by_student: dict[str, list[Arrival]], odd: dict[str, list[str]], known: Iterable[str]
) -> None:
    """Flag ids that differ, and look the same."""
    same: dict[str, set[str]] = {}
    for student in {*by_student, *known}:
        same.setdefault(skeleton(student), set()).add(student)
    for student in by_student:
        if others := same[skeleton(student)] - {student}:
            names = ", ".join(sorted(others)[:3])
            odd.setdefault(student, []).append(f"its id looks like another one: {names}")


def _choose(
    release: nbformat.NotebookNode, assignment: str, files: list[Arrival]
) -> dict[str, Any]:
    """Return the record of the notebook that counts, with the notebook itself in it."""
    notebooks = [arrival for arrival in files if arrival.is_notebook]
    flags: list[str] = []
    if not notebooks:
        names = ", ".join(one_line(arrival.path.name, 40) for arrival in files[:3])
        rebuilt = blank(release, f"there is no notebook, only {names}")
        return _record(rebuilt, None, None, flags)
    known = {c.metadata.nbgrader.grade_id for c in release.cells if "nbgrader" in c.metadata}
    if len(notebooks) > MAX_NOTEBOOKS:
        flags.append(f"of {len(notebooks)} notebooks only {MAX_NOTEBOOKS} were looked into")
        notebooks.sort(key=lambda a: (assignment in a.path.stem, a.time), reverse=True)
        notebooks = notebooks[:MAX_NOTEBOOKS]

    def worth(arrival: Arrival) -> tuple:
        try:
            cells, _ = parse(arrival.data or b"")
            kept = len({cell.grade_id for cell in cells} & known)
            readable = True
        except UnreadableError:
            kept, readable = 0, False
        is_named = assignment in arrival.path.stem
        return not arrival.borrowed, readable, kept > 0, is_named, arrival.time, kept

    best = max(notebooks, key=lambda arrival: (worth(arrival), arrival.path.as_posix()))
    if len({arrival.digest for arrival in notebooks}) > 1:
        others = [one_line(a.path, 60) for a in notebooks if a is not best]
        flags.append(
            f"{len(notebooks)} notebooks came; {one_line(best.path, 80)} was taken, "
            f"not {', '.join(others[:3])}"
        )
    flags += list(dict.fromkeys(flag for arrival in files for flag in arrival.flags))
    data = best.data
    if data is None:
        rebuilt = blank(release, "the file could not be used")
    else:
        rebuilt = rebuild(release, data)
    if rebuilt.readable and assignment not in best.path.stem:
        rebuilt.mended.append(f"its name was {one_line(best.path.name, 60)}")
    return _record(rebuilt, best, data, flags)


def _record(
    rebuilt: Rebuilt, arrival: Arrival | None, original: bytes | None, flags: list[str]
) -> dict[str, Any]:
    return {
        "notebook": nbformat.writes(rebuilt.notebook) + "\n",
        "original": original,
        "file": arrival.path.as_posix() if arrival is not None else "",
        "time": arrival.time if arrival is not None else 0.0,
        "borrowed": arrival is not None and arrival.borrowed,
        "readable": rebuilt.readable,
        "mended": rebuilt.mended,
        "flags": [*flags, *rebuilt.flags],
    }


def _write(course: Course, assignment: str, student: str, record: dict[str, Any]) -> bool:
    """Write a student's notebook and record; return whether anything is new."""
    notebook, original = record.pop("notebook"), record.pop("original")
    record["key"] = digest(notebook.encode("utf-8", "replace"))
    target = course.notebook("submitted", assignment, student)
    path = course.record(assignment, "collected", student)
    old = read_record(path)
    if old is not None and target.is_file():
        same = [old.get(name) for name in ("key", "flags", "mended")]
        if same == [record["key"], record["flags"], record["mended"]]:
            return False
        older = old.get("time", 0) > record["time"]
        borrowed = record["borrowed"] and not old.get("borrowed")
        if (older or borrowed) and record["key"] != old.get("key"):
            # Neither takes the place of what came before: an older file, or one of another's.
            kind = "a file that lay in another student's" if borrowed else "an older file"
            text = f"{kind} came as well: {one_line(record['file'], 80)}"
            if text in old["flags"]:
                return False
            old["flags"].append(text)
            write_record(path, old)
            record.clear()
            record.update(old)
            return True
    if original is not None:
        kept = course.root / "originals" / assignment / f"{student}.ipynb"
        write_atomically(kept, original)
    _only_notebook(target)
    write_atomically(target, notebook)
    keep_rebuilt(course, assignment, student, notebook)
    write_record(path, record)
    return True


def _only_notebook(target: Path) -> None:
    """Take other files out of a submission's folder: nbgrader would copy them, links too."""
    folder = target.parent
    if folder.is_symlink() or folder.parent.is_symlink():
        raise CourseError(f"{folder} is a link; a submission's folder must be a folder")
    if not folder.is_dir():
        return
    for entry in os.scandir(folder):
        if entry.name in (target.name, *EXCHANGE_FILES) and entry.is_file(follow_symlinks=False):
            continue
        _remove(entry)


def _remove(entry: os.DirEntry) -> None:
    if entry.is_dir(follow_symlinks=False):
        for inner in os.scandir(entry.path):
            _remove(inner)
        Path(entry.path).rmdir()
    else:
        Path(entry.path).unlink()


def _exchanged(course: Course, assignment: str) -> dict[str, list[Arrival]]:
    """Return what nbgrader's exchange put into ``submitted`` and is not rebuilt yet."""
    exchanged = {}
    base = course.root / "submitted"
    for folder in sorted(base.glob("*")) if base.is_dir() else []:
        inside = folder / assignment
        student = folder.name
        if folder.is_symlink() or inside.is_symlink() or not inside.is_dir():
            continue
        if safe_id(student)[1]:
            continue  # not made by the exchange
        target = course.notebook("submitted", assignment, student)
        old = read_record(course.record(assignment, "collected", student))
        if (
            old is not None
            and target.is_file()
            and not target.is_symlink()
            and digest(target.read_bytes()) == old.get("key")
        ):
            continue
        files, _ = arrivals(inside)
        if files:
            exchanged[student] = [replace(a, path=PurePosixPath(student) / a.path) for a in files]
    return exchanged
