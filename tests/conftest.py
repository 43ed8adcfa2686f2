"""What all tests share: no window for pictures, no figure left open, no clock on properties."""

import os
import shutil
import signal
import sys

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("MPLBACKEND", "Agg")

# A program started in the background is deaf to Ctrl-C, and so are those that it starts.
signal.signal(signal.SIGINT, signal.default_int_handler)

# A busy machine must not turn a right answer into a failure. In CI hypothesis draws the same
# examples each time, so that a change is judged and not its luck.
parent = settings.get_profile("ci" if os.environ.get("CI") else "default")
settings.register_profile(
    "book",
    parent=parent,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
settings.load_profile("book")


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


# Milliseconds that a browser's page is waited for: a slow machine with other work is no failure.
PATIENCE = 120_000
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# No update, no start page, no request of the browser's own; /dev/shm is small in containers.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def chromium():
    """The machine's own Chromium, driven by Playwright, which fetches no browser.

    One for each module: while it is open, nothing else can start an event loop.
    """
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("CI looks at the pages in Chromium, and there is none: install chromium")
        pytest.skip(
            "no Chromium here to look at the pages with: install it "
            "(Debian, Ubuntu: sudo apt install chromium) or Google Chrome"
        )
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield browser
        browser.close()
