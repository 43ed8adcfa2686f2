"""The built site in a real browser: served on the loopback, looked at in four settings."""

import contextlib
import functools
import http.server
import re
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import expect

from softmax_book.building.npm import find_node

from ..waiting import wait_until

ROOT = Path(__file__).parents[2]
SCREENSHOTS = ROOT / "build" / "screenshots"
NARROW = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
WIDE = {"viewport": {"width": 1280, "height": 800}}
SETTINGS = {
    "wide-light": {**WIDE, "color_scheme": "light"},
    "wide-dark": {**WIDE, "color_scheme": "dark"},
    "narrow-light": {**NARROW, "color_scheme": "light"},
    "narrow-dark": {**NARROW, "color_scheme": "dark", "reduced_motion": "reduce"},
}


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *words):
        pass


class Server(http.server.ThreadingHTTPServer):
    """A plain static server of a folder; ``home`` is its address."""

    request_queue_size = 128  # a browser asks for all of a page at once

    def __init__(self, folder, handler):
        super().__init__(("127.0.0.1", 0), functools.partial(handler, directory=str(folder)))
        self.folder, self.home = folder, f"http://127.0.0.1:{self.server_port}/"


@contextlib.contextmanager
def serving(folder, handler=Quiet):
    with Server(folder, handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="session")
def served(site):
    """The address of the site on a plain static server."""
    with serving(site) as server:
        yield server.home


# All of axe's rules, and the one on the size of targets, which is off in axe itself; or some.
AXE = """([exclude, only]) => axe
  .run({ exclude }, {
    resultTypes: ["violations"],
    ...(only ? { runOnly: only } : { rules: { "target-size": { enabled: true } } }),
  })
  .then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map((node) =>
    `${id}: ${node.html.slice(0, 150)} | ${node.failureSummary.slice(0, 300)}`)))"""
# The rules that can find another thing in another theme, and at another width.
COLOURS = ["color-contrast", "link-in-text-block"]
LAYOUT = ["target-size", "scrollable-region-focusable"]
# What the hand did has been drawn.
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
# Every font has come that the page's text asks for, and no colour is on its way to another one.
# What is on its way is brought there: in a section that is not laid out it would never arrive.
SETTLED = """async () => {
  await document.fonts.ready;
  for (const each of document.getAnimations()) if (each instanceof CSSTransition) each.finish();
}"""
# In Jupyter's own front ends: before that, what one runs may be lost.
KERNEL_READY = """() => document.querySelector(".jp-KernelName")?.innerText.includes("Python")
  && document.querySelector(".jp-Notebook-ExecutionIndicator")?.dataset.status === "idle"
"""
AGREES = re.compile(
    r"NumPy, in the kernel, (?P<how>finds|measures) the same.*; largest relative difference "
    r"(?P<value>\d[\d.]*)(?: × 10⁻(?P<power>[⁰¹²³⁴⁵⁶⁷⁸⁹]+))?\.$"
)
DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


def numpy_agrees(widget, key):
    """Move a widget by its first handle, and wait until the kernel's NumPy has found the same."""
    handle = widget.locator("input[type=range], [role=slider]").first
    handle.focus()
    handle.press(key)
    handle.press(key)
    widget.page.evaluate(DRAWN)  # an answer to what it showed before is gone
    checked = widget.locator(".sms-checked")
    match = wait_until(lambda: AGREES.search(checked.inner_text()), message="NumPy did not answer")
    gap = float(f"{match['value']}e-{(match['power'] or '0').translate(DIGITS)}")
    # Measured slopes are made of differences of nearly equal numbers.
    assert gap < {"finds": 1e-12, "measures": 1e-6}[match["how"]]


@dataclass
class Visit:
    """A page that is open, and what went wrong on it."""

    page: object
    home: str
    problems: list = field(default_factory=list)

    def open(self, path, *, intercepting=False):
        """Open a page of the site, and hear what goes wrong on it.

        Parameters
        ----------
        path : str
        intercepting : bool
            Whether the test will answer some of the page's requests itself, by ``page.route``.
            On a page that is open already, the browser says that it will ask and goes on, while
            the page may still send its next request past the test. A page that is opened so asks
            from its first request on; but it takes nothing from the browser's cache.
        """
        self.listen()
        if intercepting:
            self.page.route("**/nothing-has-this-name", lambda route: route.abort())
        self.page.goto(self.home + path, wait_until="load")

    def listen(self):
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        self.page.on("request", self._asked)
        self.page.on("response", self._answered)
        self.page.on("requestfailed", self._failed)

    def _heard(self, message):
        if message.type in {"error", "warning"}:
            self.problems.append(f"{message.type}: {message.text}")

    def _asked(self, request):
        if not request.url.startswith((self.home, "data:")):
            self.problems.append(f"asked elsewhere: {request.url[:200]}")

    def _answered(self, response):
        if response.status >= 400:
            self.problems.append(f"{response.status}: {response.url}")

    def _failed(self, request):
        # A page that is left breaks off what it was still fetching, and misses nothing.
        if request.failure != "net::ERR_ABORTED":
            self.problems.append(f"failed: {request.url} ({request.failure})")

    def widgets(self):
        """The page's widgets, each brought to life by scrolling to it."""
        places = self.page.locator(".sms-page-widget").all()
        for place in places:
            self.bring(place)
        return places

    def bring(self, place):
        """Scroll to a widget, and wait until it is alive."""
        place.scroll_into_view_if_needed()
        place.and_(self.page.locator("[data-mounted]")).wait_for()

    def wait_until(self, holds, message):
        """Wait until something is so; the page's news come in meanwhile."""

        def is_so():
            if value := holds():
                return value
            self.page.wait_for_timeout(1)
            return None

        return wait_until(is_so, message=message)

    def wait_for_problem(self, part):
        """Wait until a problem has been heard that holds these words."""
        self.wait_until(
            lambda: any(part in problem for problem in self.problems),
            lambda: f"not heard of {part!r}, only of: {self.problems}",
        )

    def settle(self):
        """Wait until what the hand did has been drawn."""
        self.page.evaluate(DRAWN)

    def rest(self):
        """Wait until what was drawn stays so: measured before, it is neither old nor new."""
        self.settle()
        self.page.evaluate(SETTLED)
        self.settle()

    def barriers(self, axe, exclude=(".katex",), *, only=None):
        """What axe finds on the page that keeps readers out, by all its rules or by some."""
        # A section out of sight has a height that is only estimated: measured so, it would lie on
        # top of the one below it, and the links of both on one another.
        self.page.add_style_tag(content="section { content-visibility: visible !important; }")
        self.rest()
        self.page.evaluate(axe)
        return self.page.evaluate(AXE, [list(exclude), only])

    def turn_dark(self):
        """Change to the dark theme, as when the reader's system does."""
        self.turn("dark")

    def turn(self, theme):
        """Change to the dark or to the light theme, as when the reader's system does."""
        self.page.emulate_media(color_scheme=theme)
        html = self.page.locator("html")
        if html.get_attribute("data-mode") is not None:  # the page for missing addresses has none
            expect(html).to_have_attribute("data-theme", theme)
        self.rest()

    def overflow(self):
        """By how many pixels the page is wider than the window."""
        return self.page.evaluate(
            "() => document.scrollingElement.scrollWidth - document.documentElement.clientWidth"
        )


class Contexts:
    """Opens pages in contexts of the browser, each of which one test has at a time.

    A new context opens a window, and fetches and compiles anew what all pages share: that takes
    as long as to draw a page. One that is lent again has both, and nothing of what the last
    reader left: no page but an empty one, which holds the window open, no cookie, and nothing in
    the browser's storage.
    """

    def __init__(self, browser):
        self.browser, self.free, self.lent = browser, {}, []

    def open_page(self, home, **options):
        """Return an empty page in a context that no other page of the test shares.

        Parameters
        ----------
        home : str
            The address of the site that will be opened in it.
        **options
            Those of ``browser.new_context``.

        Returns
        -------
        playwright.sync_api.Page
        """
        free = self.free.setdefault(f"{home} {sorted(options.items())}", [])
        if free:
            context, window = free.pop()
        else:
            context = self.browser.new_context(**options)
            window = context.new_page()
        self.lent.append((free, context, window))
        page = context.new_page()
        context.clear_cookies()
        origin = "file://" if home.startswith("file:") else home.rstrip("/")
        devtools = context.new_cdp_session(page)
        devtools.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
        devtools.detach()
        return page

    def take_back(self):
        """Close all pages, and keep their contexts for the next test."""
        for free, context, window in self.lent:
            for page in context.pages:
                if page is not window:
                    page.close()
            free.append((context, window))
        self.lent.clear()


@pytest.fixture(scope="module")
def contexts(chromium):
    """The contexts of the browser that a module's tests take in turn."""
    return Contexts(chromium)


@pytest.fixture
def visit(contexts, served):
    """Return ``visit(path, setting, **options)``, which opens a page of the site."""

    def go(path, setting="wide-light", home=None, *, intercepting=False, **options):
        page = contexts.open_page(home or served, **{**SETTINGS[setting], **options})
        opened = Visit(page, home or served)
        opened.open(path, intercepting=intercepting)
        return opened

    yield go
    contexts.take_back()


@pytest.fixture(scope="session")
def axe():
    """The source of axe-core, which finds barriers. Fetched with npm where it is missing."""
    script = ROOT / "node_modules" / "axe-core" / "axe.min.js"
    if not script.is_file():
        npm = find_node() / "npm"
        subprocess.run(
            [npm if npm.exists() else "npm", "ci", "--ignore-scripts"], cwd=ROOT, check=True
        )
    return script.read_text("utf-8")
