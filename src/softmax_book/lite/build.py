"""Build ``lite/``: ``python -m softmax_book.lite.build``, from the repository's root.

The book must stand in ``_build/html``: its notebooks are put here as they can be downloaded there.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import yaml

from softmax_book.building.npm import FrontEndError, fetch_on_demand, find_node, package_folder
from softmax_book.building.site import SITE, BuildError, check_root
from softmax_book.lite import LiteError, contents
from softmax_book.lite.age import PLACE, mark_age
from softmax_book.lite.app import APPS, EXTENSION, built_app, kernel_wheels, pinned_wheels
from softmax_book.lite.bytecode import with_bytecode
from softmax_book.lite.own_wheels import own_wheels
from softmax_book.lite.pyodide import LOADER, STDLIB, kernel_versions, write_pyodide

PAGE_LINKS = Path(__file__).with_name("page_links.js")
EARLY_PAGE = Path(__file__).with_name("early_page.js")
FIRST_RUN = Path(__file__).with_name("first_run.js")
WITH_KERNEL = ("notebooks", "consoles")
# Loaded with Pyodide itself, in one go; what these need comes with them.
FIRST = ["micropip", "piplite", "ipykernel", "comm", "pyodide-kernel", "ipython", "jedi"]
KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"
# They ask for pictures that JupyterLite does not ship, each time the kernel is busy.
SWITCHED_OFF = [
    "@jupyter-notebook/notebook-extension:tab-icon",
    "@jupyterlab/application-extension:faviconbusy",
]
EARLY_HEAD = """\
<script type="module" src="../early_page.js"></script>
    <script type="module" src="../first_run.js"></script>
    """
PAGE_HEAD = """\
<link rel="icon" type="image/svg+xml" href="../../_static/favicon.svg">
    <script type="module" src="../page_links.js"></script>
  </head>"""
SETTINGS = {
    "@jupyterlab/apputils-extension:themes": {"adaptive-theme": True},
    "@jupyterlab/docmanager-extension:plugin": {
        "autosaveInterval": 5,
        # Milliseconds. Whoever saves by hand meanwhile must not be told that the file has changed.
        "lastModifiedCheckMargin": 10_000,
    },
}


def build_lite(root, *, class_work=None, distribution=None, say=lambda line: None):
    """Build the notebooks for the browser into the site.

    Parameters
    ----------
    root : pathlib.Path
        The repository's root.
    class_work : pathlib.Path, optional
        A folder with the assignments as students get them.
    distribution : pathlib.Path, optional
        A local copy of Pyodide's full distribution, to serve the compiled wheels too.
    say : callable
        Gets each line of news.

    Returns
    -------
    list of str
        Names of the compiled wheels that the site does not serve itself.

    Raises
    ------
    LiteError, BuildError, FrontEndError
        Then what stood in ``lite/`` stands there still.
    """
    root = Path(root).resolve()
    check_root(root)
    site = root / SITE
    title = yaml.safe_load((root / "_config.yml").read_text("utf-8"))["title"]
    book = contents.chapters(site, root / "_toc.yml", title)
    tasks = contents.assignments(class_work) if class_work else []
    fetch_on_demand(root, find_node(), "pyodide")
    app = built_app(root, say)
    core = package_folder(root, "pyodide")
    wheels = [*pinned_wheels(root, say), *kernel_wheels(app)]
    say(f"  putting {len(book)} chapters and {len(tasks)} assignments into {PLACE}/")
    # In the making it lies beside the site: a build that stops half-way changes nothing there.
    with tempfile.TemporaryDirectory(dir=site.parent, prefix="lite-") as folder:
        fresh = Path(folder, PLACE)
        shutil.copytree(app, fresh)
        own = Path(folder, "own")
        own.mkdir()
        package, *others = own_wheels(root, own)
        given = [core / STDLIB, *wheels, *others]
        stdlib, *wheels = with_bytecode(root, "compiled", core, given, say)
        wheels += with_bytecode(root, "own-compiled", core, [package], say)
        target = fresh / "static" / "pyodide"
        fetched = write_pyodide(core, wheels, target, stdlib=stdlib, distribution=distribution)
        _configure(fresh, title, kernel_versions(core)["python"])
        contents.write_contents(fresh, [*book, *tasks])
        contents.write_landing(fresh, book, tasks, title)
        mark_age(fresh, root)
        old = site / PLACE
        if old.exists():
            old.rename(Path(folder, "old"))
        fresh.rename(old)
    return fetched


def _configure(lite, title, python):
    """Tell the app about its kernel and its settings."""
    path = lite / "jupyter-lite.json"
    config = json.loads(path.read_text("utf-8"))
    data = config["jupyter-config-data"]
    data |= {"appName": title, "appUrl": "./tree", "settingsOverrides": SETTINGS}
    data |= {"contentsAllJsonFile": contents.LISTING, "disabledExtensions": SWITCHED_OFF}
    data["exposeAppInBrowser"] = True  # to first_run.js
    packages = ".".join(python.split(".")[:2])
    data["litePluginSettings"][KERNEL] |= {
        "pyodideUrl": f"./static/pyodide/{LOADER.name}",
        "disablePyPIFallback": True,
        "loadPyodideOptions": {
            "packages": [*FIRST, "kernel-start"],
            "env": {
                "HOME": "/home/pyodide",
                "PYTHONSTARTUP": f"/lib/python{packages}/site-packages/kernel_start/startup.py",
            },
        },
    }
    path.write_text(json.dumps(config, indent=1), "utf-8")
    for script in (PAGE_LINKS, FIRST_RUN):
        shutil.copyfile(script, lite / script.name)
    _start_early(lite)
    for name in APPS:
        page = lite / name / "index.html"
        text = page.read_text("utf-8")
        if text.count("</head>") != 1:
            raise LiteError(f"{page} has no head to put the book's links into")
        head = EARLY_HEAD + PAGE_HEAD if name in WITH_KERNEL else PAGE_HEAD
        page.write_text(text.replace("</head>", head), "utf-8")


def _start_early(lite):
    """Let a page that will need a kernel start it, and the kernel's worker start Python."""
    page = EARLY_PAGE.read_text("utf-8")
    for word, kind in (("ISOLATED", "coincident"), ("COMMON", "comlink")):
        (worker,) = (lite / EXTENSION / "static").glob(f"{kind}.worker.*.js")
        loader = os.path.relpath(lite / "static" / "pyodide" / LOADER.name, worker.parent)
        text = worker.read_text("utf-8")
        worker.write_text(f'import "{Path(loader).as_posix()}";\n{text}', "utf-8")
        page = page.replace(word, f"./{worker.relative_to(lite).as_posix()}")
    (lite / EARLY_PAGE.name).write_text(page, "utf-8")


def main(arguments=None):
    """Run the command.

    Parameters
    ----------
    arguments : list of str, optional
        Instead of the command line's.

    Returns
    -------
    int
        0 if ``lite/`` stands, 1 if it does not.
    """
    parser = argparse.ArgumentParser(
        prog="python -m softmax_book.lite.build",
        description="Put the chapters, as notebooks that run in the browser, into the built book "
        "at _build/html/lite. The first time this fetches JupyterLite, Pyodide and some packages; "
        "later it needs no network. PYODIDE_DIST=folder, a local copy of Pyodide's full "
        "distribution, puts NumPy and matplotlib into the site too.",
    )
    parser.add_argument(
        "--assignments", type=Path, metavar="FOLDER", help="released notebooks to put there too"
    )
    options = parser.parse_args(arguments)
    if options.assignments and not options.assignments.is_dir():
        parser.error(f"--assignments {options.assignments}: there is no such folder")
    given = os.environ.get("PYODIDE_DIST")
    started = time.monotonic()
    print("Building the notebooks for the browser: about a minute the first time.", flush=True)
    try:
        fetched = build_lite(
            Path.cwd(),
            class_work=options.assignments,
            distribution=Path(given).expanduser() if given else None,
            say=lambda line: print(line, flush=True),
        )
    except (LiteError, BuildError, FrontEndError) as error:
        print(f"\nlite/ was NOT built: {error}", file=sys.stderr)
        return 1
    print(
        f"\nThe notebooks stand in {SITE.as_posix()}/{PLACE}, after "
        f"{time.monotonic() - started:.0f} s."
    )
    if fetched:
        print(
            "Their kernel fetches these from Pyodide's distribution when a cell imports them, and "
            "without a network they are missing:\n  " + "\n  ".join(fetched)
        )
    else:
        print("Their kernel is whole: it asks nothing of any other site.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
