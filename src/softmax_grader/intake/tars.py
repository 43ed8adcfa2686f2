"""The entries of a tar file, packed or not, read once from its beginning and in bounds."""

import bz2
import functools
import gzip
import io
import lzma
import tarfile
from collections.abc import Iterator
from typing import IO, Any

from softmax_grader.intake.arrival import MAX_FILES, MAX_INNER_BYTES, Member, Opened, believable

SUFFIXES = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
PACKED: tuple[tuple[bytes, Any], ...] = (
    (b"\x1f\x8b", gzip.open),
    (b"BZh", bz2.open),
    (b"\xfd7zXZ\0", lzma.open),
)


def members(opened: Opened) -> Iterator[Member]:
    """Yield the entries of a tar file; links and devices among them are never followed.

    Parameters
    ----------
    opened : callable
        Opens the file.

    Yields
    ------
    Member
        Opened before the next one is asked for, or not at all.

    Raises
    ------
    ValueError
        If it holds too much.
    """
    with opened() as file, _bounded(file) as source, tarfile.open(fileobj=source, mode="r|") as tar:
        for number, entry in enumerate(tar):
            if number >= MAX_FILES:
                raise ValueError(f"holds more than {MAX_FILES} files, which is too many to be read")
            kind = "folder" if entry.isdir() else "file" if entry.isreg() else "odd"
            kind = "link" if entry.issym() or entry.islnk() else kind
            kind = "odd" if entry.issparse() else kind  # its size is none of what the file has
            yield Member(
                *(entry.name, kind, entry.size, believable(entry.mtime)),
                functools.partial(_extract, tar, entry),
                functools.partial(_again, opened, number),
            )


def _extract(tar: tarfile.TarFile, entry: tarfile.TarInfo) -> IO[bytes]:
    return tar.extractfile(entry) or io.BytesIO()


def _again(opened: Opened, number: int, limit: int) -> bytes:
    """Return what is in an entry, and one byte more than `limit` at most."""
    with opened() as file, _bounded(file) as source, tarfile.open(fileobj=source, mode="r|") as tar:
        for place, entry in enumerate(tar):
            if place == number:
                return _extract(tar, entry).read(limit + 1)
    raise EOFError("the archive has changed")


def _bounded(file: IO[bytes]) -> "_Bounded":
    head = file.read(6)
    file.seek(0)
    for mark, unpacked in PACKED:
        if head.startswith(mark):
            return _Bounded(unpacked(file))
    return _Bounded(file)


class _Bounded(io.RawIOBase):
    """What is unpacked, up to a bound: a header too may claim to have gigabytes."""

    def __init__(self, source: Any) -> None:
        self.source, self.left = source, MAX_INNER_BYTES

    def read(self, size: int = -1) -> bytes:
        size = self.left + 1 if size < 0 else min(size, self.left + 1)
        data = self.source.read(size)
        self.left -= len(data)
        if self.left < 0:
            raise ValueError("is too large")
        return data
