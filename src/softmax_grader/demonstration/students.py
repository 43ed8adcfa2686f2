"""A class that does not exist: submissions made from an assignment's own solution.

Each is the solution with a few mutations: a part left empty, a sign or an axis changed, a factor
lost. Some are handed in with the accidents that happen, and some try to cheat. They are for
``softmax-class pretend``, to practise on, and for the benchmark.
"""

import io
import re
import zipfile
from collections.abc import Iterable
from pathlib import Path

import nbformat
import numpy as np

from softmax_grader.cells import grade_id, is_solution
from softmax_grader.course.folder import Course

Submission = tuple[str, nbformat.NotebookNode | None, bool]

# What a mistake changes in a line of code: what is found, what takes its place.
MUTATIONS = [
    (r"axis=1", "axis=0"),
    (r", keepdims=True", ""),
    (r"keepdims=True", "keepdims=False"),
    (r"\.mean\(", ".sum("),
    (r"np\.mean\(", "np.sum("),
    (r" / (N|n|len\(\w+\)|\w+\.shape\[\d\])", ""),
    (r" - (?=\w)", " + "),
    (r"2 \* ", ""),
    (r"\.T\b", ""),
    (r"return ", "return -"),
    (r"\.max\(axis=1, keepdims=True\)", ".max()"),
    (r"1:\]", ":]"),
]
CHEATS = {
    "a loop without end": "    while True:\n        try:\n            while True:\n"
    "                pass\n        except BaseException:\n            pass\n",
    "ends the process": "    import os\n    os._exit(0)\n",
    "reads the gradebook": "    import glob, sqlite3\n    paths = glob.glob('/**/gradebook.db')\n"
    "    return sqlite3.connect(paths[0]).execute('select * from grade')\n",
    "patches NumPy": "    import numpy as np\n    np.allclose = lambda *a, **k: True\n"
    "    np.testing.assert_allclose = lambda *a, **k: None\n    return np.zeros(1)\n",
    "takes the book's": "    import softmax_steps\n    return softmax_steps.softmax(args[0])\n",
    "floods the memory": "    held = []\n    while True:\n        held.append(bytearray(2**24))\n",
}
ANSWER = "A made-up answer stands here in place of a student's words. {words}."
WORDS = [
    *("row", "score", "class", "sample", "maximum", "exponential", "sum", "shift", "share"),
    *("ratio", "constant", "factor", "finite", "large", "small", "each", "every", "first", "then"),
    *("because", "so", "that", "it", "we", "now", "stays", "cancels", "divides", "grows", "loss"),
]


def make_notebook(
    source: nbformat.NotebookNode,
    release: nbformat.NotebookNode,
    rng: np.random.Generator,
    *,
    skill: float,
    cheat: str | None = None,
) -> nbformat.NotebookNode:
    """Return one made-up submission.

    Parameters
    ----------
    source, release : nbformat.NotebookNode
        The assignment with its solution, and as students get it.
    rng : numpy.random.Generator
    skill : float
        The share of right cells, from 0 to 1.
    cheat : str, optional
        One of `CHEATS`, put into the first function.

    Returns
    -------
    nbformat.NotebookNode
    """
    notebook = nbformat.from_dict(release)
    solved = {grade_id(cell): cell for cell in source.cells if is_solution(cell)}
    for cell in notebook.cells:
        if not is_solution(cell):
            continue
        solution = solved[grade_id(cell)].source
        if cell.cell_type == "markdown":
            if rng.random() < 0.9:
                cell.source = ANSWER.format(words=say(rng, 25))
            continue
        draw = rng.random()
        right = re.sub(r"^[^\n]*### (BEGIN|END) SOLUTION[^\n]*\n?", "", solution, flags=re.M)
        if cheat is not None:
            head = re.match(r"def (\w+)\(.*?\)[^:]*:\n", right, re.S)
            if head:
                cell.source = f"def {head[1]}(*args, **named):\n{CHEATS[cheat]}"
                cheat = None
        elif draw < skill:
            cell.source = right
        elif draw < skill + 0.8 * (1 - skill):
            cell.source = mutate(right, rng)
        if cell.cell_type == "code" and rng.random() < 0.5:
            cell.source += f"\n\n\n# {say(rng, 8)}"
    return notebook


def say(rng: np.random.Generator, number: int) -> str:
    """Return words that mean nothing, so that no two made-up students write the same.

    Parameters
    ----------
    rng : numpy.random.Generator
    number : int

    Returns
    -------
    str
    """
    return " ".join(str(word) for word in rng.choice(WORDS, size=number))


def mutate(code: str, rng: np.random.Generator) -> str:
    """Return code with one mistake in it.

    Parameters
    ----------
    code : str
    rng : numpy.random.Generator

    Returns
    -------
    str
        As it was, if none of the mutations fits.
    """
    head, docstring, body = _split_docstring(code)
    for k in rng.permutation(len(MUTATIONS)):
        pattern, instead = MUTATIONS[k]
        changed = re.sub(pattern, instead, body, count=1)
        if changed != body:
            return head + docstring + changed
    return code


def _split_docstring(code: str) -> tuple[str, str, str]:
    parts = re.split(r'(""".*?""")', code, maxsplit=1, flags=re.S)
    return (parts[0], parts[1], parts[2]) if len(parts) == 3 else ("", "", code)


def make_class(
    source: nbformat.NotebookNode,
    release: nbformat.NotebookNode,
    number: int,
    *,
    hostile: float = 0.05,
    seed: int = 0,
) -> list[Submission]:
    """Return the submissions of a whole made-up class.

    Parameters
    ----------
    source, release : nbformat.NotebookNode
        The assignment with its solution, and as students get it.
    number : int
    hostile : float
        The share of those who cheat.
    seed : int

    Returns
    -------
    list of (student, notebook, is honest)
    """
    rng = np.random.default_rng(seed)
    cheats = round(number * hostile)
    submissions: list[Submission] = []
    for k in range(1, number + 1):
        name = list(CHEATS)[k % len(CHEATS)] if k <= cheats else None
        skill = float(rng.choice([1.0, 0.85, 0.7, 0.4], p=[0.2, 0.3, 0.3, 0.2]))
        notebook = make_notebook(source, release, rng, skill=skill, cheat=name)
        submissions.append((f"s{k:03}", notebook, name is None))
    return submissions


def hand_in(folder: Path, submissions: Iterable[Submission], assignment: str) -> Path:
    """Write submissions as they arrive: folders, archives, names of an LMS.

    Parameters
    ----------
    folder : Path
        It is made if it is missing.
    submissions : iterable
        As :func:`make_class` returns them.
    assignment : str

    Returns
    -------
    Path
        The folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for k, (student, notebook, _) in enumerate(submissions):
        text = nbformat.writes(notebook)
        digits = student[1:]
        if k % 6 == 1:
            _write(folder / f"{student}_{assignment}.ipynb", text)
        elif k % 6 == 2:
            place = folder / f"Student {digits}_{digits}_assignsubmission_file"
            _write(place / f"{assignment}.ipynb", text)
        elif k % 6 == 3:
            packed = io.BytesIO()
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr(f"work/{assignment}.ipynb", text)
            (folder / f"{student}.zip").write_bytes(packed.getvalue())
        elif k % 6 == 4:
            bare = nbformat.from_dict(notebook)
            for cell in bare.cells:
                cell.metadata = {}
            _write(folder / student / "my solution.ipynb", nbformat.writes(bare))
        else:
            _write(folder / student / f"{assignment}.ipynb", text)
    return folder


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def pretend(
    course: Course, assignment: str, folder: Path, number: int, *, seed: int = 1
) -> list[Submission]:
    """Make up a class's submissions and hand them in.

    One in six cheats, the last one copied from the one before, and one file broke on its way.

    Parameters
    ----------
    course : Course
    assignment : str
    folder : Path
        Where to.
    number : int
    seed : int

    Returns
    -------
    list of (student, notebook, is honest)
        As :func:`make_class` returns them; the notebook of the broken file is None.
    """
    source = nbformat.read(course.notebook("source", assignment), as_version=4)
    release = nbformat.read(course.notebook("release", assignment), as_version=4)
    submissions = make_class(source, release, number, hostile=1 / 6, seed=seed)
    if number > 2:
        last, model = submissions[-1], submissions[-2]
        submissions[-1] = (last[0], nbformat.from_dict(model[1]), model[2])
    hand_in(folder, submissions, assignment)
    (folder / "s999.ipynb").write_text("{ a file that broke on its way", "utf-8")
    return [*submissions, ("s999", None, True)]
