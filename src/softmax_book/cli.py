"""The command line: ``python -m softmax_book build``, ``live``, ``lite``, ``offline`` and so on.

What a command needs is imported when it runs, so that ``--help`` and a mistyped option are
answered at once.
"""

import argparse
import os
import re
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from softmax_book.edition import FIRST_LANGUAGE, BookError, Edition

PROGRAM = "python -m softmax_book"
DESCRIPTION = """\
Build the book's website, and its other forms. Run the commands in the repository's root.

Each but worksheet has a target of make, which sets up .venv first: make book, live, site, offline,
notebooks.
"""
BUILD = """\
Build the book's website into _build/html. Chapters whose cells, or the code they import, have
changed are run; the others are shown from their remembered outputs. Any warning and any failing
cell fails the build. The first build fetches files from an npm registry; later ones need no
network.
"""
LIVE = """\
Serve the book on this machine with a Python kernel behind each page, so that its cells can be
edited and run. The book is built first if it is not up to date.

It prints a link that opens the book once, in one browser; another link is printed when that one
has been used. Only this machine can reach it. Ctrl-C stops it and ends every kernel. Your edits
are kept in the browser; files that cells write lie in a temporary folder, which is then removed.
"""
LITE = """\
Put the chapters, as notebooks that run in the browser, into the built book at _build/html/lite.
The first time this fetches JupyterLite, Pyodide and some packages; later it needs no network.
PYODIDE_DIST=FOLDER, a local copy of Pyodide's full distribution, puts NumPy and matplotlib into
the site too.
"""
OFFLINE = """\
Pack the built site, notebooks for the browser included, into one zip for a classroom without
internet.
"""
NOTEBOOKS = """\
Write the chapters as notebooks for Colab, Binder and JupyterHub into a folder: the files of the
branch 'notebooks'. It is an error if repository.url in _config.yml is empty.
"""
WORKSHEET = """\
Write a worksheet to be printed, and its key: a fresh tiny example with whole, small numbers, and a
place for each number of the six steps and of one update. The same seed gives the same numbers, so
each student, or each group, can have a seed of its own.
"""


def say(line: str) -> None:
    """Print a line at once, also where the output is a pipe."""
    print(line, flush=True)


# --- the commands: each takes the edition and the options, and raises BookError ---


def build(edition: Edition, options: argparse.Namespace) -> None:
    """Build the website.

    Parameters
    ----------
    edition : Edition
    options : argparse.Namespace
        ``clean``.
    """
    from softmax_book.building.freshness import is_lite_stale
    from softmax_book.building.site import build_site, clean

    edition.check_root()
    if options.clean:
        clean(edition)
    say("Building the book: the first time takes a few minutes.")
    report = build_site(edition, say)
    site = edition.shown(edition.site)
    say(
        f"\nThe book is built in {report.seconds:.0f} s. Pages that ran: {len(report.ran)}; the "
        f"cells and code of the others have not changed.\n"
        f"  Open   {site}/index.html\n"
        f"  or     python -m http.server -d {site}   and go to http://localhost:8000"
    )
    if is_lite_stale(edition):
        say("The notebooks for the browser, in lite/, are older: 'make site' renews them.")


def live(edition: Edition, options: argparse.Namespace) -> None:
    """Serve the book with live cells until it is stopped.

    Parameters
    ----------
    edition : Edition
    options : argparse.Namespace
        ``port``, ``no_open``, ``idle_minutes``.
    """
    from softmax_book.live.run import run_live

    run_live(
        edition,
        port=options.port,
        opens=not options.no_open,
        idle_minutes=options.idle_minutes,
        say=say,
    )


def lite(edition: Edition, options: argparse.Namespace) -> None:
    """Build the notebooks for the browser.

    Parameters
    ----------
    edition : Edition
    options : argparse.Namespace
        ``assignments``.
    """
    from softmax_book.lite.build import build_lite

    distribution = os.environ.get("PYODIDE_DIST")
    started = time.monotonic()
    say("Building the notebooks for the browser: about a minute the first time.")
    fetched = build_lite(
        edition,
        class_work=options.assignments,
        distribution=Path(distribution).expanduser() if distribution else None,
        say=say,
    )
    say(
        f"\nThe notebooks for the browser are built in {time.monotonic() - started:.0f} s, in "
        f"{edition.shown(edition.lite)}."
    )
    if fetched:
        say(
            "Their kernel fetches these from Pyodide's distribution when a cell imports them, and "
            "without a network they are missing:\n  " + "\n  ".join(fetched)
        )
    else:
        say("Their kernel needs nothing from any other site.")


def offline(edition: Edition, options: argparse.Namespace) -> None:
    """Pack the site into one zip.

    Parameters
    ----------
    edition : Edition
    options : argparse.Namespace
        None is read.
    """
    from softmax_book.lite.offline import READ_ME, write_zip

    path, fetched = write_zip(edition)
    size = path.stat().st_size / 1e6
    say(f"{edition.shown(path)} is written, {size:.0f} MB. {READ_ME} in it says how to use it.")
    if fetched:
        say(
            "Without internet its pages and widgets work, but NumPy and matplotlib are not in it, "
            "so no chapter runs in the browser: give PYODIDE_DIST=FOLDER, see README.md."
        )
    else:
        say("It needs no internet: NumPy and matplotlib for the browser are in it.")


def notebooks(edition: Edition, options: argparse.Namespace) -> None:
    """Write the chapters as notebooks for hosted Jupyters.

    Parameters
    ----------
    edition : Edition
    options : argparse.Namespace
        ``folder``, ``check``.
    """
    from softmax_book.exports.launch import BRANCH, repository_of, write_branch

    if options.check:
        edition.check_root()
        repository_of(edition)
        return
    folder = options.folder or edition.notebooks
    names = write_branch(edition, folder)
    say(f"{len(names)} notebooks are in {folder}, for the branch '{BRANCH}'.")


def worksheet(edition: Edition, options: argparse.Namespace) -> None:
    """Write a worksheet and its key.

    Parameters
    ----------
    edition : Edition
    options : argparse.Namespace
        ``seed``, ``folder``.
    """
    from softmax_book.exports.worksheet import write_worksheet

    edition.check_root()
    folder = options.folder or edition.worksheets
    sheet, key = write_worksheet(folder, options.seed)
    say(f"In {folder}: {sheet.name}, to be printed, and its key, {key.name}.")


# --- reading the command line ---


def seed_number(text: str) -> int:
    """Return a seed, a whole number.

    >>> seed_number("7")
    7
    """
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no seed; expected 0 to 999999999, as 7")
    return int(text)


def port_number(text: str) -> int:
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


def minutes(text: str) -> float:
    """Return a time in minutes, which must be positive.

    >>> minutes("1.5")
    1.5
    """
    try:
        time = float(text)
    except ValueError:
        time = 0.0
    if not 0 < time < 1e6:
        raise argparse.ArgumentTypeError(f"{text!r} is no time; expected minutes, as 120")
    return time


def existing_folder(text: str) -> Path:
    """Return the path of a folder that must be there.

    >>> existing_folder("nowhere")
    Traceback (most recent call last):
        ...
    argparse.ArgumentTypeError: nowhere: there is no such folder
    """
    if not Path(text).is_dir():
        raise argparse.ArgumentTypeError(f"{text}: there is no such folder")
    return Path(text)


def language(text: str) -> str:
    """Return a language's name, which is also that of its folder.

    >>> language("zh_CN")
    'zh_CN'
    """
    if not re.fullmatch(r"[A-Za-z]{2,3}([_-][A-Za-z0-9]+)*", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no language; expected its code, as zh_CN")
    return text


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--language",
        type=language,
        default=FIRST_LANGUAGE,
        metavar="CODE",
        help="the edition of the book in another language (default %(default)s)",
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def add(
        command: Callable[[Edition, argparse.Namespace], None], summary: str, description: str
    ) -> argparse.ArgumentParser:
        subparser = commands.add_parser(
            command.__name__,
            help=summary,
            description=description,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        subparser.set_defaults(command=command)
        return subparser

    parts = add(build, "build the website into _build/html", BUILD)
    parts.add_argument(
        "--clean", action="store_true", help="first forget everything, remembered outputs included"
    )
    parts = add(live, "serve the book with cells that run", LIVE)
    parts.add_argument(
        "--port",
        type=port_number,
        default=8765,
        help="the port to serve on; the next free one if it is busy (default %(default)s)",
    )
    parts.add_argument(
        "--no-open", action="store_true", help="print the link and do not open a browser"
    )
    parts.add_argument(
        "--idle-minutes",
        type=minutes,
        default=120.0,
        metavar="MINUTES",
        help="end a kernel that has run nothing for so long (default %(default)g)",
    )
    parts = add(lite, "put notebooks that run in the browser into the website", LITE)
    parts.add_argument(
        "--assignments",
        type=existing_folder,
        metavar="FOLDER",
        help="released notebooks to put there too",
    )
    add(offline, "pack the website into one zip", OFFLINE)
    parts = add(notebooks, "write the notebooks for Colab, Binder and JupyterHub", NOTEBOOKS)
    parts.add_argument(
        "folder",
        type=Path,
        nargs="?",
        metavar="FOLDER",
        help="where to: a new folder, or that of an earlier run (default build/notebooks)",
    )
    parts.add_argument(
        "--check", action="store_true", help="only say whether they can be written, without a build"
    )
    parts = add(worksheet, "write a worksheet of the six steps, and its key", WORKSHEET)
    parts.add_argument(
        "--seed",
        type=seed_number,
        default=1,
        metavar="N",
        help="which example is drawn (default %(default)s)",
    )
    parts.add_argument(
        "folder",
        type=Path,
        nargs="?",
        metavar="FOLDER",
        help="where to (default build/worksheets)",
    )
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Parameters
    ----------
    arguments : sequence of str, optional
        In place of the command line's.

    Returns
    -------
    int
        0 if it did its work, 1 if it could not, 130 if it was stopped before.
    """
    options = make_parser().parse_args(arguments)
    try:
        options.command(Edition(Path.cwd(), options.language), options)
    except BookError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped before it was done; nothing is left running.", file=sys.stderr)
        return 130
    return 0
