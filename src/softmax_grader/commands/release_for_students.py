"""Write every assignment as students get it, into a folder.

For the notebooks in the browser (``make site``). A class is run with ``softmax-class``, which also
checks each assignment's own solution; here the tests have done that.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import nbformat

from softmax_grader.course.folder import CourseError
from softmax_grader.course.own_folder import empty_own_folder
from softmax_grader.gradebook.release import student_version
from softmax_grader.gradebook.source import sources_in

SOURCES = Path("assignments")


def release_all(sources: Path, folder: Path) -> list[str]:
    """Write the students' notebooks.

    Parameters
    ----------
    sources : Path
        The folder of the assignments' sources.
    folder : Path
        Where to. What an earlier run wrote there is removed.

    Returns
    -------
    list of str
        The assignments' names.

    Raises
    ------
    CourseError
        If there is no source, or one is faulty, or the folder holds what no earlier run wrote.
        Then the folder stays as it was.
    """
    released = {path.stem: student_version(path) for path in sources_in(sources)}
    if not released:
        raise CourseError(f"there is no assignment in {sources}")
    empty_own_folder(folder)
    for name, notebook in released.items():
        nbformat.write(notebook, folder / f"{name}.ipynb")
    return list(released)


def main(arguments: Sequence[str]) -> int:
    """Run the command.

    Parameters
    ----------
    arguments : sequence of str
        The folder to write to.

    Returns
    -------
    int
        The exit code.
    """
    if len(arguments) != 1:
        print(
            "usage: python -m softmax_grader.commands.release_for_students FOLDER", file=sys.stderr
        )
        return 2
    try:
        names = release_all(SOURCES, Path(arguments[0]))
    except CourseError as error:
        print(f"The assignments were not released: {error}", file=sys.stderr)
        return 1
    print(f"Released for students: {', '.join(names)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
