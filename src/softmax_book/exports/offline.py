"""One zip for a classroom without internet: ``python -m softmax_book.exports.offline``.

The site must be there: ``make offline`` builds it first.
"""

import json
import sys
import zipfile
from pathlib import Path

from softmax_book.building.site import SITE, BuildError, check_root
from softmax_book.lite.age import PLACE, is_stale

ZIP = Path("dist", "softmax-step-by-step.zip")
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


def what_is_fetched(site):
    """Return the addresses of what the notebooks' kernel does not find in the site.

    Parameters
    ----------
    site : pathlib.Path

    Returns
    -------
    list of str

    Raises
    ------
    BuildError
        If the site has no notebooks for the browser.
    """
    lock = site / PLACE / "static" / "pyodide" / "pyodide-lock.json"
    if not lock.is_file():
        raise BuildError(f"{site / PLACE} is not there: run  make site  first.")
    packages = json.loads(lock.read_text("utf-8"))["packages"].values()
    return sorted(entry["file_name"] for entry in packages if "://" in entry["file_name"])


def read_me(fetched):
    """Return the text of the zip's READ-ME.

    Parameters
    ----------
    fetched : list of str
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


def write_zip(root):
    """Write the zip.

    Parameters
    ----------
    root : pathlib.Path
        The repository's root; the site stands there.

    Returns
    -------
    path : pathlib.Path
    fetched : list of str
        Addresses of what will be missing without a network.

    Raises
    ------
    BuildError
        If the site is not there, or its notebooks are older than its chapters.
    """
    check_root(root)
    site = root / SITE
    fetched = what_is_fetched(site)
    if is_stale(root):
        raise BuildError(f"{site / PLACE} is older than the book beside it: run  make site  first.")
    path = root / ZIP
    path.parent.mkdir(exist_ok=True)
    unfinished = path.with_suffix(".part")
    try:
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"{FOLDER}/{READ_ME}", read_me(fetched))
            for file in sorted(site.rglob("*")):
                if file.is_file():
                    archive.write(file, f"{FOLDER}/{file.relative_to(site).as_posix()}")
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return path, fetched


def main():
    """Run the command.

    Returns
    -------
    int
        0 if the zip is there, 1 if not.
    """
    root = Path.cwd()
    try:
        path, fetched = write_zip(root)
    except BuildError as error:
        print(f"The zip was NOT made: {error}", file=sys.stderr)
        return 1
    size = path.stat().st_size / 1e6
    print(f"{path.relative_to(root).as_posix()} is there, {size:.0f} MB. {READ_ME} in it says how.")
    if fetched:
        print(
            "Without internet its pages and widgets work, but NumPy and matplotlib are not in it, "
            "so no chapter runs in the browser: give PYODIDE_DIST=FOLDER, see README.md."
        )
    else:
        print("It needs no internet: the kernel in the browser is whole.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
