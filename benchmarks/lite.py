"""Time the notebooks in the browser: from the address to the first output, and megabytes moved.

``make bench-site`` runs it with the other parts; alone: ``python -m benchmarks.site lite``.
NumPy is left out: its wheel comes from another site, and how fast is that site's affair. Each visit
is followed by a start of Pyodide alone, on the same machine in the same minute: how many times as
long the notebook takes says more than its seconds where other work is running.
"""

import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from threading import Thread

from benchmarks.serving import serving

from softmax_book.building.freshness import is_lite_stale
from softmax_book.building.npm import package_folder
from softmax_book.edition import Edition
from softmax_book.lite.build import build_lite

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOK = "lite/notebooks/index.html?path=01_score.ipynb"
VISITS = 3
SLOW = 120_000  # ms
# The kernel is there, and has nothing to do.
READY = """() => document.querySelector(".jp-KernelName")?.innerText.includes("Python")
  && document.querySelector(".jp-Notebook-ExecutionIndicator")?.dataset.status === "idle"
"""
GOALS = {"first output": 8.0, "moved": 20.0}


def visit(browser, home, *, again=False):
    """Open a notebook as a first-time visitor; return seconds to its first output.

    Parameters
    ----------
    browser : playwright.sync_api.Browser
    home : str
        The site's address.
    again : bool
        Return the seconds of a second visit in the same browser instead.

    Returns
    -------
    float
    """
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    try:
        for _ in range(2 if again else 1):
            page = context.new_page()
            began = time.perf_counter()
            page.goto(home + NOTEBOOK, wait_until="commit")
            page.wait_for_function(READY, timeout=SLOW)
            page.locator(".jp-Notebook .jp-CodeCell .cm-content").first.click(timeout=SLOW)
            page.keyboard.press("Control+A")
            page.keyboard.insert_text("print(1 + 1)")
            page.keyboard.press("Control+Enter")
            page.locator(".jp-OutputArea-output", has_text="2").first.wait_for(timeout=SLOW)
            seconds = time.perf_counter() - began
            page.close()
    finally:
        context.close()
    return seconds


# Python starts, and answers.
BARE_START = """async (address) => {
  const { loadPyodide } = await import(address);
  return (await loadPyodide()).runPython("1 + 1");
}"""


def start_bare(browser, home):
    """Start Pyodide's core as npm has it, in a new browser profile; return the seconds.

    Parameters
    ----------
    browser : playwright.sync_api.Browser
    home : str
        The site's address; npm's package is served below ``bare/``.

    Returns
    -------
    float
    """
    context = browser.new_context()
    try:
        page = context.new_page()
        began = time.perf_counter()
        page.goto(home + "bare/package.json", wait_until="commit")
        answer = page.evaluate(BARE_START, f"{home}bare/pyodide.mjs")
        seconds = time.perf_counter() - began
    finally:
        context.close()
    assert answer == 2
    return seconds


class PlainServer(ThreadingHTTPServer):
    """Python's own server, as a classroom uses it: nothing is compressed."""

    moved = 0  #: bytes of the bodies sent


class Counting(SimpleHTTPRequestHandler):
    """Counts what it sends."""

    server: PlainServer

    def log_message(self, *words):
        """Say nothing."""

    def copyfile(self, source, outputfile):
        """Send a file, and count it."""
        data = source.read()
        self.server.moved += len(data)
        outputfile.write(data)


def measure(browser, site):
    """Return the rows of this part.

    Parameters
    ----------
    browser : playwright.sync_api.Browser
    site : pathlib.Path
        The built book; its notebooks are built if they are not there, or are old.

    Returns
    -------
    list of dict
    """
    edition = Edition(ROOT)
    if is_lite_stale(edition) or not edition.lite.is_dir():
        released = edition.lite_parts / "assignments"  # there after a "make site"
        build_lite(edition, class_work=released if released.is_dir() else None, say=print)
    seconds, bare, moved = [], [], 0
    with serving({"/bare/": package_folder(ROOT, "pyodide"), "/": site}) as server:
        for _ in range(VISITS):
            server.sent.clear()
            seconds.append(visit(browser, server.address))
            moved = sum(size for _, size in server.sent) / 1e6
            bare.append(start_bare(browser, server.address))
        return_visit = visit(browser, server.address, again=True)

    plain = PlainServer(("127.0.0.1", 0), partial(Counting, directory=str(site)))
    Thread(target=plain.serve_forever, daemon=True).start()
    visit(browser, f"http://127.0.0.1:{plain.server_port}/")
    plain.shutdown()
    return [
        row("address to first output", median(seconds), "s", GOALS["first output"]),
        row("a start of Pyodide alone", median(bare), "s"),
        row("address to first output, to that", median(seconds) / median(bare), "times"),
        row("address to first output, second visit", return_visit, "s"),
        row("moved, from a server that compresses", moved, "MB", GOALS["moved"]),
        row("moved, from one that does not", plain.moved / 1e6, "MB", GOALS["moved"]),
    ]


def row(name, value, unit, goal=None):
    """Return one row of the table."""
    name = f"notebook in the browser, {name}"
    return {"name": name, "goal": goal, "value": round(value, 1), "unit": unit}
