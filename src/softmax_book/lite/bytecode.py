"""Modules in compiled form, for a kernel that starts faster: see ``compile.py``."""

import shutil
import tempfile
from pathlib import Path

from softmax_book.building.npm import find_node
from softmax_book.lite.kept import KEPT, is_ready, make_ready, run, stamp

HERE = Path(__file__).parent
PROGRAMS = HERE / "compile.mjs", HERE / "compile.py"


def with_bytecode(root, name, core, archives, say):
    """Return archives that hold bytecode beside sources; made once, and again if these change.

    Parameters
    ----------
    root : pathlib.Path
        The repository's root.
    name : str
        Of the folder below ``build/lite`` where they are kept.
    core : pathlib.Path
        npm's package of Pyodide: its Python compiles.
    archives : list of pathlib.Path
        Wheels, and ``python_stdlib.zip``. With that one the kernel is started too, to see what it
        imports: then all must be there that it needs.
    say : callable
        Gets each line of news.

    Returns
    -------
    list of pathlib.Path
        Files of the same names, in the same order.

    Raises
    ------
    LiteError, FrontEndError
    """
    folder = root / KEPT / name
    mark = stamp(core / "package.json", *PROGRAMS, *archives)
    if not is_ready(folder, mark):
        say(f"  compiling {len(archives)} packages for the browser's Python")
        with tempfile.TemporaryDirectory(dir=root / KEPT, prefix=f"{name}-") as job:
            given, made = Path(job, "in"), Path(job, "out")
            given.mkdir()
            made.mkdir()
            for path in archives:
                shutil.copyfile(path, given / path.name)
            run(
                [find_node() / "node", PROGRAMS[0], core, job],
                "The packages could not be compiled for the browser's Python",
            )
            shutil.rmtree(folder, ignore_errors=True)
            made.rename(folder)
        make_ready(folder, mark)
    return [folder / path.name for path in archives]
