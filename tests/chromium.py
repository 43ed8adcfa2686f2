"""The machine's own Chromium, for the tests and the benchmarks."""

import shutil

# The shell is Chromium without its windows: the same pages, for an eighth less processor time.
BROWSERS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
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


def open_chromium(playwright, program, patience):
    """Return a browser each of whose pages waits as long as it is told, however it was opened.

    Parameters
    ----------
    playwright : playwright.sync_api.Playwright
    program : str
    patience : float
        Milliseconds; Playwright's own 30 seconds are too short for a busy machine.

    Returns
    -------
    playwright.sync_api.Browser
    """
    browser = playwright.chromium.launch(
        executable_path=program, args=list(FLAGS), timeout=patience
    )

    def patient(make):
        def made(**options):
            context_or_page = make(**options)
            context_or_page.set_default_timeout(patience)
            return context_or_page

        return made

    browser.new_context, browser.new_page = patient(browser.new_context), patient(browser.new_page)
    return browser
