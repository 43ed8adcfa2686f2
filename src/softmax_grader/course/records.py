"""Small files that say what was done, and the lock of a course while a command changes it."""

import contextlib
import errno
import json
import os
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows, where nothing is graded
    fcntl = None  # type: ignore[assignment]


def write_atomically(path: str | Path, content: str | bytes) -> None:
    """Write a file so that a kill at any moment leaves the old one or the new one.

    Parameters
    ----------
    path : path
        Its folder is made if it is missing.
    content : str or bytes
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    data = content.encode("utf-8", "replace") if isinstance(content, str) else content
    number, name = tempfile.mkstemp(prefix=".writing-", dir=path.parent)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(data)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        if isinstance(error, OSError) and error.errno:  # a full disk does not say on which file
            raise OSError(error.errno, error.strerror, str(path)) from error
        raise


def move_into(path: Path, target: Path) -> None:
    """Move a file to its place, so that a kill at any moment leaves it in one of both.

    Parameters
    ----------
    path, target : Path
        What is at the target is replaced. Its folder is made if it is missing.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        write_atomically(target, path.read_bytes())  # the folder is a link to another disk
        path.unlink()


def read_record(path: str | Path) -> dict | None:
    """Return a record.

    Parameters
    ----------
    path : path

    Returns
    -------
    dict or None
        None where there is none that can be read.
    """
    try:
        record = json.loads(Path(path).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) else None


def write_record(path: str | Path, record: dict) -> None:
    """Write a record; the old one stays until the new one is whole.

    Parameters
    ----------
    path : path
    record : dict
        What JSON can hold.
    """
    write_atomically(path, json.dumps(record, indent=1, ensure_ascii=False) + "\n")


@contextlib.contextmanager
def locked(path: Path, doing: str = "") -> Iterator[bool]:
    """Hold a lock while the block runs; a kill lets go of it.

    Parameters
    ----------
    path : Path
        The file of the lock.
    doing : str
        What it is held for; it stands in the file, with the time, for others to tell.

    Yields
    ------
    bool
        False where another process holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab", buffering=0) as file:
        try:
            if fcntl is not None:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            with contextlib.suppress(OSError):  # a full disk: the lock is held all the same
                file.truncate(0)
                file.write(f"{doing}, since {datetime.now():%H:%M}".encode() if doing else b"")
            yield True
