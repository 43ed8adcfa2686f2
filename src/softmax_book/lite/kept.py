"""Steps that take long and seldom change: done once, and kept below ``build/`` with a mark."""

import hashlib
import subprocess
from pathlib import Path

from softmax_book.lite import LiteError

KEPT = Path("build", "lite")


def stamp(*parts):
    """Return a mark of texts and of the contents of files.

    Parameters
    ----------
    *parts : str or pathlib.Path
        A path stands for its file.

    Returns
    -------
    str
    """
    digest = hashlib.sha256()
    for part in parts:
        data = part.read_bytes() if isinstance(part, Path) else str(part).encode()
        digest.update(b"%d\n" % len(data) + data)
    return digest.hexdigest()


def is_ready(folder, mark):
    """Say whether a folder is there, made from what has this mark."""
    file = folder.with_name(f"{folder.name}.ready")
    return folder.is_dir() and file.is_file() and file.read_text() == mark


def make_ready(folder, mark):
    """Note that a folder is whole."""
    folder.with_name(f"{folder.name}.ready").write_text(mark)


def run(command, fault, **options):
    """Run a program.

    Parameters
    ----------
    command : list
    fault : str
        What to say if it fails.
    **options
        Of :func:`subprocess.run`.

    Raises
    ------
    LiteError
        With the program's last words.
    """
    ran = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, check=False, **options
    )
    if ran.returncode:
        said = [line for line in (ran.stdout + ran.stderr).splitlines() if line.strip()]
        raise LiteError("\n    ".join([f"{fault}. Its last words:", *said[-8:]]))
