"""Whose what came is: each student has one place in it, and all that lies there is theirs.

A place is the outermost part of a path that is a student's: the folder or the file that an LMS
named, a folder or an archive for each student, or a file with an id in its name. It is found from
the listing of all that came together, so that nothing within a place can be taken for another one.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from softmax_grader.course.folder import safe_id
from softmax_grader.intake.archives import READ
from softmax_grader.intake.names import KNOWN, NO_NAMES, NUMBER, id_in, shape, skeleton
from softmax_grader.text import quoted

MAX_WRAPPERS = 4


@dataclass(frozen=True)
class Place:
    """Whose a file is.

    Parameters
    ----------
    student : str or None
        The id as the place tells it; None where nothing tells it.
    part : str
        The outermost part that is the student's.
    own : PurePosixPath
        What the student named.
    key : str
        What stays the same when the student hands in again.
    lms : str or None
        *moodle*, *canvas* or *blackboard*.
    name : str or None
        The person's, as the LMS gives it.
    late : bool or None
        None where the LMS does not tell it.
    at : str or None
        The LMS's time, as it writes it.
    is_sure : bool
        Whether its form tells that it is a student's.
    wrapper : str
        The folder or archive of several students in which it came, or none.
    """

    student: str | None
    part: str
    own: PurePosixPath
    key: str
    lms: str | None = None
    name: str | None = None
    late: bool | None = None
    at: str | None = None
    is_sure: bool = True
    wrapper: str = ""


@dataclass
class _Top:
    """What lies outermost: a file, or a folder or an archive with what is in it."""

    name: str
    inside: list[PurePosixPath] = field(default_factory=list)
    is_file: bool = False

    @property
    def stem(self) -> str:
        return stem_of(self.name) if self.is_file or self.is_archive else self.name

    @property
    def is_archive(self) -> bool:
        return self.name.lower().endswith(READ)


class Listing:
    """Where each student's place is in what came together.

    Parameters
    ----------
    paths : iterable of PurePosixPath
        All of them.
    assignment : str
    pattern : re.Pattern, optional
        The course's own, with a group ``id``; asked first.
    known : iterable of str
        Ids of students who are known already.
    given : str
        The name of the folder or the archive that was given, or none.
    """

    def __init__(
        self,
        paths: Iterable[PurePosixPath],
        assignment: str,
        *,
        pattern: re.Pattern[str] | None = None,
        known: Iterable[str] = (),
        given: str = "",
        depth: int = 0,
    ) -> None:
        self.assignment, self.pattern, self.given = assignment, pattern, given
        known = list(known)
        self.known = {skeleton(student) for student in known}
        self.remarks: list[str] = []
        self.tops: dict[str, _Top] = {}
        for path in paths:
            top = self.tops.setdefault(path.parts[0], _Top(path.parts[0]))
            if len(path.parts) > 1:
                top.inside.append(PurePosixPath(*path.parts[1:]))
            else:
                top.is_file = True
        self.has_numbers = self._has_numbers()
        self.order = self._vote()
        self.owner = self._owner() if depth == 0 else None
        self.shapes = self._shapes(known)
        self.inner: dict[str, Listing] = {}
        if self.owner is None and depth < MAX_WRAPPERS:
            for top in self._containers():
                self.inner[top.name] = Listing(
                    *(top.inside, assignment), pattern=pattern, known=known, depth=depth + 1
                )

    def place_of(self, path: PurePosixPath) -> Place:
        """Return the place in which a file lies.

        Parameters
        ----------
        path : PurePosixPath

        Returns
        -------
        Place
        """
        if self.owner is not None:
            return replace(self.owner, own=path)
        first, rest = path.parts[0], PurePosixPath(*path.parts[1:])
        if first in self.inner and rest.parts:
            place = self.inner[first].place_of(rest)
            wrapper = f"{first}/{place.wrapper}".rstrip("/")
            return replace(place, wrapper=wrapper)
        for count, part in enumerate(path.parts if self.pattern else ()):
            if match := self._by_pattern(part):
                own = PurePosixPath(*path.parts[count + 1 :] or (part,))
                return Place(match, part, own, f"pattern {match}")
        if self.pattern and (match := self._by_pattern(path.as_posix())):
            return Place(match, first, path, f"pattern {match}")
        top = self.tops[first]
        if (found := self._by_lms(top)) is not None:
            return replace(found, own=rest) if rest.parts else found
        student, is_sure = self._id(top)
        is_sure = is_sure or bool(rest.parts) or self._is_regular(student)
        kind = "archive" if top.is_archive else "folder" if rest.parts else "file"
        return Place(
            *(student, first, rest if rest.parts else path, f"{kind} {student}"), is_sure=is_sure
        )

    def _id(self, top: _Top) -> tuple[str | None, bool]:
        """Return the id in a name that no LMS gave, and whether its form tells one."""
        student, is_sure = id_in(top.stem, self.assignment)
        number = NUMBER.match(top.stem) if student and not is_sure and top.is_file else None
        if number and (self.has_numbers or skeleton(number["id"]) in self.known):
            return number["id"], True
        return student, is_sure

    def _has_numbers(self) -> bool:
        """Return whether numbers at the beginning of names tell files apart, as in s001_x."""
        files = [top for top in self.tops.values() if top.is_file]
        found = [match["id"] for top in files if (match := NUMBER.match(top.stem))]
        return len(found) == 1 or len(set(found)) > 1

    def _shapes(self, known: Iterable[str]) -> set[str]:
        """Return the shapes of ids: known ones, and those of what lies outermost."""
        names = [*known]
        for top in self.tops.values():
            if not top.is_file or top.name.lower().endswith(".ipynb"):
                names.append(self._claim(top) or top.stem)
        return {shape(name) for name in names}

    def _by_pattern(self, text: str) -> str | None:
        match = self.pattern.search(text) if self.pattern else None
        return match["id"] if match and match["id"] else None

    def _vote(self) -> list[str]:
        """Return the LMSs, the one that named most first; one that named few files is none."""
        votes: Counter[str] = Counter()
        folders: set[str] = set()
        others = 0
        for top in self.tops.values():
            matching = [lms for lms, known in KNOWN.items() if known.fullmatch(top.name)]
            votes.update(matching)
            folders.update(matching if not top.is_file else ())
            others += not matching and id_in(top.stem, self.assignment)[0] is not None
        self.named_files = {lms for lms in votes if votes[lms] >= others}
        return sorted(votes, key=lambda lms: (-votes[lms], list(KNOWN).index(lms)))

    def _by_lms(self, top: _Top) -> Place | None:
        for lms in self.order:
            if top.is_file and lms not in self.named_files:
                continue
            if match := KNOWN[lms].fullmatch(top.name):
                found = match.groupdict()
                name = (found.get("name") or "").strip() or None
                if name and skeleton(name).replace("/", " ") in NO_NAMES:
                    name = None
                late = bool(found["late"]) if "late" in found else None
                return Place(
                    *(match["id"], top.name, PurePosixPath(found.get("own") or top.name)),
                    *(f"{lms} {match['id']} {name or ''}", lms, name),
                    late=late,
                    at=found.get("at"),
                )
        return None

    def _claim(self, top: _Top) -> str | None:
        """Return the id in an outermost name if its form tells one."""
        if self.pattern and (match := self._by_pattern(top.name)):
            return match
        if place := self._by_lms(top):
            return place.student
        student, is_sure = self._id(top)
        return student if is_sure or (student and skeleton(student) in self.known) else None

    def _is_regular(self, student: str | None) -> bool:
        """Return whether an id looks like the others."""
        if student is None:
            return False
        has_number = any(c.isdigit() for c in student)
        return skeleton(student) in self.known or (has_number and shape(student) in self.shapes)

    def _claims(self) -> tuple[set[str], bool]:
        """Return the ids that the outermost names claim, and whether a notebook claims none."""
        claims, loose = set(), False
        packed = [top for top in self.tops.values() if not top.is_file]
        for top in self.tops.values():
            if (claim := self._claim(top)) is not None:
                claims.add(safe_id(claim)[0])
            elif top.is_file and top.name.lower().endswith(".ipynb"):
                loose = True
        if not loose and len(packed) >= 3:
            names = [id_in(top.stem, self.assignment)[0] for top in packed]
            claims.update(safe_id(name)[0] for name in names if name)
        return claims, loose

    def _owner(self) -> Place | None:
        """Return the place that was given itself, if all that came is one student's."""
        if not self.given:
            return None
        top = _Top(self.given, is_file=self.given.lower().endswith(READ))
        alone = PurePosixPath(self.given)
        place = Listing([alone], self.assignment, depth=1).place_of(alone)
        if place.lms:
            return place
        student = self._by_pattern(self.given) or id_in(top.stem, self.assignment)[0]
        if student is None:
            return None
        claims, loose = self._claims()
        alike = len(student) > 2 and any(shape(claim) == shape(student) for claim in claims)
        nameless = not claims and all(
            id_in(other.stem, self.assignment)[0] is None for other in self.tops.values()
        )
        mine = skeleton(student) in self.known and not (len(claims) > 3 and not loose)
        if mine or (alike and len(claims) < 4) or (nameless and top.is_file and self.tops):
            kind = "archive" if top.is_file else "folder"
            return Place(student, self.given, PurePosixPath(), f"{kind} {student}")
        return None

    def _containers(self) -> list[_Top]:
        """Return the folders and archives that hold many students' places."""
        packed = [top for top in self.tops.values() if not top.is_file and not self._by_lms(top)]
        nameless = [top for top in packed if self._id(top)[0] is None]
        rest = [top for top in packed if top not in nameless]
        if any(self._by_lms(top) for top in self.tops.values() if not top.is_file):
            archives: list[_Top] = []  # among folders that an LMS named, what else lies there
        else:
            archives = self._archives_of_an_lms(rest)
        rest = [top for top in rest if top not in archives]
        holding = [top for top in rest if self._holds_many(top)]
        if holding and len(holding) == len(rest):
            return [*nameless, *archives, *holding]
        for top in holding:
            self.remarks.append(
                f"{quoted(top.name)} holds files with several students' names, and lies "
                f"beside students' own: taken as one student's. If it is none, collect it by itself"
            )
        return [*nameless, *archives]

    def _archives_of_an_lms(self, packed: list[_Top]) -> list[_Top]:
        """Return what an LMS packed whole, such as its zip files of two weeks in one folder."""
        claims = {}
        for top in packed:
            student, _ = self._id(top)
            inner = Listing(top.inside, self.assignment, depth=MAX_WRAPPERS)
            whole = [inner._by_lms(other) for other in inner.tops.values()]
            is_known = student is None or skeleton(student) in self.known
            if not is_known and all(whole) and len({place.lms for place in whole if place}) == 1:
                claims[top.name] = {place.student for place in whole if place}
        others = [top for top in self.tops.values() if top.name not in claims]
        shapes = {shape(name) for name in (*self.known, *(self._id(o)[0] or "" for o in others))}
        many = any(len(found) > 1 for found in claims.values())
        chosen = []
        for top in packed:
            student, _ = self._id(top)
            if top.name not in claims or not student:
                continue
            has_number = any(c.isdigit() for c in student)
            is_alone = len(self.tops) == 1 and not NUMBER.match(f"{student} ")
            if has_number and shape(student) in shapes:
                continue
            if len(claims[top.name]) > 1 or (top.is_archive and (many or is_alone)):
                chosen.append(top)
        return chosen

    def _holds_many(self, top: _Top) -> bool:
        student, _ = self._id(top)
        if self._by_pattern(top.name):
            return False
        if student is None or skeleton(student) in self.known:
            return False
        inner = Listing(top.inside, self.assignment, pattern=self.pattern, depth=MAX_WRAPPERS)
        inner.known = self.known
        claims, loose = inner._claims()
        alike = any(shape(claim) == shape(student) for claim in claims)
        return len(claims) >= 2 and not loose and (not alike or len(claims) > 3)


def stem_of(name: str) -> str:
    """Return a file's name without what tells its kind: ``a1`` of ``a1.ipynb.txt``.

    Parameters
    ----------
    name : str

    Returns
    -------
    str
    """
    lower = name.lower()
    for end in (*READ, ".ipynb.txt", ".ipynb.json"):
        if lower.endswith(end) and len(name) > len(end):
            return name[: -len(end)]
    return PurePosixPath(name).stem


def student_of(
    path: PurePosixPath, assignment: str, *, pattern: re.Pattern[str] | None = None
) -> str | None:
    """Return the student's id in a path that came alone.

    Parameters
    ----------
    path : PurePosixPath
    assignment : str
    pattern : re.Pattern, optional
        The course's own.

    Returns
    -------
    str or None
        None where there is none.

    Examples
    --------
    >>> student_of(PurePosixPath("s001/a1.ipynb"), "a1")
    's001'
    >>> student_of(PurePosixPath("doejane_LATE_4711_81234_a1-2.ipynb"), "a1")
    '4711'
    >>> student_of(PurePosixPath("Jane Doe_123_assignsubmission_file/a1.ipynb"), "a1")
    '123'
    """
    return Listing([path], assignment, pattern=pattern).place_of(path).student
