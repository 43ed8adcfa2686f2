"""The machine's own Chromium, for the tests and the benchmarks."""

import shutil

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
NO_CHROMIUM = (
    "There is no Chromium here: install it (Debian, Ubuntu: sudo apt install chromium) "
    "or Google Chrome."
)


def find_chromium():
    """Return the path of the machine's own Chromium or Chrome, or None."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)
