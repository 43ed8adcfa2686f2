"""Write every assignment as students get it, into a folder.

For the notebooks in the browser (``make site``). A class is run with ``softmax-class``, which also
checks each assignment's own solution; here `tests/class/` has done that.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from softmax_grader.course.folder import CourseError, init_course
from softmax_grader.gradebook.release import release

SOURCES = Path("assignments")


def release_all(sources, folder):
    """Write the students' notebooks.

    Parameters
    ----------
    sources : pathlib.Path
        The assignments' sources.
    folder : pathlib.Path
        Where to; what was there goes.

    Returns
    -------
    list of str
        The assignments' names.
    """
    names = sorted(path.stem for path in sources.glob("*.md"))
    with tempfile.TemporaryDirectory() as place:
        course = init_course(Path(place, "course"), assignments=sources)
        for name in names:
            release(course, name, check=False)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in names:
            shutil.copyfile(course.notebook("release", name), folder / f"{name}.ipynb")
    return names


def main(arguments):
    """Run the command."""
    if len(arguments) != 1:
        print(f"usage: python -m {__spec__.name} FOLDER", file=sys.stderr)
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
