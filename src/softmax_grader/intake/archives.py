"""What came: the files in folders and archives, read without trust.

Nothing is unpacked to disk and no link is followed. Files are read when their student's turn
comes, so a class of large ones does not fill the memory.
"""

import functools
import hashlib
import io
import lzma
import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO

from softmax_grader.course.folder import CourseError
from softmax_grader.intake.rebuild import MAX_BYTES
from softmax_grader.staleness import digest
from softmax_grader.text import one_line

MAX_FILES = 20_000
MAX_ARCHIVE_BYTES = 2**33  # what one archive that a teacher gives may hold, unpacked
MAX_INNER_BYTES = 2**27  # an archive within: some student's
MAX_DEPTH = 8
IGNORED = ("__MACOSX", ".ipynb_checkpoints", "__pycache__", ".git", ".DS_Store")
LINK = "its file is a link, which is not followed"
TOO_LARGE = f"the file has more than {MAX_BYTES // 2**20} MB and was not read"
SPOILT = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, OSError, ValueError),
    *(RuntimeError, EOFError, KeyError, IndexError, OverflowError, MemoryError),
)  # what a damaged or malicious archive can raise; NotImplementedError is a RuntimeError

Opened = Callable[[], IO[bytes]]


@dataclass
class Arrival:
    """One file that came, wherever it came from.

    Parameters
    ----------
    path : PurePosixPath
        Its place below what was given.
    read : callable, optional
        Returns what is in it; None if it is too large or cannot be read.
    digest : str
    time : float
        When it was last changed.
    flags : list of str
        What a teacher should look at.
    borrowed : bool
        Whether it lay in what another student handed in.
    """

    path: PurePosixPath
    read: Callable[[], bytes] | None = None
    digest: str = ""
    time: float = 0.0
    flags: list[str] = field(default_factory=list)
    borrowed: bool = False

    @property
    def is_notebook(self) -> bool:
        """Whether its name says that it is a notebook."""
        return self.path.suffix.lower() == ".ipynb"

    @property
    def data(self) -> bytes | None:
        """What is in it, read anew; None if it cannot be read, or can no longer."""
        try:
            return self.read() if self.read else None
        except SPOILT:
            return None


def arrivals(path: str | Path) -> tuple[list[Arrival], list[str]]:
    """Return what came in a folder, an archive or a notebook.

    Parameters
    ----------
    path : path

    Returns
    -------
    arrivals : list of Arrival
    remarks : list of str
        On what is nobody's: links, odd files, broken archives.

    Raises
    ------
    CourseError
        If there is nothing at `path`, or something else.
    """
    path = Path(path)
    files: list[Arrival] = []
    remarks: list[str] = []
    try:
        kind = path.stat().st_mode
    except OSError:
        raise CourseError(f"{path} is not there: give a folder, a zip file or a notebook") from None
    if stat.S_ISDIR(kind):
        _read_folder(path, PurePosixPath(), files, remarks, 0)
    elif path.suffix.lower() == ".zip":
        opened = functools.partial(_open, path)
        _read_archive(opened, PurePosixPath(), files, remarks, 0, path.stat().st_mtime)
    elif path.suffix.lower() == ".ipynb":
        files.append(_read_file(path, PurePosixPath(path.name)))
    else:
        raise CourseError(f"{path} is no folder, no .zip and no .ipynb")
    return files, remarks


def _read_folder(
    folder: str | Path,
    inner: PurePosixPath,
    files: list[Arrival],
    remarks: list[str],
    depth: int,
) -> None:
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
        if entry.name in IGNORED or len(files) >= MAX_FILES:
            continue
        if entry.is_symlink():
            remarks.append(f"{one_line(place)} is a link and was not followed")
            files.append(Arrival(place, flags=[LINK]))
        elif entry.is_dir():
            if place.suffix.lower() == ".ipynb":
                remarks.append(f"{one_line(place)} is a folder with the name of a notebook")
                before = len(files)
            _read_folder(entry.path, place, files, remarks, depth + 1)
            if place.suffix.lower() == ".ipynb" and not any(
                arrival.is_notebook for arrival in files[before:]
            ):
                files.append(Arrival(place, flags=["its notebook is a folder"]))
        elif not entry.is_file(follow_symlinks=False):
            remarks.append(f"{one_line(place)} is no ordinary file")
        elif place.suffix.lower() == ".zip":
            time = entry.stat(follow_symlinks=False).st_mtime
            opened = functools.partial(_open, Path(entry.path))
            _read_archive(opened, inner / place.stem, files, remarks, depth + 1, time)
        elif place.suffix.lower() == ".ipynb":
            files.append(_read_file(Path(entry.path), place))
        else:
            files.append(Arrival(place))


def _read_file(path: Path, place: PurePosixPath) -> Arrival:
    try:
        status = path.stat()
        if status.st_size > MAX_BYTES:
            return Arrival(place, time=status.st_mtime, flags=[TOO_LARGE])
        return Arrival(place, path.read_bytes, digest(path.read_bytes()), status.st_mtime)
    except OSError as error:
        return Arrival(place, flags=[f"the file cannot be read: {error.strerror}"])


def _open(path: Path) -> IO[bytes]:
    return path.open("rb")


def _member(opened: Opened, member: zipfile.ZipInfo, limit: int) -> bytes:
    """Return what is in a member of an archive, and one byte more than `limit` at most."""
    with opened() as file, zipfile.ZipFile(file) as archive, archive.open(member) as source:
        return source.read(limit + 1)


def _open_member(opened: Opened, member: zipfile.ZipInfo, limit: int) -> IO[bytes]:
    return io.BytesIO(_member(opened, member, limit))


def _read_archive(
    opened: Opened,
    inner: PurePosixPath,
    files: list[Arrival],
    remarks: list[str],
    depth: int,
    time: float,
) -> None:
    """Read the notebooks of a zip file, which `opened()` opens; each read is bounded."""

    def spoilt(why: str) -> None:
        where = one_line(inner) if inner.parts else "the archive"
        remarks.append(f"{where}: {why}")
        if inner.parts:
            place = inner / "spoilt.ipynb"
            files.append(Arrival(place, time=time, flags=[f"its archive {why}"]))

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
                if place is None:
                    continue
                suffix = place.suffix.lower()
                if suffix not in (".ipynb", ".zip") or flags == [LINK]:
                    files.append(Arrival(place, time=time, flags=flags))
                    notebooks += flags == [LINK]
                    continue
                notebooks += 1
                limit = min(left, MAX_BYTES if suffix == ".ipynb" else MAX_INNER_BYTES)
                mark, size = _digest(archive, member, limit, flags)
                left -= size
                if suffix == ".ipynb":
                    read = functools.partial(_member, opened, member, limit) if mark else None
                    files.append(Arrival(place, read, mark, time, flags))
                elif mark:
                    opened_inside = functools.partial(_open_member, opened, member, limit)
                    inside = place.with_suffix("")
                    _read_archive(opened_inside, inside, files, remarks, depth + 1, time)
                else:
                    flags.append("its archive is too large or broken")
                    files.append(Arrival(place.with_suffix(".ipynb"), time=time, flags=flags))
    except SPOILT:
        spoilt("cannot be opened")
        return
    if not notebooks:
        spoilt("holds no notebook")


def _place_of(
    member: zipfile.ZipInfo, inner: PurePosixPath, remarks: list[str]
) -> tuple[PurePosixPath | None, list[str]]:
    """Return (place, flags) of a member of an archive; place is None for what is passed by."""
    name = member.filename.replace("\\", "/")
    parts = [part for part in name.split("/") if part not in ("", ".")]
    flags: list[str] = []
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


def _digest(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, limit: int, flags: list[str]
) -> tuple[str, int]:
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


def _plain(name: str) -> str:
    """Return a name with nothing in it that a path or a terminal would act on."""
    name = name.encode("utf-8", "replace").decode()
    return "".join("_" if c in "/\\\0" or not c.isprintable() else c for c in name) or "_"
