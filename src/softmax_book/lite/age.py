"""Whether the notebooks in ``lite/`` are those of the book beside them.

``make book`` leaves ``lite/`` alone, so that it stays quick; it only says when that has grown old.
"""

from pathlib import Path

from softmax_book.building.file_hash import hash_files

PLACE = "lite"  #: in the site
SITE = Path("_build", "html")
MADE_FROM = "made_from.txt"


def fingerprint(root):
    """Return a mark of what ``lite/`` is made from and ``make book`` may change.

    Parameters
    ----------
    root : pathlib.Path
        The repository's root.

    Returns
    -------
    str
    """
    notebooks = (root / SITE / "_sources").rglob("*.ipynb")
    code = (root / "src" / "softmax_steps").rglob("*")
    return hash_files(root, [*notebooks, *code]).hexdigest()


def mark_age(lite, root):
    """Write into a new ``lite/`` what it is made from."""
    (lite / MADE_FROM).write_text(fingerprint(root) + "\n")


def is_stale(root):
    """Say whether the site holds a ``lite/`` that is not made from the book beside it."""
    made_from = root / SITE / PLACE / MADE_FROM
    return made_from.is_file() and made_from.read_text().strip() != fingerprint(root)
