"""A Python for the browser: Pyodide's core and the packages that the chapters import.

Served by the site itself: the core, from npm, and every wheel that is pure Python. NumPy,
matplotlib and what matplotlib needs are compiled for the browser, and those wheels are on no
package registry: the lock file gives the kernel their address at Pyodide's own distribution, with
their hash, and it fetches them when a cell imports them. A local copy of that distribution
(``PYODIDE_DIST=folder``) puts them into the site too.
"""

import gzip
import json
import re
import shutil
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

from softmax_book.building.freshness import hash_file
from softmax_book.expected import replace_exactly
from softmax_book.lite import LiteError

# What the browser loads; npm's package has source maps, types and consoles besides.
STDLIB = "python_stdlib.zip"
CORE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", STDLIB)
# Served compressed whatever the server does: 8.4 MB for 26. The browser unpacks them as they come.
# The ending is nobody's, so that no server takes it for something to unpack itself.
WASM = "pyodide.asm.wasm"
PACKED = ("pyodide.asm.mjs", WASM, STDLIB)
FETCH = '_(e+"pyodide.asm.wasm")'
FETCH_PACKED = (
    '{response:fetch(e+"pyodide.asm.wasm.packed").then(r=>new Response(r.body.pipeThrough('
    'new DecompressionStream("gzip")),{headers:{"Content-Type":"application/wasm"}}))}'
)
LOADER = Path(__file__).with_name("early_worker.mjs")
LOCK = "pyodide-lock.json"
#: Pyodide's own distribution. Only the lock file that is made here names it.
DISTRIBUTION = "https://cdn.jsdelivr.net/pyodide/v{version}/full/"
COMPILED = ("numpy", "matplotlib")
# Named as needed by a package, and not needed in the browser.
NOT_NEEDED = {
    "jupyterlab-widgets",  # a front end; the app has it
    "widgetsnbextension",  # a front end of older notebooks
    "pexpect",  # other programs: there are none
    "psutil",  # the machine: there is none
    "prompt-toolkit",  # a terminal: see kernel_start
    "pytz",  # old, only in matplotlib's own tests
    # Downloads: a page may not fetch from other sites.
    "pooch",
    "requests",
    "urllib3",
}
PURE = "-none-any.whl"


def normal(name: str) -> str:
    """Return a package's name as indexes write it.

    >>> normal("Prompt_Toolkit")
    'prompt-toolkit'
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def short_version(python: str) -> str:
    """Return a version of Python as the names of folders and wheels have it.

    >>> short_version("3.14.2")
    '3.14'
    """
    return ".".join(python.split(".")[:2])


def wheel_entry(path: Path, python: str) -> dict[str, Any]:
    """Return a pure-Python wheel's entry in the lock file.

    Parameters
    ----------
    path : pathlib.Path
    python : str
        The version of Python in the browser, as ``3.14.2``.

    Returns
    -------
    dict
        ``depends`` holds all that its metadata asks for in a browser, shipped or not.
    """
    name, version = path.name.split("-")[:2]
    with zipfile.ZipFile(path) as wheel:
        files = wheel.namelist()
        metadata = next(file for file in files if file.endswith(".dist-info/METADATA"))
        lines = wheel.read(metadata).decode().splitlines()
    needs = [Requirement(line.split(": ", 1)[1]) for line in lines if line.startswith("Requires-D")]
    browser = {"sys_platform": "emscripten", "platform_system": "Emscripten", "os_name": "posix"}
    browser |= {"python_full_version": python, "python_version": short_version(python), "extra": ""}
    tops = {file.split("/")[0].removesuffix(".py") for file in files if file.endswith(".py")}
    return {
        "name": normal(name),
        "version": version,
        "file_name": path.name,
        "install_dir": "site",
        "sha256": hash_file(path),
        "package_type": "package",
        "imports": sorted(top for top in tops if not top.endswith((".dist-info", ".data"))),
        "depends": sorted(
            {
                normal(package.name)
                for package in needs
                if package.marker is None or package.marker.evaluate(browser)
            }
        ),
        "unvendored_tests": False,
    }


def make_lock(
    core_lock: dict[str, Any], wheels: Iterable[Path], version: str
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the lock file of what the site's kernel can import.

    Parameters
    ----------
    core_lock : dict
        The lock file that came with Pyodide's core.
    wheels : list of pathlib.Path
        The pure-Python wheels that the site serves.
    version : str
        Pyodide's version.

    Returns
    -------
    lock : dict
        Names the compiled wheels by their address at Pyodide's distribution.
    compiled : dict of str to str
        File name to sha256 of those.

    Raises
    ------
    LiteError
        If a package needs another one that is not served.
    """
    python = core_lock["info"]["python"]
    packages = {entry["name"]: entry for entry in (wheel_entry(path, python) for path in wheels)}
    known = {normal(name): entry for name, entry in core_lock["packages"].items()}
    compiled, waiting = {}, list(COMPILED)
    while waiting:
        name = waiting.pop()
        if name in packages or name in NOT_NEEDED:
            continue
        entry = dict(known[name], name=name)
        entry["depends"] = [normal(other) for other in entry["depends"]]
        if entry["file_name"].endswith(PURE):
            raise LiteError(
                f"{name} {entry['version']} is needed in the browser and is pure Python: "
                f"add it to src/softmax_book/lite/wheels.txt, with its hash."
            )
        compiled[entry["file_name"]] = entry["sha256"]
        entry["file_name"] = DISTRIBUTION.format(version=version) + entry["file_name"]
        packages[name] = entry
        waiting += entry["depends"]
    for entry in packages.values():
        entry["depends"] = [name for name in entry["depends"] if name not in NOT_NEEDED]
        missing = sorted(set(entry["depends"]) - set(packages))
        if missing:
            raise LiteError(
                f"{entry['name']} {entry['version']} needs {', '.join(missing)}, which the site "
                f"does not serve: add it to src/softmax_book/lite/wheels.txt, with its hash."
            )
    return {**core_lock, "packages": dict(sorted(packages.items()))}, compiled


def check_distribution(folder: Path, compiled: dict[str, str], version: str) -> None:
    """Check a local copy of Pyodide's distribution for the compiled wheels.

    Parameters
    ----------
    folder : pathlib.Path
    compiled : dict of str to str
        File name to sha256.
    version : str
        Pyodide's version, for the message.

    Raises
    ------
    LiteError
        If a wheel is missing, or is not the one that the lock file names.
    """
    mend = f"Expected the full distribution of Pyodide {version}, unpacked"
    if not folder.is_dir():
        raise LiteError(f"PYODIDE_DIST={folder} is not a folder. {mend}.")
    missing = [name for name in sorted(compiled) if not (folder / name).is_file()]
    if missing:
        raise LiteError(
            f"PYODIDE_DIST={folder} does not hold {', '.join(missing)}. {mend}; "
            f"is it of another version?"
        )
    for name, expected in sorted(compiled.items()):
        actual = hash_file(folder / name)
        if actual != expected:
            raise LiteError(
                f"{name} in PYODIDE_DIST={folder} is not the published file: its sha256 is "
                f"{actual}, expected {expected}. {mend}; copy it again."
            )


def write_pyodide(
    core: Path,
    wheels: Sequence[Path],
    target: Path,
    *,
    stdlib: Path | None = None,
    distribution: Path | None = None,
) -> list[str]:
    """Write the folder that the kernel is loaded from.

    Parameters
    ----------
    core : pathlib.Path
        npm's package.
    wheels : list of pathlib.Path
        The pure-Python wheels.
    target : pathlib.Path
        Made by this.
    stdlib : pathlib.Path, optional
        Python's standard library, in place of npm's.
    distribution : pathlib.Path, optional
        A local copy of Pyodide's full distribution: the compiled wheels are taken from there.

    Returns
    -------
    list of str
        Names of the compiled wheels that the site does not serve.

    Raises
    ------
    LiteError
        Before anything is written.
    """
    version = json.loads((core / "package.json").read_text("utf-8"))["version"]
    core_lock = json.loads((core / LOCK).read_text("utf-8"))
    lock, compiled = make_lock(core_lock, wheels, version)
    if distribution is not None:
        check_distribution(distribution, compiled, version)
        for entry in lock["packages"].values():
            entry["file_name"] = entry["file_name"].rsplit("/", 1)[-1]
    target.mkdir(parents=True)
    for path in (*(core / name for name in CORE), *wheels):
        shutil.copyfile(path, target / path.name)
    if stdlib is not None:
        shutil.copyfile(stdlib, target / STDLIB)
    _pack(target)
    if distribution is not None:
        for name in compiled:
            shutil.copyfile(distribution / name, target / name)
    (target / LOCK).write_text(json.dumps(lock, separators=(",", ":")), "utf-8")
    return [] if distribution is not None else sorted(compiled)


def _pack(folder: Path) -> None:
    """Compress the largest files, and tell the ones that fetch them."""
    shutil.copyfile(LOADER, folder / LOADER.name)
    loader = folder / "pyodide.mjs"
    text = replace_exactly(
        loader.read_text("utf-8"),
        re.escape(FETCH),
        lambda fetch: FETCH_PACKED,
        where=f"Pyodide's {loader.name}, which fetches {WASM}",
    )
    loader.write_text(text, "utf-8")
    for name in PACKED:
        whole = folder / name
        packed = gzip.compress(whole.read_bytes(), 9, mtime=0)
        whole.with_name(f"{name}.packed").write_bytes(packed)
        whole.unlink()


def kernel_versions(core: Path) -> dict[str, str]:
    """Return the versions of Python and of the compiled packages in the browser.

    Parameters
    ----------
    core : pathlib.Path
        npm's package.

    Returns
    -------
    dict of str to str
    """
    lock = json.loads((core / LOCK).read_text("utf-8"))
    versions = {name: lock["packages"][name]["version"] for name in COMPILED}
    return {"python": lock["info"]["python"], **versions}
