"""Collect what students handed in: folders, archives, an LMS's file names, nbgrader's exchange.

Whatever comes, each student ends with one notebook, rebuilt on the release, and a record of what
was mended and what a teacher should look at. Nothing is unpacked to disk, no link is followed, and
what was handed in is kept beside it, unchanged. Files are read when their student's turn comes, so
a class of large ones does not fill the memory.
"""

import functools
import hashlib
import io
import lzma
import os
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

import nbformat

from softmax_grader.course.folder import (
    EXCHANGE_FILES,
    CourseError,
    read_record,
    safe_id,
    write_atomically,
    write_record,
)
from softmax_grader.intake.flags import one_line
from softmax_grader.intake.rebuild import MAX_BYTES, UnreadableError, blank, parse, rebuild

MAX_FILES = 20_000
MAX_ARCHIVE_BYTES = 2**33  # what one archive that a teacher gives may hold, unpacked
MAX_INNER_BYTES = 2**27  # an archive within: some student's
MAX_NOTEBOOKS = 30  # of one student, that are looked into
MAX_DEPTH = 8
IGNORED = ("__MACOSX", ".ipynb_checkpoints", "__pycache__", ".git", ".DS_Store")
LINK = "its file is a link, which is not followed"
TOO_LARGE = f"the file has more than {MAX_BYTES // 2**20} MB and was not read"

# How file names and folders tell whose they are. The last ones know the assignment's name.
PATTERNS = {
    "Moodle": r"(?P<name>.+)_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)(?:_.*)?",
    "Blackboard": r".*?_(?P<id>[^_]+)_attempt_\d[\d-]*(?:_.*)?",
    "Canvas": r"(?P<name>[^_]+)(?:_LATE)?_(?P<id>\d+)_\d+_.+",
}


SPOILT = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, OSError, ValueError),
    *(RuntimeError, EOFError, KeyError, IndexError, OverflowError, MemoryError),
)  # what a damaged or malicious archive can raise; NotImplementedError is a RuntimeError


# Cyrillic and Greek letters that look like Latin ones, in lower case.
LOOK_ALIKES = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0445\u0443\u0456\u0458\u0455\u04bb\u0501\u03bf\u03b1\u03bd\u03c1",
    "aeopcxyijshdoavp",
)


@dataclass
class Arrival:
    """One file that came, wherever it came from."""

    path: PurePosixPath
    read: Callable[[], bytes] | None = None  #: None if it is too large or cannot be read
    digest: str = ""
    time: float = 0.0
    flags: list = field(default_factory=list)
    borrowed: bool = False  #: whether it lay in what another student handed in

    @property
    def is_notebook(self):
        """Whether its name says that it is a notebook."""
        return self.path.suffix.lower() == ".ipynb"

    @property
    def data(self):
        """What is in it, read anew; None if it cannot be read, or can no longer."""
        try:
            return self.read() if self.read else None
        except SPOILT:
            return None


# --- reading what came ---


def arrivals(path):
    """Return (arrivals, remarks) of a folder, an archive or a notebook.

    Raises
    ------
    CourseError
        If there is nothing at `path`.
    """
    path = Path(path)
    found, remarks = [], []
    try:
        kind = path.stat().st_mode
    except OSError:
        raise CourseError(f"{path} is not there: give a folder, a zip file or a notebook") from None
    if stat.S_ISDIR(kind):
        _read_folder(path, PurePosixPath(), found, remarks, 0)
    elif path.suffix.lower() == ".zip":
        opened = functools.partial(path.open, "rb")
        _read_archive(opened, PurePosixPath(), found, remarks, 0, path.stat().st_mtime)
    elif path.suffix.lower() == ".ipynb":
        found.append(_read_file(path, PurePosixPath(path.name)))
    else:
        raise CourseError(f"{path} is no folder, no .zip and no .ipynb")
    return found, remarks


def _read_folder(folder, inner, found, remarks, depth):
    if depth > MAX_DEPTH:
        remarks.append(f"{one_line(inner)}: folders are nested too deeply")
        return
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        remarks.append(f"{one_line(inner)}: {error.strerror}")
        return
    for entry in entries:
        place = inner / _plain(entry.name)
        if entry.name in IGNORED or len(found) >= MAX_FILES:
            continue
        if entry.is_symlink():
            remarks.append(f"{one_line(place)} is a link and was not followed")
            found.append(Arrival(place, flags=[LINK]))
        elif entry.is_dir():
            if place.suffix.lower() == ".ipynb":
                remarks.append(f"{one_line(place)} is a folder with the name of a notebook")
                before = len(found)
            _read_folder(entry.path, place, found, remarks, depth + 1)
            if place.suffix.lower() == ".ipynb" and not any(
                arrival.is_notebook for arrival in found[before:]
            ):
                found.append(Arrival(place, flags=["its notebook is a folder"]))
        elif not entry.is_file(follow_symlinks=False):
            remarks.append(f"{one_line(place)} is no ordinary file")
        elif place.suffix.lower() == ".zip":
            time = entry.stat(follow_symlinks=False).st_mtime
            opened = functools.partial(Path(entry.path).open, "rb")
            _read_archive(opened, inner / place.stem, found, remarks, depth + 1, time)
        elif place.suffix.lower() == ".ipynb":
            found.append(_read_file(Path(entry.path), place))
        else:
            found.append(Arrival(place))


def _read_file(path, place):
    try:
        about = path.stat()
        if about.st_size > MAX_BYTES:
            return Arrival(place, time=about.st_mtime, flags=[TOO_LARGE])
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        return Arrival(place, path.read_bytes, digest, about.st_mtime)
    except OSError as error:
        return Arrival(place, flags=[f"the file cannot be read: {error.strerror}"])


def _member(opened, member, limit):
    """Return what is in a member of an archive, and one byte more than `limit` at most."""
    with opened() as file, zipfile.ZipFile(file) as archive, archive.open(member) as source:
        return source.read(limit + 1)


def _open_member(opened, member, limit):
    return io.BytesIO(_member(opened, member, limit))


def _read_archive(opened, inner, found, remarks, depth, time):
    """Read the notebooks of a zip file, which `opened()` opens; each read is bounded."""

    def spoilt(why):
        where = one_line(inner) if inner.parts else "the archive"
        remarks.append(f"{where}: {why}")
        if inner.parts:
            place = inner / "spoilt.ipynb"
            found.append(Arrival(place, time=time, flags=[f"its archive {why}"]))

    if depth > 3:
        spoilt("holds archives within archives")
        return
    left, notebooks = MAX_INNER_BYTES if inner.parts else MAX_ARCHIVE_BYTES, 0
    try:
        with opened() as file, zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            if len(members) > MAX_FILES:
                spoilt(f"holds {len(members)} files")
                return
            for member in members:
                place, flags = _place_of(member, inner, remarks)
                suffix = place.suffix.lower() if place else ""
                if suffix not in (".ipynb", ".zip") or flags == [LINK]:
                    found += [Arrival(place, time=time, flags=flags)] if place else []
                    notebooks += flags == [LINK]
                    continue
                notebooks += 1
                limit = min(left, MAX_BYTES if suffix == ".ipynb" else MAX_INNER_BYTES)
                digest, size = _digest(archive, member, limit, flags)
                left -= size
                if suffix == ".ipynb":
                    read = functools.partial(_member, opened, member, limit) if digest else None
                    found.append(Arrival(place, read, digest, time, flags))
                elif digest:
                    opened_inside = functools.partial(_open_member, opened, member, limit)
                    inside = place.with_suffix("")
                    _read_archive(opened_inside, inside, found, remarks, depth + 1, time)
                else:
                    flags.append("its archive is too large or broken")
                    found.append(Arrival(place.with_suffix(".ipynb"), time=time, flags=flags))
    except SPOILT:
        spoilt("cannot be opened")
        return
    if not notebooks:
        spoilt("holds no notebook")


def _place_of(member, inner, remarks):
    """Return (place, flags) of a member of an archive; place is None for what is passed by."""
    name = member.filename.replace("\\", "/")
    parts = [part for part in name.split("/") if part not in ("", ".")]
    flags = []
    if name.startswith("/") or ".." in parts or re.match(r"[A-Za-z]:", name):
        flags.append("its archive names paths outside of itself")
        remarks.append(f"{one_line(name)} climbs out of its archive; only its name is used")
        parts = [part for part in parts if part != ".."]
    parts = [_plain(part) for part in parts]
    if not parts or name.endswith("/") or any(part in IGNORED for part in parts):
        return None, []
    place = inner.joinpath(*parts)
    if stat.S_ISLNK(member.external_attr >> 16):
        remarks.append(f"{one_line(place)} is a link and was not followed")
        flags = [LINK]
    return place, flags


def _digest(archive, member, limit, flags):
    """Return (digest, size) of a member that can be used; ("", 0) and a flag for any other."""
    if member.file_size > limit:
        flags.append(TOO_LARGE)
        return "", 0
    mark, size = hashlib.sha256(), 0
    try:
        with archive.open(member) as source:
            while part := source.read(2**20):
                size += len(part)
                mark.update(part)
                if size > limit:
                    flags.append(TOO_LARGE)
                    return "", size
    except SPOILT as error:
        flags.append(f"cannot be unpacked: {one_line(error, 60)}")
        return "", size
    return mark.hexdigest(), size


def _plain(name):
    """Return a name with nothing in it that a path or a terminal would act on."""
    name = name.encode("utf-8", "replace").decode()
    return "".join("_" if c in "/\\\0" or not c.isprintable() else c for c in name) or "_"


# --- whose it is ---


def student_of(path, assignment, *, pattern=None):
    """Return the student's id that a path tells, or None.

    Parameters
    ----------
    path : PurePosixPath
    assignment : str
    pattern : re.Pattern, optional
        The course's own, with a group ``id``; asked first.

    Examples
    --------
    >>> student_of(PurePosixPath("s001/a1.ipynb"), "a1")
    's001'
    >>> student_of(PurePosixPath("doejane_LATE_4711_81234_a1-2.ipynb"), "a1")
    '4711'
    >>> student_of(PurePosixPath("Jane Doe_123_assignsubmission_file/a1.ipynb"), "a1")
    '123'
    """
    parts = [*path.parts[:-1], path.stem]
    if pattern:
        for text in [path.as_posix(), *path.parts]:
            match = pattern.search(text)
            if match and match["id"]:
                return match["id"]
    for text in parts:
        for known in PATTERNS.values():
            match = re.fullmatch(known, text)
            if match:
                return match["id"]
    name = re.escape(assignment)
    copies = r"(?:[ _-]*(?:\(\d+\)|copy|\d{1,2}))?"
    nameless = re.compile(rf"{name}{copies}|notebook|submission|untitled\d*", re.IGNORECASE)
    for text in [path.stem, *reversed(path.parts[:-1])]:
        match = re.fullmatch(rf"(?P<id>.+?)[ _-]+{name}{copies}", text, re.IGNORECASE)
        match = match or re.fullmatch(rf"{name}[ _-]+(?P<id>.*\D.*|\d{{3,}})", text, re.IGNORECASE)
        if match and not nameless.fullmatch(text):
            return match["id"]
    for text in path.parts[:-1]:
        if not nameless.fullmatch(text):
            return text
    return None if nameless.fullmatch(path.stem) else path.stem


def lms_of(record):
    """Return the name of the LMS that named the file of a collected submission, or None."""
    path = PurePosixPath(record.get("file") or "")
    for text in [*path.parts[:-1], path.stem]:
        for name, known in PATTERNS.items():
            if re.fullmatch(known, text):
                return name
    return None


# --- choosing and writing ---


def collect(course, assignment, paths=(), *, tell=None):
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
    """
    release = nbformat.read(course.notebook("release", assignment), as_version=4)
    paths = [Path(path) for path in paths]
    exchanged = {} if paths else _exchanged(course, assignment)
    if not paths:
        own = course.root / "incoming" / assignment
        paths = [own] if own.is_dir() else []
        if not paths and not exchanged and not course.submitted(assignment):
            raise CourseError(
                f"there is nothing to collect: give a folder or a zip file, or put the files "
                f"into {own}"
            )
    found, remarks = [], []
    for path in paths:
        came, said = arrivals(path)
        found += came
        remarks += said
    by_student, odd = _by_student(course, assignment, found)
    for student, came in exchanged.items():
        by_student.setdefault(student, []).extend(came)
    result = {"students": {}, "unchanged": [], "remarks": list(dict.fromkeys(remarks))}
    for student, came in sorted(by_student.items()):
        record = _choose(release, assignment, came)
        record["flags"] = [*odd.get(student, []), *record["flags"]]
        if student in exchanged:
            record["exchange"] = True
        if _write(course, assignment, student, record):
            result["students"][student] = record
            if tell:
                tell(student, record)
        else:
            result["unchanged"].append(student)
    return result


def _by_student(course, assignment, found):
    by_student, odd = {}, {}
    for arrival in found:
        told = student_of(arrival.path, assignment, pattern=course.id_pattern)
        if told is None:
            mark = hashlib.sha256(f"{arrival.path.as_posix()}{arrival.digest}".encode())
            told = f"unknown-{mark.hexdigest()[:8]}"
            odd[told] = [f"nothing tells whose {one_line(arrival.path, 80)} is"]
        student, changed = safe_id(told)
        if changed:
            odd.setdefault(student, []).append(
                f"the id {one_line(told, 60)!r} is no file name and became {student}"
            )
        by_student.setdefault(student, []).append(arrival)
    _look_for_borrowed_names(by_student, assignment, course.id_pattern)
    _look_for_look_alikes(by_student, odd, course.submitted(assignment))
    # A file that lies beside the students' and has no student's name is not handed in.
    for student in list(by_student):
        if not any(a.is_notebook or is_handed_in(course, a.path) for a in by_student[student]):
            del by_student[student]
    return by_student, odd


def _look_for_borrowed_names(by_student, assignment, pattern):
    """Mark files with one student's name that lie in what another student handed in.

    ``s001.zip`` may hold a file ``s002_a1.ipynb``. It does not take the place of what s002 handed
    in, now or before.
    """
    for student, came in by_student.items():
        for arrival in came:
            for part in arrival.path.parts[:-1]:
                told = student_of(PurePosixPath(part, "x.ipynb"), assignment, pattern=pattern)
                owner = safe_id(told)[0] if told else student
                others = [a for a in by_student.get(owner, ()) if a is not arrival]
                if owner != student and others:
                    arrival.borrowed = True
                    arrival.flags.append(f"it lay in what {owner} handed in")
                    break


def skeleton(student):
    """Return what the eye takes an id for.

    >>> skeleton("S001") == skeleton("\u0455001")  # a Cyrillic letter
    True
    """
    return unicodedata.normalize("NFKC", student).casefold().translate(LOOK_ALIKES)


def _look_for_look_alikes(by_student, odd, known):
    """Flag ids that differ, and look the same."""
    same = {}
    for student in {*by_student, *known}:
        same.setdefault(skeleton(student), set()).add(student)
    for student in by_student:
        if others := same[skeleton(student)] - {student}:
            names = ", ".join(sorted(others)[:3])
            odd.setdefault(student, []).append(f"its id looks like another one: {names}")


def is_handed_in(course, path):
    """Return whether a file that is no notebook is some student's, by its folder or its name."""
    names = [path.as_posix(), path.stem]
    own = course.id_pattern
    return (
        len(path.parts) > 1
        or any(re.fullmatch(pattern, path.stem) for pattern in PATTERNS.values())
        or bool(own and any(own.search(name) for name in names))
    )


def _choose(release, assignment, came):
    """Return the record of the notebook that counts, with the notebook itself in it."""
    notebooks = [arrival for arrival in came if arrival.is_notebook]
    flags = []
    if not notebooks:
        names = ", ".join(one_line(arrival.path.name, 40) for arrival in came[:3])
        rebuilt = blank(release, f"there is no notebook, only {names}")
        return _record(rebuilt, None, None, flags)
    known = {c.metadata.nbgrader.grade_id for c in release.cells if "nbgrader" in c.metadata}
    if len(notebooks) > MAX_NOTEBOOKS:
        flags.append(f"of {len(notebooks)} notebooks only {MAX_NOTEBOOKS} were looked into")
        notebooks.sort(key=lambda a: (assignment in a.path.stem, a.time), reverse=True)
        notebooks = notebooks[:MAX_NOTEBOOKS]

    def worth(arrival):
        try:
            cells, _ = parse(arrival.data or b"")
            own = len({cell.grade_id for cell in cells} & known)
            readable = True
        except UnreadableError:
            own, readable = 0, False
        named = assignment in arrival.path.stem
        return not arrival.borrowed, readable, own > 0, named, arrival.time, own

    best = max(notebooks, key=lambda arrival: (worth(arrival), arrival.path.as_posix()))
    if len({arrival.digest for arrival in notebooks}) > 1:
        others = [one_line(a.path, 60) for a in notebooks if a is not best]
        flags.append(
            f"{len(notebooks)} notebooks came; {one_line(best.path, 80)} was taken, "
            f"not {', '.join(others[:3])}"
        )
    flags += list(dict.fromkeys(flag for arrival in came for flag in arrival.flags))
    data = best.data
    if data is None:
        rebuilt = blank(release, "the file could not be used")
    else:
        rebuilt = rebuild(release, data)
    if rebuilt.readable and assignment not in best.path.stem:
        rebuilt.mended.append(f"its name was {one_line(best.path.name, 60)}")
    return _record(rebuilt, best, data, flags)


def _record(rebuilt, arrival, original, flags):
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


def _write(course, assignment, student, record):
    """Write a student's notebook and record; return whether anything is new."""
    notebook, original = record.pop("notebook"), record.pop("original")
    record["key"] = hashlib.sha256(notebook.encode("utf-8", "replace")).hexdigest()
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
    write_record(path, record)
    return True


def _only_notebook(target):
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


def _remove(entry):
    if entry.is_dir(follow_symlinks=False):
        for inner in os.scandir(entry.path):
            _remove(inner)
        Path(entry.path).rmdir()
    else:
        Path(entry.path).unlink()


def _exchanged(course, assignment):
    """Return what nbgrader's exchange put into ``submitted`` and is not rebuilt yet."""
    found = {}
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
        if old is not None and target.is_file() and not target.is_symlink():
            mark = hashlib.sha256(target.read_bytes()).hexdigest()
            if mark == old.get("key"):
                continue
        came, _ = arrivals(inside)
        if came:
            found[student] = [replace(a, path=PurePosixPath(student) / a.path) for a in came]
    return found
