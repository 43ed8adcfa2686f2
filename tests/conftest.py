"""What all tests share: no window for pictures, no figure left open, no clock on properties."""

import fnmatch
import os
import signal
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

from .chromium import NO_CHROMIUM, find_chromium, open_chromium
from .waiting import PATIENCE as SECONDS

os.environ.setdefault("MPLBACKEND", "Agg")

TESTS = Path(__file__).parent
ROOT = TESTS.parent

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


# How NumPy prints numbers. The cells of a chapter change it, and examples in docstrings rely on it.
AS_NUMPY_PRINTS = np.get_printoptions()


@pytest.fixture(autouse=True)
def _print_plainly():
    with np.printoptions(**AS_NUMPY_PRINTS):
        yield


@pytest.fixture(autouse=True)
def _draw_plainly():
    """Undo the style of a chapter's cells, wherever in this process they ran before."""
    if "matplotlib" in sys.modules:
        sys.modules["matplotlib"].rc_file_defaults()


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


# What a test needs beside Python, by where it stands and by the fixtures that it takes. The quick
# lane (`make test-quick`) leaves all of these out; nothing is marked by hand.
LANES_OF_PLACES = {
    "browser/*": "browser",
    "class/*": "class",
    "site/live/*": "live",
    "site/lite/*": "site",
    "*/test_new_*": "site",  # they copy the tree, and run pytest in the copy
}
LANES_OF_FIXTURES = {"chromium": "browser", "site": "site"}


def lanes(place, fixtures, parameters):
    """Return the names of the markers that a test gets.

    Parameters
    ----------
    place : str
        The path of the test's file below ``tests/``, with slashes.
    fixtures : iterable of str
        All fixtures that it takes, also those that its fixtures take.
    parameters : iterable
        The values that it is called with: one that names a fixture needs it too.

    Returns
    -------
    set of str
    """
    needs = {*fixtures, *(value for value in parameters if isinstance(value, str))}
    by_fixture = {lane for name, lane in LANES_OF_FIXTURES.items() if name in needs}
    by_place = {
        lane for pattern, lane in LANES_OF_PLACES.items() if fnmatch.fnmatch(place, pattern)
    }
    return by_fixture | by_place


# The files that take minutes, the longest first. Where several processes share the tests, each
# takes a whole file at a time: a long one that began last would leave all but one of them idle.
LONG = (
    "browser/test_live.py",
    "browser/test_chapters_in_browser.py",
    "browser/test_widgets.py",
    "browser/test_live_kernel.py",
    "browser/test_pages.py",
    "browser/test_jumps.py",
    "browser/test_lite.py",
    "browser/test_live_work.py",
    "browser/test_live_editor.py",
    "browser/test_live_outputs.py",
    "test_setup.py",
)


def in_turns(places, with_site):
    """Return the order in which several processes take the files of the tests.

    The first process builds the website, which all that need it wait for, and goes on with the
    longest file; meanwhile the others take the class's files that need no website. Then come the
    long files, and at last the short ones, so that the processes end at nearly the same time.

    Parameters
    ----------
    places : list of str
        The paths of the files below ``tests/``, with slashes.
    with_site : set of str
        Those of them that need the built website.

    Returns
    -------
    list of str
    """

    def turn(place):
        if place == LONG[0]:
            return 0
        if place.startswith("class/") and place not in with_site:
            return 1
        return 2 + LONG.index(place) if place in LONG else 2 + len(LONG)

    return sorted(places, key=turn)


def pytest_collection_modifyitems(items):
    if "PYTEST_XDIST_WORKER" in os.environ:
        files = {}
        for item in items:
            place = Path(os.path.relpath(item.path, TESTS)).as_posix()
            files.setdefault(place, []).append(item)
        with_site = {
            place
            for place, its in files.items()
            if any("site" in getattr(item, "fixturenames", ()) for item in its)
        }
        items[:] = [item for place in in_turns(list(files), with_site) for item in files[place]]
    for item in items:
        if TESTS in item.path.parents:
            place = item.path.relative_to(TESTS).as_posix()
            parameters = item.callspec.params.values() if hasattr(item, "callspec") else ()
            for lane in lanes(place, getattr(item, "fixturenames", ()), parameters):
                item.add_marker(lane)


# Milliseconds that a browser's page is waited for.
PATIENCE = 1000 * SECONDS


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The built website. Quick after `make book`: chapters that have not changed do not run.

    It is built once for all the processes that share a run, since a build writes its pages anew.
    """
    from softmax_book.building.site import build_site
    from softmax_book.building.turns import in_turn
    from softmax_book.edition import Edition

    edition = Edition(ROOT)
    folder = tmp_path_factory.getbasetemp()
    shared = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder
    lock, built = shared / "site.lock", shared / "site.built"
    lock.touch()
    with in_turn(lock, print):
        if not built.exists():
            build_site(edition)
            built.touch()
    return edition.site


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
        browser = open_chromium(playwright, program, PATIENCE)
        yield browser
        browser.close()
