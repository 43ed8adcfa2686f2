"""What came: the files in folders and archives, read without trust.

Nothing is unpacked to disk and no link is followed. Files are read when their student's turn
comes, so a class of large ones does not fill the memory. Every file is among what is returned,
also one that cannot be used.
"""

import functools
import io
import os
import re
import stat
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from softmax_grader.course.folder import CourseError
from softmax_grader.intake import tars, zips
from softmax_grader.intake.arrival import (
    LINK,
    MAX_ARCHIVE_BYTES,
    MAX_DEPTH,
    MAX_INNER_BYTES,
    MAX_OF_PLACE,
    PERHAPS,
    ROOM,
    SPOILT,
    TOO_LARGE,
    Arrival,
    Kind,
    Member,
    Opened,
    digest_of,
    is_of_a_system,
    looks_like_a_notebook,
    plain,
)
from softmax_grader.intake.rebuild import MAX_BYTES
from softmax_grader.text import one_line

READ = (".zip", *tars.SUFFIXES)
NOT_READ = (".rar", ".7z", ".gz", ".bz2", ".xz")
MAX_NESTED = 3  # archives within a student's archive


def arrivals(path: str | Path) -> tuple[list[Arrival], list[str]]:
    """Return what came in a folder, an archive or a notebook.

    Parameters
    ----------
    path : path

    Returns
    -------
    arrivals : list of Arrival
        One for each file.
    remarks : list of str
        On what is nobody's: links, odd files, broken archives.

    Raises
    ------
    CourseError
        If there is nothing at `path`, something else, or an archive that cannot be read.
    """
    path = Path(path)
    reader = _Reader()
    try:
        kind = path.stat().st_mode
        if stat.S_ISDIR(kind):
            os.scandir(path).close()
            reader.folder(path, PurePosixPath(), 0)
        elif not stat.S_ISREG(kind):
            raise CourseError(f"{path} is no ordinary file: give a folder, a zip file, a notebook")
        elif is_archive(path.name):
            path.open("rb").close()
            reader.given(path)
        elif path.suffix.lower() in (".ipynb", ".txt", ".json"):
            path.open("rb").close()
            reader.file(path, PurePosixPath(plain(path.name)))
            if not reader.files[0].is_notebook:
                raise CourseError(f"{path} is no folder, no archive and no notebook")
        else:
            raise CourseError(
                f"{path} is no folder, no notebook (.ipynb) and no archive that is read "
                f"({', '.join(READ[:3])})"
            )
    except PermissionError as error:
        raise CourseError(
            f"{error.filename or path} may not be read by you: {error.strerror}"
        ) from None
    except FileNotFoundError:
        raise CourseError(f"{path} is not there: give a folder, a zip file or a notebook") from None
    return reader.files, reader.remarks


def is_archive(name: str) -> bool:
    """Return whether a name is one of an archive that is read.

    Parameters
    ----------
    name : str

    Returns
    -------
    bool
    """
    return name.lower().endswith(READ)


class _Budget:
    """What all the archives in one file may still unpack."""

    def __init__(self, left: int) -> None:
        self.left = left


class _Reader:
    def __init__(self) -> None:
        self.files: list[Arrival] = []
        self.remarks: list[str] = []
        self.in_place: Counter[str] = Counter()
        self.room = ROOM

    def add(self, place: PurePosixPath, kind: Kind, *flags: str, **known: object) -> Arrival:
        arrival = Arrival(place, kind, flags=list(flags), **known)  # type: ignore[arg-type]
        self.files.append(arrival)
        return arrival

    def kept(self, head: bytes, size: int, read: Callable[[], bytes]) -> Callable[[], bytes]:
        """Return what returns a file: from memory if it is small, and there is room."""
        if len(head) < size or size > self.room:
            return read
        self.room -= size
        return lambda: head

    def is_full(self, place: PurePosixPath) -> bool:
        """Count a file; return whether too many lie outermost in the same folder or archive."""
        if len(place.parts) < 2:
            return False
        self.in_place[place.parts[0]] += 1
        count = self.in_place[place.parts[0]]
        if count == MAX_OF_PLACE + 1:
            text = f"more than {MAX_OF_PLACE} files came; the rest was not looked at"
            self.add(place, "other", text)
        elif count > MAX_OF_PLACE:
            self.add(place, "other")
        return count > MAX_OF_PLACE

    # Folders.

    def folder(self, folder: str | Path, inner: PurePosixPath, depth: int) -> None:
        if depth > MAX_DEPTH:
            self.remarks.append(f"{one_line(inner)}: folders are nested too deeply")
            self.add(inner, "folder", "its folders are nested too deeply")
            return
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            self.remarks.append(f"{one_line(inner)}: {error.strerror}")
            self.add(inner, "folder", f"its folder cannot be read: {error.strerror}")
            return
        if not entries and inner.parts:
            self.add(inner, "folder", time=Path(folder).stat().st_mtime)
        for entry in entries:
            place = inner / plain(entry.name)
            is_folder = entry.is_dir(follow_symlinks=False)
            if is_of_a_system(entry.name) and not entry.is_symlink():
                self.add(place, "system")
            elif not is_folder and self.is_full(place):
                continue
            elif entry.is_symlink():
                self.remarks.append(f"{one_line(place)} is a link and was not followed")
                self.add(place, "link", LINK)
            elif is_folder:
                self.subfolder(entry.path, place, depth + 1)
            elif not entry.is_file(follow_symlinks=False):
                self.remarks.append(f"{one_line(place)} is no ordinary file")
                self.add(place, "other")
            elif is_archive(place.name):
                time = entry.stat(follow_symlinks=False).st_mtime
                opened = functools.partial(_open, Path(entry.path))
                self.archive(opened, place, 1, time, time, _Budget(MAX_INNER_BYTES))
            else:
                self.file(Path(entry.path), place)

    def subfolder(self, folder: str, place: PurePosixPath, depth: int) -> None:
        before = len(self.files)
        self.folder(folder, place, depth)
        if place.suffix.lower() == ".ipynb":
            self.remarks.append(f"{one_line(place)} is a folder with the name of a notebook")
            for arrival in self.files[before:]:
                arrival.flags.append("its notebook is a folder")

    def file(self, path: Path, place: PurePosixPath) -> None:
        suffix = place.suffix.lower()
        if suffix != ".ipynb" and suffix not in PERHAPS:
            self.other(place, path.stat().st_mtime)
            return
        try:
            status = path.stat()
            known = {"time": status.st_mtime, "came": status.st_mtime, "size": status.st_size}
            if status.st_size > MAX_BYTES:
                kind: Kind = "notebook" if suffix == ".ipynb" else "other"
                self.add(place, kind, TOO_LARGE, **known)
                return
            with path.open("rb") as source:
                mark, size, head = digest_of(source, MAX_BYTES)
        except OSError as error:
            self.add(place, "other", f"the file cannot be read: {error.strerror}")
            return
        if suffix == ".ipynb" or looks_like_a_notebook(head):
            read = self.kept(head, size, path.read_bytes)
            self.add(place, "notebook", read=read, digest=mark, **known)
        else:
            self.add(place, "other", **known)

    def other(self, place: PurePosixPath, time: float, came: float | None = None) -> None:
        if place.name.lower().endswith(NOT_READ):
            text = f"{one_line(place.name, 60)} is an archive of a kind that is not read"
            self.add(place, "archive", f"{text}; unpack it, or ask for a .zip", time=time)
        else:
            self.add(place, "other", time=time, came=came or time)

    # Archives.

    def given(self, path: Path) -> None:
        """Read the archive that the teacher gave: an error in it is the whole's."""
        time = path.stat().st_mtime
        opened = functools.partial(_open, path)
        try:
            self.entries(opened, path.name, PurePosixPath(), 0, time, None, None)
        except zips.EncryptedError:
            raise CourseError(
                f"{path} asks for a password: unpack it, and give the folder"
            ) from None
        except PermissionError:
            raise
        except SPOILT as error:
            why = one_line(error, 100) or type(error).__name__
            raise CourseError(
                f"{path} cannot be read as an archive ({why}): download it again, or unpack it "
                f"and give the folder"
            ) from None
        if not self.files:
            self.remarks.append(f"{one_line(path.name)} is empty")

    def archive(
        self,
        opened: Opened,
        place: PurePosixPath,
        depth: int,
        time: float,
        came: float,
        budget: _Budget,
    ) -> None:
        """Read an archive within what came: an error in it is its student's."""
        before = len(self.files)
        why = ""
        if depth > MAX_NESTED:
            why = "holds archives within archives"
        else:
            try:
                self.entries(opened, place.name, place, depth, time, came, budget)
            except zips.EncryptedError as error:
                why = str(error)
            except SPOILT as error:
                known = isinstance(error, ValueError) and str(error).startswith(("holds", "is too"))
                why = str(error) if known else "cannot be opened: it is damaged, or something else"
        if not why and len(self.files) == before:
            why = "is empty"
        if why:
            self.remarks.append(f"{one_line(place)}: {why}")
            self.add(place, "archive", f"its archive {why}", time=time, came=came)

    def entries(
        self,
        opened: Opened,
        name: str,
        inner: PurePosixPath,
        depth: int,
        time: float,
        came: float | None,
        budget: _Budget | None,
    ) -> None:
        """Read the entries of an archive; each read is bounded.

        Without a `budget` it is the teacher's archive, and each file in it has one of its own.
        """
        folders: set[PurePosixPath] = set()
        holding: set[PurePosixPath] = set()
        left = _Budget(MAX_ARCHIVE_BYTES) if budget is None else budget
        for member in _members(opened, name, of_a_student=budget is not None):
            place, flags = self.place_of(member, inner)
            if place is None:
                continue
            if member.kind == "folder":
                folders.add(place)
                continue
            holding.update(place.parents)
            when = time if member.time is None else member.time
            if is_of_a_system(place.name) or any(is_of_a_system(part) for part in place.parts):
                self.add(place, "system")
            elif self.is_full(place):
                continue
            elif member.kind == "link":
                self.remarks.append(f"{one_line(place)} is a link and was not followed")
                self.add(place, "link", LINK)
            elif member.kind == "odd":
                self.remarks.append(f"{one_line(place)} is no ordinary file")
                self.add(place, "other")
            else:
                self.member(member, place, flags, depth, when, came or when, left, budget)
        for place in sorted(folders - holding - {PurePosixPath()}):
            if not any(is_of_a_system(part) for part in place.parts):
                self.add(place, "folder", time=time)

    def member(
        self,
        member: Member,
        place: PurePosixPath,
        flags: list[str],
        depth: int,
        time: float,
        came: float,
        left: _Budget,
        budget: _Budget | None,
    ) -> None:
        suffix = place.suffix.lower()
        packed = is_archive(place.name)
        if not packed and suffix != ".ipynb" and suffix not in PERHAPS:
            self.other(place, time, came)
            return
        limit = min(left.left, MAX_INNER_BYTES if packed else MAX_BYTES)
        mark, size, head = "", 0, b""
        if member.size > limit:
            flags.append(TOO_LARGE if not packed else "its archive is too large")
        else:
            try:
                with member.open() as source:
                    mark, size, head = digest_of(source, limit)
                if not mark:
                    flags.append(TOO_LARGE)
            except SPOILT as error:
                flags.append(f"cannot be unpacked: {one_line(error, 60)}")
        left.left -= size
        known = {"time": time, "came": came, "size": size}
        if packed and mark:
            inside = functools.partial(_open_member, member, limit)
            own = budget or _Budget(MAX_INNER_BYTES)
            before = len(self.files)
            self.archive(inside, place, depth + 1, time, came, own)
            for arrival in self.files[before:]:
                arrival.flags += flags
        elif packed:
            self.add(place, "archive", *flags, **known)
        elif suffix == ".ipynb" or looks_like_a_notebook(head):
            again = functools.partial(member.again, limit)
            read = self.kept(head, size, again) if mark else None
            self.add(place, "notebook", *flags, read=read, digest=mark, **known)
        else:
            self.add(place, "other", *flags, **known)

    def place_of(
        self, member: Member, inner: PurePosixPath
    ) -> tuple[PurePosixPath | None, list[str]]:
        """Return (place, flags) of an entry of an archive; place is None if it names none."""
        name = member.name.replace("\\", "/")
        parts = [part for part in name.split("/") if part not in ("", ".")]
        flags: list[str] = []
        if name.startswith("/") or ".." in parts or re.match(r"[A-Za-z]:", name):
            flags.append("its archive names paths outside of itself")
            self.remarks.append(
                f"{one_line(name)} climbs out of its archive; only its name is used"
            )
            parts = [part for part in parts if part != ".."]
        parts = [plain(part) for part in parts]
        if not parts:
            return (None, []) if member.kind == "folder" else (inner / "_", flags)
        return inner.joinpath(*parts), flags


def _members(opened: Opened, name: str, *, of_a_student: bool) -> Iterator[Member]:
    if name.lower().endswith(".zip"):
        return zips.members(opened, of_a_student=of_a_student)
    return tars.members(opened)


def _open(path: Path) -> IO[bytes]:
    return path.open("rb")


def _open_member(member: Member, limit: int) -> IO[bytes]:
    return io.BytesIO(member.again(limit))
