"""The weight and the speed of the book's pages, beside a default Jupyter Book page.

Every number is a median over fresh visits (no cache) in Chromium on this machine. The network is
the loopback: what a distance would add grows with the bytes and the requests, which are given.
Keys are pressed in several series, and the series with the lowest median counts: a shared machine,
or one that wakes from a rest, takes up to twice as long for the same work, and never less. Timed is
the first frame after a key: hidden_layer shows the plane in it, units and losses a frame later.
"""

import statistics
import time
from pathlib import Path

from benchmarks.serving import FONTS, serving
from benchmarks.toy_pages import Packages, build_default, build_ours

ROOT = Path(__file__).resolve().parents[1]
PLACE = ROOT / "build" / "bench" / "pages"
VISITS = 5
KEYS = 30
SERIES = 3
REST = 0.04  #: between two keys, in seconds, and a little more: as when a key is held down
RATES = (1, 4)  #: by how much the processor is slowed
GOALS = {
    "all bytes of a first visit": 400,
    "widget usable after, processor ÷ 1": 1.0,
    "widget usable after, processor ÷ 4": 2.0,
    "key press to painted frame, processor ÷ 1": 16,
    "key press to painted frame, processor ÷ 4": 30,
}
# Notes when the first widget stands in the page and its frame has been painted.
WATCH = """
window.sms = {};
new MutationObserver((_, observer) => {
  if (!document.querySelector(".sms-widget input")) return;
  observer.disconnect();
  requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => { window.sms.usable = performance.now(); };
    channel.port2.postMessage(null);
  });
}).observe(document, { childList: true, subtree: true });
"""
# From the event's own time to the task after the frame that shows what it did.
KEYED = """(slider) => {
  window.sms.frames = [];
  if (slider.dataset.timed) return;
  slider.dataset.timed = "true";
  slider.addEventListener("keydown", (event) => {
    const from = event.timeStamp;
    // A range changes once the key has been heard, a handle at once: both before this frame.
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => window.sms.frames.push(performance.now() - from);
      channel.port2.postMessage(null);
    });
  }, { capture: true });
}"""
PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


def median(values):
    """Return the median, to three digits."""
    return float(f"{statistics.median(values):.3g}")


def undisturbed(series):
    """Return the lowest of the medians of several series."""
    return min(median(values) for values in series)


def visit(browser, server, path, rate=1, keys=0):
    """Open a page that nothing is remembered of, and use its first widget.

    Returns
    -------
    dict
        ``bytes``, ``font_bytes`` and ``requests`` until the page rests; ``paint`` and
        ``usable``, in seconds from the navigation's start; ``frames``, in milliseconds.
    """
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    try:
        page = context.new_page()
        slowly = context.new_cdp_session(page)
        slowly.send("Emulation.setCPUThrottlingRate", {"rate": rate})
        page.add_init_script(WATCH)
        before = len(server.sent)
        page.goto(server.address + path, wait_until="load")
        page.wait_for_function("() => window.sms.usable", timeout=60_000)
        page.wait_for_load_state("networkidle")
        sent = server.sent[before:]
        found = {
            "bytes": sum(size for _, size in sent),
            "font_bytes": sum(size for name, size in sent if name.endswith(FONTS)),
            "requests": len(sent),
            "paint": page.evaluate(PAINT) / 1000,
            "usable": page.evaluate("() => window.sms.usable") / 1000,
            "frames": [],
        }
        if keys:
            found["frames"] = press(page, page.locator(".sms-widget").first, keys)
        return found
    finally:
        context.close()


def press(page, widget, keys):
    """Press arrow keys on a widget's first slider or handle; return each key's time to its frame.

    A hand strikes at any moment between two frames of the screen, 16.7 ms apart, and asks the page
    nothing meanwhile. So does this: it waits by its own clock, each time a little longer, because
    a question to the page would be answered by the very thread that is being timed. A key that
    comes before its predecessor's frame is drawn with it, and counts from its own time.
    """
    slider = widget.locator("input[type=range], [role=slider]").first
    slider.scroll_into_view_if_needed()
    slider.focus()
    slider.evaluate(KEYED)
    for number in range(keys):
        time.sleep(REST + 0.007 * number % 0.017)
        page.keyboard.press("ArrowRight" if number % 20 < 10 else "ArrowLeft")
    page.wait_for_function(f"() => window.sms.frames.length >= {keys}")
    return page.evaluate("() => window.sms.frames")


def frames_of_each(browser, server, chapters):
    """Press keys on every kind of widget, at each speed; return {(name, rate): milliseconds}."""
    found = {}
    for number, path in enumerate(chapters, 1):
        print(f"  keys on {path}, {number} of {len(chapters)}", flush=True)
        for rate in RATES:
            context = browser.new_context(viewport={"width": 1280, "height": 800})
            page = context.new_page()
            page.add_init_script(WATCH)
            page.goto(server.address + path, wait_until="networkidle")
            slowly = context.new_cdp_session(page)
            slowly.send("Emulation.setCPUThrottlingRate", {"rate": rate})
            for place in page.locator(".sms-page-widget[data-mounted]").all():
                name = place.get_attribute("data-widget")
                if (name, rate) not in found:
                    widget = place.locator(".sms-widget")
                    found[name, rate] = undisturbed(
                        press(page, widget, KEYS) for _ in range(SERIES)
                    )
            context.close()
    return found


def figures(browser, server, path):
    """Visit a page several times at each speed; return its figures by name, with their unit."""
    found = {
        rate: [visit(browser, server, path, rate, KEYS) for _ in range(VISITS)] for rate in RATES
    }
    first = found[1][0]  # what is sent is the same each time
    result = {
        "all bytes of a first visit": (kb(first["bytes"]), "kB"),
        "of these without the fonts": (kb(first["bytes"] - first["font_bytes"]), "kB"),
        "requests": (first["requests"], ""),
    }
    for rate, seen in found.items():
        at = f"processor ÷ {rate}"
        result[f"first contentful paint, {at}"] = (median([one["paint"] for one in seen]), "s")
        result[f"widget usable after, {at}"] = (median([one["usable"] for one in seen]), "s")
        result[f"key press to painted frame, {at}"] = (
            undisturbed(one["frames"] for one in seen),
            "ms",
        )
    return result


def chapters_with_widgets(site):
    """Return the chapters' paths, each with the number of its widgets."""
    found = {}
    for path in sorted((Path(site) / "book").glob("*.html")):
        number = path.read_text("utf-8").count('class="sms-page-widget"')
        if number:
            found[f"book/{path.name}"] = number
    return found


def measure(browser, site):
    """Measure the pages.

    Parameters
    ----------
    browser : playwright.sync_api.Browser
        Chromium.
    site : path
        The built book.

    Returns
    -------
    list of dict
        ``name``, ``goal`` (None where there is none), ``value``, ``unit``, and ``default``: the
        same number of the default page.
    """
    chapters = chapters_with_widgets(site)
    rows = []
    with serving({"/": site}) as book:
        weights = {path: visit(browser, book, path)["bytes"] for path in chapters}
        for path, weight in weights.items():
            count = f"{chapters[path]} widget{'s' if chapters[path] > 1 else ''}"
            name = f"{Path(path).stem} ({count}), all bytes of a first visit"
            rows.append(entry(name, kb(weight), "kB", GOALS["all bytes of a first visit"]))
        chapter = max(
            (path for path in chapters if chapters[path] > 1), key=lambda path: weights[path]
        )
        print(f"  {chapter}, {VISITS} visits at each speed", flush=True)
        for name, (value, unit) in figures(browser, book, chapter).items():
            rows.append(entry(f"{Path(chapter).stem}, {name}", value, unit, GOALS.get(name)))
        for (name, rate), value in sorted(frames_of_each(browser, book, chapters).items()):
            figure = f"key press to painted frame, processor ÷ {rate}"
            rows.append(entry(f"{name}, {figure}", value, "ms", GOALS[figure]))

    print("  a page of the book's and a default one, built and visited", flush=True)
    ours, theirs = build_ours(PLACE / "ours"), build_default(PLACE / "default")
    packages = Packages(PLACE / "npm")
    with serving({"/": ours}) as here, serving({"/npm/": packages, "/": theirs}) as there:
        visit(browser, there, "index.html")  # fetches the packages, which is not what is measured
        here_found = figures(browser, here, "book/index.html")
        there_found = figures(browser, there, "index.html")
    for name, (value, unit) in here_found.items():
        default = there_found[name][0]
        rows.append(entry(f"toy page, {name}", value, unit, GOALS.get(name), default))
    return rows


def entry(name, value, unit, goal=None, default=None):
    """Return one row of the table."""
    return {"name": name, "goal": goal, "value": value, "unit": unit, "default": default}


def kb(size):
    """Return a number of bytes in kB, to one decimal."""
    return round(size / 1000, 1)
