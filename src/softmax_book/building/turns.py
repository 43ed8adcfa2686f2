"""Makes two builds of one folder follow each other."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform != "win32":
    import fcntl


@contextmanager
def in_turn(path: Path, say: Callable[[str], None]) -> Iterator[None]:
    """Hold a file while something is built; wait for whoever else holds it.

    The system lets go of it when the process ends, however it ends, so nothing is left to remove.
    Nothing is held on Windows, and on a file system without locks.

    Parameters
    ----------
    path : pathlib.Path
        A file that is there; it is only read.
    say : callable
        Is given a line if there is something to wait for.
    """
    with path.open("rb") as file:
        if sys.platform != "win32":
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("Another build runs in this folder: waiting for it.")
                fcntl.flock(file, fcntl.LOCK_EX)
            except OSError:  # no locks here
                pass
        yield
