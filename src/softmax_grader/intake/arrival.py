"""One file that came, and the bounds of what is read of it."""

import datetime
import hashlib
import lzma
import struct
import tarfile
import time
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import IO, Literal

from softmax_grader.intake.rebuild import MAX_BYTES

MAX_FILES = 20_000  # in one archive that a student may have packed
MAX_OF_PLACE = 2_000  # in one folder or archive that lies outermost: a student's own
MAX_IN_ALL = 200_000
MAX_ARCHIVE_BYTES = 2**33  # what one archive that a teacher gives may hold, unpacked
MAX_INNER_BYTES = 2**27  # all archives in one file together: some student's
MAX_DEPTH = 8
SMALL = 2**19  # a file of so many bytes is read once only, while there is room
ROOM = 2**26
MAX_NAME = 255  # characters of a file's name
LINK = "its file is a link, which is not followed"
TOO_LARGE = f"the file has more than {MAX_BYTES // 2**20} MB and was not read"
SPOILT = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, tarfile.TarError, struct.error, OSError),
    *(ValueError, RuntimeError, EOFError, KeyError, IndexError, OverflowError, MemoryError),
)  # what a damaged or malicious archive can raise; NotImplementedError is a RuntimeError
#: Names that a browser, an LMS or a text editor gives a notebook.
PERHAPS = (".txt", ".json", "")
SYSTEMS = {
    *("__MACOSX", "__pycache__", ".ipynb_checkpoints", ".git", ".DS_Store", ".vscode", ".idea"),
    *(".venv", ".Trashes", ".cache", "Thumbs.db", "desktop.ini"),
}

Opened = Callable[[], IO[bytes]]
Kind = Literal["notebook", "archive", "folder", "link", "system", "other"]


@dataclass
class Arrival:
    """One file that came, wherever it came from.

    Parameters
    ----------
    path : PurePosixPath
        Its place below what was given.
    kind : str
        What it is: *notebook*; an *archive* that was not read; a *folder* with nothing in it; a
        *link*; *system*, which some system made and no student; or *other*.
    read : callable, optional
        Returns what is in it; None if it is too large or cannot be read.
    digest : str
    time : float
        When it was last changed, by the archive that it lies in.
    came : float, optional
        When the file changed in which it came, such as a student's own archive.
    flags : list of str
        What a teacher should look at.
    size : int
    """

    path: PurePosixPath
    kind: Kind = "other"
    read: Callable[[], bytes] | None = None
    digest: str = ""
    time: float = 0.0
    came: float | None = None
    flags: list[str] = field(default_factory=list)
    size: int = 0

    @property
    def is_notebook(self) -> bool:
        """Whether it may be a notebook."""
        return self.kind == "notebook"

    @property
    def data(self) -> bytes | None:
        """What is in it, read anew; None if it cannot be read, or can no longer."""
        try:
            return self.read() if self.read else None
        except SPOILT:
            return None


@dataclass
class Member:
    """One entry of an archive.

    Parameters
    ----------
    name : str
    kind : str
        *file*, *folder*, *link* or *odd*.
    size : int
        As the archive says.
    time : float or None
        None where the archive tells none that can be.
    open : callable
        Opens it while the archive is being read.
    again : callable
        ``again(limit)`` returns what is in it at any later time.
    """

    name: str
    kind: str
    size: int
    time: float | None
    open: Callable[[], IO[bytes]]
    again: Callable[[int], bytes]


def believable(seconds: float) -> float | None:
    """Return a time that a file can have; None for one of the future, or an archive's first day.

    Parameters
    ----------
    seconds : float

    Returns
    -------
    float or None
    """
    first = datetime.datetime(1980, 1, 3, tzinfo=datetime.UTC).timestamp()
    return seconds if first < seconds < time.time() + 86_400 else None


def plain(name: str) -> str:
    """Return a name with nothing in it that a path or a terminal would act on.

    Parameters
    ----------
    name : str

    Returns
    -------
    str
    """
    name = name.encode("utf-8", "replace").decode()
    if len(name) > MAX_NAME:
        name = f"{name[:120]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}-{name[-40:]}"
    return "".join("_" if c in "/\\\0" or not c.isprintable() else c for c in name) or "_"


def is_of_a_system(part: str) -> bool:
    """Return whether a name is one that systems and editors give to files of their own.

    Parameters
    ----------
    part : str

    Returns
    -------
    bool
    """
    return part in SYSTEMS or part.startswith(("._", ".~", "~$"))


def looks_like_a_notebook(head: bytes) -> bool:
    """Return whether a file with another name begins as a notebook does.

    Parameters
    ----------
    head : bytes
        Its first few thousand.

    Returns
    -------
    bool
    """
    encoding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    text = head[:4096].decode(encoding, "replace").lstrip()
    marks = ('"cells"', '"nbformat"', '"worksheets"')
    return text.startswith("{") and any(mark in text for mark in marks)


def digest_of(source: IO[bytes], limit: int) -> tuple[str, int, bytes]:
    """Read a file to its end, and keep its mark and its beginning only.

    Parameters
    ----------
    source : file
    limit : int
        The most that is read.

    Returns
    -------
    digest : str
        Empty if there is more.
    size : int
    head : bytes
        All of it, if it is small.
    """
    mark, size, head = hashlib.sha256(), 0, b""
    while part := source.read(SMALL):
        size += len(part)
        if size > limit:
            return "", size, head[:4096]
        head = head or part
        mark.update(part)
    return mark.hexdigest(), size, head if size <= SMALL else head[:4096]
