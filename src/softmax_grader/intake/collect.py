"""Collect what students handed in: one rebuilt notebook for each student, and a record of it.

Whatever comes, each student ends with one notebook, rebuilt on the release, and a record of what
was mended and what a teacher should look at. What was handed in is kept beside it, unchanged; no
file takes the place of another one without a word.
"""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import nbformat

from softmax_grader.course.enrolling import known_ids
from softmax_grader.course.folder import EXCHANGE_FILES, Course, CourseError, safe_id
from softmax_grader.course.records import read_record
from softmax_grader.course.renamed import moodles_renamed_ids, renamed_ids
from softmax_grader.course.roster import read_roster
from softmax_grader.intake import originals
from softmax_grader.intake.archives import arrivals, is_archive
from softmax_grader.intake.arrival import Arrival, plain
from softmax_grader.intake.choose import STEP, Candidate, Release, choose, shown_time
from softmax_grader.intake.groups import share_in_groups
from softmax_grader.intake.names import KNOWN, id_in, shape, skeleton
from softmax_grader.intake.places import Listing, Place, stem_of
from softmax_grader.intake.rebuild import blank, rebuild
from softmax_grader.intake.remove import is_removed, remove
from softmax_grader.intake.submission import Submission, is_submitted, note, put_back, take
from softmax_grader.intake.times import Times
from softmax_grader.staleness import digest
from softmax_grader.text import quoted

UNKNOWN = "unknown-"
MAX_TOLD = 30  # names of a student's other files


@dataclass
class _Group:
    """What came of one student."""

    candidates: list[Candidate] = field(default_factory=list)
    others: list[tuple[Arrival, Place]] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    handed_in: dict[str, str | None] = field(default_factory=dict)
    exchange: bool = False

    @property
    def arrivals(self) -> list[Arrival]:
        return [*(one.arrival for one in self.candidates), *(other for other, _ in self.others)]


class _Came:
    """All that came, sorted by student."""

    def __init__(self, course: Course, assignment: str) -> None:
        self.course, self.assignment = course, assignment
        self.known = known_students(course)
        self.renamed = renamed_ids(course)
        self.renamed_by_moodle = moodles_renamed_ids(course, assignment)
        self.groups: dict[str, _Group] = {}
        self.remarks: list[str] = []
        self.nobodys: list[PurePosixPath] = []
        self.seen = self.of_systems = 0

    def read(self, path: Path, *, is_given: bool) -> None:
        """Read a folder, an archive or a file."""
        files, remarks = arrivals(path)
        name = path.resolve().name if is_given and (path.is_dir() or is_archive(path.name)) else ""
        paths = [one.path for one in files if one.kind != "system"]
        pattern = self.course.id_pattern
        listing = Listing(paths, self.assignment, pattern=pattern, known=self.known, given=name)
        self.remarks += [*remarks, *listing.remarks]
        self.seen += len(files)
        placed = [(one, listing.place_of(one.path)) for one in files if one.kind != "system"]
        self.of_systems += len(files) - len(placed)
        if listing.owner is not None:  # the archive's own name tells whose it is
            for arrival, _ in placed:
                arrival.path = PurePosixPath(plain(name)) / arrival.path
        times = Times(placed)
        for arrival, place in placed:
            self.add(arrival, place, times.handed_in(arrival, place))

    def add(self, arrival: Arrival, place: Place, handed_in: str | None) -> None:
        name = place.student
        odd = []
        may_be = place.is_sure or arrival.kind in ("notebook", "archive", "folder")
        if not arrival.is_notebook and (name is None or not may_be):
            self.nobodys.append(arrival.path)
            return
        if name is None:
            mark = arrival.digest or digest(arrival.path.as_posix().encode())
            name = f"{UNKNOWN}{mark[:8]}"
            odd.append(f"nothing tells whose {quoted(arrival.path, 80)} is")
        student, changed = safe_id(name)
        if student.lower().endswith(".ipynb"):
            student, changed = f"{student[:-6]}_ipynb", True
        if changed:
            odd.append(f"the id {quoted(name)} is no file name and became {student}")
        student = self._called_now(student, place.lms)
        group = self.groups.setdefault(student, _Group())
        group.odd += [text for text in odd if text not in group.odd]
        group.handed_in[arrival.path.as_posix()] = handed_in
        if arrival.is_notebook:
            group.candidates.append(Candidate(arrival, place))
        else:
            group.others.append((arrival, place))

    def _called_now(self, student: str, lms: str | None = None) -> str:
        """Return the id that a student has now."""
        renamed = self.renamed_by_moodle if lms == "moodle" else self.renamed
        return renamed.get(student, student)

    def exchanged(self, student: str, files: list[Arrival]) -> None:
        """Add what nbgrader's exchange brought."""
        group = self.groups.setdefault(self._called_now(student), _Group())
        group.exchange = True
        for arrival in files:
            if arrival.path.name in EXCHANGE_FILES:
                continue
            self.seen += 1
            if arrival.kind == "system":
                self.of_systems += 1
                continue
            arrival.path = PurePosixPath(student) / arrival.path
            own = PurePosixPath(arrival.path.name)
            place = Place(student, student, own, f"exchange {student}")
            if arrival.is_notebook:
                group.candidates.append(Candidate(arrival, place))
            else:
                group.others.append((arrival, place))

    def put_under_roster_ids(self) -> None:
        """Take for the LMS's own numbers the ids that the class's roster has."""
        senders = {}
        for student, group in self.groups.items():
            places = [one.place for one in group.candidates] + [place for _, place in group.others]
            senders[student] = {"lms": places[0].lms, "name": places[0].name} if places else {}
        ids = known_ids(self.course, self.assignment, senders)
        self.groups = {ids.get(student, student): group for student, group in self.groups.items()}

    def look(self) -> dict[str, list[str]]:
        """Flag what is odd about ids and names; return what is odd about absent students."""
        absent: dict[str, list[str]] = {}
        everybody = {*self.groups, *self.course.submitted(self.assignment), *self.known}
        same: dict[str, set[str]] = {}
        for student in everybody:
            same.setdefault(skeleton(student), set()).add(student)
        for student, group in self.groups.items():
            if others := same[skeleton(student)] - {student}:
                names = ", ".join(sorted(others)[:3])
                group.odd.append(f"its id looks like another one: {names}")
            self._look_for_carried_names(student, group, same, absent)
            keys = {one.place.key: one.place.part for one in group.candidates}
            if len(keys) > 1 and len({one.arrival.digest for one in group.candidates}) > 1:
                parts = ", ".join(quoted(part) for part in list(keys.values())[:4])
                group.events.append(f"files of this id came in {len(keys)} places: {parts}")
        return absent

    def _look_for_carried_names(
        self,
        student: str,
        group: _Group,
        same: dict[str, set[str]],
        absent: dict[str, list[str]],
    ) -> None:
        """Flag, on both, a file that lies in one student's place and carries another's name."""
        if student.startswith(UNKNOWN):
            return
        seen: dict[str, list[Candidate]] = {}
        for one in group.candidates:
            for name, is_sure in _names_in(one.place.own, self.assignment):
                found = same.get(skeleton(safe_id(name)[0]), set())
                if not found and is_sure and shape(name) == shape(student):
                    found = {name}  # of nobody who has handed in yet
                for other in found:
                    if skeleton(other) != skeleton(student):
                        one.carries = other
                        seen.setdefault(other, []).append(one)
        for other, carrying in seen.items():
            text = quoted(carrying[0].arrival.path, 80)
            more = len({id(one) for one in carrying}) - 1
            text += f" and {more} more" if more else ""
            group.events.append(
                f"{text} carries the name of {other}; it counts as {student}'s, in whose place it "
                f"lay"
            )
            text = f"a file that {student} handed in carries the name of {other}: {text}"
            if other in self.groups:
                self.groups[other].events.append(text)
            else:
                absent.setdefault(other, []).append(text)


def collect(
    course: Course,
    assignment: str,
    paths: Iterable[str | Path] = (),
    *,
    tell: Callable[[str, int, int], None] | None = None,
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
        ``tell(student, done, of)`` after each submission.

    Returns
    -------
    dict
        ``students`` (from id to record) of whom anything is new, ``kept`` (ids) of those among
        them whose submission stayed as it was, ``unchanged`` (ids), ``replaced``
        (from the id of an unknown one that was taken out to whose it is), ``remarks`` on files
        that are nobody's, ``files``: how many were ``seen``, ``used``, ``older`` and ``told``.

    Raises
    ------
    CourseError
        If there is nothing to collect.
    """
    release = Release(nbformat.read(course.notebook("release", assignment), as_version=4))
    given = [Path(path) for path in paths]
    exchanged = {} if given else _exchanged(course, assignment)
    is_given = bool(given)
    if not given:
        incoming = course.root / "incoming" / assignment
        given = [incoming] if incoming.is_dir() else []
        if not given and not exchanged and not course.submitted(assignment):
            raise CourseError(
                f"there is nothing to collect: give a folder or a zip file, or put the files "
                f"into {incoming}"
            )
    came = _Came(course, assignment)
    for path in given:
        came.read(path, is_given=is_given)
    for student, files in exchanged.items():
        came.exchanged(student, files)
    came.put_under_roster_ids()
    absent = came.look()
    result: dict[str, Any] = {"students": {}, "kept": [], "unchanged": [], "replaced": {}}
    result["remarks"] = remarks = list(dict.fromkeys(came.remarks))
    ways: Counter[str] = Counter()
    for done, (student, group) in enumerate(sorted(came.groups.items()), 1):
        if _was_removed(course, assignment, student, group):
            remarks.append(
                f"{student} was removed, and only what was removed came again: it is not taken "
                f"(with --student {student} it is)"
            )
            ways["told"] += len(group.candidates)
            continue
        ways[_bring(course, assignment, release, student, group, result)] += 1
        if tell:
            tell(student, done, len(came.groups))
    for student, events in absent.items():
        if record := note(course, assignment, student, *events):
            result["students"][student] = record
            result["kept"].append(student)
    result["replaced"] = _replaced_unknown(course, assignment, came.groups)
    remarks += [*_of_nobody(came), *share_in_groups(course, assignment)]
    notebooks = sum(len(group.candidates) for group in came.groups.values())
    result["files"] = {
        "seen": came.seen,
        "used": ways["used"],
        "older": notebooks - ways["used"] - ways["told"],
        "told": came.seen - notebooks + ways["told"],
    }
    return result


def known_students(course: Course) -> set[str]:
    """Return the ids of students in the roster, in the gradebook, or who handed in before.

    Parameters
    ----------
    course : Course

    Returns
    -------
    set of str
    """
    base = course.root / "submitted"
    known = {path.name for path in base.iterdir()} if base.is_dir() else set()
    known |= set(read_roster(course))
    database = course.root / "gradebook.db"
    if database.is_file():
        try:
            connection = sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)
            with connection:
                known |= {str(row[0]) for row in connection.execute("SELECT id FROM student")}
            connection.close()
        except sqlite3.Error:
            pass
    return {student for student in known if not student.startswith((UNKNOWN, "."))}


def _names_in(own: PurePosixPath, assignment: str) -> Iterable[tuple[str, bool]]:
    """Return what may be ids in the names that a student gave, and whether their form says so."""
    for part in own.parts:
        for known in KNOWN.values():
            if match := known.fullmatch(part):
                yield match["id"], True
        name, is_sure = id_in(stem_of(part), assignment)
        if name:
            yield name, is_sure
            yield name.partition("_")[0], False


def _was_removed(course: Course, assignment: str, student: str, group: _Group) -> bool:
    marks = [one.arrival.digest for one in group.candidates]
    return bool(marks) and all(is_removed(course, assignment, student, mark) for mark in marks)


def _bring(
    course: Course,
    assignment: str,
    release: Release,
    student: str,
    group: _Group,
    result: dict[str, Any],
) -> str:
    """Bring one student's work into the course; return what became of the file that counts."""
    new = _submission(assignment, release, group)
    _keep_all(course, assignment, student, group)
    old = read_record(course.record(assignment, "collected", student))
    is_there = is_submitted(course, assignment, student)
    why = _why_not(old, new, student, assignment) if old is not None and is_there else ""
    if old is not None and why:
        if group.exchange:
            put_back(course, assignment, student)
        record = note(course, assignment, student, why, *new.events)
        if record:
            result["students"][student] = record
            result["kept"].append(student)
        else:
            result["unchanged"].append(student)
        return "older"
    if old is not None and is_there:
        new.chosen = bool(old.get("chosen"))
        new.events += _how_else(old, new)
    record, is_new = take(course, assignment, student, new)
    if is_new:
        result["students"][student] = record
    else:
        result["unchanged"].append(student)
    if not group.candidates:
        return "none"
    return "used" if new.rebuilt.readable else "told"


def _submission(assignment: str, release: Release, group: _Group) -> Submission:
    """Return what becomes a student's submission."""
    flags = list(group.odd)
    told = _told(group)
    own = [flag for one in group.arrivals for flag in one.flags]
    if not group.candidates:
        arrival, place = group.others[0]
        why = next(iter(own), "") or f"there is no notebook, only {', '.join(told[:3])}"
        if arrival.kind == "folder" and len(group.others) == 1:
            why = own[0] if own else "its folder is empty"
        new = Submission(blank(release.notebook, why), flags=[*flags, *own])
        new.time = max(one.came or one.time for one in group.arrivals)
    else:
        taken, said = choose(release, assignment, group.candidates)
        arrival, place = taken.arrival, taken.place
        data = arrival.data if not taken.why else None
        flags += said
        if data is None:
            why = f"the file {taken.why}" if taken.why else "the file could not be used"
            new = Submission(blank(release.notebook, why))
        else:
            new = Submission(rebuild(release.notebook, data), data)
        own_name = PurePosixPath(place.own.name or arrival.path.name)
        is_named = assignment in stem_of(own_name.name) and own_name.suffix.lower() == ".ipynb"
        if new.rebuilt.readable and not is_named:
            new.rebuilt.mended.append(f"its name was {quoted(arrival.path.name)}")
        new.flags = [*flags, *own]
        new.time, new.changed = taken.came, arrival.time
        new.worked, new.carries = taken.worked, taken.carries
    new.file, new.told, new.exchange = arrival.path.as_posix(), told, group.exchange
    new.events = list(dict.fromkeys(group.events))
    new.place, new.wrapper = place.key, place.wrapper
    new.sender = {
        "lms": place.lms,
        "name": place.name,
        "place": place.part,
        "handed_in": group.handed_in.get(arrival.path.as_posix()),
        "late": place.late,
    }
    return new


def _told(group: _Group) -> list[str]:
    """Return the names of what a student handed in besides notebooks."""
    told = []
    for arrival, place in group.others[:MAX_TOLD]:
        if place.at and place.own.name == place.part:  # Blackboard's own note on a submission
            continue
        name = quoted(place.own.name or arrival.path.name, 40)
        told.append(f"the empty folder {name}" if arrival.kind == "folder" else name)
    if len(group.others) > MAX_TOLD:
        told.append(f"{len(group.others) - MAX_TOLD} more")
    return list(dict.fromkeys(told))


def _keep_all(course: Course, assignment: str, student: str, group: _Group) -> None:
    """Keep every notebook that came."""
    kept = set()
    for one in group.candidates:
        if one.arrival.digest and one.arrival.digest not in kept:
            kept.add(one.arrival.digest)
            if (data := one.arrival.data) is not None:
                originals.keep_version(course, assignment, student, data, one.arrival.time)


def _why_not(old: dict[str, Any], new: Submission, student: str, assignment: str) -> str:
    """Return why what came does not take the place of what was there; empty if it does."""
    if new.digest and new.digest == old.get("digest"):
        return ""
    name = (
        f"{quoted(new.file, 80)} ({shown_time(new.changed)})"
        if new.changed
        else quoted(new.file, 80)
    )
    age = "older" if new.time < old.get("time", 0) - STEP else "newer"
    way = f"to take it: softmax-class collect {assignment} FILE --student {student}"
    if new.original is None:
        if old.get("readable") or old.get("digest"):
            return f"{age} files without a notebook came as well: {quoted(new.file, 80)}"
        return ""
    if old.get("chosen"):
        article = "an" if age == "older" else "a"
        return f"{article} {age} file came as well: {name}; the one you chose stays; {way}"
    is_elsewhere = (old.get("sender") or {}).get("lms") and old.get("place") != new.place
    if is_elsewhere and not _is_same_person(old, new):
        return f"a file from another place came as well: {name}; {way}"
    if not old.get("readable", True):
        return ""
    if age == "older":
        return f"an older file came as well: {name}"
    if new.carries and not old.get("carries"):
        return f"a file with the name of {new.carries} came as well: {name}; {way}"
    if not new.rebuilt.readable:
        return f"a newer file came that cannot be read: {name}"
    if old.get("worked") and not new.worked:
        return f"a newer file came in which nothing was done: {name}; {way}"
    return ""


def _is_same_person(old: dict[str, Any], new: Submission) -> bool:
    """Return whether an LMS gave both, and with names that may be one person's."""
    sender = old["sender"]
    if sender.get("lms") != new.sender["lms"]:
        return False
    one, other = sender.get("name") or "", new.sender["name"] or ""
    return not one or not other or one.endswith(f"-{other}") or other.endswith(f"-{one}")


def _how_else(old: dict[str, Any], new: Submission) -> list[str]:
    """Return what is odd about the way in which a student's file came this time."""
    if new.digest == old.get("digest") or not old.get("place") or new.original is None:
        return []
    before, now = old.get("file") or "", new.file
    texts = f"{quoted(now, 80)}, before as {quoted(before, 80)}"
    if old["place"] != new.place:
        return [f"it came from another place than before: as {texts}"]
    if old.get("wrapper", "") != new.wrapper:
        return [f"it came within another folder or archive than before: as {texts}"]
    return []


def _replaced_unknown(course: Course, assignment: str, groups: dict[str, _Group]) -> dict[str, str]:
    """Take out an unknown submission whose file came again with a student's name."""
    by_digest = {
        one.arrival.digest: student
        for student, group in groups.items()
        if not student.startswith(UNKNOWN)
        for one in group.candidates
        if one.arrival.digest
    }
    replaced = {}
    for student in course.submitted(assignment):
        if student.startswith(UNKNOWN) and student not in groups:
            record = read_record(course.record(assignment, "collected", student)) or {}
            if owner := by_digest.get(record.get("digest") or ""):
                remove(course, assignment, student)
                replaced[student] = owner
    return replaced


def _of_nobody(came: _Came) -> list[str]:
    """Return the lines on files that are no student's."""
    remarks = []
    if came.nobodys:
        names = ", ".join(quoted(path) for path in came.nobodys[:5])
        more = f" and {len(came.nobodys) - 5} more" if len(came.nobodys) > 5 else ""
        remarks.append(f"no notebook, and nobody's by name: {names}{more}")
    if came.of_systems:
        remarks.append(f"made by systems or editors, passed by: {came.of_systems}")
    notes = sum(
        bool(place.at) and place.own.name == place.part
        for group in came.groups.values()
        for _, place in group.others
    )
    if notes:
        remarks.append(f"notes of Blackboard's own, passed by: {notes}")
    return remarks


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
            exchanged[student] = files
    return exchanged
