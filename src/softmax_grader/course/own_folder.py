"""A folder that a command fills anew each time: it empties its own one, and no other."""

import shutil
from pathlib import Path

from softmax_grader.course.folder import CourseError

MARK = ".filled-by-softmax-grader"
MARK_TEXT = """\
A command of softmax_grader empties this folder, and fills it anew, each time it runs. Keep nothing
of your own here.
"""


def empty_own_folder(folder: Path) -> None:
    """Make a folder, or empty one that an earlier run has made.

    Parameters
    ----------
    folder : Path
        It gets a mark, by which the next run knows it.

    Raises
    ------
    CourseError
        If something is there that no earlier run has made, or that cannot be removed. The former
        stays as it is.
    """
    folder = Path(folder)
    if folder.is_symlink() or (folder.exists() and not _may_be_emptied(folder)):
        raise CourseError(
            f"{folder} would be emptied, and this command has not made it: it has no {MARK}. Name "
            f"a new folder, or remove this one yourself if nothing in it is needed"
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / MARK).write_text(MARK_TEXT, "utf-8")
        for path in folder.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            elif path.name != MARK:
                path.unlink()
    except OSError as error:
        where = error.filename or folder
        raise CourseError(f"{where} cannot be made or emptied: {error.strerror}") from None


def _may_be_emptied(folder: Path) -> bool:
    return folder.is_dir() and ((folder / MARK).is_file() or not any(folder.iterdir()))
