"""``make live``: the book with a Python behind its cells, for one person on this machine."""

import argparse
import signal
import socket
import sys
import tempfile
import threading
import webbrowser
from pathlib import Path

from softmax_book.building.freshness import is_current
from softmax_book.building.npm import FrontEndError, bundle
from softmax_book.building.site import SITE, BuildError, build_site, check_root

HOST = "127.0.0.1"
PORT = 8765
PORTS_TRIED = 20
PAGE = Path(__file__).parent / "page" / "page.js"
# What the modules of Jupyter and ipywidgets expect of the program that bundles them.
BUNDLE_OPTIONS = (
    "--loader:.svg=dataurl",
    "--define:global=globalThis",
    '--define:process.env.NODE_ENV="production"',
)
DESCRIPTION = """\
Serve the book on this machine with a Python kernel behind each page, so that its cells can be
edited and run. The book is built first if it is not up to date. Run it in the repository's root.

It prints a link that opens the book once, in one browser; another link is printed when that one
has been used. Only this machine can reach it. Ctrl-C stops it and ends every kernel. Your edits
are kept in the browser; files that cells write lie in a temporary folder, which is then removed."""


class LiveError(RuntimeError):
    """The live book could not be served, and why."""


def is_free(port):
    """Say whether a port of the loopback can be listened on."""
    with socket.socket() as probe:
        if sys.platform != "win32":  # there the option would allow a port that is in use
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def choose_port(wanted, say):
    """Return the wanted port, or the next free one.

    Parameters
    ----------
    wanted : int
    say : callable
        Told if the port is another one, and what that means.

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


def bring_up_to_date(root, say):
    """Build the site unless it was made from the sources as they are now.

    Parameters
    ----------
    root : pathlib.Path
        The repository's root.
    say : callable
        Gets each line of news.

    Returns
    -------
    pathlib.Path
        The site.

    Raises
    ------
    BuildError
        If it cannot be built.
    """
    check_root(root)
    if is_current(root) and (root / SITE / "index.html").is_file():
        say("The book is up to date.")
        return root / SITE
    say("The book was not built from the present sources. Building it:")
    report = build_site(root, say)
    say(f"Built in {report.seconds:.0f} s.")
    return report.site


def port_number(text):
    """Return a port's number as an integer.

    >>> port_number("8765")
    8765
    """
    try:
        port = int(text)
    except ValueError:
        port = 0
    if not 1 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; expected 1 to 65535, as 8765")
    return port


def minutes(text):
    """Return a time in minutes, which must be positive."""
    try:
        time = float(text)
    except ValueError:
        time = 0
    if not 0 < time < 1e6:
        raise argparse.ArgumentTypeError(f"{text!r} is no time; expected minutes, as 120")
    return time


def read_arguments(arguments):
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m softmax_book.live",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--port",
        type=port_number,
        default=PORT,
        help=f"the port to serve on; the next free one if it is busy (default {PORT})",
    )
    parser.add_argument(
        "--no-open", action="store_true", help="print the link and do not open a browser"
    )
    parser.add_argument(
        "--idle-minutes",
        type=minutes,
        default=120.0,
        metavar="MINUTES",
        help="end a kernel that has run nothing for so long (default 120)",
    )
    return parser.parse_args(arguments)


def open_browser(link, say):
    """Open a link in the reader's browser, unless that would take over this terminal."""
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        browser = None
    if browser is None or type(browser) is webbrowser.GenericBrowser or not browser.open(link):
        say("No browser could be opened here: open the link yourself.")


def interrupted(sig, frame):
    """Turn a signal into the exception that Ctrl-C raises, so that everything is put away."""
    raise KeyboardInterrupt


def run(options, root, say):
    """Build, bundle, serve."""
    site = bring_up_to_date(root, say)
    # Importing Jupyter's server takes a moment: whoever has made a mistake has been told by now.
    try:
        from softmax_book.live.server import LONGEST_SOCKET_FOLDER, Keys, serve
    except ModuleNotFoundError as error:
        raise LiveError(
            f"The package {error.name} is not here, which live cells need: run  make live,  or  "
            f'python -m pip install -c constraints.txt -e ".[live]"'
        ) from None

    port = choose_port(options.port, say)
    links = []

    def announce(key):
        link = f"http://{HOST}:{port}/live/open?key={key}"
        if not links:
            say(f"\n  The book with live cells:  {link}\n\nCtrl-C stops it.")
        else:
            say(f"The link has been used. For another browser:  {link}")
        links.append(link)

    keys = Keys(announce)

    def started():
        announce(keys.key)
        if not options.no_open:  # beside the server, which has to answer the browser
            threading.Thread(target=open_browser, args=(links[0], say), daemon=True).start()

    short = Path("/tmp") if len(tempfile.gettempdir()) > LONGEST_SOCKET_FOLDER - 20 else None
    with tempfile.TemporaryDirectory(
        prefix="live-", dir=short if short and short.is_dir() else None, ignore_cleanup_errors=True
    ) as folder:
        folder = Path(folder)
        bundle(root, PAGE, folder / "page", options=BUNDLE_OPTIONS)
        serve(
            site,
            folder / "page",
            folder,
            port,
            keys=keys,
            started=started,
            idle_minutes=options.idle_minutes,
        )
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # nothing may break off the cleaning
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), signal.SIG_IGN)
    say("Stopped. Every kernel has ended; your edits are kept in the browser.")


def main(arguments=None):
    """Run the command; return 0 after a stop, 1 if it could not start, 130 if stopped before."""
    options = read_arguments(arguments)
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), interrupted)
    try:
        run(options, Path.cwd(), say=lambda line: print(line, flush=True))
    except (BuildError, FrontEndError, LiveError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped before the book was served; nothing is left running.", file=sys.stderr)
        return 130
    return 0
