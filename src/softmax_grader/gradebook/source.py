"""Read an assignment's one source: a MyST notebook with text, solution and tests."""

from pathlib import Path

import jupytext
import nbformat
from jupytext.formats import JupytextFormatError

from softmax_grader.cells import grade_id, is_solution
from softmax_grader.course.folder import ASSIGNMENT, CourseError
from softmax_grader.variants.choices import read_choices

HIDDEN = "### BEGIN HIDDEN TESTS"


def sources_in(folder: str | Path) -> list[Path]:
    """Return the sources of all assignments in a folder.

    Parameters
    ----------
    folder : path

    Returns
    -------
    list of Path
        Sorted by name. An assignment's name is its file's.
    """
    return sorted(Path(folder).glob("*.md"))


def find_source(name: str, folder: Path) -> Path:
    """Return the source of an assignment.

    Parameters
    ----------
    name : str
        The assignment's name, or the path of its source.
    folder : Path
        Where the sources are.

    Returns
    -------
    Path

    Raises
    ------
    CourseError
        If it is not there, or its name cannot be an assignment's.
    """
    path = Path(name) if Path(name).suffix == ".md" else folder / f"{name}.md"
    if not path.is_file():
        known = ", ".join(source.stem for source in sources_in(folder)) or "none"
        raise CourseError(f"{path} is not there (in {folder}: {known})")
    if not ASSIGNMENT.fullmatch(path.stem):
        raise CourseError(f"{path.name}: an assignment's name is made of letters, digits, _ . -")
    return path


def is_paper(cell: nbformat.NotebookNode) -> bool:
    """Return whether a cell of a source makes worksheets, and is in no notebook.

    Parameters
    ----------
    cell : nbformat.NotebookNode

    Returns
    -------
    bool
    """
    return cell.cell_type == "code" and "paper" in cell.metadata.get("tags", ())


def paper_code(path: str | Path) -> str:
    """Return the code of a source that makes worksheets.

    Parameters
    ----------
    path : path

    Returns
    -------
    str
        Empty where it has none.

    Raises
    ------
    CourseError
        If the source cannot be read.
    """
    return "\n\n\n".join(cell.source for cell in _read(Path(path)).cells if is_paper(cell))


def _read(path: Path) -> nbformat.NotebookNode:
    try:
        return jupytext.read(path, fmt="md:myst")
    except (JupytextFormatError, ValueError, OSError) as error:
        raise CourseError(f"{path} cannot be read: {str(error).splitlines()[0]}") from None


def read_source(path: str | Path) -> nbformat.NotebookNode:
    """Return an assignment's source as a notebook, checked.

    Parameters
    ----------
    path : path

    Returns
    -------
    nbformat.NotebookNode

    Raises
    ------
    CourseError
        If it cannot be read, or a cell does not say what it is.
    """
    path = Path(path)
    notebook = _read(path)
    notebook.cells = [cell for cell in notebook.cells if not is_paper(cell)]
    seen = set()
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
        name = grade_id(cell)
        marks = cell.metadata.get("nbgrader")
        if marks is None:
            continue
        if not name or name in seen:
            raise CourseError(f"{path.name}: the grade_id {name!r} is missing or there twice")
        seen.add(name)
        marks.setdefault("schema_version", 3)
        for key in ("grade", "solution", "locked", "task"):
            marks.setdefault(key, False)
        if marks["grade"] and not isinstance(marks.get("points"), int | float):
            raise CourseError(f"{path.name}: cell {name} is graded but has no points")
        begin, end = cell.source.count(HIDDEN), cell.source.count("### END HIDDEN TESTS")
        if begin != end:
            raise CourseError(
                f"{path.name}: cell {name} begins {begin} and ends {end} hidden tests"
            )
    if not any(is_solution(cell) for cell in notebook.cells):
        raise CourseError(f"{path.name} has no cell for students to fill in")
    read_choices(notebook, path.name)
    notebook.metadata.pop("jupytext", None)
    notebook.metadata.pop("myst", None)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook.metadata["kernelspec"] = kernel
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook
