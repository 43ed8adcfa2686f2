"""What all tests share: no window for pictures, no figure left open, no clock on properties."""

import os
import signal
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from .chromium import FLAGS, NO_CHROMIUM, find_chromium

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


@pytest.fixture(scope="session")
def site():
    """The built website. Quick after `make book`: chapters that have not changed do not run."""
    from softmax_book.building.site import build_site
    from softmax_book.edition import Edition

    return build_site(Edition(Path(__file__).parents[1])).site


@pytest.fixture(scope="module")
def chromium():
    """The machine's own Chromium, driven by Playwright, which fetches no browser.

    One for each module: while it is open, nothing else can start an event loop.
    """
    program = find_chromium()
    if program is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(NO_CHROMIUM)
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=list(FLAGS), timeout=PATIENCE
        )
        yield browser
        browser.close()
