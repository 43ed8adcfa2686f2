"""One run of ``make live``: the book with a Python behind its cells, for one person's machine."""

import os
import signal
import socket
import sys
import tempfile
import threading
import webbrowser
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from softmax_book.building.freshness import is_current
from softmax_book.building.npm import bundle
from softmax_book.building.site import build_site
from softmax_book.edition import BookError, Edition

HOST = "127.0.0.1"
PORT = 8765
PORTS_TRIED = 20
IDLE_MINUTES = 120.0
PAGE = Path(__file__).parent / "page" / "page.js"
# What the modules of Jupyter and ipywidgets expect of the program that bundles them.
BUNDLE_OPTIONS = (
    "--loader:.svg=dataurl",
    "--define:global=globalThis",
    '--define:process.env.NODE_ENV="production"',
)


class LiveError(BookError):
    """The live book could not be served, and why."""


def is_free(port: int) -> bool:
    """Say whether a port of the loopback can be listened on.

    Parameters
    ----------
    port : int
    """
    with socket.socket() as probe:
        if sys.platform != "win32":  # there the option would allow a port that is in use
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def choose_port(wanted: int, say: Callable[[str], None]) -> int:
    """Return the wanted port, or the next free one.

    Parameters
    ----------
    wanted : int
    say : callable
        Is given a line if the port is another one.

    Returns
    -------
    int

    Raises
    ------
    LiveError
        If none of the next ports is free either.
    """
    last = min(wanted + PORTS_TRIED - 1, 65535)
    for port in range(wanted, last + 1):
        if is_free(port):
            if port != wanted:
                say(
                    f"Port {wanted} is busy (another  make live  perhaps): using {port}. Edits "
                    f"that you made under port {wanted} do not show here."
                )
            return port
    raise LiveError(
        f"The ports {wanted} to {last} are all busy: name a free one, such as  "
        f"make live PORT={wanted + 1000 if wanted < 64000 else 9000}"
    )


def bring_up_to_date(edition: Edition, say: Callable[[str], None]) -> None:
    """Build the site unless it was made from the sources as they are now.

    Parameters
    ----------
    edition : Edition
    say : callable
        Is given each line of news.

    Raises
    ------
    BookError
        If it cannot be built.
    """
    edition.check_root()
    if is_current(edition) and (edition.site / "index.html").is_file():
        say("The book is up to date.")
        return
    say("The book was not built from the present sources. Building it:")
    report = build_site(edition, say)
    say(f"Built in {report.seconds:.0f} s.")


def open_browser(link: str, say: Callable[[str], None]) -> None:
    """Open a link in the reader's browser, unless that would take over this terminal.

    Parameters
    ----------
    link : str
    say : callable
        Is given a line if there is no such browser.
    """
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        browser = None
    if browser is None or type(browser) is webbrowser.GenericBrowser or not browser.open(link):
        say("No browser could be opened here: open the link yourself.")


def write_redirect(link: str, file: Path) -> None:
    """Write a page that leads to a link, and that no other user of the machine can read.

    A browser is started with an address on its command line, which every user of the machine can
    read; so that address may hold no secret.

    Parameters
    ----------
    link : str
    file : pathlib.Path
        In a folder of this user alone.
    """
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as page:
        page.write(
            f'<!DOCTYPE html>\n<html lang="en"><meta charset="utf-8">'
            f'<meta name="referrer" content="no-referrer">'
            f'<meta http-equiv="refresh" content="0; url={link}">'
            f'<title>Opening the book</title><a href="{link}">Open the book</a></html>\n'
        )


def stop(number: int, frame: FrameType | None) -> None:
    """Turn a signal into the exception that Ctrl-C raises, so that everything is cleaned up."""
    raise KeyboardInterrupt


def run_live(
    edition: Edition,
    *,
    port: int = PORT,
    opens: bool = True,
    idle_minutes: float = IDLE_MINUTES,
    say: Callable[[str], None] = print,
) -> None:
    """Build the book if it is not up to date, and serve it until a signal says stop.

    Parameters
    ----------
    edition : Edition
    port : int
        The next free one is taken if it is busy.
    opens : bool
        Whether to open the book in the reader's browser.
    idle_minutes : float
        A kernel that has run nothing for so long ends.
    say : callable
        Is given each line of news.

    Raises
    ------
    BookError
        If the book cannot be built, or cannot be served.
    KeyboardInterrupt
        If it is stopped before the book is served.
    """
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), stop)
    bring_up_to_date(edition, say)
    # Importing Jupyter's server takes a moment: mistakes in the sources are told before it.
    try:
        from softmax_book.live.server import LONGEST_SOCKET_FOLDER, Keys, serve
    except ModuleNotFoundError as error:
        raise LiveError(
            f"The package {error.name} is not here, which live cells need: run  make live,  or  "
            f'python -m pip install -c constraints.txt -e ".[live]"'
        ) from None

    port = choose_port(port, say)
    links: list[str] = []

    is_long = len(tempfile.gettempdir()) > LONGEST_SOCKET_FOLDER - 20
    parent = "/tmp" if is_long and Path("/tmp").is_dir() else None
    with tempfile.TemporaryDirectory(
        prefix="live-", dir=parent, ignore_cleanup_errors=True
    ) as name:
        folder = Path(name)
        redirect = folder / "open.html"

        def announce(key: str) -> None:
            link = f"http://{HOST}:{port}/live/open?key={key}"
            if not links:
                say(f"\n  The book with live cells:  {link}\n\nCtrl-C stops it.")
            else:
                say(f"The link has been used. For another browser:  {link}")
                redirect.unlink(missing_ok=True)
            links.append(link)

        keys = Keys(announce, say)

        def started() -> None:
            announce(keys.key)
            if opens:  # in a thread, because the server has to answer the browser
                say("Your browser opens it. If it shows something else, open the link yourself.")
                write_redirect(links[0], redirect)
                arguments = (redirect.as_uri(), say)
                threading.Thread(target=open_browser, args=arguments, daemon=True).start()

        bundle(edition.root, PAGE, folder / "page", options=BUNDLE_OPTIONS)
        serve(
            edition.site,
            folder / "page",
            folder,
            port,
            keys=keys,
            started=started,
            idle_minutes=idle_minutes,
        )
        for each in ("SIGINT", "SIGTERM", "SIGHUP"):  # nothing may break off the cleaning
            if hasattr(signal, each):
                signal.signal(getattr(signal, each), signal.SIG_IGN)
    say("Stopped. Every kernel has ended; your edits are kept in the browser.")
