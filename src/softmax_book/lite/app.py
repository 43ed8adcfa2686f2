"""The JupyterLite app, built in an environment of its own.

JupyterLite bundles every front-end extension that is installed beside it, so it cannot be built in
the book's environment. What is built here holds no chapter and depends on ``tools.txt`` alone: it
is kept, and copied into each build of ``lite/``, until the list changes.
"""

import json
import os
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from softmax_book.building import run_pip
from softmax_book.building.freshness import hash_parts, is_made, note_made
from softmax_book.edition import Edition
from softmax_book.expected import only_file
from softmax_book.lite.programs import run

HERE = Path(__file__).parent
TOOLS, WHEELS = HERE / "tools.txt", HERE / "wheels.txt"
# The notebook itself; the list of files; what its menus open besides.
APPS = ["notebooks", "tree", "edit", "consoles"]
KERNEL_WHEELS = ("piplite", "pyodide_kernel", "ipykernel")
EXTENSION = Path("extensions", "@jupyterlite", "pyodide-kernel-extension")
QUIETLY = ("--disable-pip-version-check", "--no-input", "--quiet")
# Read by old browsers only; every one that can run the kernel reads woff2.
OLD_FONTS = {".eot", ".ttf", ".svg", ".woff"}


def built_app(edition: Edition, say: Callable[[str], None]) -> Path:
    """Return the folder of the built app, which is made if it is not there.

    Parameters
    ----------
    edition : Edition
    say : callable
        Is given each line of news.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    LiteError
        If the app could not be built.
    """
    parts = edition.lite_parts
    key = hash_parts(TOOLS, json.dumps(APPS), Path(__file__), str(_takes_newest()))
    app = parts / "app"
    if is_made(app, key):
        return app
    python = _tools(parts, say)
    say("  building the JupyterLite app")
    unfinished = parts / "app-unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    sources = parts / "app-sources"
    shutil.rmtree(sources, ignore_errors=True)
    sources.mkdir(parents=True)
    settings = {
        "apps": APPS,
        "contents": [],
        "no_sourcemaps": True,
        "no_unused_shared_packages": True,
        "output_dir": str(unfinished),
        "cache_dir": str(parts / "cache"),
    }
    (sources / "jupyter_lite_config.json").write_text(json.dumps({"LiteBuildConfig": settings}))
    run(
        [python, "-m", "jupyterlite_core.app", "build"],
        "JupyterLite could not be built",
        cwd=sources,
        env=_clean_environment(parts),
    )
    _leave_out_unused(unfinished)
    shutil.rmtree(app, ignore_errors=True)
    unfinished.rename(app)
    note_made(app, key)
    return app


def pinned_wheels(
    edition: Edition, python: str, say: Callable[[str], None], *, pins: Path = WHEELS
) -> list[Path]:
    """Return the pure-Python wheels for the browser, fetched if they are not here.

    Parameters
    ----------
    edition : Edition
    python : str
        The version of Python in the browser, as ``3.14``.
    say : callable
        Is given each line of news.
    pins : pathlib.Path
        The list of them, with hashes.

    Returns
    -------
    list of pathlib.Path

    Raises
    ------
    LiteError
        If a wheel could not be fetched.
    """
    folder = edition.lite_parts / "wheels"
    key = hash_parts(pins, python)
    if not is_made(folder, key):
        say("  fetching the packages for the browser")
        shutil.rmtree(folder, ignore_errors=True)
        browser = ["--python-version", python, "--platform", "any", "--only-binary", ":all:"]
        _pip(sys.executable, "download", pins, *browser, "--dest", folder)
        note_made(folder, key)
    return sorted(folder.glob("*.whl"))


def kernel_wheels(app: Path) -> list[Path]:
    """Return the wheels that JupyterLite's kernel itself is made of.

    Parameters
    ----------
    app : pathlib.Path
        The built app's folder.

    Raises
    ------
    softmax_book.expected.UnexpectedError
        If JupyterLite does not bring exactly one of each.
    """
    folder = app / EXTENSION / "static" / "pypi"
    return [
        only_file(folder, f"{name}-*.whl", where="the wheels of JupyterLite's kernel")
        for name in KERNEL_WHEELS
    ]


def _tools(parts: Path, say: Callable[[str], None]) -> Path:
    """Return the Python of the environment that builds the app."""
    folder = parts / "tools"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    # An environment cannot be moved.
    key = hash_parts(TOOLS, sys.version, str(folder), str(_takes_newest()))
    if not is_made(folder, key):
        say("  setting up JupyterLite in an environment of its own")
        shutil.rmtree(folder, ignore_errors=True)
        run([sys.executable, "-m", "venv", folder], "The environment could not be made")
        if _takes_newest():
            names = re.findall(r"^([\w-]+)==", TOOLS.read_text("utf-8"), re.MULTILINE)
            run(
                [*_own_pip(python), "install", *QUIETLY, *names],
                f"The newest versions of what {TOOLS.name} lists could not be fetched",
            )
        else:
            _pip(python, "install", TOOLS)
        note_made(folder, key)
    return python


def _takes_newest() -> bool:
    """Say whether the newest versions are wanted, to hear of an upgrade before it hurts."""
    return os.environ.get("PINS") == "none"


def _own_pip(python: str | Path) -> list[str | Path]:
    """Return the command that runs pip without the user's settings."""
    return [python, "-I", Path(run_pip.__file__)]


def _pip(python: str | Path, verb: str, pins: Path, *options: str | Path) -> None:
    """Run pip on a whole list of pins with hashes."""
    whole: tuple[str | Path, ...] = ("--no-deps", "--require-hashes", "--requirement", pins)
    run(
        [*_own_pip(python), verb, *QUIETLY, *whole, *options],
        f"What {pins.name} lists could not be fetched. Is this machine offline? The first "
        f"'make site' needs a package index; later ones need no network",
    )


def _clean_environment(parts: Path) -> dict[str, str]:
    """Return an environment without the user's own Jupyter settings and extensions."""
    without_jupyter = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("JUPYTER", "PYTHONPATH", "PYTHONHOME"))
    }
    nowhere = str(parts / "nothing")
    return {
        **without_jupyter,
        "JUPYTER_CONFIG_DIR": nowhere,
        "JUPYTER_DATA_DIR": nowhere,
        "PYTHONNOUSERSITE": "1",
        "JUPYTER_NO_CONFIG": "1",
    }


def _leave_out_unused(app: Path) -> None:
    """Remove what no browser asks for here."""
    for path in list(app.rglob("*")):
        unused = path.suffix == ".map" or path.name.startswith("rspack.config")
        unused = unused or (path.suffix in OLD_FONTS and path.name.startswith("fa-"))
        if path.is_file() and unused:
            path.unlink()
