"""Packs the site into one zip, for a classroom without internet.

The site must have been built, with its notebooks for the browser: ``make offline`` builds it first.
"""

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path

from softmax_book.building.freshness import is_lite_stale
from softmax_book.edition import Edition
from softmax_book.lite import LiteError

FOLDER = "softmax-step-by-step"  # what the zip unpacks to
READ_ME = "READ-ME.txt"
HOW = """\
Softmax, Step by Step: the book as a website, for a computer or a classroom without internet.

1. Open a terminal in this folder and run:   python3 -m http.server 8000
   (on Windows:   py -m http.server 8000)
2. On this computer, open   http://localhost:8000
3. Others in the same network open   http://ADDRESS:8000   with this computer's address in place
   of ADDRESS. Stop the server with Ctrl-C.

The pages and their widgets need nothing else.

The notebooks, at http://localhost:8000/lite/, run Python in the browser of whoever reads. Their
changes are kept in that browser; File, Download makes a file of them.
"""
WHOLE = """\
Python, NumPy and matplotlib are in this folder: nothing is fetched from anywhere else.
"""
LACKING = """\
WHAT WILL NOT RUN WITHOUT INTERNET: this copy does not hold
{wheels}
so a cell that imports NumPy or matplotlib, which is nearly every cell of the chapters, stops with a
message that says so. With internet, the browser fetches them from
{address}

To make a copy that needs no internet: unpack the full distribution of Pyodide {version} into a
folder, and make this zip again with   make offline PYODIDE_DIST=FOLDER
"""


def what_is_fetched(edition: Edition) -> list[str]:
    """Return the addresses of what the notebooks' kernel does not find in the site.

    Parameters
    ----------
    edition : Edition

    Returns
    -------
    list of str

    Raises
    ------
    LiteError
        If the site has no notebooks for the browser.
    """
    if not edition.lite_lock.is_file():
        raise LiteError(f"{edition.lite} is not there: run  make site  first.")
    packages = json.loads(edition.lite_lock.read_text("utf-8"))["packages"].values()
    return sorted(entry["file_name"] for entry in packages if "://" in entry["file_name"])


def read_me(fetched: Sequence[str]) -> str:
    """Return the text of the zip's READ-ME.

    Parameters
    ----------
    fetched : sequence of str
        Addresses of what the kernel fetches from elsewhere.

    Returns
    -------
    str
    """
    if not fetched:
        return f"{HOW}\n{WHOLE}"
    address = fetched[0].rpartition("/")[0]
    version = address.split("/v")[-1].split("/")[0]
    wheels = "\n".join(f"    {each.rpartition('/')[2]}" for each in fetched)
    return f"{HOW}\n{LACKING.format(wheels=wheels, address=address, version=version)}"


def write_zip(edition: Edition) -> tuple[Path, list[str]]:
    """Write the zip.

    Parameters
    ----------
    edition : Edition
        Its site is built, with the notebooks for the browser.

    Returns
    -------
    path : pathlib.Path
    fetched : list of str
        Addresses of what will be missing without a network.

    Raises
    ------
    BookError
        If the site is not there, or its notebooks are older than its chapters.
    """
    edition.check_root()
    fetched = what_is_fetched(edition)
    if is_lite_stale(edition):
        raise LiteError(f"{edition.lite} is older than the book beside it: run  make site  first.")
    path = edition.offline_zip
    path.parent.mkdir(exist_ok=True)
    unfinished = path.with_suffix(".part")
    try:
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"{FOLDER}/{READ_ME}", read_me(fetched))
            for file in sorted(edition.site.rglob("*")):
                if file.is_file():
                    archive.write(file, f"{FOLDER}/{file.relative_to(edition.site).as_posix()}")
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return path, fetched
