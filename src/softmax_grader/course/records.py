"""Small files that say what was done, and the lock of a course while a command changes it."""

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator
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
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


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
def locked(path: Path) -> Iterator[bool]:
    """Hold a lock while the block runs; a kill lets go of it.

    Parameters
    ----------
    path : Path
        The file of the lock.

    Yields
    ------
    bool
        False where another process holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            if fcntl is not None:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True
