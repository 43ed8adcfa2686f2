"""The entries of a zip file, in bounds, with the times that it tells."""

import datetime
import functools
import stat
import struct
import zipfile
from collections.abc import Iterator

from softmax_grader.intake.arrival import MAX_FILES, MAX_IN_ALL, Member, Opened, believable


class EncryptedError(ValueError):
    """An archive that asks for a password."""


def members(opened: Opened, *, of_a_student: bool = True) -> Iterator[Member]:
    """Yield the entries of a zip file.

    Parameters
    ----------
    opened : callable
        Opens the file.
    of_a_student : bool
        Whether a student packed it; a teacher's may hold more.

    Yields
    ------
    Member

    Raises
    ------
    EncryptedError, ValueError
        If it asks for a password; if it holds too much.
    """
    with opened() as file, zipfile.ZipFile(file) as archive:
        entries = archive.infolist()
        if len(entries) > (MAX_FILES if of_a_student else MAX_IN_ALL):
            raise ValueError(f"holds {len(entries)} files, which is too many to be read")
        files = [entry for entry in entries if not entry.is_dir()]
        if files and all(entry.flag_bits & 1 for entry in files):
            raise EncryptedError("cannot be unpacked: it asks for a password")
        for entry in entries:
            mode = entry.external_attr >> 16
            kind = "file"
            if entry.filename.endswith(("/", "\\")) or stat.S_ISDIR(mode):
                kind = "folder"
            elif stat.S_ISLNK(mode):
                kind = "link"
            yield Member(
                *(entry.filename, kind, entry.file_size, _time_of(entry)),
                functools.partial(archive.open, entry),
                functools.partial(_again, opened, entry),
            )


def _again(opened: Opened, entry: zipfile.ZipInfo, limit: int) -> bytes:
    """Return what is in an entry, and one byte more than `limit` at most."""
    with opened() as file, zipfile.ZipFile(file) as archive, archive.open(entry) as source:
        return source.read(limit + 1)


def _time_of(entry: zipfile.ZipInfo) -> float | None:
    """Return when an entry was changed.

    Extra fields have the exact second. Without them a zip file tells local time in steps of 2
    seconds, and no zone: it is taken for the zone of this machine.
    """
    extra = entry.extra
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        content, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == 0x5455 and len(content) >= 5 and content[0] & 1:  # Info-ZIP's, in seconds
            return believable(struct.unpack("<i", content[1:5])[0])
        if kind == 0x000A and len(content) >= 16 and content[4:8] == b"\1\0\x18\0":  # NTFS's
            return believable(struct.unpack("<Q", content[8:16])[0] / 1e7 - 11_644_473_600)
    try:
        return believable(datetime.datetime(*entry.date_time).timestamp())
    except (ValueError, OverflowError, OSError):
        return None
