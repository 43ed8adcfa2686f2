"""Modules in compiled form, for a kernel that starts faster: see ``compile.py``."""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from softmax_book.building.freshness import hash_parts, is_made, note_made
from softmax_book.building.npm import find_node
from softmax_book.edition import Edition
from softmax_book.lite.programs import run

HERE = Path(__file__).parent
PROGRAMS = HERE / "compile.mjs", HERE / "compile.py"


def with_bytecode(
    edition: Edition,
    name: str,
    core: Path,
    archives: Sequence[Path],
    say: Callable[[str], None],
) -> list[Path]:
    """Return archives that hold bytecode beside sources; made once, and again if these change.

    Parameters
    ----------
    edition : Edition
    name : str
        Of the folder where they are kept.
    core : pathlib.Path
        npm's package of Pyodide: its Python compiles.
    archives : sequence of pathlib.Path
        Wheels, and ``python_stdlib.zip``. With that one the kernel is started too, to see what it
        imports: then all must be there that it needs.
    say : callable
        Is given each line of news.

    Returns
    -------
    list of pathlib.Path
        Files of the same names, in the same order.

    Raises
    ------
    LiteError
        If they could not be compiled.
    FrontEndError
        If there is no node.
    """
    folder = edition.lite_parts / name
    key = hash_parts(core / "package.json", *PROGRAMS, *archives)
    if not is_made(folder, key):
        say(f"  compiling {len(archives)} packages for the browser's Python")
        with tempfile.TemporaryDirectory(dir=edition.lite_parts, prefix=f"{name}-") as job:
            # The names that compile.py knows.
            sources, compiled = Path(job, "in"), Path(job, "out")
            sources.mkdir()
            compiled.mkdir()
            for path in archives:
                shutil.copyfile(path, sources / path.name)
            run(
                [find_node() / "node", PROGRAMS[0], core, job],
                "The packages could not be compiled for the browser's Python",
            )
            shutil.rmtree(folder, ignore_errors=True)
            compiled.rename(folder)
        note_made(folder, key)
    return [folder / path.name for path in archives]
