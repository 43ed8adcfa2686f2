"""Runs Jupyter Book, strictly, and reports what it did."""

import errno
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from softmax_book.building.environment import build_environment
from softmax_book.building.freshness import (
    forget_pages,
    forget_site,
    forget_stale_outputs,
    remember_site,
    site_key,
)
from softmax_book.building.npm import FrontEndError, prepare
from softmax_book.building.turns import in_turn
from softmax_book.edition import BookError, Edition

STRICTLY = ("-W", "--keep-going")
JUPYTER_BOOK = "import sys; from jupyter_book.cli.main import main; sys.exit(main())"
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
RAN = re.compile(r"(?P<page>[\w./-]+)\.md: Executed notebook in (?P<seconds>[\d.]+) seconds")
REMEMBERED = re.compile(r"(?P<page>[\w./-]+)\.md: Using cached notebook")
# What begins a fault in Sphinx's log, and what ends it.
FAULT = re.compile(r"\b(WARNING|ERROR|CRITICAL|SEVERE): |^(Extension error|Exception occurred)")
CELL_FAULT = re.compile(r"nbclient\.exceptions\.\w+: ")
OTHER_NEWS = re.compile(
    r"^(reading sources|looking for now|writing output|copying|pickling|checking consistency"
    r"|preparing documents|generating|dumping|build (finished|succeeded)|Traceback|={20}"
    r"|\[IPKernelApp\]|The above exception|The full traceback)|\[mystnb(\.exec)?\]$"
)


class BuildError(BookError):
    """The site was not built, and why."""


@dataclass
class Report:
    """What a build did."""

    site: Path
    ran: dict[str, float] = field(default_factory=dict)  #: page to seconds
    remembered: list[str] = field(default_factory=list)  #: pages shown from remembered outputs
    changed_code: list[str] = field(default_factory=list)  #: pages that ran because code changed
    seconds: float = 0.0


def ignore(line: str) -> None:
    """Do nothing with a line of news."""


def build_site(edition: Edition, say: Callable[[str], None] = ignore) -> Report:
    """Build the website, strictly: a failing cell or a warning anywhere fails the build.

    Parameters
    ----------
    edition : Edition
    say : callable
        Is given each line of news.

    Returns
    -------
    Report

    Raises
    ------
    BookError
        With the faults, readable, if the site could not be built.
    """
    edition.check_root()
    try:
        with in_turn(edition.config, say):
            return _build_in_turn(edition, say)
    except FrontEndError as error:
        raise BuildError(str(error)) from None
    except OSError as error:
        raise BuildError(_unwritable(error, edition)) from None


def _build_in_turn(edition: Edition, say: Callable[[str], None]) -> Report:
    started = time.monotonic()
    environment = prepare(edition)
    key = site_key(edition)
    forget_site(edition)
    report = Report(edition.site, changed_code=forget_stale_outputs(edition))
    for name in report.changed_code:
        say(f"  the code behind {name} has changed: it will run again")

    edition.log.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="softmax-", ignore_cleanup_errors=True) as settings:
        own = build_environment(edition, environment, Path(settings))
        failed, lines = _run_jupyter_book(edition, own, report, say)
    report.seconds = time.monotonic() - started
    if failed:
        forget_pages(edition)  # pages that were read but not written would be taken for done
        raise BuildError(readable_faults(lines, edition))
    remember_site(edition, key)
    return report


def _run_jupyter_book(
    edition: Edition, environment: dict[str, str], report: Report, say: Callable[[str], None]
) -> tuple[int, list[str]]:
    """Run Jupyter Book; return its exit status and the lines of its log."""
    lines: list[str] = []
    failed = None
    with edition.log.open("w", encoding="utf-8") as written:
        process = subprocess.Popen(
            [sys.executable, "-c", JUPYTER_BOOK, "build", ".", *_builder(edition), *STRICTLY],
            cwd=edition.source,
            env=environment,
            stdout=written,
            stderr=subprocess.STDOUT,
        )
    # The log is a file and no pipe: a program that the build left running would keep a pipe open.
    unfinished = ""
    try:
        with edition.log.open(encoding="utf-8", errors="replace") as log:
            while failed is None:
                failed = process.poll()
                *whole, unfinished = (unfinished + COLOUR.sub("", log.read())).split("\n")
                for line in whole:
                    _note(line, report, say)
                lines += whole
                time.sleep(0.1)
    finally:
        process.kill()  # does nothing to a build that has ended
        process.wait()
    return failed, lines


def _unwritable(error: OSError, edition: Edition) -> str:
    """Say in one line why the site could not be written, and the mend."""
    where = error.filename or edition.output
    if error.errno == errno.ENOSPC:
        return (
            f"The site was NOT built: the disk is full, at {where}. The site needs about 100 MB: "
            f"free some space, and run the command again."
        )
    if error.errno in {errno.EROFS, errno.EACCES, errno.EPERM}:
        return (
            f"The site was NOT built: {where} cannot be written ({error.strerror}). Copy the "
            f"folder of the book to a place where you may write, and run the command there."
        )
    return f"The site was NOT built: {error}. Mend that, and run the command again."


def _builder(edition: Edition) -> list[str]:
    """Return the options that name the edition's format to Jupyter Book."""
    if edition.format == "html":
        return []
    return ["--builder", "custom", "--custom-builder", edition.format]


def _note(line: str, report: Report, say: Callable[[str], None]) -> None:
    """Enter a line of the log into the report if it tells of a page's run."""
    if ran := RAN.search(line):
        page = page_name(ran["page"])
        report.ran[page] = float(ran["seconds"])
        say(f"  ran {page} in {ran['seconds']} s")
    elif remembered := REMEMBERED.search(line):
        report.remembered.append(page_name(remembered["page"]))


def page_name(path: str) -> str:
    """Return the last two parts of a page's path.

    >>> page_name("home/reader/softmax/book/03_softmax")
    'book/03_softmax'
    """
    return "/".join(path.split("/")[-2:])


def readable_faults(lines: list[str], edition: Edition) -> str:
    """Pick the faults out of a build's log.

    Parameters
    ----------
    lines : list of str
        The log.
    edition : Edition
        The path of its root is left out of the faults.

    Returns
    -------
    str
        Each warning and error with the lines that belong to it: for a failing cell the chapter,
        the cell and its traceback.
    """
    faults: list[str] = []
    inside = cell_failed = in_machinery = False
    for line in lines:
        if FAULT.search(line):
            inside = not (cell_failed and line.startswith("Exception occurred"))  # told already
            in_machinery = "Executing notebook failed" in line
            cell_failed = cell_failed or in_machinery
            faults.append("")
        elif inside and in_machinery:  # the traceback of the program that runs the cells
            in_machinery = not CELL_FAULT.match(line)
            if in_machinery:
                continue
        elif OTHER_NEWS.search(line):
            inside = False
        if inside:
            faults.append(line.replace(f"{edition.root}/", ""))
    if not any(faults):
        faults = ["The build stopped and gave no reason; its last lines:", *lines[-25:]]
    text = "\n".join(faults).strip("\n")
    log = edition.shown(edition.log)
    return f"The site was NOT built. The faults:\n\n{text}\n\n(The whole log is in {log}.)"


def clean(edition: Edition) -> None:
    """Remove what a build made, the remembered outputs included.

    Parameters
    ----------
    edition : Edition
    """
    for folder in (edition.output, edition.front_end, edition.templates):
        shutil.rmtree(folder, ignore_errors=True)
