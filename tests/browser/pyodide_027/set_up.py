"""Lays out a Python for the browser that has NumPy: Pyodide 0.27, for the tests alone.

NumPy for the Pyodide of the site, 314, is on no package registry. For Pyodide 0.27 the five
compiled wheels can be had: they lie in ``shared/data/pyodide-0.27``, beside the folder of the
repository, or in the folder that ``PYODIDE_027`` names. All else is what the site itself serves:
the packages of ``src/softmax_book/lite/wheels.txt``, the book's own wheels, and a lock file that
is made as the site's is made.
"""

import json
import os
import shutil
import tempfile
from pathlib import Path

from softmax_book.building.npm import fetch_on_demand, find_node, package_folder
from softmax_book.edition import Edition
from softmax_book.lite.app import WHEELS as PINS
from softmax_book.lite.app import pinned_wheels
from softmax_book.lite.own_wheels import own_wheels
from softmax_book.lite.pyodide import (
    LOCK,
    check_distribution,
    kernel_versions,
    make_lock,
    short_version,
)

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
GIVEN = os.environ.get("PYODIDE_027")
WHEELS = Path(GIVEN) if GIVEN else ROOT.parent / "shared" / "data" / "pyodide-0.27"
LACKING = (
    f"NumPy for the browser is not in {WHEELS}: expected the five wheels of Pyodide 0.27.7 there, "
    f"or PYODIDE_027=FOLDER to name their folder"
)
CORE = ("pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip")
#: Needs a newer Python, and no chapter imports it.
TOO_NEW = "micropip=="
#: What the page and its workers need besides.
SCRIPTS = ("index.html", "page.mjs", "kernel.mjs", "run_cells.py")


def ignore(line):
    """Do nothing with a line of news."""


def is_here():
    """Say whether there is NumPy for this Pyodide."""
    return WHEELS.is_dir()


def lay_out(target):
    """Lay out a folder to serve: the page, its workers' scripts, and their Python.

    What is fetched, from npm and from a package index, is kept in ``build/``.

    Parameters
    ----------
    target : pathlib.Path
        An empty folder.
    """
    kept = Edition(ROOT / "build" / HERE.name)  # fetched packages find their places in it
    kept.root.mkdir(parents=True, exist_ok=True)
    for path in (HERE / "package.json", ROOT / ".npmrc"):
        shutil.copyfile(path, kept.root / path.name)
    fetch_on_demand(kept.root, find_node(), "pyodide")
    core = package_folder(kept.root, "pyodide")
    pins = kept.root / PINS.name
    lines = PINS.read_text("utf-8").splitlines(keepends=True)
    pins.write_text("".join(each for each in lines if not each.startswith(TOO_NEW)), "utf-8")
    pure = pinned_wheels(kept, short_version(kernel_versions(core)["python"]), ignore, pins=pins)
    version = json.loads((core / "package.json").read_text("utf-8"))["version"]
    core_lock = json.loads((core / LOCK).read_text("utf-8"))
    # Draws into the page of a kernel that is no worker.
    core_lock["packages"]["matplotlib"]["depends"].remove("matplotlib-pyodide")
    python = target / "pyodide"
    python.mkdir()
    with tempfile.TemporaryDirectory() as folder:
        wheels = [*pure, *own_wheels(Edition(ROOT), Path(folder))]
        lock, compiled = make_lock(core_lock, wheels, version)
        check_distribution(WHEELS, compiled, version)
        parts = [*(core / name for name in CORE), *(WHEELS / name for name in compiled)]
        for path in [*parts, *wheels]:
            shutil.copyfile(path, python / path.name)
    for entry in lock["packages"].values():
        entry["file_name"] = entry["file_name"].rsplit("/", 1)[-1]
    (python / LOCK).write_text(json.dumps(lock), "utf-8")
    for name in SCRIPTS:
        shutil.copyfile(HERE / name, target / name)
