"""One hash of many files: what was made from them is old once it has changed."""

import hashlib

LEFT_BY_PROGRAMS = {"__pycache__", ".ipynb_checkpoints"}


def hash_files(root, paths):
    """Return a SHA-256 of files, of their names as well as of what is in them.

    Parameters
    ----------
    root : pathlib.Path
        The folder that the names count from.
    paths : iterable of pathlib.Path
        In any order. Folders, and what Python and Jupyter leave beside their files, do not count.

    Returns
    -------
    hashlib.sha256
        To be added to, or read with ``hexdigest()``.
    """
    found = hashlib.sha256()
    for path in sorted(paths):
        if path.is_file() and LEFT_BY_PROGRAMS.isdisjoint(path.parts):
            data = path.read_bytes()
            found.update(f"{path.relative_to(root).as_posix()} {len(data)}\n".encode() + data)
    return found
