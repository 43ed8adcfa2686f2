"""Time live cells in Chromium: from the click to a ready Python, a first cell, a redrawn figure.

``make bench-site`` runs it with the other parts; alone: ``python -m benchmarks.site live_cells``.
"""

import re
import signal
import subprocess
import sys
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
CHAPTER = "book/03_softmax.html"
LINK = re.compile(r"(http://127\.0\.0\.1:\d+/)live/open\?key=[\w-]+")
VISITS, STEPS = 5, 12
GOALS = {
    "live cells, click to ready": 1.0,
    "live cells, first cell of a chapter": 2.0,
    "live cells, slider to redrawn figure": 0.1,
}
# Milliseconds from a press of the button until the bar says that Python is ready.
READY = """() => new Promise((done, fail) => {
  const bar = document.querySelector(".sms-live");
  const began = performance.now();
  new MutationObserver(() => {
    if (bar.dataset.state === "ready") done(performance.now() - began);
    if (bar.dataset.state === "without") fail(new Error(bar.textContent));
  }).observe(bar, { attributes: true });
  bar.querySelector(".sms-live-start").click();
})"""
# Milliseconds from a press of "Run" until a cell has run and its outputs are painted.
CELL = """(number) => new Promise((done, fail) => {
  const cell = document.querySelectorAll("div.cell[data-live]")[number];
  const began = performance.now();
  new MutationObserver(() => {
    const state = cell.dataset.live;
    if (state === "failed") fail(new Error(cell.textContent));
    if (state === "done") requestAnimationFrame(() => done(performance.now() - began));
  }).observe(cell, { attributes: true });
  cell.querySelector(".sms-live-run").click();
})"""
# Milliseconds from a key press on the slider until the new figure is decoded and painted.
REDRAWN = """(number) => {
  const cell = document.querySelectorAll("div.cell[data-live]")[number];
  const handle = cell.querySelector(".noUi-handle");
  const before = cell.querySelector("img").src;
  window.redrawn = new Promise((done) => {
    let began;
    handle.addEventListener("keydown", () => { began = performance.now(); },
      { once: true, capture: true });
    const seen = new MutationObserver(async () => {
      const image = cell.querySelector("img");
      if (!image || image.src === before) return;
      seen.disconnect();
      await image.decode();
      requestAnimationFrame(() => done(performance.now() - began));
    });
    seen.observe(cell, { childList: true, subtree: true });
  });
  handle.focus();
}"""
FIGURE = """
import matplotlib.pyplot as plt
import numpy as np
from ipywidgets import interact

x = np.linspace(0, 1, 200)

@interact(power=(1, 40))
def draw(power=1):
    plt.figure(figsize=(5, 3))
    plt.plot(x, x**power)
    plt.show()
"""


def start_server():
    """Start ``make live``'s command; return its process and the link that it prints."""
    process = subprocess.Popen(
        [sys.executable, "-m", "softmax_book", "live", "--no-open"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None  # it is a pipe
    for line in process.stdout:
        if found := LINK.search(line):
            return process, found
    raise RuntimeError(f"the live server ended with {process.wait()} and printed no link")


def visit(page, home):
    """Make a chapter live and run its first cell; return both times in seconds."""
    page.goto(f"{home}{CHAPTER}", wait_until="load")
    ready = page.evaluate(READY)
    page.wait_for_timeout(300)  # nobody presses "Run" in the same moment
    return ready / 1000, page.evaluate(CELL, 0) / 1000


def redraw(page):
    """Put a slider and a figure into the second cell; return the times of moves in seconds."""
    page.locator("div.cell[data-live] .cm-content").nth(1).click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(FIGURE)
    page.evaluate(CELL, 1)
    page.locator("div.cell[data-live]").nth(1).locator("img").wait_for()
    times = []
    for _ in range(STEPS):
        page.evaluate(REDRAWN, 1)
        page.keyboard.press("ArrowRight")
        times.append(page.evaluate("() => window.redrawn") / 1000)
    return times[2:]  # the first ones find caches cold


def measure(browser, site):
    """Measure live cells.

    Parameters
    ----------
    browser : playwright.sync_api.Browser
        Chromium.
    site : path
        The built book, which the server that is started here serves.

    Returns
    -------
    list of dict
        ``name``, ``goal``, ``value`` (a median) and ``unit``.
    """
    server, link = start_server()
    try:
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        page = context.new_page()
        page.goto(link[0])
        page.wait_for_url("**/book/index.html")
        visits = [visit(page, link[1]) for _ in range(VISITS)]
        values = [median(times) for times in zip(*visits, strict=True)]
        values.append(median(redraw(page)))
        context.close()
    finally:
        server.send_signal(signal.SIGINT)
        server.communicate(timeout=60)
    return [
        {"name": name, "goal": goal, "value": round(value, 2), "unit": "s"}
        for (name, goal), value in zip(GOALS.items(), values, strict=True)
    ]
