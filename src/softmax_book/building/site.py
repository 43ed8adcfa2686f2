"""Build the website: ``python -m softmax_book.building.site``, from the repository's root."""

import argparse
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from softmax_book.building.freshness import (
    book_key,
    forget_pages,
    forget_site,
    forget_stale_outputs,
    remember_site,
)
from softmax_book.building.npm import FrontEndError, prepare
from softmax_book.edition import Edition
from softmax_book.lite.age import is_stale

BUILD = Path("_build")
SITE = BUILD / "html"
LOG = BUILD / "build.log"
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


class BuildError(RuntimeError):
    """The site was not built, and why."""


@dataclass
class Report:
    """What a build did."""

    site: Path
    ran: dict = field(default_factory=dict)  #: page to seconds
    remembered: list = field(default_factory=list)  #: pages shown from the remembered outputs
    changed_code: list = field(default_factory=list)  #: pages that ran because code changed
    seconds: float = 0.0


def check_root(root):
    """Check that a folder is the root of the book's repository.

    Parameters
    ----------
    root : pathlib.Path

    Raises
    ------
    BuildError
        If it is not.
    """
    missing = [
        name for name in ("_config.yml", "_toc.yml", "package.json") if not (root / name).is_file()
    ]
    if missing:
        raise BuildError(
            f"{root} is not the repository's root: it has no {', '.join(missing)}. "
            f"Go to the folder that holds them, and run the command there."
        )


def build_site(root, say=lambda line: None):
    """Build the website, strictly: a failing cell or a warning anywhere fails the build.

    Parameters
    ----------
    root : pathlib.Path
        The repository's root.
    say : callable
        Gets each line of news.

    Returns
    -------
    Report

    Raises
    ------
    BuildError
        With the faults, readable, if the site could not be built.
    """
    root = Path(root).resolve()
    started = time.monotonic()
    check_root(root)
    try:
        environment = prepare(Edition(root))
    except FrontEndError as error:
        raise BuildError(str(error)) from None
    made_from = book_key(root)
    forget_site(root)
    report = Report(root / SITE, changed_code=forget_stale_outputs(root))
    for name in report.changed_code:
        say(f"  the code behind {name} has changed: it will run again")

    (root / LOG).parent.mkdir(exist_ok=True)
    lines, failed = [], None
    with (root / LOG).open("w", encoding="utf-8") as written:
        process = subprocess.Popen(
            [sys.executable, "-c", JUPYTER_BOOK, "build", ".", "-W", "--keep-going"],
            cwd=root,
            env={**environment, "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1"},
            stdout=written,
            stderr=subprocess.STDOUT,
        )
    # The log is a file and no pipe: a program that the build left running would keep a pipe open.
    unfinished = ""
    try:
        with (root / LOG).open(encoding="utf-8", errors="replace") as log:
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
    report.seconds = time.monotonic() - started
    if failed:
        forget_pages(root)  # pages that were read but not written would be taken for done
        raise BuildError(readable_faults(lines, root))
    remember_site(root, made_from)
    return report


def _note(line, report, say):
    """Enter a line of the log into the report if it tells of a page's run."""
    if found := RAN.search(line):
        page = page_name(found["page"])
        report.ran[page] = float(found["seconds"])
        say(f"  ran {page} in {found['seconds']} s")
    elif found := REMEMBERED.search(line):
        report.remembered.append(page_name(found["page"]))


def page_name(path):
    """Return the last two parts of a page's path.

    >>> page_name("home/reader/softmax/book/03_softmax")
    'book/03_softmax'
    """
    return "/".join(path.split("/")[-2:])


def readable_faults(lines, root):
    """Pick the faults out of a build's log.

    Parameters
    ----------
    lines : list of str
        The log.
    root : pathlib.Path
        Its path is left out of the faults.

    Returns
    -------
    str
        Each warning and error with the lines that belong to it: for a failing cell the chapter,
        the cell and its traceback.
    """
    faults, inside, cell_failed, in_machinery = [], False, False, False
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
            faults.append(line.replace(f"{root}/", ""))
    if not any(faults):
        faults = ["The build stopped without a word of why; its last lines:", *lines[-25:]]
    text = "\n".join(faults).strip("\n")
    return (
        f"The site was NOT built. The faults:\n\n{text}\n\n(The whole log is in {LOG.as_posix()}.)"
    )


def clean(root):
    """Remove what a build made, the remembered outputs included.

    Parameters
    ----------
    root : pathlib.Path
    """
    for folder in (root / BUILD, Edition(root).front_end):
        shutil.rmtree(folder, ignore_errors=True)


def main(arguments=None):
    """Run the command; return 0 if the site stands, 1 if it does not."""
    parser = argparse.ArgumentParser(
        prog="python -m softmax_book.building.site",
        description="Build the book's website into _build/html. Chapters whose cells, or the code "
        "they import, have changed are run; the others are shown from their remembered outputs. "
        "Any warning and any failing cell fails the build. Run it in the repository's root. The "
        "first build fetches its front-end files from an npm registry; later ones need no network.",
    )
    parser.add_argument(
        "--clean", action="store_true", help="first forget everything, remembered outputs included"
    )
    options = parser.parse_args(arguments)
    root = Path.cwd()
    try:
        check_root(root)
        if options.clean:
            clean(root)
        print("Building the book: the first time takes a few minutes.", flush=True)
        report = build_site(root, say=lambda line: print(line, flush=True))
    except BuildError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    print(
        f"\nThe book stands, after {report.seconds:.0f} s. Pages that ran: {len(report.ran)}; "
        f"the others' cells and code are as they were.\n"
        f"  Open   {SITE.as_posix()}/index.html\n"
        f"  or     python -m http.server -d {SITE.as_posix()}   and go to http://localhost:8000"
    )
    if is_stale(root):
        print(
            "The notebooks for the browser, in lite/, are older than this book: "
            "'make site' renews them."
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
