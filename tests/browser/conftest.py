"""The built site in a real browser: served on the loopback, looked at in four settings."""

import contextlib
import functools
import http.server
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from softmax_book.build import build_site
from softmax_book.front_end import find_node

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


@pytest.fixture(scope="session")
def site():
    return build_site(ROOT).site


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *words):
        pass


@contextlib.contextmanager
def serving(folder):
    """The address of a folder on a plain static server."""
    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="session")
def served(site):
    """The address of the site on a plain static server."""
    with serving(site) as address:
        yield address


@dataclass
class Visit:
    """A page that is open, and what went wrong on it."""

    page: object
    home: str
    problems: list = field(default_factory=list)

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
            place.scroll_into_view_if_needed()
            place.and_(self.page.locator("[data-mounted]")).wait_for(timeout=20_000)
        return places

    def settle(self):
        """Wait until what the hand did has been drawn."""
        self.page.evaluate(
            "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )

    def overflow(self):
        """By how many pixels the page is wider than the window."""
        return self.page.evaluate(
            "() => document.scrollingElement.scrollWidth - document.documentElement.clientWidth"
        )


@pytest.fixture
def visit(chromium, served):
    """Return ``visit(path, setting, **options)``, which opens a page of the site."""
    contexts = []

    def go(path, setting="wide-light", home=None, **options):
        context = chromium.new_context(**{**SETTINGS[setting], **options})
        contexts.append(context)
        opened = Visit(context.new_page(), home or served)
        opened.listen()
        opened.page.goto((home or served) + path, wait_until="load")
        return opened

    yield go
    for context in contexts:
        context.close()


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
