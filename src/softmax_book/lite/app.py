"""The JupyterLite app, built in an environment of its own.

JupyterLite bundles every front-end extension that is installed beside it, so it cannot be built in
the book's environment. What is built here holds no chapter and depends on ``tools.txt`` alone: it
is kept below ``build/`` and is copied from there until the list changes.
"""

import json
import os
import shutil
import sys
from pathlib import Path

from softmax_book.lite.kept import KEPT, is_ready, make_ready, run, stamp

HERE = Path(__file__).parent
TOOLS, WHEELS = HERE / "tools.txt", HERE / "wheels.txt"
# The notebook itself; the list of files; what its menus open besides.
APPS = ["notebooks", "tree", "edit", "consoles"]
KERNEL_WHEELS = ("piplite", "pyodide_kernel", "ipykernel")
EXTENSION = Path("extensions", "@jupyterlite", "pyodide-kernel-extension")
# Read by old browsers only; every one that can run the kernel reads woff2.
OLD_FONTS = {".eot", ".ttf", ".svg", ".woff"}


def built_app(root, say):
    """Return the folder of the built app, which is made if it is not there.

    Parameters
    ----------
    root : pathlib.Path
        The repository's root.
    say : callable
        Gets each line of news.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    LiteError
    """
    kept = root / KEPT
    mark = stamp(TOOLS, json.dumps(APPS), Path(__file__).read_text("utf-8"))
    app = kept / "app"
    if is_ready(app, mark):
        return app
    tools = _tools(kept, say)
    say("  building the JupyterLite app")
    fresh = kept / "app-in-making"
    shutil.rmtree(fresh, ignore_errors=True)
    sources = kept / "app-sources"
    shutil.rmtree(sources, ignore_errors=True)
    sources.mkdir(parents=True)
    settings = {
        "apps": APPS,
        "contents": [],
        "no_sourcemaps": True,
        "no_unused_shared_packages": True,
        "output_dir": str(fresh),
        "cache_dir": str(kept / "cache"),
    }
    (sources / "jupyter_lite_config.json").write_text(json.dumps({"LiteBuildConfig": settings}))
    run(
        [tools, "-m", "jupyterlite_core.app", "build"],
        "JupyterLite could not be built",
        cwd=sources,
        env=_clean_environment(kept),
    )
    _leave_out_unused(fresh)
    shutil.rmtree(app, ignore_errors=True)
    fresh.rename(app)
    make_ready(app, mark)
    return app


def pinned_wheels(root, say):
    """Return the pure-Python wheels for the browser, fetched if they are not here.

    Parameters
    ----------
    root : pathlib.Path
    say : callable

    Returns
    -------
    list of pathlib.Path

    Raises
    ------
    LiteError
    """
    folder = root / KEPT / "wheels"
    mark = stamp(WHEELS)
    if not is_ready(folder, mark):
        say("  fetching the packages for the browser")
        shutil.rmtree(folder, ignore_errors=True)
        browser = ["--python-version", "3.14", "--platform", "any", "--only-binary", ":all:"]
        _pip(sys.executable, "download", WHEELS, *browser, "--dest", folder)
        make_ready(folder, mark)
    return sorted(folder.glob("*.whl"))


def kernel_wheels(app):
    """Return the wheels that JupyterLite's kernel itself is made of."""
    folder = app / EXTENSION / "static" / "pypi"
    return [next(folder.glob(f"{name}-*.whl")) for name in KERNEL_WHEELS]


def _tools(kept, say):
    """Return the Python of the environment that builds the app."""
    folder = kept / "tools"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    mark = stamp(TOOLS, sys.version, str(folder))  # an environment cannot be moved
    if not is_ready(folder, mark):
        say("  setting up JupyterLite in an environment of its own")
        shutil.rmtree(folder, ignore_errors=True)
        run([sys.executable, "-m", "venv", folder], "The environment could not be made")
        _pip(python, "install", TOOLS)
        make_ready(folder, mark)
    return python


def _pip(python, verb, listed, *options):
    """Run pip on a whole list of pins with hashes."""
    quiet = ["--disable-pip-version-check", "--no-input", "--quiet"]
    whole = ["--no-deps", "--require-hashes", "--requirement", listed]
    run(
        [python, "-m", "pip", verb, *quiet, *whole, *options],
        f"What {listed.name} lists could not be fetched. Is this machine offline? The first "
        f"'make site' needs a package index; later ones need no network",
    )


def _clean_environment(kept):
    """Return an environment without the user's own Jupyter settings and extensions."""
    ours = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("JUPYTER", "PYTHONPATH", "PYTHONHOME"))
    }
    nowhere = str(kept / "nothing")
    return {
        **ours,
        "JUPYTER_CONFIG_DIR": nowhere,
        "JUPYTER_DATA_DIR": nowhere,
        "PYTHONNOUSERSITE": "1",
        "JUPYTER_NO_CONFIG": "1",
    }


def _leave_out_unused(app):
    """Remove what no browser asks for here."""
    for path in list(app.rglob("*")):
        unused = path.suffix == ".map" or path.name.startswith("rspack.config")
        unused = unused or (path.suffix in OLD_FONTS and path.name.startswith("fa-"))
        if path.is_file() and unused:
            path.unlink()
