"""Puts ``lite/`` together: the app, its Python, the book's code and the notebooks.

The book must have been built: its notebooks are put here as they can be downloaded there.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import yaml

from softmax_book.building.freshness import remember_lite
from softmax_book.building.npm import fetch_on_demand, find_node, package_folder
from softmax_book.building.site import ignore
from softmax_book.edition import Edition
from softmax_book.expected import only_file, replace_exactly
from softmax_book.lite import contents
from softmax_book.lite.app import APPS, EXTENSION, built_app, kernel_wheels, pinned_wheels
from softmax_book.lite.bytecode import with_bytecode
from softmax_book.lite.own_wheels import own_wheels
from softmax_book.lite.pyodide import LOADER, STDLIB, kernel_versions, short_version, write_pyodide
from softmax_book.pages.live_button import write_status

PAGE_LINKS = Path(__file__).with_name("page_links.js")
EARLY_PAGE = Path(__file__).with_name("early_page.js")
FIRST_RUN = Path(__file__).with_name("first_run.js")
OLDER_COPY = Path(__file__).with_name("older_copy.js")
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


def build_lite(
    edition: Edition,
    *,
    class_work: Path | None = None,
    distribution: Path | None = None,
    say: Callable[[str], None] = ignore,
) -> list[str]:
    """Build the notebooks for the browser into the site.

    Parameters
    ----------
    edition : Edition
    class_work : pathlib.Path, optional
        A folder with the assignments as students get them.
    distribution : pathlib.Path, optional
        A local copy of Pyodide's full distribution, to serve the compiled wheels too.
    say : callable
        Is given each line of news.

    Returns
    -------
    list of str
        Names of the compiled wheels that the site does not serve itself.

    Raises
    ------
    BookError
        If they could not be built. Then the ``lite/`` of an earlier build is still there.
    """
    edition.check_root()
    root, lite = edition.root, edition.lite
    title = yaml.safe_load(edition.config.read_text("utf-8"))["title"]
    book = contents.chapters(edition, title)
    tasks = contents.assignments(class_work) if class_work else []
    fetch_on_demand(root, find_node(), "pyodide")
    app = built_app(edition, say)
    core = package_folder(root, "pyodide")
    python = short_version(kernel_versions(core)["python"])
    wheels = [*pinned_wheels(edition, python, say), *kernel_wheels(app)]
    say(f"  putting {len(book)} chapters and {len(tasks)} assignments into {lite.name}/")
    # It is put together beside the site: a build that stops half-way changes nothing there.
    with tempfile.TemporaryDirectory(dir=edition.site.parent, prefix="lite-") as folder:
        unfinished = Path(folder, lite.name)
        shutil.copytree(app, unfinished)
        wheel_folder = Path(folder, "wheels")
        wheel_folder.mkdir()
        package, *others = own_wheels(edition, wheel_folder)
        archives = [core / STDLIB, *wheels, *others]
        stdlib, *wheels = with_bytecode(edition, "compiled", core, archives, say)
        wheels += with_bytecode(edition, "own-compiled", core, [package], say)
        target = unfinished / edition.lite_lock.parent.relative_to(lite)
        fetched = write_pyodide(core, wheels, target, stdlib=stdlib, distribution=distribution)
        _configure(unfinished, title, python)
        contents.write_contents(unfinished, [*book, *tasks])
        contents.write_landing(unfinished, book, tasks, title, language=edition.language)
        remember_lite(edition, unfinished)
        if lite.exists():
            lite.rename(Path(folder, "old"))
        unfinished.rename(lite)
    write_status(edition)
    return fetched


def _configure(lite: Path, title: str, python: str) -> None:
    """Tell the app about its kernel and its settings."""
    path = lite / "jupyter-lite.json"
    config = json.loads(path.read_text("utf-8"))
    data = config["jupyter-config-data"]
    data |= {"appName": title, "appUrl": "./tree", "settingsOverrides": SETTINGS}
    data |= {"contentsAllJsonFile": contents.LISTING, "disabledExtensions": SWITCHED_OFF}
    data["exposeAppInBrowser"] = True  # to first_run.js
    data["litePluginSettings"][KERNEL] |= {
        "pyodideUrl": f"./static/pyodide/{LOADER.name}",
        "disablePyPIFallback": True,
        "loadPyodideOptions": {
            "packages": [*FIRST, "kernel-start"],
            "env": {
                "HOME": "/home/pyodide",
                "PYTHONSTARTUP": f"/lib/python{python}/site-packages/kernel_start/startup.py",
            },
        },
    }
    path.write_text(json.dumps(config, indent=1), "utf-8")
    for script in (PAGE_LINKS, FIRST_RUN, OLDER_COPY):
        shutil.copyfile(script, lite / script.name)
    _start_early(lite)
    for name in APPS:
        page = lite / name / "index.html"
        head = EARLY_HEAD + PAGE_HEAD if name in WITH_KERNEL else PAGE_HEAD
        text = replace_exactly(
            page.read_text("utf-8"),
            "</head>",
            head,
            where=f"JupyterLite's page {name}/index.html, the end of its head",
        )
        page.write_text(text, "utf-8")


def _start_early(lite: Path) -> None:
    """Let a page that will need a kernel start it, and the kernel's worker start Python."""
    page = EARLY_PAGE.read_text("utf-8")
    for word, kind in (("ISOLATED", "coincident"), ("COMMON", "comlink")):
        worker = only_file(
            lite / EXTENSION / "static",
            f"{kind}.worker.*.js",
            where="the workers of JupyterLite's kernel",
        )
        loader = os.path.relpath(lite / "static" / "pyodide" / LOADER.name, worker.parent)
        text = worker.read_text("utf-8")
        worker.write_text(f'import "{Path(loader).as_posix()}";\n{text}', "utf-8")
        page = page.replace(word, f"./{worker.relative_to(lite).as_posix()}")
    (lite / EARLY_PAGE.name).write_text(page, "utf-8")
